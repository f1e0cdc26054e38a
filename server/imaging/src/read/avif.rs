//! AVIF: 8, 10 and 12 bits, with all kinds of chroma, alpha, clean apertures, turns and grids; of a sequence the first frame.

mod aperture;
mod boxes;
mod colors;
mod content;
mod extents;
mod items;
mod levels;
mod mosaic;
mod properties;
mod track;

use crate::attached::Source;
use crate::dav1d::{self, Picture};
use crate::header::ColorModel;
use crate::layout::Layout;
use crate::plane::{Depth, Pixels, Plane};
use crate::raster::Raster;
use crate::sample::Sample;
use crate::{DecodePlan, Header, ImageError, SourceFormat};

use colors::Matrix;
use content::Content;
use extents::Extents;
use levels::Levels;
use mosaic::{Mosaic, check_frames};

/// Reads the boxes, and the header of the bitstream as far as it is there.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, ImageError> {
    let content = Content::read(bytes)?;
    content.cicp.check_range()?;
    let needs_profile = content.icc.is_none() && content.cicp.needs_profile();
    // A profile that is made of numbers is one for red, green and blue.
    let is_gray = content.color.config.is_gray && !needs_profile;
    let coded = content.shown.size;
    Ok(Header {
        format: SourceFormat::Avif,
        coded,
        stored: content.color.stored(),
        size: content.orientation.apply(coded),
        orientation: content.orientation,
        frames: content.frames,
        has_alpha: content.alpha.is_some(),
        bits: content.color.config.bits,
        has_icc: content.icc.is_some() || needs_profile,
        progressive: false,
        color: if is_gray { ColorModel::Gray } else { ColorModel::Rgb },
        decoder_bytes: decoder_bytes(&content),
        planes: None,
        has_parts: false,
    })
}

/// What the decoder holds of the largest part: the bitstream, the picture in blocks of 128 by 128 pixels, and what it notes of
/// each block; measured by counting what it asks for.
fn decoder_bytes(content: &Content<'_>) -> u64 {
    let of = |mosaic: &Mosaic<'_>| {
        let doubled_samples = match (mosaic.config.is_gray, mosaic.config.subsampling) {
            (true, _) => 2,
            (false, (true, true)) => 3,
            (false, (true, false)) => 4,
            (false, _) => 6,
        };
        let bytes = if mosaic.config.bits > 8 { 2 } else { 1 };
        let side = |side: u32| u64::from(side).next_multiple_of(128);
        // Rows are a little longer, so that they do not all lie in the same lines of the processor's cache.
        let pixels = (side(mosaic.tile.width) + 64) * side(mosaic.tile.height);
        let bitstream = mosaic.tiles.iter().map(Extents::length).max().unwrap_or(0);
        pixels * doubled_samples * bytes / 2 + pixels * 5 / 8 + bitstream
    };
    of(&content.color).max(content.alpha.as_ref().map_or(0, of)) + (640 << 10)
}

/// The blocks beside the pixels.
pub(crate) fn attached(bytes: &[u8]) -> Source<'_> {
    Content::read(bytes)
        .map_or_else(|_| Source::default(), |content| Source { exif: content.exif, xmp: content.xmp })
}

/// Decodes the pixels, with the ICC profile if there is one, or one that is made of the numbers that tell the colours.
pub(crate) fn pixels(
    bytes: &[u8],
    header: &Header,
    plan: &DecodePlan,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    let content = Content::read(bytes)?;
    if content.shown.size != header.coded || content.alpha.is_some() != header.has_alpha {
        return Err(ImageError::undecodable("the avif contradicts its header"));
    }
    let layout = Layout::new(header.color, header.has_alpha);
    let profile = match content.icc {
        Some(icc) => Some(icc.to_vec()),
        None => content.cicp.profile()?,
    };
    let pixels = match plan.depth {
        Depth::Eight => Pixels::Eight(raster(&content, layout)?),
        Depth::Sixteen => Pixels::Sixteen(raster(&content, layout)?),
    };
    Ok((pixels.into(), profile))
}

