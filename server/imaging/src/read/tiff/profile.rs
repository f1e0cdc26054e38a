//! The ICC profile of a TIFF, read as bytes: the decoder makes a value of thirty bytes of each byte else, and refuses those
//! of small images.

use tiff::tags::Tag;

use super::Tiff;
use crate::profile::MOST_BYTES;

/// The profile, which is missing or no longer than [`MOST_BYTES`].
pub(super) fn read(tiff: &mut Tiff<'_>) -> Option<Vec<u8>> {
    let length = usize::try_from(bytes(tiff)).ok().filter(|length| *length > 0)?;
    let mut profile = vec![0; length];
    let read = tiff.image_ifd().find_tag_bytes(Tag::IccProfile, &mut profile, 0).ok().flatten()?;
    (read >= length).then_some(profile)
}

/// How long the profile says that it is (ICC.1:2022, 7.2.2); 0 where there is none that can be used.
pub(super) fn bytes(tiff: &mut Tiff<'_>) -> u64 {
    let mut length = [0; 4];
    match tiff.image_ifd().find_tag_bytes(Tag::IccProfile, &mut length, 0) {
        Ok(Some(4..)) => {
            Some(u64::from(u32::from_be_bytes(length))).filter(|length| *length <= MOST_BYTES).unwrap_or(0)
        }
        _ => 0,
    }
}
