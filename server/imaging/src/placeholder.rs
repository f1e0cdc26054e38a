//! What can be shown before an image is there: a few bytes that hold its blurred copy, and one colour.

use std::borrow::Cow;

use crate::display::display;
use crate::layout::Layout;
use crate::plane::{Depth, Pixels, Plane, map_depth};
use crate::profile::Profile;
use crate::raster::Raster;
use crate::sample::Sample;
use crate::ycc::Ycc;
use crate::{
    Header, ImageError, Limits, Output, Plan, Png, ResizeToFit, ScaledDecoding, Size, Spec, decode, render,
    rounding,
};

/// The longest side of the copy that a hash is made from. A hash holds seven half waves a side at the most, which 24 pixels
/// tell as well as the 100 that it would take, for a twentieth of the time.
const LONGEST: u32 = 24;
/// How many samples a side become one pixel of that copy: enough that nothing of an image is missed that a hash could show,
/// and the same few for images of every size.
const SAMPLES: u32 = 3;

/// What can be shown before an image is there; of an animation, before its first frame is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// The ThumbHash of the image as it is shown: about 25 bytes, <https://evanw.github.io/thumbhash/>.
    pub thumbhash: Vec<u8>,
    /// The colour that most of it has: red, green, blue.
    pub dominant_color: [u8; 3],
}

