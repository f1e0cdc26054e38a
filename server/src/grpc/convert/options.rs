//! The enums of a spec's options, both ways. What is unspecified is the first value.

use rendition_imaging as imaging;
use rendition_proto::v1 as proto;

use super::unknown_number;
use crate::model::Error;

macro_rules! options {
    ($($field:ident, $number:ident: $name:ident { $first:ident $(, $other:ident)* };)*) => {$(
        pub fn $field(number: i32) -> Result<imaging::$name, Error> {
            use proto::$name as Wire;
            match Wire::try_from(number) {
                Ok(Wire::Unspecified | Wire::$first) => Ok(imaging::$name::$first),
                $(Ok(Wire::$other) => Ok(imaging::$name::$other),)*
                Err(_) => Err(unknown_number(format_args!(stringify!($field)), number)),
            }
        }

        pub fn $number(value: imaging::$name) -> i32 {
            match value {
                imaging::$name::$first => proto::$name::$first.into(),
                $(imaging::$name::$other => proto::$name::$other.into(),)*
            }
        }
    )*};
}

options! {
    scaled_decoding, scaled_decoding_number: ScaledDecoding { Quality, Speed };
    animation, animation_number: Animation { Keep, FirstFrame, Reject };
    light, light_number: Light { Gamma, Linear };
    color_profile, color_profile_number: ColorProfile { Convert, Keep };
    metadata, metadata_number: Metadata { Strip, Icc, Copyright, All };
    on_damaged, on_damaged_number: OnDamaged { Refuse, Accept };
}
