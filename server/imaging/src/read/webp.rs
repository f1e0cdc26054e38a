//! WebP: lossy and lossless, with or without alpha. The frames of an animation are laid on their canvas, which is
//! transparent where none reaches.

use crate::attached::Source;
use crate::exif;
use crate::header::ColorModel;
use crate::layout::Layout;
use crate::libwebp;
use crate::plane::Plane;
use crate::profile::Profile;
use crate::raster::Raster;
use crate::read::screen::{Disposal, Screen, Shown, delay};
use crate::region::Cut;
use crate::sampling::Sampling;
use crate::ycc::Ycc;
use crate::{DecodePlan, Header, ImageError, OnDamaged, Orientation, Size, SourceFormat};

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
    place: Cut,
    milliseconds: u32,
    disposal: Disposal,
    /// Whether it is laid over what is there, and not put in its place.
    blends: bool,
    data: &'a [u8],
}

impl<'a> Frame<'a> {
    fn parse(data: &'a [u8]) -> Option<Frame<'a>> {
        let size = Size::new(three_bytes(data, 6)? + 1, three_bytes(data, 9)? + 1);
        let flags = data.get(15)?;
        Some(Frame {
            place: Cut { x: three_bytes(data, 0)? * 2, y: three_bytes(data, 3)? * 2, size },
            milliseconds: three_bytes(data, 12)?,
            disposal: if flags & 1 == 0 { Disposal::Keep } else { Disposal::Clear },
            blends: flags & 2 == 0,
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
        stored: Size::new(0, 0),
        size: Size::new(0, 0),
        orientation: Orientation::Normal,
        frames: 1,
        has_alpha: false,
        bits: 8,
        has_icc: false,
        progressive: false,
        color: ColorModel::Rgb,
        decoder_bytes: 0,
        planes: None,
        has_parts: false,
    };
    let mut frames = 0;
    let mut extended = false;
    let (mut lossless, mut lossy) = (false, false);
    // Of several profiles the first counts, as it does when the pixels are decoded.
    let mut is_srgb = None;
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
                lossy = !lossless;
            }
            b"VP8L" => lossless = true,
            b"VP8 " => lossy = true,
            b"ICCP" if is_srgb.is_none() => {
                header.decoder_bytes += data.len() as u64;
                is_srgb = Some(Profile::is_srgb(data));
            }
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
    header.decoder_bytes += header.coded.pixels() * (whole + canvas) + (512 << 10);
    header.stored = header.coded;
    if lossy && !lossless && !header.has_alpha && is_srgb.unwrap_or(true) {
        header.planes = Some(Sampling::QUARTER);
    }
    header.size = header.orientation.apply(header.coded);
    Ok(header)
}

/// The blocks beside the pixels.
pub(crate) fn attached(bytes: &[u8]) -> Source<'_> {
    let mut source = Source::default();
    for (name, data) in chunks(bytes) {
        match name {
            b"EXIF" => source.exif = data,
            b"XMP " => source.xmp = data,
            _ => {}
        }
    }
    source
}

/// Decodes the pixels, of an animation those of the first frame, with the ICC profile if there is one.
pub(crate) fn pixels(
    bytes: &[u8],
    header: &Header,
    plan: &DecodePlan,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    let layout = Layout::new(header.color, header.has_alpha);
    let profile = profile(bytes).map(<[u8]>::to_vec);
    if !chunks(bytes).any(|(name, _)| name == b"ANMF") {
        let size = plan.size(header.coded);
        return match libwebp::decode_to(bytes, header.coded, layout, size) {
            Err(_) if plan.on_damaged == OnDamaged::Accept => {
                let raster = libwebp::decode_rows(bytes, header.coded, layout)?;
                Ok((Plane { is_damaged: true, ..raster.into() }, profile))
            }
            decoded => Ok((decoded?.into(), profile)),
        };
    }
    let mut frames = Frames::with(bytes, header, None)?;
    if frames.next()?.is_none() {
        return Err(ImageError::undecodable("the webp has no frame"));
    }
    Ok((frames.screen.into_plane(), profile))
}

/// Decodes an image that has them to luma and chroma, with the ICC profile if there is one.
pub(crate) fn planes(
    bytes: &[u8],
    header: &Header,
    plan: &DecodePlan,
) -> Result<(Ycc, Option<Vec<u8>>), ImageError> {
    let image = libwebp::decode_planes(bytes, header.coded, plan.filter)?.shrunk(plan.shrink)?;
    Ok((image, profile(bytes).map(<[u8]>::to_vec)))
}

fn chunks(bytes: &[u8]) -> Chunks<'_> {
    Chunks(bytes.get(12..).unwrap_or_default())
}

