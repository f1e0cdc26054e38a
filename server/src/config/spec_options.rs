//! What a spec says besides its operations and its output.

use rendition_imaging::{Animation, ColorProfile, Light, Metadata, OnDamaged, ScaledDecoding, Spec};
use toml::de::DeValue;

use super::{
    key::{Key, Kind},
    problem::Complaint,
    section::Section,
    value::{FromValue, choice},
};

/// The rows, below a table.
macro_rules! option_keys {
    ($table:literal) => {
        &[
            $crate::config::Key::new(
                concat!($table, ".scaled_decoding"),
                $crate::config::Kind::Choice(&["quality", "speed"]),
                "\"quality\"",
                "How far a large image may be reduced while it is decoded: to at least twice the size needed, or to at least the size needed.",
            ),
            $crate::config::Key::without_default(
                concat!($table, ".device_pixel_ratio"),
                $crate::config::Kind::Number { most: 8 },
                "1",
                "Multiplies all pixels that the operations name, for screens with more than one pixel a point.",
            ),
            $crate::config::Key::new(
                concat!($table, ".animation"),
                $crate::config::Kind::Choice(&["keep", "first_frame", "reject"]),
                "\"keep\"",
                "What becomes of an animated source: it stays one where the format can hold it; its first frame is taken; it is refused.",
            ),
            $crate::config::Key::new(
                concat!($table, ".light"),
                $crate::config::Kind::Choice(&["gamma", "linear"]),
                "\"gamma\"",
                "The light that images are resized in: the numbers as they are; amounts of light, truer and several times slower.",
            ),
            $crate::config::Key::new(
                concat!($table, ".color_profile"),
                $crate::config::Kind::Choice(&["convert", "keep"]),
                "\"convert\"",
                "What becomes of an ICC profile: colours become sRGB; an RGB or grey image keeps colours and profile, as long as no operation changes colours or names one.",
            ),
            $crate::config::Key::new(
                concat!($table, ".metadata"),
                $crate::config::Kind::Choice(&["strip", "icc", "copyright", "all"]),
                "\"strip\"",
                "What is kept of metadata: none; a profile that says sRGB; besides it copyright and artist; besides it EXIF without GPS and thumbnail, and XMP if it tells no place. In a GIF none is.",
            ),
            $crate::config::Key::new(
                concat!($table, ".on_damaged"),
                $crate::config::Kind::Choice(&["refuse", "accept"]),
                "\"refuse\"",
                "What becomes of a source of which pixels are missing: it is refused; it is taken if at least 90 % of its rows are there, as far as its format tells: JPEG, WebP, and PNG that is not interlaced.",
            ),
        ]
    };
}
pub(super) use option_keys;

pub(crate) const KEYS: &[Key] = option_keys!("specs.<id>");

/// Reads the options into a spec.
pub(crate) fn read(section: &Section<'_, '_>, spec: Spec) -> Spec {
    Spec {
        scaled_decoding: section.get("scaled_decoding"),
        device_pixel_ratio: section.read("device_pixel_ratio"),
        animation: section.get("animation"),
        light: section.get("light"),
        color_profile: section.get("color_profile"),
        metadata: section.get("metadata"),
        on_damaged: section.get("on_damaged"),
        ..spec
    }
}

macro_rules! words {
    ($($name:ident { $($word:literal: $value:ident),* })*) => {$(
        impl FromValue for $name {
            fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
                choice(value, &[$(($word, Self::$value)),*])
            }
        }
    )*};
}

words! {
    ScaledDecoding { "quality": Quality, "speed": Speed }
    Animation { "keep": Keep, "first_frame": FirstFrame, "reject": Reject }
    Light { "gamma": Gamma, "linear": Linear }
    ColorProfile { "convert": Convert, "keep": Keep }
    Metadata { "strip": Strip, "icc": Icc, "copyright": Copyright, "all": All }
    OnDamaged { "refuse": Refuse, "accept": Accept }
}
