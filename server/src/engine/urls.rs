//! Media URLs: how they are written, signed and checked.
//!
//! A media URL is `{public_url}/r/{key}` with the key's segments percent-encoded. A signed one goes on
//! with `?expires={unix seconds}&key={key id}&signature={base64url}`, and for an inline spec with
//! `&spec={base64url of its JSON}`. The signature is HMAC-SHA256 over the lines
//! `rendition-url-v1`, path, expires, spec, download name, each ended by a line feed. The time of signing
//! is rounded down to a quarter of the lifetime, so that a URL stays the same, and cached, for that long.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rendition_imaging::Spec;
use ring::hmac;

use super::{
    request::{UrlForm, UrlOptions},
    target::Target,
};
use crate::model::{Label, Timestamp, VersionTag};

/// What the paths of media URLs begin with.
pub const MEDIA_PREFIX: &str = "/r/";

/// What stands in a path as it is: RFC 3986's unreserved characters, and the slashes between segments.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Whether URLs must be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// All of them.
    Signed,
    /// All but those of named, public specs at the server's own versions.
    Open,
}

/// A key for signing.
#[derive(Clone)]
pub struct SigningKey {
    id: String,
    key: hmac::Key,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.id)
    }
}

impl SigningKey {
    /// A key from its id and secret bytes.
    pub fn new(id: impl Into<String>, secret: &[u8]) -> Self {
        Self { id: id.into(), key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }
}

/// How media URLs are made and checked.
#[derive(Clone, Debug)]
pub struct MediaUrls {
    /// Scheme, host and perhaps a path, without a slash at the end.
    pub public_url: String,
    /// Whether they must be signed.
    pub access: Access,
    /// The first one signs; all of them check.
    pub keys: Vec<SigningKey>,
    /// How long a signed URL works, where the caller does not say.
    pub lifetime: Duration,
}

/// A URL and when it stops working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// The URL.
    pub url: String,
    /// When it stops working; none: never.
    pub expires_at: Option<Timestamp>,
}

/// The signed parts of a media URL's query, as they stand in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Unix seconds, in decimal.
    pub expires: Option<String>,
    /// The id of the key.
    pub key: Option<String>,
    /// The signature.
    pub signature: Option<String>,
    /// An inline spec: base64url of its JSON.
    pub spec: Option<String>,
    /// A file name to be saved under.
    pub download: Option<String>,
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forged {
    /// There is none.
    Missing,
    /// It does not match, or its key is unknown.
    Wrong,
    /// It did match once.
    Expired,
}

/// How far another server's clock may be behind the one that signed.
const SKEW: Duration = Duration::from_secs(60);

impl MediaUrls {
    /// The URL of a rendition. Without a key it stands for whichever version is current.
    pub fn media(
        &self,
        target: &Target,
        key: &str,
        own_version: bool,
        options: &UrlOptions,
        now: Timestamp,
    ) -> Url {
        let mut url = String::with_capacity(self.public_url.len() + key.len() + 160);
        if options.form == UrlForm::Absolute {
            url.push_str(&self.public_url);
        } else if let Some(base) = path_of(&self.public_url) {
            url.push_str(base);
        }
        let from = url.len();
        url.push_str(MEDIA_PREFIX);
        url.extend(utf8_percent_encode(key, PATH));
        let path_ends = url.len();
        let open = self.access == Access::Open && target.spec.public && own_version;
        let signer = if open && options.download_name.is_none() { None } else { self.keys.first() };
        let Some(signer) = signer else { return Url { url, expires_at: None } };

        let lifetime = options.lifetime.unwrap_or(self.lifetime);
        let expires_at = expiry(now, lifetime);
        let expires = expires_at.to_string();
        let spec = match target.spec.label {
            Label::Inline => spec_text(&target.spec.spec),
            Label::Named(_) => String::new(),
        };
        let download = options.download_name.as_deref().unwrap_or_default();
        let signature = hmac::sign(&signer.key, &message(&url[from..path_ends], &expires, &spec, download));
        url.push_str("?expires=");
        url.push_str(&expires);
        url.push_str("&key=");
        url.push_str(&signer.id);
        if !spec.is_empty() {
            url.push_str("&spec=");
            url.push_str(&spec);
        }
        if !download.is_empty() {
            url.push_str("&download=");
            url.extend(utf8_percent_encode(download, QUERY));
        }
        url.push_str("&signature=");
        URL_SAFE_NO_PAD.encode_string(signature, &mut url);
        Url { url, expires_at: Some(Timestamp::from_millis(expires_at * 1000)) }
    }

