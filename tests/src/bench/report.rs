//! What a run prints, and whether all that must be was.

use std::fmt;

/// What a figure must keep to.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Less than this.
    Below(f64),
    /// This and nothing else.
    Exactly(f64),
}

impl Bound {
    fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(bound) => figure >= bound,
            Self::AtMost(bound) => figure <= bound,
            Self::Below(bound) => figure < bound,
            Self::Exactly(bound) => figure == bound,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(f, ">= {bound}"),
            Self::AtMost(bound) => write!(f, "<= {bound}"),
            Self::Below(bound) => write!(f, "< {bound}"),
            Self::Exactly(bound) => write!(f, "= {bound}"),
        }
    }
}

/// Prints figures and remembers those that are missed.
#[derive(Debug, Default)]
pub struct Report {
    missed: Vec<String>,
}

impl Report {
    /// Begins a figure.
    pub fn title(&self, text: &str) {
        println!("\n{text}");
    }

    /// Tells what is only worth knowing.
    pub fn note(&self, what: &str, figure: impl fmt::Display) {
        println!("  {what:<46} {figure}");
    }

    /// Tells a figure that has a bound, with what it is made of.
    pub fn must(&mut self, what: &str, figure: f64, bound: Bound, made_of: impl fmt::Display) {
        let met = bound.holds(figure);
        let verdict = if met { "ok" } else { "MISSED" };
        println!("  {what:<46} {figure:>7.2}  must {bound:<7} {verdict:<6}  {made_of}");
        if !met {
            self.missed.push(what.to_owned());
        }
    }

    /// Takes in what another process measured and told.
    pub fn told(&mut self, what: &str, is_met: bool) {
        if !is_met {
            self.missed.push(what.to_owned());
        }
    }

    /// Whether all bounds hold; says which do not.
    pub fn end(&self) -> bool {
        if self.missed.is_empty() {
            println!("\nall figures of the service are met");
        } else {
            println!("\nMISSED: {}", self.missed.join("; "));
        }
        self.missed.is_empty()
    }
}
