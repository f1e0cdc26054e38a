//! Enumerations of the API as Rust enums without their `UNSPECIFIED` value.
//!
//! `choice!` makes one that callers send: every value is known, and its word is the one that the
//! configuration and JSON use. `answer!` makes one that servers send: a value that only a newer
//! server knows is kept as `Unrecognized`.

/// An enumeration that is sent: words both ways, serde as those words, the proto value, whose name is
/// given with `as` where it is another one.
macro_rules! choice {
    (@wire $name:ident $variant:ident) => { rendition_proto::v1::$name::$variant };
    (@wire $name:ident $variant:ident $wire:ident) => { rendition_proto::v1::$name::$wire };
    (
        $(#[$meta:meta])*
        $name:ident: $what:literal {
            $( $(#[$doc:meta])* $variant:ident = $word:literal $(as $wire:ident)? ),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $name { $( $(#[$doc])* #[serde(rename = $word)] $variant ),+ }

        impl $name {
            /// Every value, in the order of the API.
            pub const ALL: &[Self] = &[ $( Self::$variant ),+ ];

            /// The word for it in JSON, in the configuration and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word ),+ }
            }

            /// From the number on the wire; `None` for unspecified.
            // Some values are only ever sent.
            #[allow(dead_code)]
            pub(crate) fn from_wire(number: i32) -> Result<Option<Self>, crate::spec::UnknownSpec> {
                let value = Self::ALL.iter().copied().find(|value| value.to_wire() == number);
                if value.is_none() && number != 0 {
                    return Err(crate::spec::UnknownSpec(concat!("a value of ", $what)));
                }
                Ok(value)
            }

            /// The number on the wire.
            pub(crate) fn to_wire(self) -> i32 {
                rendition_proto::v1::$name::from(self) as i32
            }
        }

        impl From<$name> for rendition_proto::v1::$name {
            fn from(value: $name) -> Self {
                match value {
                    $( $name::$variant => crate::wire_enum::choice!(@wire $name $variant $($wire)?) ),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word).ok_or_else(|| {
                    let words: Vec<_> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    format!(concat!("unknown ", $what, " {:?}, expected one of {}"), word, words.join(", "))
                })
            }
        }
    };
}

/// An enumeration that is received: its word, and the name and number on the wire.
macro_rules! answer {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$doc:meta])* $variant:ident = $word:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$doc])* $variant, )+
            /// A value that this client does not know, by its number.
            Unrecognized(i32),
        }

        impl $name {
            /// The word for it in lower case.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )+
                    Self::Unrecognized(_) => "unrecognized",
                }
            }

            /// The name that the API gives it in JSON, e.g. `STATE_READY`.
            pub fn wire_name(self) -> String {
                match self {
                    $( Self::$variant => rendition_proto::v1::$name::$variant.as_str_name().to_owned(), )+
                    Self::Unrecognized(number) => number.to_string(),
                }
            }

            pub(crate) fn from_wire(number: i32) -> Self {
                match rendition_proto::v1::$name::try_from(number) {
                    $( Ok(rendition_proto::v1::$name::$variant) => Self::$variant, )+
                    _ => Self::Unrecognized(number),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use {answer, choice};
