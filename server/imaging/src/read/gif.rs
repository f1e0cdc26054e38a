//! GIF: the first frame, laid on its canvas. Where the frame does not reach, the canvas is
//! transparent, as browsers show it.

use gif::{ColorOutput, DecodeOptions, MemoryLimit};

use crate::header::ColorModel;
use crate::plane::{Layout, Plane, blank};
use crate::{Header, ImageError, Orientation, Size, SourceFormat};

/// Reads the logical screen and counts the frames whose beginnings are there.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    let screen = bytes.get(6..13).ok_or_else(|| ImageError::undecodable("the gif ends within its header"))?;
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]));
    let coded = Size::new(side(screen[0], screen[1]), side(screen[2], screen[3]));
    Ok(Header {
        format: SourceFormat::Gif,
        coded,
        size: coded,
        orientation: Orientation::Normal,
        frames: Blocks::new(bytes, screen[4]).frames(),
        has_alpha: true,
        bits: 8,
        has_icc: false,
        progressive: false,
        color: ColorModel::Rgb,
        decoder_bytes: coded.pixels() * 4,
    })
}

/// A walk over the blocks of a GIF that looks at no pixel.
struct Blocks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Blocks<'a> {
    fn new(bytes: &'a [u8], screen_flags: u8) -> Blocks<'a> {
        Blocks { bytes, at: 13 + palette_length(screen_flags) }
    }

    fn frames(mut self) -> u32 {
        let mut frames = 0;
        while let Some(&kind) = self.bytes.get(self.at) {
            match kind {
                0x2c => {
                    let Some(&flags) = self.bytes.get(self.at + 9) else { break };
                    frames += 1;
                    self.at += 11 + palette_length(flags);
                }
                0x21 => self.at += 2,
                _ => break,
            }
            self.skip_data();
        }
        frames.max(1)
    }

    fn skip_data(&mut self) {
        while let Some(&length) = self.bytes.get(self.at) {
            self.at += 1 + usize::from(length);
            if length == 0 {
                break;
            }
        }
    }
}

fn palette_length(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Decodes the first frame onto the canvas.
pub(crate) fn pixels(bytes: &[u8], header: &Header) -> Result<Plane, ImageError> {
    let failed = |error: gif::DecodingError| ImageError::undecodable(format!("gif: {error}"));
    let length = Layout::Rgba.bytes(header.coded)?;
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    // A frame may reach out of its canvas, but one many times as large is an attack.
    let most = (length as u64).saturating_mul(4).max(1 << 20);
    options.set_memory_limit(MemoryLimit::Bytes(most.try_into().unwrap_or(std::num::NonZeroU64::MAX)));
    let mut decoder = options.read_info(bytes).map_err(failed)?;
    let frame = decoder
        .read_next_frame()
        .map_err(failed)?
        .ok_or_else(|| ImageError::undecodable("the gif has no frame"))?;
    let size = Size::new(frame.width.into(), frame.height.into());
    if size == header.coded && frame.left == 0 && frame.top == 0 {
        let pixels = frame.buffer.to_vec();
        return Plane::new(size, Layout::Rgba, pixels);
    }
    let mut canvas = Plane::new(header.coded, Layout::Rgba, blank(length))?;
    canvas.lay(&frame.buffer, size, (frame.left.into(), frame.top.into()));
    Ok(canvas)
}