/// Colours, then alpha: no more than one coded picture is held at a time.
fn raster<S: Sample>(content: &Content<'_>, layout: Layout) -> Result<Raster<S>, ImageError> {
    let mut raster = Raster::blank(content.shown.size, layout)?;
    let chroma_position = content.color.sequence()?.map_or(0, |sequence| sequence.chroma_position);
    let is_gray = content.color.config.is_gray;
    let matrix = if is_gray { Matrix::Identity } else { Matrix::of(content.cicp)? };
    let are_colors = !is_gray && matches!(matrix, Matrix::Identity);
    if are_colors && content.color.config.subsampling != (false, false) {
        return Err(ImageError::undecodable("the avif has fewer greens than reds"));
    }
    let channels = layout.channels();
    let colors = layout.colors();
    let most = S::MAX.number() as f32;
    each_picture(&content.color, |picture, corner| {
        let mut levels = Levels::new(picture, content.cicp.full_range, are_colors, chroma_position)?;
        each_row(&mut raster, content, corner, picture, &mut levels, |row, levels| {
            let mut pixels = row.chunks_exact_mut(channels);
            if is_gray {
                for (pixel, luma) in pixels.zip(levels[0]) {
                    pixel[..colors].fill(S::nearest(luma * most));
                }
            } else {
                matrix.each(levels, |color| {
                    if let Some(pixel) = pixels.next() {
                        for (sample, level) in pixel.iter_mut().zip(color) {
                            *sample = S::nearest(level * most);
                        }
                    }
                });
            }
        });
        Ok(())
    })?;
    let Some(alpha) = &content.alpha else { return Ok(raster) };
    each_picture(alpha, |picture, corner| {
        let mut levels = Levels::new(picture, content.alpha_cicp.full_range, false, 0)?;
        each_row(&mut raster, content, corner, picture, &mut levels, |row, levels| {
            for (pixel, alpha) in row.chunks_exact_mut(channels).zip(levels[0]) {
                pixel[colors] = S::nearest(alpha * most);
            }
        });
        Ok(())
    })?;
    if content.is_premultiplied {
        divide(&mut raster);
    }
    Ok(raster)
}

/// Decodes the bitstreams of a picture one after the other, and gives each with the place of its upper left corner to `put`.
fn each_picture(
    mosaic: &Mosaic<'_>,
    mut put: impl FnMut(&Picture, (u32, u32)) -> Result<(), ImageError>,
) -> Result<(), ImageError> {
    for (corner, data) in mosaic.places() {
        let bitstream = data.read()?;
        check_frames(&bitstream)?;
        let picture = dav1d::decode(&bitstream, mosaic.tile, mosaic.operating_point)?;
        let is_gray = picture.chroma()? == dav1d::Chroma::None;
        if picture.bits() != mosaic.config.bits || is_gray != mosaic.config.is_gray {
            return Err(ImageError::undecodable("the av1 bitstream of the avif contradicts its header"));
        }
        put(&picture, corner)?;
    }
    Ok(())
}

/// Gives each row of a picture that is shown to `put`: samples of the raster, and the levels that are to lie in them.
fn each_row<S: Sample>(
    raster: &mut Raster<S>,
    content: &Content<'_>,
    corner: (u32, u32),
    picture: &Picture,
    levels: &mut Levels<'_>,
    put: impl Fn(&mut [S], [&[f32]; 3]),
) {
    let (shown, size, channels) = (content.shown, picture.size(), raster.channels());
    // What of the picture lies left of and above what is shown, and what is shown left of and above it.
    let (hidden_x, hidden_y) = (shown.x.saturating_sub(corner.0), shown.y.saturating_sub(corner.1));
    let (left, top) = (corner.0.saturating_sub(shown.x), corner.1.saturating_sub(shown.y));
    let start = left as usize * channels;
    let rows = raster.rows_mut().skip(top as usize);
    for (row, y) in rows.zip(hidden_y..size.height) {
        let Some(row) = row.get_mut(start..) else { return };
        levels.read(y);
        let rows = levels.rows.each_ref().map(|row| row.get(hidden_x as usize..).unwrap_or_default());
        put(row, rows);
    }
}

/// Undoes the multiplication of colours by alpha.
fn divide<S: Sample>(raster: &mut Raster<S>) {
    let colors = raster.layout.colors();
    let most = S::MAX.number() as f32;
    for pixel in raster.pixels_mut() {
        let alpha = pixel[colors].number();
        if alpha == 0 {
            continue;
        }
        let factor = most / alpha as f32;
        for sample in &mut pixel[..colors] {
            *sample = S::nearest(sample.number() as f32 * factor);
        }
    }
}
