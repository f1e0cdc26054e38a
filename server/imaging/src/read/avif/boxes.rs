//! The boxes of an ISO base media file (ISO 14496-12, section 4.2), and the numbers in them. Nothing here trusts a length.

use crate::ImageError;

/// The names that mean something have less than fifty bytes.
const LONGEST_TEXT: usize = 256;

/// Why a file is refused whose boxes are not what they should be.
pub(super) fn broken(what: &str) -> ImageError {
    ImageError::undecodable(format!("the avif is broken: {what}"))
}

/// The boxes that stand one after the other in some bytes; of a last one that is cut off, what there is.
pub(super) struct Boxes<'a>(pub &'a [u8]);

impl<'a> Boxes<'a> {
    /// The content of the first box of this kind.
    pub fn find_kind(mut self, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.find(|(found, _)| found == kind).map(|(_, content)| content)
    }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let mut reader = Reader(self.0);
        let short = reader.u32()?;
        let kind = *reader.take(4)?.first_chunk()?;
        let length = match short {
            // Up to the end.
            0 => self.0.len(),
            1 => usize::try_from(reader.u64()?).ok()?,
            length => length as usize,
        };
        let header = self.0.len() - reader.0.len();
        let content = length.checked_sub(header)?;
        let content = &reader.0[..content.min(reader.0.len())];
        self.0 = self.0.get(length..).unwrap_or_default();
        Some((kind, content))
    }
}

/// Reads numbers from the beginning of some bytes; gives none where they end too soon.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(*self.take(2)?.first_chunk()?))
    }

    pub fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(*self.take(4)?.first_chunk()?))
    }

    pub fn i32(&mut self) -> Option<i32> {
        self.u32().map(u32::cast_signed)
    }

    pub fn u64(&mut self) -> Option<u64> {
        Some(u64::from_be_bytes(*self.take(8)?.first_chunk()?))
    }

    /// A number of so many bytes, at most 8.
    pub fn number(&mut self, bytes: u8) -> Option<u64> {
        Some(self.take(bytes.into())?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// A number of two bytes, or of four.
    pub fn short_or_long(&mut self, is_long: bool) -> Option<u32> {
        if is_long { self.u32() } else { self.u16().map(u32::from) }
    }

    /// Version and flags, which many boxes begin with.
    pub fn version(&mut self) -> Option<(u8, u32)> {
        let both = self.u32()?;
        Some(((both >> 24) as u8, both & 0xff_ffff))
    }

    /// Text up to a zero byte, or to the end; of a text that is longer than any that means something, the beginning. The same
    /// box may be read for every item of a file, so that no more may be looked at than a few bytes.
    pub fn text(&mut self) -> &'a [u8] {
        let begin = &self.0[..self.0.len().min(LONGEST_TEXT)];
        let length = begin.iter().position(|byte| *byte == 0).unwrap_or(begin.len());
        let text = &self.0[..length];
        self.0 = self.0.get(length + 1..).unwrap_or_default();
        text
    }
}
