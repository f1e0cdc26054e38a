//! How light a colour looks.

use crate::sample::Sample;

/// The luma of ITU-R BT.601 with Pillow's weights, in the units of the samples. `pixel` begins with the colours: one or
/// three.
pub(crate) fn luma<S: Sample>(pixel: &[S], colors: usize) -> f32 {
    if colors == 1 {
        return pixel[0].number() as f32;
    }
    let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(|sample| u64::from(sample.number()));
    ((red * 19_595 + green * 38_470 + blue * 7_471) as f64 / 65_536.0) as f32
}
