//! The inflated data of an image, a stretch at a time.

use fdeflate::Decompressor;

use crate::ImageError;
use crate::raster::blank;

/// How far back the data may refer to itself (RFC 1950: at most 32 KiB).
const WINDOW: usize = 32 << 10;

/// How much is inflated at least between two moves of the window: enough that moving it costs little, and little enough
/// that all of it stays in the processor's cache.
const ROOM: usize = 96 << 10;

/// The data of consecutive `IDAT` chunks, inflated.
pub(super) struct ImageData<'a> {
    /// The file from the next chunk on.
    rest: &'a [u8],
    /// What is left of the present chunk.
    input: &'a [u8],
    decompressor: Decompressor,
    buffer: Vec<u8>,
    /// What is inflated and not yet taken.
    ready: std::ops::Range<usize>,
}

impl<'a> ImageData<'a> {
    /// The data that begins in the first `IDAT` chunk of a file, to be taken in stretches of at most this length.
    pub fn new(bytes: &'a [u8], stretch: usize) -> ImageData<'a> {
        let mut at = 8;
        while let Some((length, name)) = head(bytes.get(at..).unwrap_or_default())
            && name != b"IDAT"
        {
            at = at.saturating_add(length).saturating_add(12);
        }
        let mut decompressor = Decompressor::new();
        // Each chunk has a checksum of its own, which is compared.
        decompressor.ignore_adler32();
        ImageData {
            rest: bytes.get(at..).unwrap_or_default(),
            input: &[],
            decompressor,
            buffer: blank(WINDOW.max(stretch) + ROOM.max(stretch)),
            ready: 0..0,
        }
    }

    /// How much memory one takes whose stretches have this length, in bytes.
    pub const fn memory_bytes(stretch: u64) -> u64 {
        let (window, room) = (WINDOW as u64, ROOM as u64);
        (if stretch > window { stretch } else { window }) + (if stretch > room { stretch } else { room })
    }

    /// The next bytes, which are then taken; `length` is not above that of a stretch.
    ///
    /// # Errors
    /// [`ImageError::Undecodable`] for data that is broken or ends before.
    pub fn take(&mut self, length: usize) -> Result<&[u8], ImageError> {
        while self.ready.len() < length {
            self.inflate()?;
        }
        let start = self.ready.start;
        self.ready.start += length;
        Ok(&self.buffer[start..start + length])
    }

    fn inflate(&mut self) -> Result<(), ImageError> {
        if self.ready.end == self.buffer.len() {
            let kept = self.ready.start.min(self.ready.end - WINDOW.min(self.ready.end));
            self.buffer.copy_within(kept.., 0);
            self.ready = self.ready.start - kept..self.ready.end - kept;
        }
        while self.input.is_empty() {
            match self.chunk()? {
                Some(data) => self.input = data,
                None => break,
            }
        }
        let is_last = self.input.is_empty();
        let (read, written) = self
            .decompressor
            .read(self.input, &mut self.buffer, self.ready.end, false)
            .map_err(|error| ImageError::undecodable(format!("png: the image data is broken: {error:?}")))?;
        self.input = &self.input[read..];
        self.ready.end += written;
        let is_stuck = read == 0 && written == 0;
        if written == 0 && (is_last || is_stuck || self.decompressor.is_done()) {
            return Err(ImageError::undecodable("the png is cut off: pixels are missing"));
        }
        Ok(())
    }

    /// The data of the next chunk, if it is another one of the image's; of one that is cut off, what there is.
    fn chunk(&mut self) -> Result<Option<&'a [u8]>, ImageError> {
        let Some((length, b"IDAT")) = head(self.rest) else { return Ok(None) };
        let named = &self.rest[4..];
        let Some((named, rest)) = named.split_at_checked(length.saturating_add(4)) else {
            self.rest = &[];
            return Ok(Some(&named[4..]));
        };
        if let Some((sum, rest)) = rest.split_first_chunk::<4>() {
            if crc32fast::hash(named) != u32::from_be_bytes(*sum) {
                return Err(ImageError::undecodable("png: a checksum of the image data is wrong"));
            }
            self.rest = rest;
        } else {
            self.rest = &[];
        }
        Ok(Some(&named[4..]))
    }
}

/// How long the data of a chunk is, and its name.
fn head(bytes: &[u8]) -> Option<(usize, &[u8; 4])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*length) as usize, rest.first_chunk()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let named = [name.as_slice(), data].concat();
        let sum = crc32fast::hash(&named).to_be_bytes();
        [(data.len() as u32).to_be_bytes().as_slice(), &named, &sum].concat()
    }

    /// A file whose data is split into chunks of this length.
    fn file(data: &[u8], length: usize) -> Vec<u8> {
        let packed = fdeflate::compress_to_vec(data);
        let mut file = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &[0; 13])].concat();
        packed.chunks(length).for_each(|part| file.extend(chunk(b"IDAT", part)));
        file.extend(chunk(b"IEND", &[]));
        file
    }

    fn data() -> Vec<u8> {
        (0..700_000u32).map(|number| (number.wrapping_mul(number) >> 9) as u8 & 0x3f).collect()
    }

    #[test]
    fn data_is_the_same_however_it_is_split_and_taken() {
        let data = data();
        for (length, stretch) in [(1, 1000), (8192, 7), (50_000, 200_000), (usize::MAX, 700_000)] {
            let file = file(&data, length);
            let mut image = ImageData::new(&file, stretch);
            for part in data.chunks(stretch) {
                assert!(image.take(part.len()).unwrap() == part, "{length} {stretch}");
            }
            assert!(image.take(1).is_err());
        }
    }

    #[test]
    fn what_is_cut_off_or_damaged_ends_in_an_error() {
        let data = data();
        let whole = file(&data, 10_000);
        let all = |bytes: &[u8]| {
            let mut image = ImageData::new(bytes, 1000);
            data.chunks(1000).try_for_each(|part| image.take(part.len()).map(|_| ()))
        };
        assert!(all(&whole).is_ok());
        assert!(all(&whole[..whole.len() / 2]).is_err());
        for at in [100, whole.len() / 2] {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(all(&damaged).is_err(), "{at}");
        }
        assert!(ImageData::new(b"", 10).take(1).is_err());
    }
}
