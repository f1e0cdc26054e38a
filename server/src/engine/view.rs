//! Answers: what is known of a rendition, with a URL for it.

use std::sync::Arc;

use super::{
    Inner,
    request::{UrlKind, UrlOptions, View},
    stores::storage_error,
    target::{Keyed, Target},
    url_options::{LONGEST_PRESIGNED, cannot_presign},
    urls::{Serves, Url},
};
use crate::{
    existence::{Known, Record, Verdict},
    model::{Error, Evidence, Failure, State, VersionTag},
    storage::Presigned,
};

impl Inner {
    /// The view of a rendition that is stored.
    pub(super) async fn ready(
        &self,
        keyed: &Keyed,
        record: &Arc<Record>,
        evidence: Evidence,
        options: &UrlOptions,
    ) -> Result<View, Error> {
        let url = match options.kind {
            UrlKind::Media => self.media_url(keyed, options),
            UrlKind::Public => match &self.urls.public_base {
                Some(base) if base.serves == Serves::Store => self.urls.stored(base, keyed, options),
                _ => self.media_url(keyed, options),
            },
            // Boxed, so that a rare way does not make the state of every call large.
            UrlKind::Presigned => Box::pin(self.presigned_url(keyed, options)).await?,
        };
        let image = match &record.known {
            Known::Ready(image) if image.width == 0 => {
                let told = keyed.target.image();
                let mut image = image.clone();
                (image.width, image.height) = (told.width, told.height);
                Some(image)
            }
            Known::Ready(image) => Some(image.clone()),
            Known::Absent | Known::Failed(_) => None,
        };
        let view = self.view(Some(keyed), State::Ready, evidence, url);
        // It goes with what was made for this call; who else wants it says so.
        let placeholder = record.placeholder.as_ref().filter(|_| evidence == Evidence::Generated).cloned();
        Ok(View { checked_at: Some(record.checked_at), image, placeholder, ..view })
    }

    /// The view of a rendition that is not stored, as far as is known; its URL is one that makes it.
    pub(super) fn unready(
        &self,
        keyed: &Keyed,
        state: State,
        evidence: Evidence,
        options: &UrlOptions,
    ) -> View {
        self.view(Some(keyed), state, evidence, self.media_url(keyed, options))
    }

    /// The view of a rendition that cannot be made.
    pub(super) fn failed(&self, keyed: &Keyed, verdict: &Verdict, options: &UrlOptions) -> View {
        let failure = Some(verdict.failure.clone());
        View { failure, ..self.unready(keyed, State::Failed, Evidence::Cache, options) }
    }

    /// The view of a rendition whose source's version is not known.
    pub(super) fn versionless(
        &self,
        target: &Target,
        state: State,
        evidence: Evidence,
        options: &UrlOptions,
    ) -> View {
        let keyed = target.clone().keyed(VersionTag::Current);
        let url = self.media_url(&keyed, options);
        self.view(None, state, evidence, url)
    }

    /// The view of a rendition whose source is not there.
    pub(super) fn sourceless(&self, target: &Target, error: Error, options: &UrlOptions) -> View {
        let retry_at = self.clock.now().after(self.lifetimes.absent);
        let failure = Some(Failure { error, retry_at, attempts: 0 });
        View { failure, ..self.versionless(target, State::Failed, Evidence::Storage, options) }
    }

    fn view(&self, keyed: Option<&Keyed>, state: State, evidence: Evidence, url: Url) -> View {
        View {
            key: keyed.map(|keyed| keyed.key.clone()),
            served: None,
            store: self.stores.rendition().name.clone(),
            state,
            evidence,
            checked_at: None,
            image: None,
            placeholder: None,
            url: url.url,
            url_expires_at: url.expires_at,
            failure: None,
        }
    }

    fn media_url(&self, keyed: &Keyed, options: &UrlOptions) -> Url {
        self.urls.media(keyed, options, self.clock.now())
    }

    async fn presigned_url(&self, keyed: &Keyed, options: &UrlOptions) -> Result<Url, Error> {
        let lifetime = options.lifetime.unwrap_or(self.urls.lifetime).min(LONGEST_PRESIGNED);
        let store = self.stores.rendition();
        let media_type = Some(keyed.target.spec.format.media_type());
        let presigned = store
            .store
            .presign_read(keyed.key.as_str(), lifetime, options.download_name.as_deref(), media_type)
            .await;
        match presigned.map_err(|error| storage_error(&error))? {
            Some(Presigned { url, lifetime }) => {
                Ok(Url { url, expires_at: Some(self.clock.now().after(lifetime)) })
            }
            None => Err(cannot_presign(store.name.as_str())),
        }
    }
}
