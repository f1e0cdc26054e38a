//! How renditions are handed out over HTTP.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use http::{HeaderName, HeaderValue};
use toml::de::DeValue;

use super::{
    base_url::BaseUrl,
    credential::{Credential, credentials},
    key::{Key, Kind, span},
    limits::count,
    listen::{Listen, is_loopback},
    problem::Complaint,
    queue::Queue,
    section::Section,
    value::{FromValue, choice, wrong_type},
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
    /// The origins whose pages may read answers; `*` for all.
    pub cors_origins: Vec<HeaderValue>,
    /// The pages that may show renditions.
    pub resource_policy: &'static str,
    /// The header that names the source to caches; none: no header does.
    pub cache_tag_header: Option<HeaderName>,
    /// How long a caller may take nothing of its answer.
    pub patience: Duration,
    /// Connections at a time.
    pub max_connections: usize,
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
    Key::new(
        "media.cors_origins",
        Kind::Origins,
        "[]",
        "The origins whose pages may read renditions by script, such as `[\"https://shop.example.org\"]`, or `[\"*\"]` for all. Pages may show images of anybody without it.",
    ),
    Key::new(
        "media.cross_origin_resource_policy",
        Kind::Choice(RESOURCE_POLICIES),
        "\"cross-origin\"",
        "The pages that may show renditions, as the header of that name says it.",
    ),
    Key::new(
        "media.cache_tag_header",
        Kind::Text,
        "\"Cache-Tag\"",
        "The header in which answers name their source, `{store}/{path}` percent-encoded as in their URLs, so that a CDN can remove all that was made from it: `Cache-Tag`, `Surrogate-Key`, `Edge-Cache-Tag` and so on; `none`: in none.",
    ),
    Key::new(
        "media.stall_timeout",
        span(1_000, 3600),
        "\"30s\"",
        "How long a caller may take nothing of its answer (or less than 16 KiB of it) before it is cut off; so it is with `Read` over gRPC.",
    ),
    Key::new(
        "media.max_connections",
        Kind::Count { min: 1, max: 1_000_000 },
        "4096",
        "Connections to the endpoint at a time; further ones wait.",
    ),
];

impl Media {
    pub(crate) fn read(section: &Section<'_, '_>, listen: &Listen, queue: &Queue) -> Self {
        let loopback = is_loopback(listen.http);
        let access = section.read("access").unwrap_or(if loopback { Access::Open } else { Access::Signed });
        let public_url = section.read::<BaseUrl>("public_url").map(|url| url.0);
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
        Self {
            access,
            public_url,
            keys,
            lifetime: section.get("lifetime"),
            generated_key_file,
            cors_origins: section.get("cors_origins"),
            resource_policy: section.get::<ResourcePolicy>("cross_origin_resource_policy").0,
            cache_tag_header: section.get::<OptionalHeader>("cache_tag_header").0,
            patience: section.get("stall_timeout"),
            max_connections: count(section, "max_connections"),
        }
    }

    /// What media URLs begin with, without a slash at the end, when the endpoint is bound to `bound`.
    pub fn base_url(&self, bound: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{bound}"))
    }
}

const RESOURCE_POLICIES: &[&str] = &["same-origin", "same-site", "cross-origin"];

struct ResourcePolicy(&'static str);

impl Default for ResourcePolicy {
    fn default() -> Self {
        Self("cross-origin")
    }
}

impl FromValue for ResourcePolicy {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        let words: Vec<(&str, &'static str)> = RESOURCE_POLICIES.iter().map(|word| (*word, *word)).collect();
        choice(value, &words).map(Self)
    }
}

/// A header's name, or nothing.
#[derive(Default)]
struct OptionalHeader(Option<HeaderName>);

impl FromValue for OptionalHeader {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let text = String::from_value(value, kind)?;
        if text == "none" {
            return Ok(Self(None));
        }
        let name = text.parse().map_err(|_| {
            Complaint::new("is no header's name", "write one such as \"Cache-Tag\", or \"none\"")
        })?;
        Ok(Self(Some(name)))
    }
}

impl FromValue for Vec<HeaderValue> {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        const REMEDY: &str =
            "write a list of origins such as [\"https://shop.example.org\"], or [\"*\"] for all";
        let items = value.as_array().ok_or_else(|| wrong_type(value, REMEDY))?;
        items
            .iter()
            .map(|item| {
                let text = item.get_ref().as_str().ok_or_else(|| wrong_type(item.get_ref(), REMEDY))?;
                let is_origin = text.split_once("://").is_some_and(|(scheme, host)| {
                    matches!(scheme, "http" | "https")
                        && !host.is_empty()
                        && !host.contains(['/', '?', '#', '@', '*', ' '])
                });
                match HeaderValue::from_str(text) {
                    Ok(origin) if is_origin || text == "*" => Ok(origin),
                    _ => Err(Complaint::new(format!("{text:?} is no origin"), REMEDY)),
                }
            })
            .collect()
    }
}

impl FromValue for Access {
    fn from_value(value: &DeValue<'_>, _kind: &Kind) -> Result<Self, Complaint> {
        choice(value, &[("signed", Self::Signed), ("open", Self::Open)])
    }
}
