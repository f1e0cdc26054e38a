//! What can be said of URL options before any work is done for them.

use std::time::Duration;

use super::{
    Inner,
    request::{FormatChoice, UrlForm, UrlKind, UrlOptions},
    target::Target,
    urls::Serves,
};
use crate::model::{Error, Reason};

/// The longest lifetime of a media URL.
const LONGEST_MEDIA: Duration = Duration::from_secs(366 * 24 * 3600);
/// The longest lifetime of a presigned URL, which S3 sets.
pub(super) const LONGEST_PRESIGNED: Duration = Duration::from_secs(7 * 24 * 3600);
/// Longer names are of no use to any file system.
const LONGEST_NAME: usize = 255;

impl Inner {
    /// Checks URL options: INVALID_ARGUMENT for what no URL can have, URL_KIND_UNSUPPORTED for what one of this kind cannot.
    pub(super) fn check_url_options(&self, options: &UrlOptions) -> Result<(), Error> {
        if options.kind == UrlKind::Media && options.lifetime.is_none() && options.download_name.is_none() {
            return Ok(());
        }
        check_lifetime(options)?;
        if let Some(name) = &options.download_name
            && (name.is_empty()
                || name.len() > LONGEST_NAME
                || name.contains(['/', '\\'])
                || name.chars().any(char::is_control))
        {
            let message = format!(
                "{name:?} is no file name: 1 to {LONGEST_NAME} bytes without slashes and control characters"
            );
            return Err(Error::new(Reason::InvalidArgument, message).field("url_options.download_name"));
        }
        match options.kind {
            UrlKind::Media => Ok(()),
            UrlKind::Public => self.check_public(options),
            UrlKind::Presigned => self.check_presigned(options),
        }
    }

    /// Checks that there are formats to choose from, where they are to be chosen at each GET.
    pub(super) fn check_format(options: &UrlOptions, target: &Target) -> Result<(), Error> {
        match options.format {
            FormatChoice::Negotiated if target.spec.family.is_none() => Err(nothing_to_negotiate()),
            FormatChoice::Negotiated | FormatChoice::Settled => Ok(()),
        }
    }

    fn check_public(&self, options: &UrlOptions) -> Result<(), Error> {
        let store = &self.stores.rendition().name;
        let Some(base) = &self.urls.public_base else {
            let message = format!(
                "store {store} has no public base: ask for a media URL, or configure stores.{store}.public_base"
            );
            return Err(unsupported("kind", message));
        };
        if base.serves == Serves::Media {
            return Ok(());
        }
        if options.download_name.is_some() {
            let message = format!(
                "behind the public base of store {store} stands the store itself, which names no downloads: ask for a media URL or a presigned one"
            );
            return Err(unsupported("download_name", message));
        }
        check_settled(options, &format!("behind the public base of store {store} stands the store itself"))
    }

    fn check_presigned(&self, options: &UrlOptions) -> Result<(), Error> {
        let store = self.stores.rendition();
        if !store.store.capabilities().presign {
            return Err(cannot_presign(store.name.as_str()));
        }
        if options.form == UrlForm::PathOnly {
            let message = "the signature of a presigned URL holds for its host too: ask without path_only, or for a media URL";
            return Err(unsupported("path_only", message));
        }
        check_settled(options, "a presigned URL is answered by the store itself")
    }
}

fn check_lifetime(options: &UrlOptions) -> Result<(), Error> {
    let longest = match options.kind {
        UrlKind::Media | UrlKind::Public => LONGEST_MEDIA,
        UrlKind::Presigned => LONGEST_PRESIGNED,
    };
    match options.lifetime {
        Some(lifetime) if lifetime.as_secs() == 0 || lifetime > longest => {
            let (seconds, most) = (lifetime.as_secs(), longest.as_secs());
            let message = format!("a lifetime of {seconds} s is not between 1 s and {most} s");
            Err(Error::new(Reason::InvalidArgument, message).field("url_options.lifetime"))
        }
        _ => Ok(()),
    }
}

/// A store knows nothing of what its readers accept.
fn check_settled(options: &UrlOptions, why: &str) -> Result<(), Error> {
    match options.format {
        FormatChoice::Settled => Ok(()),
        FormatChoice::Negotiated => {
            let message =
                format!("{why}, which chooses no format: send accept instead, or ask for a media URL");
            Err(unsupported("negotiate", message))
        }
    }
}

/// The error for a store that makes no presigned URLs.
pub(super) fn cannot_presign(store: &str) -> Error {
    unsupported("kind", format!("store {store} cannot presign URLs: ask for a media URL"))
}

/// The error for a format that cannot be chosen because it is settled.
fn nothing_to_negotiate() -> Error {
    unsupported(
        "negotiate",
        "the spec's output is one format, and only the formats of an auto output can be chosen from: ask without negotiate",
    )
}

fn unsupported(field: &str, message: impl Into<String>) -> Error {
    Error::new(Reason::UrlKindUnsupported, message).field(format!("url_options.{field}"))
}
