//! Byte ranges (RFC 9110, section 14): one range of bytes; a list of several is answered with the whole,
//! which the standard allows and which no caller can abuse.

use std::ops::Range;

use http::{HeaderMap, header};

/// What a `Range` header asks of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that it does not have.
    Unsatisfiable,
}

/// Reads the `Range` header for an object of `size` bytes.
pub fn wanted(headers: &HeaderMap, size: u64) -> Wanted {
    let Some(value) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else {
        return Wanted::Whole;
    };
    let Some(spec) = value.trim().strip_prefix("bytes=") else { return Wanted::Whole };
    let Some((first, last)) = spec.trim().split_once('-').filter(|_| !spec.contains(',')) else {
        return Wanted::Whole;
    };
    match (number(first), number(last)) {
        (Some(Some(first)), Some(last)) => {
            let end = last.map_or(size, |last| last.saturating_add(1).min(size));
            if last.is_some_and(|last| last < first) {
                Wanted::Whole
            } else if first < size {
                Wanted::Part(first..end)
            } else {
                Wanted::Unsatisfiable
            }
        }
        (Some(None), Some(Some(0))) => Wanted::Unsatisfiable,
        (Some(None), Some(Some(suffix))) if size > 0 => Wanted::Part(size.saturating_sub(suffix)..size),
        (Some(None), Some(Some(_))) => Wanted::Unsatisfiable,
        _ => Wanted::Whole,
    }
}

/// Digits, or nothing at all, or (outer none) something else.
fn number(text: &str) -> Option<Option<u64>> {
    match text {
        "" => Some(None),
        digits if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            Some(Some(digits.parse().unwrap_or(u64::MAX)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let read =
            |text: &str, size| wanted(&HeaderMap::from_iter([(header::RANGE, text.parse().unwrap())]), size);
        assert_eq!(read("bytes=0-9", 100), Wanted::Part(0..10));
        assert_eq!(read("bytes=90-", 100), Wanted::Part(90..100));
        assert_eq!(read("bytes=90-500", 100), Wanted::Part(90..100));
        assert_eq!(read("bytes=-10", 100), Wanted::Part(90..100));
        assert_eq!(read("bytes=-500", 100), Wanted::Part(0..100));
        assert_eq!(read("bytes=0-99999999999999999999999", 100), Wanted::Part(0..100));
        for unsatisfiable in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(read(unsatisfiable, 100), Wanted::Unsatisfiable, "{unsatisfiable}");
        }
        for whole in ["bytes=0-1,5-6", "bytes=9-1", "lines=0-1", "bytes=a-b", "bytes=-", "bytes=", "x"] {
            assert_eq!(read(whole, 100), Wanted::Whole, "{whole}");
        }
        assert_eq!(wanted(&HeaderMap::new(), 100), Wanted::Whole);
    }
}
