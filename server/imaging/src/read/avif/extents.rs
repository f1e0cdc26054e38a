//! Where bytes of an item or a frame lie in the file.

use std::borrow::Cow;

use crate::ImageError;

use super::boxes::broken;

/// Pieces of some bytes, by offset and length; a length of 0 reaches to the end.
#[derive(Clone, Debug)]
pub(super) struct Extents<'a> {
    pub bytes: &'a [u8],
    pub pieces: Vec<(u64, u64)>,
}

impl<'a> Extents<'a> {
    /// All pieces in a row.
    pub fn read(&self) -> Result<Cow<'a, [u8]>, ImageError> {
        match self.pieces[..] {
            [piece] => self.piece(piece).map(Cow::Borrowed),
            _ => {
                // Pieces that overlap could make much out of little.
                let mut all = Vec::new();
                for piece in &self.pieces {
                    all.extend_from_slice(self.piece(*piece)?);
                    if all.len() > self.bytes.len() {
                        return Err(broken("pieces of an item overlap"));
                    }
                }
                Ok(Cow::Owned(all))
            }
        }
    }

    /// How many bytes all pieces have together, no more than a file could; those whose length is not told left out.
    pub fn length(&self) -> u64 {
        let length = self.pieces.iter().fold(0u64, |sum, (_, length)| sum.saturating_add(*length));
        length.min(u32::MAX.into())
    }

    /// What there is of the first piece.
    pub fn beginning(&self) -> &'a [u8] {
        let Some((offset, length)) = self.pieces.first() else { return &[] };
        let rest =
            usize::try_from(*offset).ok().and_then(|offset| self.bytes.get(offset..)).unwrap_or_default();
        match usize::try_from(*length) {
            Ok(length) if length > 0 => rest.get(..length).unwrap_or(rest),
            _ => rest,
        }
    }

    /// The one piece, where there is one alone and it is whole.
    pub fn whole(&self) -> Option<&'a [u8]> {
        match self.pieces[..] {
            [piece] => self.piece(piece).ok(),
            _ => None,
        }
    }

    fn piece(&self, (offset, length): (u64, u64)) -> Result<&'a [u8], ImageError> {
        let cut_off = || ImageError::undecodable("the avif is cut off");
        let offset = usize::try_from(offset).map_err(|_| cut_off())?;
        let rest = self.bytes.get(offset..).ok_or_else(cut_off)?;
        match length {
            0 => Ok(rest),
            length => usize::try_from(length).ok().and_then(|length| rest.get(..length)).ok_or_else(cut_off),
        }
    }
}
