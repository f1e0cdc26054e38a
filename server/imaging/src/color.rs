//! A colour as specs write it.

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color(pub [u8; 3]);

impl Color {
    pub const WHITE: Color = Color([255, 255, 255]);

    /// Reads `#rgb` or `#rrggbb`, in either case.
    pub fn parse(text: &str) -> Option<Color> {
        let digits = text.strip_prefix('#')?.as_bytes();
        let digit = |index: usize| {
            digits.get(index).and_then(|byte| char::from(*byte).to_digit(16)).map(|value| value as u8)
        };
        let mut color = [0; 3];
        for (index, channel) in color.iter_mut().enumerate() {
            *channel = match digits.len() {
                3 => digit(index)? * 17,
                6 => digit(index * 2)? * 16 + digit(index * 2 + 1)?,
                _ => return None,
            };
        }
        Some(Color(color))
    }
}
