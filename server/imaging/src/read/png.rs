//! PNG: all colour types and depths, interlaced or not. Of an APNG the default image is read, which
//! is the first thing that every viewer shows.

mod chunks;
mod image_data;
mod profile;
mod rows;
mod unfilter;

use std::io::Cursor;

use crate::attached::Source;
use crate::budget::Budget;
use crate::exif;
use crate::header::ColorModel;
use crate::layout::Layout;
use crate::on_damaged::LEAST_ROWS;
use crate::plane::{Depth, Plane};
use crate::raster::{Raster, blank};
use crate::sample::Sample;
use crate::shrink::Shrink;
use crate::{DecodePlan, Header, ImageError, OnDamaged, Orientation, Size, SourceFormat};
use chunks::Chunks;

/// What the decoder may allocate beside the pixels: profiles and other chunks.
const CHUNK_MEMORY: usize = 32 << 20;

/// Reads the chunks up to the end of the bytes; only the first, `IHDR`, has to be there.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    let broken = || ImageError::undecodable("the png header is cut off or broken");
    let number =
        |at: usize| -> Option<u32> { bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes) };
    if bytes.get(12..16) != Some(b"IHDR") || number(8) != Some(13) {
        return Err(broken());
    }
    let coded = Size::new(number(16).ok_or_else(broken)?, number(20).ok_or_else(broken)?);
    let (Some(&bits), Some(&color_type), Some(&interlace)) = (bytes.get(24), bytes.get(25), bytes.get(28))
    else {
        return Err(broken());
    };
    let color = match color_type {
        0 | 4 => ColorModel::Gray,
        2 | 3 | 6 => ColorModel::Rgb,
        _ => return Err(ImageError::undecodable(format!("png colour type {color_type} does not exist"))),
    };
    let mut header = Header {
        format: SourceFormat::Png,
        coded,
        stored: coded,
        size: coded,
        orientation: Orientation::Normal,
        frames: 1,
        has_alpha: matches!(color_type, 4 | 6),
        bits,
        has_icc: false,
        progressive: interlace != 0,
        color,
        decoder_bytes: rows::memory_bytes(coded.width).max(256 << 10),
        planes: None,
        has_parts: false,
    };
    let mut at = 33;
    while let (Some(length), Some(name)) = (number(at), bytes.get(at + 4..at + 8)) {
        let Some(end) = at.checked_add(8).and_then(|start| start.checked_add(length as usize)) else {
            break;
        };
        let data = bytes.get(at + 8..end);
        match (name, data) {
            (b"tRNS", _) => header.has_alpha = true,
            (b"iCCP", _) => header.has_icc = true,
            // The transfer functions of SMPTE ST 2084 and HLG (ITU-T H.273).
            (b"cICP", Some([_, 16 | 18, ..])) => {
                return Err(ImageError::unsupported(
                    "png images of high dynamic range are not supported: convert them to sRGB",
                ));
            }
            (b"acTL", Some(_)) => header.frames = number(at + 8).unwrap_or(1).max(1),
            (b"eXIf", Some(block)) => header.orientation = exif::orientation(block),
            _ => {}
        }
        at = end + 4;
    }
    header.decoder_bytes += profile::bytes(bytes);
    header.size = header.orientation.apply(coded);
    Ok(header)
}

/// The blocks beside the pixels. An XMP packet that is compressed is passed over.
pub(crate) fn attached(bytes: &[u8]) -> Source<'_> {
    let mut source = Source::default();
    for (name, data) in Chunks::new(bytes) {
        match name {
            b"eXIf" => source.exif = data,
            b"iTXt" => {
                // Not compressed, then a language and a translated keyword, which are empty.
                if let Some(packet) = data.strip_prefix(b"XML:com.adobe.xmp\0\0\0\0\0") {
                    source.xmp = packet;
                }
            }
            _ => {}
        }
    }
    source
}

/// How many rows are read between two looks at the time that is left.
const ROWS_BETWEEN_LOOKS: usize = 64;

