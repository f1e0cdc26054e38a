//! Luma and chroma in planes of their own, as JPEG and lossy WebP code them. Geometry needs no other form: nothing is
//! converted to RGB and back, and chroma has as few samples as it was coded with.

mod beyond;
mod halved;
mod range;

use std::sync::Arc;

use crate::attached::Attached;
use crate::raster::Raster;
use crate::region::{Cut, Region};
use crate::resample::resample;
use crate::sampling::Sampling;
use crate::step::Resample;
use crate::turn::turn;
use crate::{ImageError, Orientation, Size, bt601};

use beyond::{pad, padded, resampled_beyond};
use halved::halved;

pub(crate) use range::Range;

/// Luma, and the differences of blue and red from it, of 8 bits.
#[derive(Clone, Debug)]
pub(crate) struct Ycc {
    pub size: Size,
    pub sampling: Sampling,
    pub range: Range,
    /// Luma of the padded size, in which the last column and row of the image are repeated; then both kinds of chroma.
    pub planes: [Raster; 3],
    /// What is written beside the pixels.
    pub attached: Arc<Attached>,
    /// Whether pixels were missing in the source.
    pub is_damaged: bool,
}

impl Ycc {
    /// Of planes that have the sizes that size and sampling call for. What luma has beyond the size is overwritten.
    pub fn new(
        size: Size,
        sampling: Sampling,
        range: Range,
        mut planes: [Raster; 3],
    ) -> Result<Ycc, ImageError> {
        let [luma, blue, red] = &mut planes;
        let chroma = sampling.chroma(size);
        if size.is_empty() || luma.size != sampling.padded(size) || blue.size != chroma || red.size != chroma
        {
            return Err(ImageError::undecodable("luma and chroma are of sizes that do not fit together"));
        }
        pad(luma, size);
        Ok(Ycc { size, sampling, range, planes, attached: Arc::default(), is_damaged: false })
    }

    /// What it takes in memory.
    pub fn memory_bytes(&self) -> u64 {
        self.planes.iter().map(|plane| plane.samples.len() as u64).sum()
    }

    /// The colour of a pixel, which has to lie inside the image: red, green and blue, by the matrix of ITU-R BT.601 that JFIF
    /// and WebP name.
    pub fn color_at(&self, x: usize, y: usize) -> [u8; 3] {
        let [luma, blue, red] = &self.planes;
        let (across, down) = (usize::from(self.sampling.across), usize::from(self.sampling.down));
        let sample = |plane: &Raster, x: usize, y: usize| {
            f32::from(plane.samples.get(y * plane.stride() + x).copied().unwrap_or_default())
        };
        let (luma, blue, red) =
            (sample(luma, x, y), sample(blue, x / across, y / down), sample(red, x / across, y / down));
        let (luma, chroma) = match self.range {
            Range::Full => (luma, 1.0),
            Range::Video => ((luma - 16.0) * 255.0 / 219.0, 255.0 / 224.0),
        };
        let (blue, red) = ((blue - 128.0) * chroma, (red - 128.0) * chroma);
        bt601::rgb([luma, blue, red])
    }

    /// Other planes of the same picture.
    fn with(&self, size: Size, sampling: Sampling, planes: [Raster; 3]) -> Result<Ycc, ImageError> {
        let image = Ycc::new(size, sampling, self.range, planes)?;
        Ok(Ycc { attached: self.attached.clone(), is_damaged: self.is_damaged, ..image })
    }

    /// Copies a box of whole pixels, which has to lie inside the image and to begin where a sample of chroma does.
    pub fn cut(&self, cut: Cut) -> Result<Ycc, ImageError> {
        let [luma, blue, red] = &self.planes;
        let chroma = self.chroma_cut(cut);
        let luma = luma.cut(Cut { size: self.sampling.padded(cut.size), ..cut })?;
        self.with(cut.size, self.sampling, [luma, blue.cut(chroma)?, red.cut(chroma)?])
    }

    /// The samples of chroma that belong to a box.
    fn chroma_cut(&self, cut: Cut) -> Cut {
        Cut {
            x: cut.x / u32::from(self.sampling.across),
            y: cut.y / u32::from(self.sampling.down),
            size: self.sampling.chroma(cut.size),
        }
    }

