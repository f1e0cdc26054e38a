//! A width and a height on the command line, and pairs of coordinates.

use std::str::FromStr;

/// `300x200`; `300x` or `300` and `x200` leave a side open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// Pixels; 0 if left open.
    pub(crate) width: u32,
    /// Pixels; 0 if left open.
    pub(crate) height: u32,
}

impl Size {
    /// Whether neither side is left open.
    pub(crate) fn is_whole(self) -> bool {
        self.width > 0 && self.height > 0
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (width, height) = text.split_once('x').unwrap_or((text, ""));
        let side = |side: &str| match side {
            "" => Some(0),
            side => side.parse::<u16>().ok().filter(|side| *side > 0).map(u32::from),
        };
        let size = side(width).zip(side(height)).map(|(width, height)| Self { width, height });
        size.filter(|size| size.width > 0 || size.height > 0)
            .ok_or_else(|| "expected WIDTHxHEIGHT in pixels, each 1 to 65535, e.g. 300x200".to_owned())
    }
}

/// Two numbers with a comma between them.
pub(crate) fn pair<T: FromStr>(text: &str) -> Result<(T, T), String> {
    let pair = text.split_once(',').and_then(|(x, y)| Some((x.trim().parse().ok()?, y.trim().parse().ok()?)));
    pair.ok_or_else(|| "expected two numbers with a comma between them, e.g. 0.5,0.3".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_side_may_be_left_open() {
        let parse = |text: &str| text.parse::<Size>().map(|size| (size.width, size.height));
        assert_eq!(parse("300x200"), Ok((300, 200)));
        assert_eq!(parse("300x"), Ok((300, 0)));
        assert_eq!(parse("300"), Ok((300, 0)));
        assert_eq!(parse("x200"), Ok((0, 200)));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "x", "0", "0x0", "-3x4", "70000", "3x4x5", "3 x 4", "a"] {
            assert!(text.parse::<Size>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_pair_is_two_numbers() {
        assert_eq!(pair::<f64>("0.25, 1").unwrap(), (0.25, 1.0));
        assert!(pair::<u32>("1").is_err());
        assert!(pair::<u32>("1,-2").is_err());
    }
}
