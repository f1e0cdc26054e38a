//! Signatures of media URLs.
//!
//! HMAC-SHA256 over the lines `rendition-url-v1`, path, expires, spec, download name, each ended by a line feed. The time
//! of signing is rounded down to a quarter of the lifetime, so that a URL stays the same, and cached, for that long.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use ring::hmac;

use super::encoding;
use crate::model::Timestamp;

/// How far another server's clock may be behind the one that signed.
const SKEW: Duration = Duration::from_secs(60);

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

impl Query {
    /// Reads the query of a URL, of which other parts are none of ours; of one that comes twice the first counts.
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for pair in text.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let slot = match name {
                "expires" => &mut query.expires,
                "key" => &mut query.key,
                "signature" => &mut query.signature,
                "spec" => &mut query.spec,
                "download" => &mut query.download,
                _ => continue,
            };
            if slot.is_none() {
                *slot = Some(percent_decode_str(value).decode_utf8_lossy().into_owned());
            }
        }
        query
    }
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

impl SigningKey {
    /// A key from its id and secret bytes.
    pub fn new(id: impl Into<String>, secret: &[u8]) -> Self {
        Self { id: id.into(), key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// Its id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Appends a query to the URL whose signed path begins at `from`. Gives the second at which it expires.
    pub(super) fn sign(
        &self,
        url: &mut String,
        from: usize,
        (spec, download): (&str, &str),
        lifetime: Duration,
        now: Timestamp,
    ) -> u64 {
        let expires_at = expiry(now, lifetime);
        let expires = expires_at.to_string();
        let signature = hmac::sign(&self.key, &message(&url[from..], &expires, spec, download));
        url.push_str("?expires=");
        url.push_str(&expires);
        url.push_str("&key=");
        url.push_str(&self.id);
        if !spec.is_empty() {
            url.push_str("&spec=");
            url.push_str(spec);
        }
        if !download.is_empty() {
            url.push_str("&download=");
            encoding::push_value(url, download);
        }
        url.push_str("&signature=");
        URL_SAFE_NO_PAD.encode_string(signature, url);
        expires_at
    }
}

/// Checks the signature of a request for `path`, percent-encoded in any way.
pub(super) fn verify(keys: &[SigningKey], path: &str, query: &Query, now: Timestamp) -> Result<(), Forged> {
    let signature = query.signature.as_deref().ok_or(Forged::Missing)?;
    let (Some(expires), Some(id)) = (&query.expires, &query.key) else { return Err(Forged::Wrong) };
    let key = keys.iter().find(|key| &key.id == id).ok_or(Forged::Wrong)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Forged::Wrong)?;
    let path = encoding::canonical(path).ok_or(Forged::Wrong)?;
    let (spec, download) = (query.spec.as_deref().unwrap_or(""), query.download.as_deref().unwrap_or(""));
    hmac::verify(&key.key, &message(&path, expires, spec, download), &signature)
        .map_err(|_| Forged::Wrong)?;
    let expires = expires.parse::<u64>().map_err(|_| Forged::Wrong)?;
    let dead = Timestamp::from_millis(expires.saturating_mul(1000)).after(SKEW);
    if now >= dead { Err(Forged::Expired) } else { Ok(()) }
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
}