    /// Resamples to another size and sampling; a frame has to begin where a sample of chroma does. Where the size is no
    /// multiple of the sampling, the image will be padded on its right and lower side when it has been turned as `later` says.
    pub fn resampled(
        &self,
        step: &Resample,
        sampling: Sampling,
        later: Orientation,
    ) -> Result<Ycc, ImageError> {
        let [luma, blue, red] = &self.planes;
        let frame = step.frame.unwrap_or(Cut { x: 0, y: 0, size: self.size });
        let region = step.region.within(frame.size);
        let luma = resample(luma, &Resample { frame: Some(frame), region, size: step.size })?;
        let luma = padded(luma, sampling.padded(step.size))?;
        let chroma = Resample {
            frame: Some(self.chroma_cut(frame)),
            region: self.chroma_region(region, step.size, sampling, later),
            size: sampling.chroma(step.size),
        };
        let planes = [luma, resampled_beyond(blue, &chroma)?, resampled_beyond(red, &chroma)?];
        self.with(step.size, sampling, planes)
    }

    /// The region of chroma that becomes all chroma of an image of `size`: what `region` of luma covers, and what lies beyond
    /// under samples that belong to fewer pixels.
    fn chroma_region(&self, region: Region, size: Size, sampling: Sampling, later: Orientation) -> Region {
        let (_, mirror_x, mirror_y) = later.parts();
        let padded = sampling.padded(size);
        let side = |start: f64, length: f64, is: u32, padded: u32, is_mirrored: bool| {
            let beyond = length * f64::from(padded - is) / f64::from(is);
            (if is_mirrored { start - beyond } else { start }, length + beyond)
        };
        let (x, width) = side(region.x, region.width, size.width, padded.width, mirror_x);
        let (y, height) = side(region.y, region.height, size.height, padded.height, mirror_y);
        let region = Region { x, y, width, height };
        region.scaled(1.0 / f64::from(self.sampling.across), 1.0 / f64::from(self.sampling.down))
    }

    /// The image in fewer samples: each the mean of a square of `factor`, a power of two, a side. Under the last column and row
    /// those count again that are there.
    pub fn shrunk(self, factor: u32) -> Result<Ycc, ImageError> {
        let Ycc { mut size, sampling, range, mut planes, attached, is_damaged } = self;
        let mut halvings = factor.checked_ilog2().unwrap_or(0);
        while halvings > 0 {
            let [luma, blue, red] = planes;
            size = Size::new(size.width.div_ceil(2), size.height.div_ceil(2));
            planes = [padded(halved(luma)?, sampling.padded(size))?, halved(blue)?, halved(red)?];
            halvings -= 1;
        }
        Ok(Ycc { attached, is_damaged, ..Ycc::new(size, sampling, range, planes)? })
    }

    /// The image as it is shown. Sides that are mirrored have to be multiples of the sampling, if it was not resampled for
    /// this turn.
    pub fn turned(&self, orientation: Orientation) -> Result<Ycc, ImageError> {
        let [luma, blue, red] = &self.planes;
        let whole = Cut { x: 0, y: 0, size: self.size };
        let luma = match luma.size == self.size {
            true => turn(luma, orientation)?,
            false => turn(&luma.cut(whole)?, orientation)?,
        };
        let (size, sampling) = (orientation.apply(self.size), self.sampling.turned(orientation));
        let luma = padded(luma, sampling.padded(size))?;
        self.with(size, sampling, [luma, turn(blue, orientation)?, turn(red, orientation)?])
    }