impl Placeholder {
    /// The colour as specs write colours: `#rrggbb`.
    pub fn dominant_color_code(&self) -> String {
        let [red, green, blue] = self.dominant_color;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// A spec whose rendition has the placeholder of its source, from as cheap a decode as the format allows: for who plans,
/// admits and decodes by himself.
pub fn placeholder_spec() -> Spec {
    let side = LONGEST * SAMPLES;
    let fit = ResizeToFit { width: side, height: side, ..ResizeToFit::default() };
    Spec {
        scaled_decoding: ScaledDecoding::Speed,
        ..Spec::new(vec![fit.into()], Output::Png(Png::default()))
    }
}

/// Makes the placeholder of a source by [`placeholder_spec`].
///
/// # Errors
/// Those of [`Plan::new`], [`decode`] and [`render`].
pub fn placeholder(bytes: &[u8], header: &Header, limits: &Limits) -> Result<Placeholder, ImageError> {
    let plan = Plan::new(header, bytes.len() as u64, &placeholder_spec(), limits)?;
    let decoded = decode(bytes, header, plan.decode())?;
    Ok(render(&decoded, &plan)?.placeholder)
}

/// The placeholder of a finished image. It costs the same for every size: a grid of pixels is picked, and no other one is
/// looked at.
pub(crate) fn of(image: &Plane) -> Result<Placeholder, ImageError> {
    let (grid, each) = grid(image.size());
    let mut picked = image.with_pixels(map_depth!(&image.pixels, raster => picked(raster, grid)?));
    if !picked.attached.icc.is_empty() {
        // A profile that is kept: what is seen are not these numbers.
        let icc = picked.attached.clone();
        Profile::attach(&mut picked, &icc.icc)?;
    }
    let picked = display(Cow::Owned(picked), Depth::Eight)?.into_owned().with_layout(Layout::Rgba)?;
    let Pixels::Eight(raster) = picked.pixels else {
        return Err(ImageError::unsupported("a placeholder of 16 bits a sample"));
    };
    made(&raster, each)
}

/// The same of an image in luma and chroma.
pub(crate) fn of_planes(image: &Ycc) -> Result<Placeholder, ImageError> {
    let (grid, each) = grid(image.size);
    let mut samples = Vec::with_capacity(Layout::Rgba.samples(grid)?);
    for row in 0..grid.height {
        let y = middle(row, grid.height, image.size.height);
        for column in 0..grid.width {
            let [red, green, blue] = image.color_at(middle(column, grid.width, image.size.width), y);
            samples.extend_from_slice(&[red, green, blue, u8::MAX]);
        }
    }
    made(&Raster::new(grid, Layout::Rgba, samples)?, each)
}

/// The places of the grid that pixels are picked from, and how many of them a side become one of the hash's.
fn grid(shown: Size) -> (Size, Size) {
    let side = |side: u32| rounding::side(f64::from(side) * f64::from(LONGEST) / f64::from(shown.longest()));
    let size =
        if shown.longest() <= LONGEST { shown } else { Size::new(side(shown.width), side(shown.height)) };
    let samples = |shown: u32, side: u32| (shown / side).clamp(1, SAMPLES);
    let each = Size::new(samples(shown.width, size.width), samples(shown.height, size.height));
    (Size::new(size.width * each.width, size.height * each.height), each)
}

/// The middle of a place of the grid, among so many pixels.
fn middle(index: u32, of: u32, side: u32) -> usize {
    ((2 * u64::from(index) + 1) * u64::from(side) / (2 * u64::from(of))) as usize
}

/// The placeholder of an image of which these pixels were picked.
fn made(picked: &Raster, each: Size) -> Result<Placeholder, ImageError> {
    let small = means(picked, each)?;
    let (width, height) = (small.size.width as usize, small.size.height as usize);
    Ok(Placeholder {
        thumbhash: thumbhash::rgba_to_thumb_hash(width, height, &small.samples),
        dominant_color: dominant_color(picked),
    })
}

/// As many pixels as the grid has places, each from the middle of its place.
fn picked<S: Sample>(raster: &Raster<S>, grid: Size) -> Result<Raster<S>, ImageError> {
    let (channels, stride) = (raster.channels(), raster.stride());
    let columns: Vec<usize> =
        (0..grid.width).map(|column| middle(column, grid.width, raster.size.width) * channels).collect();
    let mut samples = Vec::with_capacity(raster.layout.samples(grid)?);
    for row in 0..grid.height {
        let start = middle(row, grid.height, raster.size.height) * stride;
        let row = raster.samples.get(start..start + stride).unwrap_or_default();
        for column in &columns {
            samples.extend_from_slice(row.get(*column..column + channels).unwrap_or_default());
        }
    }
    Raster::new(grid, raster.layout, samples)
}

/// Each pixel the mean of so many, each colour counted by its alpha.
fn means(raster: &Raster, each: Size) -> Result<Raster, ImageError> {
    let size = Size::new(raster.size.width / each.width, raster.size.height / each.height);
    let mut sums = vec![[0u32; 4]; size.width as usize * size.height as usize];
    for (y, row) in raster.rows().enumerate() {
        let start = y / each.height as usize * size.width as usize;
        for (x, pixel) in row.chunks_exact(4).enumerate() {
            let sum = &mut sums[start + x / each.width as usize];
            let alpha = u32::from(pixel[3]);
            (0..3).for_each(|color| sum[color] += u32::from(pixel[color]) * alpha);
            sum[3] += alpha;
        }
    }
    let count = each.width * each.height;
    let samples = sums.iter().flat_map(|[red, green, blue, alpha]| {
        let color = |sum: &u32| (sum + alpha / 2).checked_div(*alpha).unwrap_or(0) as u8;
        [color(red), color(green), color(blue), ((alpha + count / 2) / count) as u8]
    });
    Raster::new(size, Layout::Rgba, samples.collect())
}

/// The mean of the colours in the fullest of 512 equal boxes of the colour space, each counted by its alpha. White where all is
/// transparent.
fn dominant_color(raster: &Raster) -> [u8; 3] {
    let mut boxes = vec![(0u64, [0u64; 3]); 512];
    for pixel in raster.pixels() {
        let index = pixel[..3].iter().fold(0, |index, sample| index << 3 | usize::from(sample >> 5));
        let (count, sums) = &mut boxes[index];
        let alpha = u64::from(pixel[3]);
        *count += alpha;
        sums.iter_mut().zip(pixel).for_each(|(sum, sample)| *sum += u64::from(*sample) * alpha);
    }
    let fullest = boxes.into_iter().max_by_key(|(count, _)| *count).filter(|(count, _)| *count > 0);
    fullest.map_or([255; 3], |(count, sums)| sums.map(|sum| ((sum + count / 2) / count) as u8))
}
