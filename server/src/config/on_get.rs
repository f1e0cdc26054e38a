//! What a GET of a media URL does that finds nothing, and the image that it shows meanwhile.

use std::{fs, path::PathBuf};

use rendition_imaging::OverlayImage;
use toml::de::DeValue;

use super::{
    Limits,
    key::{Key, Kind},
    problem::Complaint,
    quantity::format_size,
    section::Section,
    value::{FromValue, choice},
};

/// What a GET of a media URL does that finds nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnGet {
    /// It generates, and waits.
    Generate,
    /// It queues, and shows this encoded image meanwhile.
    Placeholder(Vec<u8>),
}

/// The rows, below a table.
macro_rules! on_get_keys {
    ($table:literal) => {
        &[
    $crate::config::Key::new(
        concat!($table, ".on_get"),
        $crate::config::Kind::Choice(&["generate", "placeholder"]),
        "\"generate\"",
        "What a GET of a media URL does that finds nothing: `generate` makes it, and the caller waits; `placeholder` queues it, and answers at once with an image of the same size and format, to be kept for 5 s. What cannot be made gets that image, too.",
    ),
    $crate::config::Key::new(
        concat!($table, ".placeholder.color"),
        $crate::config::Kind::Text,
        "\"#e0e0e0\"",
        "The colour of the placeholder: `#rgb` or `#rrggbb`.",
    ),
    $crate::config::Key::without_default(
        concat!($table, ".placeholder.file"),
        $crate::config::Kind::Path,
        "the colour is shown",
        "The image of the placeholder: a file of any format that sources may have, which fills the size of the rendition and is cut off at the middle of its sides. It is read at the start.",
    ),
        ]
    };
}
pub(super) use on_get_keys;

pub(crate) const KEYS: &[Key] = on_get_keys!("specs.<id>");

/// The word as it is written.
#[derive(Clone, Copy, Default)]
enum Word {
    #[default]
    Generate,
    Placeholder,
}

/// Reads the keys; a problem is noted, and reads as if nothing were written.
pub(crate) fn read(section: &Section<'_, '_>, limits: &Limits) -> OnGet {
    let word = section.get("on_get");
    let placeholder = section.section("placeholder");
    let color = placeholder.get::<Color>("color");
    let file: Option<PathBuf> = placeholder.read("file");
    if file.is_some() && placeholder.node("color").is_some() {
        placeholder.complain("color", Complaint::new("stands beside file", "write one of the two"));
    }
    match word {
        Word::Generate => {
            if placeholder.is_present() {
                let complaint =
                    Complaint::new("is missing beside a placeholder", "write on_get = \"placeholder\"");
                section.complain("on_get", complaint);
            }
            OnGet::Generate
        }
        Word::Placeholder => OnGet::Placeholder(match file {
            None => color.dot(),
            Some(file) => open(&file, limits).unwrap_or_else(|complaint| {
                placeholder.complain("file", complaint);
                Vec::new()
            }),
        }),
    }
}

/// The bytes of an image that can be decoded.
fn open(file: &std::path::Path, limits: &Limits) -> Result<Vec<u8>, Complaint> {
    const REMEDY: &str = "name an image file that the server may read";
    let unread = |error: std::io::Error| Complaint::new(format!("can't be read: {error}"), REMEDY);
    let size = fs::metadata(file).map_err(unread)?.len();
    if size > limits.max_source_bytes {
        let most = format_size(limits.max_source_bytes);
        let message = format!("has {}, more than limits.max_source_bytes, {most}", format_size(size));
        return Err(Complaint::new(message, "make it smaller, or raise the limit"));
    }
    let bytes = fs::read(file).map_err(unread)?;
    OverlayImage::decode(&bytes, Vec::new(), &limits.imaging())
        .map_err(|error| Complaint::new(format!("can't be decoded: {error}"), REMEDY))?;
    Ok(bytes)
}

/// An opaque colour: red, green, blue.
#[derive(Clone, Copy, Default)]
struct Color([u8; 3]);

impl Color {
    /// An image of one pixel of the colour: a GIF, whose palette says it as it is.
    fn dot(self) -> Vec<u8> {
        let [red, green, blue] = self.0;
        let mut dot = b"GIF89a\x01\0\x01\0\x80\0\0".to_vec();
        dot.extend([red, green, blue, 0, 0, 0]);
        dot.extend(b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;");
        dot
    }
}

impl FromValue for Color {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let text = String::from_value(value, kind)?;
        let digits: Option<Vec<u8>> = text.strip_prefix('#').and_then(|digits| {
            digits
                .chars()
                .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
                .collect()
        });
        match digits.as_deref() {
            Some([r, g, b]) => Ok(Self([r * 17, g * 17, b * 17])),
            Some([r, s, g, h, b, c]) => Ok(Self([r * 16 + s, g * 16 + h, b * 16 + c])),
            _ => Err(Complaint::new("is no colour", "write one such as \"#e0e0e0\"")),
        }
    }
}

impl FromValue for Word {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        choice(value, &[("generate", Self::Generate), ("placeholder", Self::Placeholder)])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rendition_imaging::{Limits, Output, Png, Spec, generate};

    use super::*;

    #[test]
    fn the_dot_is_an_image_of_its_colour() {
        let spec = Spec::new(Vec::new(), Output::Png(Png::default()));
        let encoded = generate(&Color([0x12, 0xab, 0xf0]).dot(), &spec, &Limits::default()).unwrap();
        assert_eq!((encoded.size.width, encoded.size.height), (1, 1));
        assert_eq!(encoded.placeholder.dominant_color, [0x12, 0xab, 0xf0]);
    }
}