    /// Whether there is a key of an id.
    pub fn has_key(&self, id: &str) -> bool {
        self.keys.iter().any(|key| key.id == id)
    }

    /// Checks the signature of a request for `path`, which begins with [`MEDIA_PREFIX`] and is
    /// percent-encoded in any way.
    pub fn verify(&self, path: &str, query: &Query, now: Timestamp) -> Result<(), Forged> {
        let (Some(expires), Some(id), Some(signature)) = (&query.expires, &query.key, &query.signature)
        else {
            return Err(Forged::Missing);
        };
        let key = self.keys.iter().find(|key| &key.id == id).ok_or(Forged::Wrong)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Forged::Wrong)?;
        let path = canonical_path(path).ok_or(Forged::Wrong)?;
        let (spec, download) = (query.spec.as_deref().unwrap_or(""), query.download.as_deref().unwrap_or(""));
        hmac::verify(&key.key, &message(&path, expires, spec, download), &signature)
            .map_err(|_| Forged::Wrong)?;
        let expires = expires.parse::<u64>().map_err(|_| Forged::Wrong)?;
        let dead = Timestamp::from_millis(expires.saturating_mul(1000)).after(SKEW);
        if now >= dead { Err(Forged::Expired) } else { Ok(()) }
    }
}

/// The key in a media URL's path, decoded; none if it is no such path.
pub fn key_in_path(path: &str) -> Option<String> {
    let key = path.strip_prefix(MEDIA_PREFIX)?;
    percent_decode_str(key).decode_utf8().ok().map(|key| key.into_owned())
}

/// The inline spec in a URL's query; none if it is none.
pub fn parse_spec(text: &str) -> Option<Spec> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// Whether a version in a URL is one that the server gave it, not one that a caller thought of.
pub fn is_own_version(target: &Target, tag: &VersionTag) -> bool {
    matches!(tag, VersionTag::Immutable | VersionTag::Current) || target.version.is_none()
}

fn spec_text(spec: &Spec) -> String {
    // A spec is plain data: it always has a JSON form.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(spec).unwrap_or_default())
}

fn canonical_path(path: &str) -> Option<String> {
    let key = key_in_path(path)?;
    Some(format!("{MEDIA_PREFIX}{}", utf8_percent_encode(&key, PATH)))
}

/// The path in a public URL: what follows the host.
fn path_of(public_url: &str) -> Option<&str> {
    let (_, rest) = public_url.split_once("://")?;
    rest.find('/').map(|slash| &rest[slash..])
}

fn expiry(now: Timestamp, lifetime: Duration) -> u64 {
    let lifetime = lifetime.as_secs().max(1);
    let quarter = (lifetime / 4).max(1);
    (now.seconds() / quarter * quarter).saturating_add(lifetime)
}

fn message(path: &str, expires: &str, spec: &str, download: &str) -> Vec<u8> {
    let mut message = Vec::with_capacity(path.len() + spec.len() + download.len() + 48);
    for line in ["rendition-url-v1", path, expires, spec, download] {
        message.extend_from_slice(line.as_bytes());
        message.push(b'\n');
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_stable_for_a_quarter_of_their_lifetime_and_live_for_three_at_least() {
        let lifetime = Duration::from_secs(400);
        let at = |seconds: u64| expiry(Timestamp::from_millis(seconds * 1000), lifetime);
        assert_eq!(at(1000), at(1099));
        assert_ne!(at(1099), at(1100));
        for now in 1000..1200 {
            assert!((300..=400).contains(&(at(now) - now)));
        }
    }

    #[test]
    fn the_path_is_signed_in_one_form_whatever_encoding_it_comes_in() {
        assert_eq!(canonical_path("/r/media/a%20b%2B.jpg/x"), canonical_path("/r/media/a b+.jpg/%78"));
        assert_eq!(path_of("https://img.example.org/a/b"), Some("/a/b"));
        assert_eq!(path_of("https://img.example.org"), None);
    }
}
