//! Pairs of windows: one of ours and one of the other's, right after each other, in turns who is first.

use std::fmt;

/// The same quantity of both sides, pair by pair.
#[derive(Clone, Debug, Default)]
pub struct Pairs(Vec<(f64, f64)>);

impl Pairs {
    /// Adds a pair.
    pub fn push(&mut self, ours: f64, theirs: f64) {
        self.0.push((ours, theirs));
    }

    /// The median of the pairs' ratios, ours to theirs.
    pub fn ratio(&self) -> f64 {
        median(self.0.iter().map(|(ours, theirs)| ours / theirs))
    }

    /// The median of ours.
    pub fn ours(&self) -> f64 {
        median(self.0.iter().map(|pair| pair.0))
    }

    /// The median of theirs.
    pub fn theirs(&self) -> f64 {
        median(self.0.iter().map(|pair| pair.1))
    }

    fn range(&self) -> (f64, f64) {
        let ratios = self.0.iter().map(|(ours, theirs)| ours / theirs);
        ratios
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), ratio| (low.min(ratio), high.max(ratio)))
    }
}

/// The medians of both sides, and how far the pairs' ratios lie apart.
impl fmt::Display for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.range();
        let digits = usize::from(self.theirs() < 1_000.0);
        write!(f, "{:.digits$} / {:.digits$}, pairs {low:.2} to {high:.2}", self.ours(), self.theirs())
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (lower, upper) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
    (lower + upper) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_the_median_of_the_pairs_and_not_that_of_the_medians() {
        let mut pairs = Pairs::default();
        for (ours, theirs) in [(1.0, 2.0), (30.0, 40.0), (9.0, 10.0)] {
            pairs.push(ours, theirs);
        }
        assert_eq!(pairs.ratio(), 0.75);
        assert_eq!((pairs.ours(), pairs.theirs()), (9.0, 10.0));
    }

    #[test]
    fn of_an_even_number_the_median_lies_in_the_middle() {
        assert_eq!(median([4.0, 1.0, 3.0, 2.0].into_iter()), 2.5);
    }
}
