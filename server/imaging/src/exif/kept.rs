//! An EXIF block with what may be kept of another one.
//!
//! The block is written anew, so nothing is left in its gaps. What depends on the place or the size of something in the old
//! file is dropped (dimensions, strips, thumbnails, maker notes, which point into the old block and may say anything), as is
//! the place where the picture was taken and the orientation, which the pixels have already.

use super::block::{Block, Entry};
use crate::Metadata;

/// The tag that points to the directory of EXIF's own entries.
const EXIF_DIRECTORY: u16 = 0x8769;

const ARTIST: u16 = 0x013b;
const COPYRIGHT: u16 = 0x8298;

/// The pointer's type: LONG.
const LONG: u16 = 4;

/// What is dropped of the first directory: dimensions, strips and tiles, orientation, other directories (GPS and sub-images),
/// thumbnails, packets that are blocks of their own.
const DROPPED: &[u16] = &[
    0x0100, 0x0101, 0x0111, 0x0112, 0x0116, 0x0117, 0x0142, 0x0143, 0x0144, 0x0145, 0x014a, 0x0201, 0x0202,
    0x02bc, 0x83bb, 0x8649, 0x8773, 0x8825, 0xea1c,
];

/// What is dropped of EXIF's own directory: maker notes, dimensions, interoperability, padding.
const DROPPED_OF_EXIF: &[u16] = &[0x927c, 0xa002, 0xa003, 0xa005, 0xea1c];

/// The most bytes of a block, which has to fit into a segment of a JPEG with its name.
const MOST_BYTES: usize = 65_535 - 2 - 6;

/// The block that is written, from its TIFF header on; empty where nothing is left.
pub(crate) fn kept(block: &[u8], keep: Metadata) -> Vec<u8> {
    let all = match keep {
        Metadata::Strip | Metadata::Icc => return Vec::new(),
        Metadata::Copyright => false,
        Metadata::All => true,
    };
    let Some(block) = Block::new(block) else { return Vec::new() };
    let Some(entries) = block.first_directory().and_then(|directory| block.entries(directory)) else {
        return Vec::new();
    };
    let mut first = Vec::new();
    let mut exif = Vec::new();
    for entry in entries {
        match entry.tag {
            // Each directory is read once: a block may point to one again and again.
            EXIF_DIRECTORY if all && exif.is_empty() => {
                let directory = block.long(entry.value).and_then(|at| block.entries(at as usize));
                let entries = directory.into_iter().flatten();
                exif.extend(entries.filter(|entry| !DROPPED_OF_EXIF.contains(&entry.tag)));
            }
            EXIF_DIRECTORY => {}
            tag if all && !DROPPED.contains(&tag) => first.push(entry),
            ARTIST | COPYRIGHT => first.push(entry),
            _ => {}
        }
    }
    if first.is_empty() && exif.is_empty() {
        return Vec::new();
    }
    // Entries may share their values in the old block, and so be many times as long as it.
    let values = first.iter().chain(&exif).map(outside).fold(0, usize::saturating_add);
    if values.saturating_add(directory_length(first.len() + 1) + directory_length(exif.len())) > MOST_BYTES {
        return Vec::new();
    }
    write(block.big_endian, &first, &exif)
}

/// Writes the header and both directories.
fn write(big_endian: bool, first: &[Entry<'_>], exif: &[Entry<'_>]) -> Vec<u8> {
    let mut out = Writer { bytes: Vec::new(), big_endian };
    out.bytes.extend_from_slice(if big_endian { b"MM\0*" } else { b"II*\0" });
    out.long(8);
    let pointers = usize::from(!exif.is_empty());
    let data = 8 + directory_length(first.len() + pointers);
    let exif_at = data + first.iter().map(outside).sum::<usize>();
    let pointer = if big_endian { (exif_at as u32).to_be_bytes() } else { (exif_at as u32).to_le_bytes() };
    let mut entries = first.to_vec();
    if pointers > 0 {
        entries.push(Entry { tag: EXIF_DIRECTORY, kind: LONG, count: 1, value: &pointer });
    }
    out.directory(entries, data);
    if pointers > 0 {
        out.directory(exif.to_vec(), exif_at + directory_length(exif.len()));
    }
    out.bytes
}

