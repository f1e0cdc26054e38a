//! How renditions are handed out over HTTP.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use http::Uri;
use toml::de::DeValue;

use super::{
    credential::{Credential, credentials},
    key::{Key, Kind, span},
    listen::{Listen, is_loopback},
    problem::Complaint,
    queue::Queue,
    section::Section,
    value::{FromValue, choice},
};

/// How renditions are handed out over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Which URLs are honoured without a signature.
    pub access: Access,
    /// What media URLs begin with, without a slash at the end; none: the address of the listener,
    /// which is loopback then ([`Media::base_url`]).
    pub public_url: Option<String>,
    /// The keys of signatures: the first one signs, all are honoured.
    pub keys: Vec<Credential>,
    /// How long a signed URL is honoured.
    pub lifetime: Duration,
    /// Where the server keeps a signing key that it makes itself on its first start; some exactly when
    /// `keys` is empty.
    pub generated_key_file: Option<PathBuf>,
}

/// Which media URLs are honoured without a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// None.
    Signed,
    /// Those of public named specs, at the server's own versions of the sources.
    Open,
}

pub(crate) const KEYS: &[Key] = &[
    Key::without_default(
        "media.access",
        Kind::Choice(&["signed", "open"]),
        "`\"open\"` if `listen.http` is loopback, else `\"signed\"`",
        "Which media URLs are honoured: `signed`: those that the server signed; `open`: besides them those of specs with `public = true`, \
         at the server's own versions of the sources.",
    ),
    Key::without_default(
        "media.public_url",
        Kind::Text,
        "`http://` and the address of `listen.http`, if that is loopback; else required",
        "What media URLs begin with, as callers reach the endpoint: `http` or `https`, a host, perhaps a path; no query.",
    ),
    Key::without_default(
        "media.keys",
        Kind::Records,
        "the server makes a key of its own beside `queue.path`, where `listen.http` is loopback or `media.access` is `\"open\"`; else required",
        "The keys of signatures. The first one signs, all are honoured, so that keys can be replaced one after the other. Servers that \
         answer for the same `public_url` have the same keys.",
    ),
    Key::without_default(
        "media.keys[].id",
        Kind::Text,
        "required",
        "The key's name in URLs: letters, digits, `_` and `-`, at most 32.",
    ),
    Key::without_default(
        "media.keys[].secret_file",
        Kind::Path,
        "required",
        "The file that holds the key: at least 16 bytes, white space around it apart.",
    ),
    Key::new(
        "media.lifetime",
        span(60_000, 3650 * 24 * 3600),
        "\"7d\"",
        "How long a signed URL is honoured. At most `\"7d\"` if a store is s3, gcs or azblob, because no longer is granted there.",
    ),
];

impl Media {
    pub(crate) fn read(section: &Section<'_, '_>, listen: &Listen, queue: &Queue) -> Self {
        let loopback = is_loopback(listen.http);
        let access = section.read("access").unwrap_or(if loopback { Access::Open } else { Access::Signed });
        let public_url = section.read::<PublicUrl>("public_url").map(|url| url.0);
        if public_url.is_none() && section.node("public_url").is_none() && !loopback {
            let message = format!(
                "is missing, and listen.http = \"{}\" is no address that callers can use in a URL",
                listen.http
            );
            let remedy = "write the URL under which callers reach the media endpoint, such as \"https://images.example.org\"";
            section.complain("public_url", Complaint::new(message, remedy));
        }
        let keys = credentials(section, "keys");
        let written = section
            .node("keys")
            .and_then(|node| node.get_ref().as_array())
            .is_some_and(|keys| !keys.is_empty());
        let generated_key_file = (!written).then(|| queue.path.with_file_name("media.key"));
        if !written && access == Access::Signed && !loopback {
            let complaint = Complaint::new(
                "is empty, and URLs can't be signed without a key",
                "write media.keys = [{ id = \"k1\", secret_file = \"…\" }], the same for all servers behind media.public_url",
            );
            section.complain("keys", complaint);
        }
        Self { access, public_url, keys, lifetime: section.get("lifetime"), generated_key_file }
    }

    /// What media URLs begin with, without a slash at the end, when the endpoint is bound to `bound`.
    pub fn base_url(&self, bound: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{bound}"))
    }
}

impl FromValue for Access {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        choice(value, &[("signed", Self::Signed), ("open", Self::Open)])
    }
}

/// A URL that others can be appended to.
struct PublicUrl(String);

impl FromValue for PublicUrl {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let complain = |message: &str| {
            Complaint::new(
                message,
                "write http:// or https://, a host and perhaps a path, such as \"https://images.example.org/media\"",
            )
        };
        let text = String::from_value(value, kind)?;
        let url: Uri = text.parse().map_err(|_| complain("is not a URL"))?;
        if !matches!(url.scheme_str(), Some("http" | "https")) {
            return Err(complain("is not an http or https URL"));
        }
        if url.query().is_some() || text.contains('#') {
            return Err(complain("has a query or fragment, and paths are appended to it"));
        }
        match url.authority() {
            Some(authority) if authority.as_str().contains('@') => {
                Err(complain("holds a user name, which would stand in every URL"))
            }
            Some(authority) if !authority.host().is_empty() => {
                Ok(Self(text.trim_end_matches('/').to_owned()))
            }
            _ => Err(complain("has no host")),
        }
    }
}
