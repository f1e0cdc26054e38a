//! How sizes are rounded.

/// Rounds half to even, as Python's `round()` does, to a side of at least one pixel.
pub(crate) fn side(value: f64) -> u32 {
    value.round_ties_even().clamp(1.0, f64::from(u32::MAX)) as u32
}
