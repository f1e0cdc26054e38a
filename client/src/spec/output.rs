//! The table of outputs: one line makes the variant, the conversions both ways, the word in JSON
//! and the method that ends a builder.

use rendition_proto::v1;
use serde::{Deserialize, Serialize};

use super::{Auto, Avif, Gif, Jpeg, Png, Spec, SpecBuilder, UnknownSpec, Webp};

macro_rules! outputs {
    ($( $(#[$doc:meta])* $method:ident => $name:ident ),+ $(,)?) => {
        /// What a rendition is written as, with the options of its format.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Output { $( $(#[$doc])* $name($name) ),+ }

        impl Output {
            /// The names of all outputs, as in JSON and in the configuration.
            pub const NAMES: &[&str] = &[ $( stringify!($method) ),+ ];

            /// The name of this one.
            pub fn name(&self) -> &'static str {
                match self { $( Self::$name(_) => stringify!($method) ),+ }
            }
        }

        impl SpecBuilder {
            $( $(#[$doc])* ///
            /// Ends the spec; `()` stands for the format's defaults.
            pub fn $method(self, output: impl Into<$name>) -> Spec {
                self.output(output.into())
            } )+
        }

        $( impl From<$name> for Output {
            fn from(output: $name) -> Self {
                Self::$name(output)
            }
        }

        impl From<()> for $name {
            fn from((): ()) -> Self {
                Self::default()
            }
        } )+

        impl From<Output> for v1::Output {
            fn from(output: Output) -> Self {
                let output = match output {
                    $( Output::$name(output) => v1::output::Output::$name(output.into()) ),+
                };
                Self { output: Some(output) }
            }
        }

        impl TryFrom<v1::Output> for Output {
            type Error = UnknownSpec;

            fn try_from(output: v1::Output) -> Result<Self, UnknownSpec> {
                match output.output {
                    $( Some(v1::output::Output::$name(output)) => Ok(Self::$name(output.try_into()?)), )+
                    None => Err(UnknownSpec("an output")),
                }
            }
        }
    };
}

outputs! {
    /// JPEG. Transparent parts are laid on a background.
    jpeg => Jpeg,
    /// PNG, 8 bits a sample, or 16 if the source has more than 8.
    png => Png,
    /// WebP, lossy or lossless, animated if the source is.
    webp => Webp,
    /// AVIF.
    avif => Avif,
    /// GIF, animated if the source is.
    gif => Gif,
    /// The best of several formats that the caller accepts.
    auto => Auto,
}
