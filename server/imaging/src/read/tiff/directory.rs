//! The first directory of a file, read before the decoder reads it: its entries, and not their values.

/// The first directory. BigTIFF has wider counts and offsets.
#[derive(Clone, Copy)]
pub(super) struct Directory<'a> {
    bytes: &'a [u8],
    pub big_endian: bool,
    /// Where the first entry begins.
    first: usize,
    entries: usize,
    /// How long an entry is.
    length: usize,
    pub is_big: bool,
}

/// An entry.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub tag: u16,
    /// The type of its values.
    pub kind: u16,
    /// How many values there are.
    pub count: u64,
    /// Where the value stands, in its first bytes, or where its place does.
    pub value: usize,
}

impl<'a> Directory<'a> {
    /// None where the file is too short, or no TIFF.
    pub fn first_of(bytes: &'a [u8]) -> Option<Directory<'a>> {
        let big_endian = match bytes.get(..2)? {
            b"MM" => true,
            b"II" => false,
            _ => return None,
        };
        let file = Directory { bytes, big_endian, first: 0, entries: 0, length: 12, is_big: false };
        let (at, count, length) = match file.number(2, 2)? {
            42 => (file.number(4, 4)?, 2, 12),
            43 => (file.number(8, 8)?, 8, 20),
            _ => return None,
        };
        let at = usize::try_from(at).ok()?;
        let entries = usize::try_from(file.number(at, count)?).ok()?;
        Some(Directory { first: at.checked_add(count)?, entries, length, is_big: length > 12, ..file })
    }

    /// The entries, as far as there are bytes for them.
    pub fn entries(self) -> impl Iterator<Item = Entry> + use<'a> {
        let wide = self.length - 12;
        (0..self.entries).map_while(move |index| {
            let at = self.first.checked_add(index.checked_mul(self.length)?)?;
            let tag = u16::try_from(self.number(at, 2)?).ok()?;
            let kind = u16::try_from(self.number(at.checked_add(2)?, 2)?).ok()?;
            let count = self.number(at.checked_add(4)?, 4 + wide / 2)?;
            Some(Entry { tag, kind, count, value: at + 8 + wide / 2 })
        })
    }

    /// The number of so many bytes at a place.
    pub fn number(self, at: usize, length: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(length)?)?;
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
    }
}
