//! The ICC profile of a PNG, read here and not by its decoder, so that one which swells when it is inflated stays as small as
//! it says that it is.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::Chunks;
use crate::profile::MOST_BYTES;

/// The profile, which is missing or no longer than [`MOST_BYTES`]. A broken one is none.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<u8>> {
    let data = compressed(bytes)?;
    let length = length(data)?;
    let mut profile = Vec::with_capacity(usize::try_from(length).ok()?);
    ZlibDecoder::new(data).take(length).read_to_end(&mut profile).ok()?;
    Some(profile)
}

/// How long the profile is; 0 where there is none that can be used.
pub(super) fn bytes(bytes: &[u8]) -> u64 {
    compressed(bytes).and_then(length).unwrap_or(0)
}

/// The chunk behind its name and its method. It stands before the pixels.
fn compressed(bytes: &[u8]) -> Option<&[u8]> {
    let mut chunks = Chunks::new(bytes).take_while(|(name, _)| *name != b"IDAT");
    let (_, data) = chunks.find(|(name, _)| *name == b"iCCP")?;
    let end = data.iter().take(80).position(|byte| *byte == 0)?;
    data.get(end + 1..)?.strip_prefix(&[0])
}

/// A profile begins with its length (ICC.1:2022, 7.2.2).
fn length(data: &[u8]) -> Option<u64> {
    let mut length = [0; 4];
    ZlibDecoder::new(data).read_exact(&mut length).ok()?;
    Some(u64::from(u32::from_be_bytes(length))).filter(|length| *length <= MOST_BYTES)
}