/// Decodes the pixels, with the ICC profile if there is one.
pub(crate) fn pixels(
    bytes: &[u8],
    header: &Header,
    plan: &DecodePlan,
    budget: &Budget,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    let depth = plan.depth;
    let length = Layout::new(header.color, header.has_alpha).samples(header.coded)? * depth.bytes() as usize;
    // The decoder counts its own buffers, not ours.
    let limits = png::Limits { bytes: CHUNK_MEMORY.saturating_add(length) };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    // Both expand palettes and transparent colours; only the second one reduces 16 bits to 8.
    decoder.set_transformations(match depth {
        Depth::Sixteen => png::Transformations::EXPAND,
        Depth::Eight => png::Transformations::normalize_to_color8(),
    });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(failed)?;
    let info = reader.info();
    if Size::new(info.width, info.height) != header.coded {
        return Err(ImageError::undecodable("the png contradicts its header"));
    }
    let profile = profile::read(bytes);
    let (decoded, bits) = reader.output_color_type();
    let layout = match decoded {
        png::ColorType::Grayscale => Layout::Gray,
        png::ColorType::GrayscaleAlpha => Layout::GrayAlpha,
        png::ColorType::Rgb => Layout::Rgb,
        png::ColorType::Rgba => Layout::Rgba,
        png::ColorType::Indexed => return Err(ImageError::undecodable("the png has no palette")),
    };
    let contradiction = || ImageError::undecodable("the png contradicts its header");
    if is_usual(reader.info()) && plan.on_damaged == OnDamaged::Refuse {
        let raster = match layout {
            Layout::Rgb => usual::<3>(bytes, header, plan, budget)?,
            _ => usual::<4>(bytes, header, plan, budget)?,
        };
        return Ok((raster.into(), profile));
    }
    let samples = layout.samples(header.coded)?;
    if plan.shrink > 1 && !header.progressive {
        let plane = match (depth, bits) {
            (Depth::Eight, png::BitDepth::Eight) => {
                let mut shrink = Shrink::<u8>::new(header.coded, layout, plan.shrink)?;
                each_row(&mut reader, header, budget, |row| shrink.push(row))?;
                shrink.finish()?.into()
            }
            (Depth::Sixteen, png::BitDepth::Sixteen) => {
                let mut shrink = Shrink::<u16>::new(header.coded, layout, plan.shrink)?;
                let mut samples = Vec::new();
                each_row(&mut reader, header, budget, |row| {
                    samples.clear();
                    samples.extend(row.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)));
                    shrink.push(&samples);
                })?;
                shrink.finish()?.into()
            }
            _ => return Err(contradiction()),
        };
        return Ok((plane, profile));
    }
    match (depth, bits) {
        (Depth::Eight, png::BitDepth::Eight) => {
            let mut pixels = blank(samples);
            if reader.output_buffer_size() != Some(pixels.len()) {
                return Err(contradiction());
            }
            let is_damaged = read_rows(&mut reader, &mut pixels, header, plan, budget)?;
            Ok((Plane { is_damaged, ..Raster::new(header.coded, layout, pixels)?.into() }, profile))
        }
        (Depth::Sixteen, png::BitDepth::Sixteen) => {
            let mut pixels = blank(samples);
            let bytes = u16::as_bytes_mut(&mut pixels);
            if reader.output_buffer_size() != Some(bytes.len()) {
                return Err(contradiction());
            }
            let is_damaged = read_rows(&mut reader, bytes, header, plan, budget)?;
            pixels.iter_mut().for_each(|sample| *sample = u16::from_be(*sample));
            Ok((Plane { is_damaged, ..Raster::new(header.coded, layout, pixels)?.into() }, profile))
        }
        _ => Err(contradiction()),
    }
}

/// What the decoder says, in our words.
fn failed(error: png::DecodingError) -> ImageError {
    match error {
        png::DecodingError::LimitsExceeded => {
            ImageError::undecodable("the png needs more memory than an image of its size should")
        }
        error => ImageError::undecodable(format!("png: {error}")),
    }
}

/// Whether [`rows`] reads it.
fn is_usual(info: &png::Info<'_>) -> bool {
    info.bit_depth == png::BitDepth::Eight
        && matches!(info.color_type, png::ColorType::Rgb | png::ColorType::Rgba)
        && info.trns.is_none()
        && !info.interlaced
}

/// Reads an image of the usual kind.
fn usual<const SAMPLES: usize>(
    bytes: &[u8],
    header: &Header,
    plan: &DecodePlan,
    budget: &Budget,
) -> Result<Raster, ImageError> {
    let layout = if SAMPLES == 3 { Layout::Rgb } else { Layout::Rgba };
    if plan.shrink > 1 {
        let mut shrink = Shrink::<u8>::padded(header.coded, layout, plan.shrink, 4)?;
        rows::each_row::<SAMPLES>(bytes, header.coded, budget, |row| shrink.push(row.as_flattened()))?;
        return shrink.finish();
    }
    let mut samples = Vec::with_capacity(layout.samples(header.coded)?);
    rows::each_row::<SAMPLES>(bytes, header.coded, budget, |row| match row.as_flattened() {
        all if SAMPLES == 4 => samples.extend_from_slice(all),
        _ => row.iter().for_each(|pixel| samples.extend_from_slice(&pixel[..SAMPLES])),
    })?;
    Raster::new(header.coded, layout, samples)
}

/// Reads the image, and tells whether rows are missing that may be. An interlaced image has its last rows spread over
/// all of it, so of one that is cut off nothing is taken.
fn read_rows(
    reader: &mut png::Reader<Cursor<&[u8]>>,
    samples: &mut [u8],
    header: &Header,
    plan: &DecodePlan,
    budget: &Budget,
) -> Result<bool, ImageError> {
    if header.progressive {
        return reader.next_frame(samples).map(|_| false).map_err(failed);
    }
    let accepts = plan.on_damaged == OnDamaged::Accept;
    let least = f64::from(header.coded.height) * LEAST_ROWS;
    let stride = samples.len() / header.coded.height as usize;
    for (row, to) in samples.chunks_exact_mut(stride).enumerate() {
        if row.is_multiple_of(ROWS_BETWEEN_LOOKS) {
            budget.check()?;
        }
        let error = match reader.read_row(to) {
            Ok(Some(_)) => continue,
            Ok(None) => ImageError::undecodable("the png is cut off: rows are missing"),
            Err(error) => failed(error),
        };
        return if accepts && row as f64 >= least { Ok(true) } else { Err(error) };
    }
    // What follows the last row has to be whole as well, but where it is missing, no pixel is.
    let end = reader.next_row().map(|_| false).map_err(failed);
    if accepts { Ok(false) } else { end }
}

/// Reads the image row by row, as far as its header says that there are rows.
fn each_row(
    reader: &mut png::Reader<Cursor<&[u8]>>,
    header: &Header,
    budget: &Budget,
    mut take: impl FnMut(&[u8]),
) -> Result<(), ImageError> {
    for row in 0..header.coded.height as usize {
        if row.is_multiple_of(ROWS_BETWEEN_LOOKS) {
            budget.check()?;
        }
        match reader.next_row().map_err(failed)? {
            Some(row) => take(row.data()),
            None => break,
        }
    }
    Ok(())
}
