//! How light a colour looks.

use crate::bt601::LUMA;
use crate::sample::Sample;

/// The luma of ITU-R BT.601, in the units of the samples. `pixel` begins with the colours: one or
/// three.
pub(crate) fn luma<S: Sample>(pixel: &[S], colors: usize) -> f32 {
    if colors == 1 {
        return pixel[0].number() as f32;
    }
    let weighed =
        LUMA.iter().zip(pixel).map(|(weight, sample)| i64::from(*weight) * i64::from(sample.number()));
    (weighed.sum::<i64>() as f64 / 65_536.0) as f32
}
