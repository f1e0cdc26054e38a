//! URLs: how they are written, signed and checked.
//!
//! A media URL is `{public_url}/r/{key}`, or `{public_url}/auto/{family}` where the format is chosen at each GET
//! ([`place`]), percent-encoded. A signed one goes on with `?expires={unix seconds}&key={key id}&signature={base64url}`,
//! and for an inline spec with `&spec={base64url of its JSON}` ([`signature`]). A public URL has the operator's public
//! base in front: of the media URL where the media endpoint is the origin behind it, of the key where the store is.

mod encoding;
mod place;
mod signature;

use std::time::Duration;

pub use self::{
    place::{AUTO_PREFIX, MEDIA_PREFIX, Place},
    signature::{Forged, Query, SigningKey},
};
use super::{
    request::{FormatChoice, UrlForm, UrlKind, UrlOptions},
    target::{Keyed, Target},
};
use crate::model::{Label, Timestamp, VersionTag, key::FamilyParts};

/// How long that may be kept which a URL names with its version: a year, which is for ever.
pub const VERSIONED: &str = "public, max-age=31536000, immutable";

/// Whether URLs must be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// All of them.
    Signed,
    /// All but those of named, public specs at the server's own versions.
    Open,
}

/// What stands behind a public base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serves {
    /// The rendition store itself, which has what is READY.
    Store,
    /// The media endpoint, which makes what is missing.
    Media,
}

/// Where renditions are to be had besides the media endpoint itself, such as at a CDN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicBase {
    /// Scheme, host and perhaps a path, without a slash at the end.
    pub url: String,
    /// What stands behind it.
    pub serves: Serves,
}

/// How URLs are made and checked.
#[derive(Clone, Debug)]
pub struct MediaUrls {
    /// Scheme, host and perhaps a path, without a slash at the end.
    pub public_url: String,
    /// The public base of the rendition store, if it has one.
    pub public_base: Option<PublicBase>,
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

impl MediaUrls {
    /// The media URL of a rendition; of kind public, with the base in front that the media endpoint is the origin of.
    pub fn media(&self, keyed: &Keyed, options: &UrlOptions, now: Timestamp) -> Url {
        let base = match &self.public_base {
            Some(base) if options.kind == UrlKind::Public && base.serves == Serves::Media => &base.url,
            _ => &self.public_url,
        };
        let target = &keyed.target;
        let family = match options.format {
            FormatChoice::Settled => None,
            FormatChoice::Negotiated => target.spec.family.as_ref(),
        };
        let mut url = beginning(base, options.form, keyed.key.as_str().len() + 160);
        let from = url.len();
        match family {
            None => {
                url.push_str(MEDIA_PREFIX);
                encoding::push_path(&mut url, keyed.key.as_str());
            }
            Some(family) => {
                url.push_str(AUTO_PREFIX);
                let (store, path) = (&target.store.name, &target.path);
                let name = FamilyParts::write(store, path, &target.spec.label, &keyed.tag, family.digest());
                encoding::push_path(&mut url, &name);
            }
        }
        let own_version = is_own_version(target, &keyed.tag);
        let open = self.access == Access::Open && target.spec.public && own_version;
        let signer = if open && options.download_name.is_none() { None } else { self.keys.first() };
        let Some(signer) = signer else { return Url { url, expires_at: None } };

        let spec = match (&target.spec.label, family) {
            (Label::Inline, None) => target.spec.url_text(),
            (Label::Inline, Some(family)) => family.url_text(),
            (Label::Named(_), _) => "",
        };
        let signed = (spec, options.download_name.as_deref().unwrap_or_default());
        let lifetime = options.lifetime.unwrap_or(self.lifetime);
        let expires_at = signer.sign(&mut url, from, signed, lifetime, now);
        Url { url, expires_at: Some(Timestamp::from_millis(expires_at * 1000)) }
    }

    /// The URL of a stored rendition at a public base that the store itself stands behind.
    pub fn stored(&self, base: &PublicBase, keyed: &Keyed, options: &UrlOptions) -> Url {
        let mut url = beginning(&base.url, options.form, keyed.key.as_str().len() + 16);
        url.push('/');
        encoding::push_path(&mut url, keyed.key.as_str());
        Url { url, expires_at: None }
    }

    /// Whether there is a key of an id.
    pub fn has_key(&self, id: &str) -> bool {
        self.keys.iter().any(|key| key.id() == id)
    }

    /// Checks the signature of a request for the path of a media URL, which is percent-encoded in any way.
    pub fn verify(&self, path: &str, query: &Query, now: Timestamp) -> Result<(), Forged> {
        signature::verify(&self.keys, path, query, now)
    }
}

/// What comes before the path: nothing, or scheme and host; then the path of the base, which what stands in front of us
/// takes away again.
fn beginning(base: &str, form: UrlForm, room: usize) -> String {
    let mut url = String::with_capacity(base.len() + room);
    url.push_str(match form {
        UrlForm::Absolute => base,
        UrlForm::PathOnly => encoding::path_of(base),
    });
    url
}

/// A path as it stands in URLs.
pub fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    encoding::push_path(&mut encoded, path);
    encoded
}

/// Whether a version in a URL is one that the server gave it, not one that a caller thought of.
fn is_own_version(target: &Target, tag: &VersionTag) -> bool {
    matches!(tag, VersionTag::Immutable | VersionTag::Current) || target.version.is_none()
}
