//! `pixelate`: large squares of one colour each.

use serde::{Deserialize, Serialize};

use crate::alpha;
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
        OperationInfo { name: "pixelate", number: 19, revision: 1, fields: &[("size", 1)] };
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

#[derive(Debug)]
struct Squares {
    side: usize,
}

impl Paint for Squares {
    fn paint<S: Sample>(&self, raster: &mut Raster<S>, budget: &Budget) -> Result<(), ImageError> {
        alpha::multiply(raster);
        let (channels, stride) = (raster.channels(), raster.stride());
        let row_of_squares = stride.saturating_mul(self.side.min(raster.size.height as usize));
        let width = self.side.saturating_mul(channels);
        for rows in raster.samples.chunks_mut(row_of_squares.max(1)) {
            budget.check()?;
            let height = rows.len() / stride;
            for left in (0..stride).step_by(width) {
                let right = left.saturating_add(width).min(stride);
                let count = (height * (right - left) / channels) as u64;
                let mut sums = vec![0u64; channels];
                for row in rows.chunks_exact(stride) {
                    for pixel in row[left..right].chunks_exact(channels) {
                        sums.iter_mut()
                            .zip(pixel)
                            .for_each(|(sum, sample)| *sum += u64::from(sample.number()));
                    }
                }
                let mean: Vec<S> =
                    sums.iter().map(|sum| S::nearest((*sum as f64 / count as f64) as f32)).collect();
                for row in rows.chunks_exact_mut(stride) {
                    row[left..right]
                        .chunks_exact_mut(channels)
                        .for_each(|pixel| pixel.copy_from_slice(&mean));
                }
            }
        }
        alpha::divide(raster);
        Ok(())
    }
}
