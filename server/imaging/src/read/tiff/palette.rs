//! Palettes, which the decoder refuses: it is shown the file as if the indices were grey levels, and the colours are looked up
//! in what it gives.

use std::io::{Cursor, Error, Read, Result, Seek, SeekFrom};

use super::directory::Directory;

/// The tag PhotometricInterpretation (TIFF 6.0, section 8).
const PHOTOMETRIC: u16 = 262;
/// Its value for a palette.
const PALETTE: u16 = 3;
/// Its value for grey of which 0 is black.
const GREY: u16 = 1;

/// A file whose first directory says grey where it said palette, and of which no more is read than is allowed.
pub(super) struct AsGrey<'a> {
    file: Cursor<&'a [u8]>,
    /// Where the two bytes of that word stand, and what is read there instead; none: the file has no palette.
    word: Option<(u64, [u8; 2])>,
    /// How many bytes may still be read.
    left: u64,
}

impl<'a> AsGrey<'a> {
    pub fn new(bytes: &'a [u8]) -> AsGrey<'a> {
        AsGrey { file: Cursor::new(bytes), word: word(bytes), left: u64::MAX }
    }

    /// Sets how many bytes may be read from now on.
    pub fn allow(&mut self, bytes: u64) {
        self.left = bytes;
    }

    /// Whether the first directory says palette.
    pub fn has_palette(&self) -> bool {
        self.word.is_some()
    }
}

impl Read for AsGrey<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let start = self.file.position();
        let length = self.file.read(buffer)?;
        let overrun = || Error::other("the same bytes stand for many strips or tiles");
        self.left = self.left.checked_sub(length as u64).ok_or_else(overrun)?;
        if let Some((at, instead)) = self.word {
            for (place, byte) in (at..).zip(instead) {
                let index = place.checked_sub(start).and_then(|index| usize::try_from(index).ok());
                if let Some(read) = index.and_then(|index| buffer[..length].get_mut(index)) {
                    *read = byte;
                }
            }
        }
        Ok(length)
    }
}

impl Seek for AsGrey<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.file.seek(to)
    }
}

/// Where the first directory says palette, and what says grey in the order of its bytes.
fn word(bytes: &[u8]) -> Option<(u64, [u8; 2])> {
    let directory = Directory::first_of(bytes)?;
    let value = directory.entries().find(|entry| entry.tag == PHOTOMETRIC)?.value;
    let instead = if directory.big_endian { GREY.to_be_bytes() } else { GREY.to_le_bytes() };
    (directory.number(value, 2)? == u64::from(PALETTE)).then_some((value as u64, instead))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_more_is_read_than_is_allowed() {
        let mut file = AsGrey::new(&[7; 100]);
        file.allow(250);
        let mut all = Vec::new();
        for _ in 0..2 {
            file.seek(SeekFrom::Start(0)).unwrap();
            file.read_to_end(&mut all).unwrap();
        }
        file.seek(SeekFrom::Start(0)).unwrap();
        assert!(file.read_to_end(&mut all).is_err());
    }
}
