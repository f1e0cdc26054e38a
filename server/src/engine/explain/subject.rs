//! What is to be explained: a key, or a media URL with its signature.

use super::super::urls::{AUTO_PREFIX, Forged, MEDIA_PREFIX, MediaUrls, Place, Query};
use crate::model::{Error, Reason, Timestamp, key::KeyParts};

/// A key or a URL, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A key.
    Key(String),
    /// A media URL, whole or from its path on.
    Url(String),
}

/// Whether a signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureStanding {
    /// There is none.
    None,
    /// It holds.
    Valid,
    /// It did hold.
    Expired,
    /// It does not belong to the URL.
    Forged,
    /// There is no key of that id.
    UnknownKey,
}

/// A media URL but for its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedUrl {
    /// Whether the signature holds.
    pub standing: SignatureStanding,
    /// The id of the key that it names.
    pub key_id: Option<String>,
    /// When it expires, by what it says.
    pub expires_at: Option<Timestamp>,
    /// Whether the media endpoint honours it.
    pub honoured: bool,
}

impl Subject {
    /// What it names. INVALID_ARGUMENT for what is neither.
    pub(super) fn parse(
        &self,
        urls: &MediaUrls,
        now: Timestamp,
    ) -> Result<(Place, Option<ExplainedUrl>), Error> {
        match self {
            Self::Key(key) => {
                let parts = KeyParts::parse(key).ok_or_else(|| {
                    let message = format!(
                        "{key:?} is no key: it has the form {{store}}/{{path}}/{{spec}}.{{version}}.{{digest}}.{{ext}}"
                    );
                    Error::new(Reason::InvalidArgument, message).field("key")
                })?;
                Ok((Place::Key(parts), None))
            }
            Self::Url(url) => {
                let wrong = || {
                    let message = format!(
                        "{url:?} is no media URL: its path begins with {MEDIA_PREFIX} or {AUTO_PREFIX}"
                    );
                    Error::new(Reason::InvalidArgument, message).field("url")
                };
                let (path, query) = split(url).ok_or_else(wrong)?;
                let place = Place::parse(path).ok_or_else(wrong)?;
                Ok((place, Some(signature(path, &query, urls, now))))
            }
        }
    }
}

/// The path of a media URL, from its prefix on, and the query.
fn split(url: &str) -> Option<(&str, Query)> {
    let url = url.split('#').next().unwrap_or(url);
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    // The public URL may have a path of its own, which whoever forwards to the endpoint takes away.
    let prefixes = [MEDIA_PREFIX, AUTO_PREFIX].into_iter();
    let path = &before[prefixes.filter_map(|prefix| before.find(prefix)).min()?..];
    Some((path, Query::parse(query)))
}

fn signature(path: &str, query: &Query, urls: &MediaUrls, now: Timestamp) -> ExplainedUrl {
    let is_known = |id: &String| urls.has_key(id);
    let standing = match urls.verify(path, query, now) {
        Ok(()) => SignatureStanding::Valid,
        Err(Forged::Missing) => SignatureStanding::None,
        Err(Forged::Expired) => SignatureStanding::Expired,
        Err(Forged::Wrong) if query.key.as_ref().is_some_and(is_known) => SignatureStanding::Forged,
        Err(Forged::Wrong) => SignatureStanding::UnknownKey,
    };
    let expires = query.expires.as_deref().and_then(|seconds| seconds.parse::<u64>().ok());
    ExplainedUrl {
        standing,
        key_id: query.key.clone(),
        expires_at: expires.map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000))),
        honoured: false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_path_of_a_url_begins_where_the_endpoints_does() {
        let path = |url: &str| split(url).map(|(path, _)| path.to_owned());
        assert_eq!(path("https://x.org/images/r/media/a.jpg/k?expires=1#top").unwrap(), "/r/media/a.jpg/k");
        assert_eq!(path("/r/media/a.jpg/k").unwrap(), "/r/media/a.jpg/k");
        assert_eq!(path("/auto/media/a.jpg/k").unwrap(), "/auto/media/a.jpg/k");
        assert_eq!(path("https://x.org/elsewhere"), None);
        assert_eq!(split("/r/a?expires=7&expires=9&key=k1").unwrap().1.expires.unwrap(), "7");
    }
}
