//! Who may call the gRPC API.

use super::{
    credential::{Credential, credentials},
    key::{Key, Kind},
    section::Section,
};

/// Who may call the gRPC API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Auth {
    /// The bearer tokens that are accepted; none: everybody is.
    pub tokens: Vec<Credential>,
}

pub(crate) const KEYS: &[Key] = &[
    Key::without_default(
        "auth.tokens",
        Kind::Records,
        "everybody may call",
        "The bearer tokens that are accepted. A caller sends one as `authorization: Bearer …`.",
    ),
    Key::without_default(
        "auth.tokens[].id",
        Kind::Text,
        "required",
        "The token's name in logs: letters, digits, `_` and `-`, at most 32.",
    ),
    Key::without_default(
        "auth.tokens[].secret_file",
        Kind::Path,
        "required",
        "The file that holds the token: at least 16 bytes, white space around it apart.",
    ),
];

impl Auth {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        Self { tokens: credentials(section, "tokens") }
    }
}
