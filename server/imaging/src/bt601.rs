//! Luma and chroma of ITU-R BT.601 in the full range, which JFIF, WebP, TIFF and AVIF name: how colours become them and are made
//! of them.

/// What of luma red, green and blue are, in 65536ths; Pillow's weights.
pub(crate) const LUMA: [i32; 3] = [19_595, 38_470, 7_471];
/// The same of the difference of blue, which lies around the middle.
#[cfg(feature = "avif")]
pub(crate) const BLUE: [i32; 3] = [-11_059, -21_709, 32_768];
/// The same of that of red.
#[cfg(feature = "avif")]
pub(crate) const RED: [i32; 3] = [32_768, -27_439, -5_329];

/// Red, green and blue of luma and of the differences of blue and red, which lie around 0; all in levels of 8 bits.
pub(crate) fn rgb([luma, blue, red]: [f32; 3]) -> [u8; 3] {
    [luma + 1.402 * red, luma - 0.344_136 * blue - 0.714_136 * red, luma + 1.772 * blue]
        .map(|level| level.round().clamp(0.0, 255.0) as u8)
}

/// The same of levels as they are stored, in which no difference is 128.
pub(crate) fn rgb_of_levels([luma, blue, red]: [u8; 3]) -> [u8; 3] {
    rgb([f32::from(luma), f32::from(blue) - 128.0, f32::from(red) - 128.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primaries_have_the_colours_that_their_levels_stand_for() {
        for (levels, expected) in [
            ([0, 128, 128], [0; 3]),
            ([255, 128, 128], [255; 3]),
            ([76, 85, 255], [254, 0, 0]),
            ([29, 255, 107], [0, 0, 254]),
        ] {
            assert_eq!(rgb_of_levels(levels), expected, "{levels:?}");
        }
    }
}
