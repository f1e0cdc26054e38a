//! How far sorted work is finished, where several pieces of it are in hand at a time.

use std::collections::VecDeque;

/// How many pieces may be begun after one that is not finished: what bounds the memory when one is slow.
const LONGEST: usize = 4096;

/// The mark up to which everything is finished.
#[derive(Debug, Default)]
pub(super) struct LowWater {
    /// The pieces above the mark, in their order, and whether they are finished.
    above: VecDeque<(String, bool)>,
    /// The number of the first of them.
    first: u64,
    mark: String,
}

impl LowWater {
    /// Begins at a mark.
    pub fn at(mark: String) -> Self {
        Self { mark, ..Self::default() }
    }

    /// Up to where everything is finished; empty: nothing is.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Whether another piece may be begun.
    pub fn has_room(&self) -> bool {
        self.above.len() < LONGEST
    }

    /// Begins a piece, which comes after all before it; gives its number.
    pub fn begin(&mut self, name: &str) -> u64 {
        self.above.push_back((name.to_owned(), false));
        self.first + self.above.len() as u64 - 1
    }

    /// Finishes the piece of a number.
    pub fn finish(&mut self, number: u64) {
        let place = number.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        if let Some((_, is_finished)) = place.and_then(|place| self.above.get_mut(place)) {
            *is_finished = true;
        }
        while self.above.front().is_some_and(|(_, is_finished)| *is_finished) {
            self.first += 1;
            self.mark = self.above.pop_front().map(|(name, _)| name).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_never_passes_what_is_not_finished() {
        let mut water = LowWater::at("0".to_owned());
        let numbers: Vec<u64> = ["a", "b", "c"].iter().map(|name| water.begin(name)).collect();
        water.finish(numbers[1]);
        assert_eq!(water.mark(), "0");
        water.finish(numbers[0]);
        assert_eq!(water.mark(), "b");
        let later = water.begin("d");
        water.finish(later);
        assert_eq!(water.mark(), "b");
        water.finish(numbers[2]);
        assert_eq!(water.mark(), "d");
    }

    #[test]
    fn one_that_is_never_finished_does_not_let_the_rest_grow_without_end() {
        let mut water = LowWater::default();
        let mut begun = 0;
        while water.has_room() {
            let number = water.begin("x");
            if begun > 0 {
                water.finish(number);
            }
            begun += 1;
        }
        assert_eq!(begun, LONGEST);
    }
}
