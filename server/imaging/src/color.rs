//! A colour as specs write it.

use crate::InvalidSpec;
use crate::invalid_spec::Place;
use crate::layout::Layout;
use crate::sample::Sample;

/// An sRGB colour with its opacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color {
    pub rgb: [u8; 3],
    /// 0 is transparent, 255 opaque.
    pub alpha: u8,
}

impl Color {
    pub const WHITE: Color = Color::opaque([255, 255, 255]);
    pub const BLACK: Color = Color::opaque([0, 0, 0]);
    pub const TRANSPARENT: Color = Color { rgb: [0, 0, 0], alpha: 0 };

    pub const fn opaque(rgb: [u8; 3]) -> Color {
        Color { rgb, alpha: 255 }
    }

    /// Reads `#rgb`, `#rrggbb` or `#rrggbbaa`, in either case, or `transparent`. All colours that are not to be seen are
    /// the same one.
    pub fn parse(text: &str) -> Option<Color> {
        if text == "transparent" {
            return Some(Color::TRANSPARENT);
        }
        let digits = text.strip_prefix('#')?.as_bytes();
        let digit = |index: usize| {
            digits.get(index).and_then(|byte| char::from(*byte).to_digit(16)).map(|value| value as u8)
        };
        let double = |index: usize| Some(digit(index * 2)? * 16 + digit(index * 2 + 1)?);
        let single = |index: usize| Some(digit(index)? * 17);
        let color = match digits.len() {
            3 => Color::opaque([single(0)?, single(1)?, single(2)?]),
            6 => Color::opaque([double(0)?, double(1)?, double(2)?]),
            8 => Color { rgb: [double(0)?, double(1)?, double(2)?], alpha: double(3)? },
            _ => return None,
        };
        Some(if color.alpha == 0 { Color::TRANSPARENT } else { color })
    }

    /// The colour of a field that was validated; empty means the default.
    pub fn of(text: &str, default: Color) -> Color {
        Color::parse(text).unwrap_or(default)
    }

    /// Refuses a field that names no colour; empty means a default and passes.
    pub fn validate(text: &str, name: &str, place: &Place) -> Result<(), InvalidSpec> {
        match Color::parse(text) {
            Some(_) => Ok(()),
            None if text.is_empty() => Ok(()),
            None => Err(place.refuse(
                name,
                text,
                "must be a colour like \"#fff\", \"#ffffff\" or \"#ffffff80\", or \"transparent\"",
            )),
        }
    }

    /// Refuses a field that names no opaque colour; empty means a default and passes.
    pub fn validate_opaque(text: &str, name: &str, place: &Place) -> Result<(), InvalidSpec> {
        match Color::parse(text) {
            Some(color) if color.alpha == 255 => Ok(()),
            None if text.is_empty() => Ok(()),
            _ => Err(place.refuse(name, text, "must be a colour like \"#fff\" or \"#ffffff\"")),
        }
    }

    /// Red, green and blue, and the opacity where it is not full.
    pub fn canonical(self) -> Vec<u8> {
        let mut bytes = self.rgb.to_vec();
        if self.alpha < 255 {
            bytes.push(self.alpha);
        }
        bytes
    }

    pub const fn is_gray(self) -> bool {
        self.rgb[0] == self.rgb[1] && self.rgb[1] == self.rgb[2]
    }

    /// The layout that holds an image of this one together with the colour.
    pub const fn fits(self, layout: Layout) -> Layout {
        let layout = if self.is_gray() || self.alpha == 0 { layout } else { layout.colored() };
        if self.alpha < 255 { layout.with_alpha() } else { layout }
    }

    /// The colour as a pixel of a layout that holds it.
    pub fn pixel<S: Sample>(self, layout: Layout) -> Vec<S> {
        let mut pixel: Vec<S> =
            self.rgb[..layout.colors()].iter().map(|value| S::from_eight(*value)).collect();
        if layout.has_alpha() {
            pixel.push(S::from_eight(self.alpha));
        }
        pixel
    }
}
