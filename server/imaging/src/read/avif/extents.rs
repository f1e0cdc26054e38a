//! Where bytes of an item or a frame lie in the file.

use std::borrow::Cow;
use std::sync::Arc;

use crate::{ImageError, av1};

use super::boxes::broken;

/// The most pieces that an item may lie in: encoders write one, or one for each layer.
pub(super) const MOST_PIECES: usize = 256;

/// The most frames that the bitstream of one picture may have: that of layers has one for each.
pub(super) const MOST_FRAMES: usize = 8;

/// Pieces of some bytes, by offset and length; a length of 0 reaches to the end. They are shared: a copy costs nothing.
#[derive(Clone, Debug)]
pub(super) struct Extents<'a> {
    pub bytes: &'a [u8],
    pub pieces: Arc<[(u64, u64)]>,
}

impl<'a> Extents<'a> {
    /// All pieces in a row.
    pub fn read(&self) -> Result<Cow<'a, [u8]>, ImageError> {
        match self.pieces[..] {
            [piece] => self.piece(piece).map(Cow::Borrowed),
            _ => {
                // Pieces that overlap could make much out of little.
                let length = usize::try_from(self.length()).unwrap_or(usize::MAX);
                let mut all = Vec::with_capacity(length.min(self.bytes.len()));
                for piece in self.pieces.iter() {
                    let piece = self.piece(*piece)?;
                    if piece.len() > self.bytes.len() - all.len() {
                        return Err(broken("pieces of an item overlap"));
                    }
                    all.extend_from_slice(piece);
                }
                Ok(Cow::Owned(all))
            }
        }
    }

    /// How many bytes all pieces have together, no more than a file could; of those that reach to the end, what there is.
    fn length(&self) -> u64 {
        let end = self.bytes.len() as u64;
        let length = |(offset, length): &(u64, u64)| match length {
            0 => end.saturating_sub(*offset),
            length => *length,
        };
        let length = self.pieces.iter().map(length).fold(0, u64::saturating_add);
        length.min(u32::MAX.into())
    }

    /// What is held of it while it is decoded: the decoder's copy, and where there are several pieces, all of them in a row.
    pub fn held_bytes(&self) -> u64 {
        self.length() * if self.pieces.len() == 1 { 1 } else { 2 }
    }

    /// How many frames of AV1 there are, as far as the pieces are there and hold whole ones: 1 to [`MOST_FRAMES`].
    pub fn frames(&self) -> usize {
        let pieces = self.pieces.iter().filter_map(|piece| self.piece(*piece).ok());
        let frames =
            pieces.fold(0, |sum: usize, piece| sum.saturating_add(av1::frames(piece).unwrap_or(MOST_FRAMES)));
        frames.clamp(1, MOST_FRAMES)
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
