//! The best quality whose file is small enough.

use crate::ImageError;
use crate::budget::Budget;

/// Encodes with `quality`, and where that gives more than `max_bytes` (0: never), with the best lower quality that does not; where
/// even `lowest` does, with that. Takes as many tries as the quality has bits, at most, because files grow with it.
pub(super) fn fitted(
    (lowest, quality): (u32, u32),
    max_bytes: u32,
    budget: &Budget,
    encode: impl Fn(u32) -> Result<Vec<u8>, ImageError>,
) -> Result<Vec<u8>, ImageError> {
    let fits = |file: &[u8]| max_bytes == 0 || file.len() as u64 <= u64::from(max_bytes);
    let first = encode(quality)?;
    if fits(&first) || quality <= lowest {
        return Ok(first);
    }
    // What is known: everything from `too_large` on does not fit, and `best` does if there is one.
    let (mut low, mut too_large) = (lowest, quality);
    let mut best = None;
    let mut smallest = first;
    while low < too_large {
        budget.check()?;
        let middle = (low + too_large) / 2;
        let file = encode(middle)?;
        if fits(&file) {
            low = middle + 1;
            best = Some(file);
        } else {
            too_large = middle;
            smallest = file;
        }
    }
    Ok(best.unwrap_or(smallest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::Cell;

    use super::*;

    #[test]
    fn the_best_quality_that_fits_is_found_in_few_tries() {
        for (max_bytes, expected) in [(0, 80), (800, 80), (799, 79), (400, 40), (10, 1), (9, 1)] {
            let tries = Cell::new(0);
            let encode = |quality: u32| {
                tries.set(tries.get() + 1);
                Ok(vec![quality as u8; quality as usize * 10])
            };
            let file = fitted((1, 80), max_bytes, &Budget::UNBOUNDED, encode).unwrap();
            assert_eq!(u32::from(file[0]), expected, "{max_bytes}");
            assert!(tries.get() <= 8);
        }
    }

    #[test]
    fn no_second_try_is_made_when_the_time_is_used_up() {
        let tries = Cell::new(0);
        let encode = |quality: u32| {
            tries.set(tries.get() + 1);
            Ok(vec![0; quality as usize * 10])
        };
        let budget = Budget::start(std::time::Duration::ZERO);
        assert!(matches!(
            fitted((1, 80), 400, &budget, encode),
            Err(ImageError::LimitExceeded { limit: "cpu_time", .. })
        ));
        assert_eq!(tries.get(), 1);
    }
}
