//! `pixelate`: large squares of one colour each.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::canonical::Fields;
use crate::invalid_spec::Place;
use crate::operation::Operate;
use crate::paint::Paint;
use crate::raster::Raster;
use crate::sample::Sample;
use crate::step::Step;
use crate::{ImageError, InvalidSpec, MAX_SIDE, Operation, OperationInfo, Size, length};

/// Makes squares of one colour each, beginning at the top left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pixelate {
    /// Pixels a side, 2 to 65535.
    pub size: u32,
}

impl Pixelate {
    pub(crate) const INFO: OperationInfo =
        OperationInfo { name: "pixelate", number: 19, revision: 2, fields: &[("size", 1)] };
}

impl Operate for Pixelate {
    fn info(&self) -> &'static OperationInfo {
        &Self::INFO
    }

    fn folded(&self, ratio: f64, _input: Option<Size>) -> Operation {
        Pixelate { size: length::scaled(self.size, ratio) }.into()
    }

    fn validate(&self, place: &Place) -> Result<(), InvalidSpec> {
        place.between("size", self.size, 2, MAX_SIDE)
    }

    fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        fields.varint(1, self.size, 0);
        fields
    }

    fn fixed_size(&self) -> Option<Size> {
        None
    }

    fn steps(&self, input: Size) -> Vec<Step> {
        vec![Step::paint(Squares { side: self.size as usize }, input)]
    }
}

/// The mean of pixels, in which a colour counts as much as it is seen.
fn mean<'a, S: Sample>(pixels: impl Iterator<Item = &'a [S]>, channels: usize, colors: usize) -> Vec<S> {
    let mut sums = vec![0u64; colors];
    let (mut seen, mut count) = (0u64, 0u64);
    for pixel in pixels {
        let alpha = pixel.get(colors).map_or(1, |alpha| u64::from(alpha.number()));
        for (sum, color) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(color.number()) * alpha;
        }
        seen += alpha;
        count += 1;
    }
    let part = |sum: u64, of: u64| S::nearest((sum as f64 / of.max(1) as f64) as f32);
    let mut mean: Vec<S> = sums.into_iter().map(|sum| part(sum, seen)).collect();
    if channels > colors {
        mean.push(part(seen, count));
    }
    mean
}

#[derive(Debug)]
struct Squares {
    side: usize,
}

impl Paint for Squares {
    fn paint<S: Sample>(&self, raster: &mut Raster<S>, budget: &Budget) -> Result<(), ImageError> {
        let (channels, colors, stride) = (raster.channels(), raster.layout.colors(), raster.stride());
        let row_of_squares = stride.saturating_mul(self.side.min(raster.size.height as usize));
        let width = self.side.saturating_mul(channels);
        for rows in raster.samples.chunks_mut(row_of_squares.max(1)) {
            budget.check()?;
            for left in (0..stride).step_by(width) {
                let right = left.saturating_add(width).min(stride);
                let pixels =
                    rows.chunks_exact(stride).flat_map(|row| row[left..right].chunks_exact(channels));
                let mean = mean(pixels, channels, colors);
                for row in rows.chunks_exact_mut(stride) {
                    row[left..right]
                        .chunks_exact_mut(channels)
                        .for_each(|pixel| pixel.copy_from_slice(&mean));
                }
            }
        }
        Ok(())
    }
}
