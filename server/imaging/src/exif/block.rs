//! The directories of a TIFF file (TIFF 6.0, section 2), which is what an EXIF block is. Nothing that it says is believed
//! further than its bytes reach.

/// More entries than any honest directory has.
const MOST_ENTRIES: usize = 512;

/// An EXIF block.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    tiff: &'a [u8],
    pub big_endian: bool,
}

/// One entry of a directory.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub tag: u16,
    /// The type of its values.
    pub kind: u16,
    /// How many values there are.
    pub count: u32,
    /// Their bytes, in the block's order.
    pub value: &'a [u8],
}

impl<'a> Block<'a> {
    /// None for bytes that do not begin as a block does.
    pub fn new(bytes: &'a [u8]) -> Option<Block<'a>> {
        let tiff = bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes);
        let big_endian = match tiff.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        Some(Block { tiff, big_endian })
    }

    /// Where the first directory is.
    pub fn first_directory(self) -> Option<usize> {
        self.long(self.tiff.get(4..8)?).map(|at| at as usize)
    }

    /// The entries of a directory, as far as they are whole.
    pub fn entries(self, directory: usize) -> Option<impl Iterator<Item = Entry<'a>>> {
        let count = usize::from(self.short(self.tiff.get(directory..)?)?).min(MOST_ENTRIES);
        let start = directory.checked_add(2)?;
        Some((0..count).map_while(move |index| self.tiff.get(start + index * 12..)?.get(..12)).filter_map(
            move |entry| {
                let (tag, kind, count) =
                    (self.short(entry)?, self.short(&entry[2..])?, self.long(&entry[4..])?);
                let length = size_of_kind(kind)?.checked_mul(count as usize)?;
                let value = if length <= 4 {
                    &entry[8..8 + length]
                } else {
                    let at = self.long(&entry[8..])? as usize;
                    self.tiff.get(at..at.checked_add(length)?)?
                };
                Some(Entry { tag, kind, count, value })
            },
        ))
    }

    /// The number of two bytes that these begin with.
    pub fn short(self, bytes: &[u8]) -> Option<u16> {
        let bytes = *bytes.first_chunk()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    /// The number of four bytes that these begin with.
    pub fn long(self, bytes: &[u8]) -> Option<u32> {
        let bytes = *bytes.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }
}

/// The bytes of a value of a type; none for types that do not exist.
fn size_of_kind(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 => Some(8),
        _ => None,
    }
}