/// A count, twelve bytes an entry, and the place of the next directory.
fn directory_length(entries: usize) -> usize {
    2 + entries * 12 + 4
}

/// The bytes that an entry takes outside of its directory, which begin at even places.
fn outside(entry: &Entry<'_>) -> usize {
    if entry.value.len() <= 4 { 0 } else { entry.value.len().next_multiple_of(2) }
}

struct Writer {
    bytes: Vec<u8>,
    big_endian: bool,
}

impl Writer {
    fn short(&mut self, value: u16) {
        self.bytes.extend_from_slice(&if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        });
    }

    fn long(&mut self, value: u32) {
        self.bytes.extend_from_slice(&if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        });
    }

    /// The entries in ascending order of their tags, with the values that do not fit into them from `data` on.
    fn directory(&mut self, mut entries: Vec<Entry<'_>>, mut data: usize) {
        entries.sort_by_key(|entry| entry.tag);
        self.short(entries.len() as u16);
        for entry in &entries {
            self.short(entry.tag);
            self.short(entry.kind);
            self.long(entry.count);
            if outside(entry) == 0 {
                let mut value = [0; 4];
                value[..entry.value.len()].copy_from_slice(entry.value);
                self.bytes.extend_from_slice(&value);
            } else {
                self.long(data as u32);
                data += outside(entry);
            }
        }
        self.long(0);
        for entry in entries.iter().filter(|entry| outside(entry) > 0) {
            self.bytes.extend_from_slice(entry.value);
            self.bytes.resize(self.bytes.len().next_multiple_of(2), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::orientation;
    use super::*;
    use crate::Orientation;

    /// A block with an orientation, a copyright, a pointer to GPS and EXIF's own directory with a long text.
    fn block(big_endian: bool) -> Vec<u8> {
        let long = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let short: [u8; 4] = if big_endian { [0, 6, 0, 0] } else { [6, 0, 0, 0] };
        let gps = long(8);
        let first = [
            Entry { tag: 0x0112, kind: 3, count: 1, value: &short[..2] },
            Entry { tag: COPYRIGHT, kind: 2, count: 10, value: b"A. Person\0" },
            Entry { tag: 0x8825, kind: 4, count: 1, value: &gps },
        ];
        let exif = [
            Entry { tag: 0x927c, kind: 7, count: 6, value: b"secret" },
            Entry { tag: 0x9003, kind: 2, count: 20, value: b"2026:11:24 12:00:00\0" },
        ];
        write(big_endian, &first, &exif)
    }

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|window| window == text)
    }

    #[test]
    fn all_is_kept_but_place_orientation_and_maker_notes() {
        for big_endian in [false, true] {
            let source = block(big_endian);
            assert_eq!(orientation(&source), Orientation::Rotate90);
            let kept = kept(&source, Metadata::All);
            assert_eq!(orientation(&kept), Orientation::Normal);
            assert!(holds(&kept, b"A. Person") && holds(&kept, b"2026:11:24"));
            assert!(!holds(&kept, b"secret") && !holds(&kept, &0x8825u16.to_be_bytes()));
            // Nothing is lost when it is kept again.
            assert_eq!(super::kept(&kept, Metadata::All), kept);
        }
    }

    #[test]
    fn the_copyright_alone_is_kept_where_that_is_asked() {
        let kept = kept(&block(true), Metadata::Copyright);
        assert!(holds(&kept, b"A. Person") && !holds(&kept, b"2026"));
        assert!(super::kept(&block(true), Metadata::Icc).is_empty());
    }

    #[test]
    fn a_block_that_is_cut_off_anywhere_does_no_harm() {
        let whole = block(false);
        for length in 0..whole.len() {
            let _ = kept(&whole[..length], Metadata::All);
        }
    }
}
