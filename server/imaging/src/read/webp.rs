//! WebP: lossy and lossless, with or without alpha. Of an animation the first frame is read, laid
//! on its canvas, which is transparent where the frame does not reach.

use crate::header::ColorModel;
use crate::libwebp;
use crate::plane::{Layout, Plane, blank};
use crate::read::exif;
use crate::{Header, ImageError, Orientation, Size, SourceFormat};

/// The chunks of the container (RFC 9649, section 2).
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    /// The next chunk; of one that is cut off, what there is.
    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let data = rest.get(..length).unwrap_or(rest);
        self.0 = rest.get(length.saturating_add(length % 2)..).unwrap_or_default();
        Some((name, data))
    }
}

fn three_bytes(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at + 3)?;
    Some(u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16)
}

/// A frame of an animation: its place on the canvas and its image data.
struct Frame<'a> {
    left: u32,
    top: u32,
    size: Size,
    data: &'a [u8],
}

impl<'a> Frame<'a> {
    fn parse(data: &'a [u8]) -> Option<Frame<'a>> {
        Some(Frame {
            left: three_bytes(data, 0)? * 2,
            top: three_bytes(data, 3)? * 2,
            size: Size::new(three_bytes(data, 6)? + 1, three_bytes(data, 9)? + 1),
            data: data.get(16..)?,
        })
    }
}

/// Reads the chunks as far as they are there.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    let broken = || ImageError::undecodable("the webp header is cut off or broken");
    let mut header = Header {
        format: SourceFormat::Webp,
        coded: Size::new(0, 0),
        size: Size::new(0, 0),
        orientation: Orientation::Normal,
        frames: 1,
        has_alpha: false,
        bits: 8,
        has_icc: false,
        progressive: false,
        color: ColorModel::Rgb,
        decoder_bytes: 0,
    };
    let mut frames = 0;
    let mut extended = false;
    let mut lossless = false;
    for (index, (name, data)) in Chunks(bytes.get(12..).ok_or_else(broken)?).enumerate() {
        match name {
            b"VP8X" if index == 0 => {
                let flags = *data.first().ok_or_else(broken)?;
                header.has_alpha = flags & 0x10 != 0;
                header.has_icc = flags & 0x20 != 0;
                header.coded = Size::new(
                    three_bytes(data, 4).ok_or_else(broken)? + 1,
                    three_bytes(data, 7).ok_or_else(broken)? + 1,
                );
                extended = true;
            }
            b"VP8 " | b"VP8L" if index == 0 => {
                let features = libwebp::features(bytes)?;
                header.coded = features.size;
                header.has_alpha = features.has_alpha;
                lossless = name == b"VP8L";
            }
            b"VP8L" => lossless = true,
            b"ANMF" => {
                // Lossless frames are not told apart without reading each one's chunks.
                lossless = true;
                frames += 1;
            }
            b"EXIF" => header.orientation = exif::orientation(data),
            _ => {}
        }
        if index == 0 && header.coded.is_empty() {
            return Err(broken());
        }
        if index == 0 && !extended {
            break;
        }
    }
    // What an animation's first frame does not cover is transparent.
    header.has_alpha |= frames > 0;
    header.frames = frames.max(1);
    // A lossless bitstream is decoded as a whole to 32 bits a pixel; of a lossy one, only alpha is.
    let whole = u64::from(header.has_alpha) + if lossless { 4 } else { 0 };
    let canvas = if frames > 0 { 4 } else { 0 };
    header.decoder_bytes = header.coded.pixels() * (whole + canvas) + (512 << 10);
    header.size = header.orientation.apply(header.coded);
    Ok(header)
}

/// Decodes the pixels, with the ICC profile if there is one.
pub(crate) fn pixels(bytes: &[u8], header: &Header) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    let layout = Layout::new(header.color, header.has_alpha);
    let chunks = || Chunks(bytes.get(12..).unwrap_or_default());
    let profile = chunks().find(|(name, _)| *name == b"ICCP").map(|(_, data)| data.to_vec());
    let Some((_, frame)) = chunks().find(|(name, _)| *name == b"ANMF") else {
        return Ok((libwebp::decode(bytes, header.coded, layout)?, profile));
    };
    let frame = Frame::parse(frame).ok_or_else(|| ImageError::undecodable("the webp frame is cut off"))?;
    let reaches_out = u64::from(frame.left) + u64::from(frame.size.width) > u64::from(header.coded.width)
        || u64::from(frame.top) + u64::from(frame.size.height) > u64::from(header.coded.height);
    if reaches_out {
        return Err(ImageError::undecodable("the webp frame reaches out of its canvas"));
    }
    let decoded = libwebp::decode(frame.data, frame.size, layout)?;
    if frame.size == header.coded {
        return Ok((decoded, profile));
    }
    let mut canvas = Plane::new(header.coded, layout, blank(layout.bytes(header.coded)?))?;
    canvas.lay(&decoded.pixels, frame.size, (frame.left, frame.top));
    Ok((canvas, profile))
}
