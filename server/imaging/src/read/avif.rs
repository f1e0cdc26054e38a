//! AVIF: 8, 10 and 12 bits, with all kinds of chroma, alpha, clean apertures, turns and grids; of a sequence the first frame.

mod aperture;
mod boxes;
mod colors;
mod content;
mod estimate;
mod extents;
mod items;
mod levels;
mod mosaic;
mod properties;
mod track;

use crate::attached::Source;
use crate::budget::Budget;
use crate::dav1d::{self, Picture};
use crate::header::ColorModel;
use crate::layout::Layout;
use crate::plane::{Depth, Pixels, Plane};
use crate::raster::Raster;
use crate::sample::Sample;
use crate::{DecodePlan, Header, ImageError, Size, SourceFormat, alpha};

use colors::Matrix;
use content::Content;
use estimate::decoder_bytes;
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
        stored: stored(&content),
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

/// A size that holds all that is decoded of the colours, and of alpha, whose parts may be larger ones.
fn stored(content: &Content<'_>) -> Size {
    let (color, alpha) = (content.color.stored(), content.alpha.as_ref().map(Mosaic::stored));
    alpha.map_or(color, |alpha| Size::new(color.width.max(alpha.width), color.height.max(alpha.height)))
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
    budget: &Budget,
) -> Result<(Plane, Option<Vec<u8>>), ImageError> {
    let content = Content::read(bytes)?;
    if content.shown.size != header.coded || content.alpha.is_some() != header.has_alpha {
        return Err(ImageError::undecodable("the avif contradicts its header"));
    }
    if decoder_bytes(&content) > header.decoder_bytes {
        return Err(ImageError::unsupported(
            "an avif with more frames in one picture than its beginning told",
        ));
    }
    let layout = Layout::new(header.color, header.has_alpha);
    let profile = match content.icc {
        Some(icc) => Some(icc.to_vec()),
        None => content.cicp.profile()?,
    };
    let pixels = match plan.depth {
        Depth::Eight => Pixels::Eight(raster(&content, layout, budget)?),
        Depth::Sixteen => Pixels::Sixteen(raster(&content, layout, budget)?),
    };
    Ok((pixels.into(), profile))
}

/// Colours, then alpha: no more than one coded picture is held at a time.
fn raster<S: Sample>(
    content: &Content<'_>,
    layout: Layout,
    budget: &Budget,
) -> Result<Raster<S>, ImageError> {
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
    each_picture(&content.color, budget, |picture, corner| {
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
    let Some(mosaic) = &content.alpha else { return Ok(raster) };
    each_picture(mosaic, budget, |picture, corner| {
        let mut levels = Levels::new(picture, content.alpha_cicp.full_range, false, 0)?;
        each_row(&mut raster, content, corner, picture, &mut levels, |row, levels| {
            for (pixel, alpha) in row.chunks_exact_mut(channels).zip(levels[0]) {
                pixel[colors] = S::nearest(alpha * most);
            }
        });
        Ok(())
    })?;
    if content.is_premultiplied {
        alpha::divide(&mut raster);
    }
    Ok(raster)
}

/// Decodes the bitstreams of a picture one after the other, and gives each with the place of its upper left corner to `put`. The
/// budget is looked at before each.
fn each_picture(
    mosaic: &Mosaic<'_>,
    budget: &Budget,
    mut put: impl FnMut(&Picture, (u32, u32)) -> Result<(), ImageError>,
) -> Result<(), ImageError> {
    for (corner, data) in mosaic.places() {
        budget.check()?;
        let bitstream = data.read()?;
        check_frames(&bitstream, data.frames())?;
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
