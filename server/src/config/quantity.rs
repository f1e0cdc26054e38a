//! Sizes, durations and shares as an operator writes them.

use std::time::Duration;

/// How long something is held to be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ttl {
    /// For this long.
    For(Duration),
    /// Until it is shown to be false.
    Forever,
}

impl Ttl {
    /// The duration; none for "forever".
    pub fn duration(self) -> Option<Duration> {
        match self {
            Self::For(duration) => Some(duration),
            Self::Forever => None,
        }
    }
}

impl Default for Ttl {
    fn default() -> Self {
        Self::For(Duration::ZERO)
    }
}

/// How often something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interval {
    /// Once in this long.
    Every(Duration),
    /// Not at all.
    #[default]
    Never,
}

/// How much memory: so many bytes, or a share of what there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Memory {
    /// This many bytes.
    Bytes(u64),
    /// A share of the memory that the process may use, above 0 and at most 1.
    Share(f64),
}

impl Memory {
    /// The bytes, when the process may use `available` bytes in all.
    pub fn bytes(self, available: u64) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Share(share) => (available as f64 * share) as u64,
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::Bytes(0)
    }
}

/// The units of sizes with their bytes; the first is the one taken when none is written.
const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];

/// Reads a size in bytes: `64 MiB`, `1.5GiB`, `2 MB`, `4096`. None for what is no size.
pub fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim_start();
    let factor = match unit {
        "" => 1,
        _ => UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1,
    };
    let number = number.replace('_', "");
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor);
    }
    let bytes = number.parse::<f64>().ok()? * factor as f64;
    (bytes < u64::MAX as f64).then_some(bytes as u64)
}

/// Reads a share in per cent: `60%` is 0.6. None for what is no share above 0 and up to 100 %.
pub fn parse_share(text: &str) -> Option<f64> {
    let percent: f64 = text.trim().strip_suffix('%')?.trim_end().parse().ok()?;
    (percent > 0.0 && percent <= 100.0).then_some(percent / 100.0)
}

/// Writes a size in the largest binary unit that leaves no fraction.
pub fn format_size(bytes: u64) -> String {
    let (unit, factor) = UNITS[..5]
        .iter()
        .rev()
        .find(|(_, factor)| bytes >= *factor && bytes.is_multiple_of(*factor))
        .unwrap_or(&UNITS[0]);
    format!("{} {unit}", bytes / factor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_read_with_binary_and_decimal_units() {
        for (text, bytes) in [
            ("64 MiB", 64 << 20),
            ("64MiB", 64 << 20),
            ("1.5 GiB", 3 << 29),
            ("2 mb", 2_000_000),
            ("4096", 4096),
            ("100_000 B", 100_000),
            ("0 B", 0),
        ] {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "MiB", "-1 B", "1..5 KiB", "12 parsecs", "99999999999 TiB", "1e3", "1.5.5"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }

    #[test]
    fn a_share_is_above_nothing_and_at_most_the_whole() {
        assert_eq!(parse_share("60%"), Some(0.6));
        assert_eq!(parse_share("100 %"), Some(1.0));
        for text in ["0%", "101%", "60", "%", "-3%", "NaN%"] {
            assert_eq!(parse_share(text), None, "{text}");
        }
        assert_eq!(Memory::Share(0.25).bytes(1 << 30), 1 << 28);
        assert_eq!(Memory::Bytes(7).bytes(1 << 30), 7);
    }

    proptest! {
        #[test]
        fn a_written_size_is_read_back(bytes in any::<u64>()) {
            prop_assert_eq!(parse_size(&format_size(bytes)), Some(bytes));
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in "\\PC{0,12}") {
            let _ = (parse_size(&text), parse_share(&text));
        }
    }
}
