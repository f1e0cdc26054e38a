//! Palettes, which the decoder refuses: it is shown the file as if the indices were grey levels, and the colours are looked up
//! in what it gives.

use std::io::{Cursor, Read, Result, Seek, SeekFrom};

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
    let big_endian = match bytes.get(..2)? {
        b"MM" => true,
        b"II" => false,
        _ => return None,
    };
    let number = |at: usize, length: usize| -> Option<u64> {
        let bytes = bytes.get(at..at.checked_add(length)?)?;
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
    };
    // Of a BigTIFF all counts and offsets are wider.
    let (directory, count, entry) = match number(2, 2)? {
        42 => (number(4, 4)?, 2, 12),
        43 => (number(8, 8)?, 8, 20),
        _ => return None,
    };
    let directory = usize::try_from(directory).ok()?;
    let entries = usize::try_from(number(directory, count)?).ok()?;
    let first = directory.checked_add(count)?;
    let at = (0..entries)
        .map_while(|index| first.checked_add(index.checked_mul(entry)?))
        .map_while(|at| Some((at, number(at, 2)?)))
        .find(|(_, tag)| *tag == u64::from(PHOTOMETRIC))
        .map(|(at, _)| at)?;
    // The value stands at the end of the entry, in its first bytes.
    let value = at + entry - if entry == 12 { 4 } else { 8 };
    let instead = if big_endian { GREY.to_be_bytes() } else { GREY.to_le_bytes() };
    (number(value, 2)? == u64::from(PALETTE)).then_some((value as u64, instead))
}