    /// The same colours in levels of this range.
    pub fn in_range(mut self, range: Range) -> Ycc {
        let [luma, chroma] = self.range.to(range);
        for (plane, levels) in self.planes.iter_mut().zip([luma, chroma, chroma]) {
            if let Some(levels) = levels {
                let table: [u8; 256] = std::array::from_fn(|level| levels.of(level as u8));
                plane.samples.iter_mut().for_each(|sample| *sample = table[usize::from(*sample)]);
            }
        }
        Ycc { range, ..self }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::layout::Layout;

    fn gray(width: u32, height: u32, samples: &[u8]) -> Raster {
        Raster::new(Size::new(width, height), Layout::Gray, samples.to_vec()).unwrap()
    }

    fn small() -> Ycc {
        let luma = gray(4, 2, &[1, 2, 3, 99, 99, 99, 99, 99]);
        let planes = [luma, gray(2, 1, &[10, 20]), gray(2, 1, &[30, 40])];
        Ycc::new(Size::new(3, 1), Sampling::QUARTER, Range::Full, planes).unwrap()
    }

    #[test]
    fn what_luma_has_beyond_the_image_repeats_its_edge() {
        assert_eq!(small().planes[0].samples, [1, 2, 3, 3, 1, 2, 3, 3]);
    }

    #[test]
    fn planes_of_other_sizes_are_refused() {
        let planes = small().planes;
        assert!(Ycc::new(Size::new(5, 1), Sampling::QUARTER, Range::Full, planes).is_err());
    }

    #[test]
    fn a_pixel_has_the_same_colour_in_both_ranges() {
        // Pure red, of JFIF: luma 76, blue 85, red 255.
        let planes = [gray(2, 2, &[76; 4]), gray(1, 1, &[85]), gray(1, 1, &[255])];
        let full = Ycc::new(Size::new(2, 2), Sampling::QUARTER, Range::Full, planes).unwrap();
        let near = |[red, green, blue]: [u8; 3]| red >= 252 && green <= 3 && blue <= 3;
        assert!(near(full.color_at(1, 1)), "{:?}", full.color_at(1, 1));
        let video = full.in_range(Range::Video);
        assert!(near(video.color_at(0, 1)), "{:?}", video.color_at(0, 1));
    }

    #[test]
    fn a_turned_image_has_turned_sampling_and_padding_on_the_same_sides() {
        let luma = gray(2, 3, &[1, 4, 2, 5, 3, 6]);
        let planes = [luma, gray(1, 3, &[7, 8, 9]), gray(1, 3, &[7, 8, 9])];
        let image = Ycc::new(Size::new(2, 3), Sampling::HALF, Range::Full, planes).unwrap();
        let turned = image.turned(Orientation::Rotate90).unwrap();
        assert_eq!((turned.size, turned.sampling.across, turned.sampling.down), (Size::new(3, 2), 1, 2));
        assert_eq!(turned.planes[0].samples, [3, 2, 1, 6, 5, 4]);
        assert_eq!(turned.planes[1].samples, [9, 8, 7]);
    }

    #[test]
    fn black_white_and_grey_are_the_same_in_both_ranges() {
        let planes = [gray(3, 1, &[0, 128, 255]), gray(3, 1, &[0, 128, 255]), gray(3, 1, &[0, 128, 255])];
        let full = Ycc::new(Size::new(3, 1), Sampling::WHOLE, Range::Full, planes).unwrap();
        let video = full.in_range(Range::Video);
        assert_eq!(video.planes[0].samples, [16, 126, 235]);
        assert_eq!(video.planes[1].samples, [16, 128, 240]);
        let back = video.in_range(Range::Full);
        assert_eq!(back.planes[0].samples, [0, 128, 255]);
        // The strongest blue or red lies half a level beyond what 8 bits can tell.
        assert_eq!(back.planes[2].samples, [1, 128, 255]);
    }

    #[test]
    fn chroma_stays_under_its_pixels_at_odd_sizes() {
        // A ramp across: chroma of the pixels 2i and 2i + 1 is 4i + 2, their mean position doubled.
        let luma: Vec<u8> = (0..100).map(|x| 2 * x + 1).collect();
        let chroma: Vec<u8> = (0..50).map(|x| 4 * x + 2).collect();
        let planes = [gray(100, 2, &luma.repeat(2)), gray(50, 1, &chroma), gray(50, 1, &chroma)];
        let image = Ycc::new(Size::new(100, 2), Sampling::QUARTER, Range::Full, planes).unwrap();
        for (width, later) in
            [(33, Orientation::Normal), (33, Orientation::MirrorHorizontal), (40, Orientation::Normal)]
        {
            let region = Region::whole(image.size);
            let step = Resample { frame: None, region, size: Size::new(width, 2) };
            let made = image.resampled(&step, Sampling::QUARTER, later).unwrap();
            let begin = if later == Orientation::Normal { 0.0 } else { f64::from(width % 2) };
            for (index, sample) in made.planes[1].samples.iter().enumerate().skip(2).take(12) {
                let place = (index as f64 * 2.0 + 1.0 - begin) * 100.0 / f64::from(width);
                assert!((f64::from(*sample) - 2.0 * place).abs() < 1.5, "{width} {index}: {sample}, {place}");
            }
        }
    }
}
