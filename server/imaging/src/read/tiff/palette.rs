//! Palettes, which the decoder refuses: it is shown the file as if the indices were grey levels, and the colours are looked up
//! in what it gives.

use std::io::{Cursor, Read, Result, Seek, SeekFrom};

use super::directory::Directory;

/// The tag PhotometricInterpretation (TIFF 6.0, section 8).
const PHOTOMETRIC: u16 = 262;
/// Its value for a palette.
const PALETTE: u16 = 3;
/// Its value for grey of which 0 is black.
const GREY: u16 = 1;

/// A file whose first directory says grey where it said palette.
pub(super) struct AsGrey<'a> {
    file: Cursor<&'a [u8]>,
    /// Where the two bytes of that word stand, and what is read there instead; none: the file has no palette.
    word: Option<(u64, [u8; 2])>,
}

impl<'a> AsGrey<'a> {
    pub fn new(bytes: &'a [u8]) -> AsGrey<'a> {
        AsGrey { file: Cursor::new(bytes), word: word(bytes) }
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
