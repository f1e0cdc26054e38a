//! Samples as a TIFF stores them, on their way to one number each.

use crate::{ImageError, Size, bt601};

/// Samples of either depth.
pub(super) enum Samples {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
}

impl Samples {
    /// One number for each sample, where several stand in a byte; rows begin with a byte. Levels of fewer bits are spread
    /// over those of eight, but not the indices of a palette, which are looked up later.
    pub fn unpacked(self, bits: u8, size: Size, channels: usize) -> Result<Samples, ImageError> {
        let Samples::Eight(packed) = self else { return Ok(self) };
        if bits >= 8 {
            return Ok(Samples::Eight(packed));
        }
        let row = size.width as usize * channels;
        let stride = (row * usize::from(bits)).div_ceil(8);
        if packed.len() < stride * size.height as usize {
            return Err(ImageError::undecodable("the tiff has fewer samples than its header told"));
        }
        let (most, per_byte) = ((1u16 << bits) - 1, 8 / usize::from(bits));
        let mut samples = Vec::with_capacity(row * size.height as usize);
        for packed in packed.chunks_exact(stride).take(size.height as usize) {
            for index in 0..row {
                let shift = 8 - usize::from(bits) * (index % per_byte + 1);
                let level = u16::from(packed[index / per_byte]) >> shift & most;
                samples.push((level * 255 / most) as u8);
            }
        }
        Ok(Samples::Eight(samples))
    }

    /// The samples of a pixel side by side, where those of a channel lay together.
    pub fn interleaved(self, size: Size, channels: usize) -> Result<Samples, ImageError> {
        let pixels = size.width as usize * size.height as usize;
        Ok(match self {
            Samples::Eight(planes) => Samples::Eight(interleaved(&planes, pixels, channels)?),
            Samples::Sixteen(planes) => Samples::Sixteen(interleaved(&planes, pixels, channels)?),
        })
    }

    /// The samples with 8 bits each.
    pub fn narrowed(self) -> Vec<u8> {
        match self {
            Samples::Eight(samples) => samples,
            Samples::Sixteen(samples) => samples.into_iter().map(crate::display::narrowed).collect(),
        }
    }

    /// The colours of a palette (all reds, then all greens, then all blues, of 16 bits each) for its indices, which
    /// [`Samples::unpacked`] has spread. Eight bits are kept: no palette of an image that means 8 bits tells more.
    pub fn looked_up(self, palette: &[u16], bits: u8) -> Result<Samples, ImageError> {
        let Samples::Eight(indices) = self else {
            return Err(ImageError::unsupported("tiff palettes of more than 256 colours are not supported"));
        };
        let colors = 1usize << bits;
        if palette.len() < colors * 3 {
            return Err(ImageError::undecodable("the palette of the tiff is too short"));
        }
        let channel = |index: usize, which: usize| (palette[which * colors + index] >> 8) as u8;
        let rgb = indices.iter().flat_map(|spread| {
            let index = usize::from(*spread) * (colors - 1) / 255;
            [channel(index, 0), channel(index, 1), channel(index, 2)]
        });
        Ok(Samples::Eight(rgb.collect()))
    }
}

fn interleaved<S: Copy>(planes: &[S], pixels: usize, channels: usize) -> Result<Vec<S>, ImageError> {
    let planes: Vec<&[S]> = planes.chunks_exact(pixels.max(1)).take(channels).collect();
    if planes.len() < channels {
        return Err(ImageError::undecodable("the tiff has fewer samples than its header told"));
    }
    // Collected, they would grow by doubling, and no estimate foresees that.
    let mut samples = Vec::with_capacity(pixels * channels);
    for pixel in 0..pixels {
        samples.extend(planes.iter().map(|plane| plane[pixel]));
    }
    Ok(samples)
}

/// Luma and chroma of a JPEG as red, green and blue.
pub(super) fn rgb_of_luma_and_chroma(mut samples: Vec<u8>) -> Vec<u8> {
    for pixel in samples.as_chunks_mut::<3>().0 {
        *pixel = bt601::rgb_of_levels(*pixel);
    }
    samples
}