/// The first profile. What stands behind the image of a file without the extended header does not belong to it.
fn profile(bytes: &[u8]) -> Option<&[u8]> {
    let mut chunks = chunks(bytes);
    chunks.next().filter(|(name, _)| *name == b"VP8X")?;
    chunks.find(|(name, _)| *name == b"ICCP").map(|(_, data)| data)
}

/// The frames of an animation, each composed onto the canvas.
pub(crate) struct Frames<'a> {
    chunks: Chunks<'a>,
    plays: u16,
    screen: Screen,
}

impl<'a> Frames<'a> {
    pub fn new(bytes: &'a [u8], header: &Header) -> Result<Frames<'a>, ImageError> {
        Frames::with(bytes, header, profile(bytes).and_then(Profile::of_colors))
    }

    fn with(bytes: &'a [u8], header: &Header, profile: Option<Profile>) -> Result<Frames<'a>, ImageError> {
        let plays = chunks(bytes)
            .find(|(name, _)| *name == b"ANIM")
            .and_then(|(_, data)| Some(u16::from_le_bytes(*data.get(4..)?.first_chunk()?)));
        let screen = Screen::new(header.coded, profile)?;
        Ok(Frames { chunks: chunks(bytes), plays: plays.unwrap_or(0), screen })
    }

    /// How often the animation is played; 0: without end.
    pub fn plays(&self) -> u16 {
        self.plays
    }

    /// The next frame as it is shown.
    pub fn next(&mut self) -> Result<Option<Shown<'_>>, ImageError> {
        let Some((_, data)) = self.chunks.find(|(name, _)| *name == b"ANMF") else { return Ok(None) };
        let frame = Frame::parse(data).ok_or_else(|| ImageError::undecodable("the webp frame is cut off"))?;
        let Cut { x, y, size } = frame.place;
        let canvas = self.screen.plane().size();
        let reaches_out = u64::from(x) + u64::from(size.width) > u64::from(canvas.width)
            || u64::from(y) + u64::from(size.height) > u64::from(canvas.height);
        if reaches_out {
            return Err(ImageError::undecodable("the webp frame reaches out of its canvas"));
        }
        let decoded = libwebp::decode(frame.data, size, Layout::Rgba)?;
        self.screen.begin(frame.place, frame.disposal)?;
        let raster = self.screen.raster()?;
        if frame.blends {
            blend(raster, &decoded, frame.place);
        } else if size == canvas {
            *raster = decoded;
        } else {
            raster.put(&decoded, (x.into(), y.into()));
        }
        Ok(Some(Shown { plane: self.screen.plane(), milliseconds: delay(frame.milliseconds) }))
    }
}

/// Lays a frame over what is there (RFC 9649, section 2.7.1.1), inside the canvas.
fn blend(canvas: &mut Raster, frame: &Raster, Cut { x, y, size }: Cut) {
    let (start, width) = (x as usize, size.width as usize);
    for (below, above) in canvas.rows_mut().skip(y as usize).zip(frame.rows()) {
        let (below, above) = (below.as_chunks_mut::<4>().0, above.as_chunks::<4>().0);
        for (below, above) in below[start..start + width].iter_mut().zip(above) {
            match above[3] {
                u8::MAX => *below = *above,
                0 => {}
                _ => *below = over(*above, *below),
            }
        }
    }
}

/// One pixel over another, their colours not multiplied by alpha.
fn over(above: [u8; 4], below: [u8; 4]) -> [u8; 4] {
    // Both weights, and their sum, are alpha times 255.
    let front = u32::from(above[3]) * 255;
    let back = u32::from(below[3]) * (255 - u32::from(above[3]));
    let sum = front + back;
    let mix = |front_color: u8, back_color: u8| {
        ((u32::from(front_color) * front + u32::from(back_color) * back + sum / 2) / sum) as u8
    };
    let alpha = ((sum + 127) / 255) as u8;
    [mix(above[0], below[0]), mix(above[1], below[1]), mix(above[2], below[2]), alpha]
}
