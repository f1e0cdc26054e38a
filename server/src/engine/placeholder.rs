//! Placeholders of renditions that are stored: remembered since their generation, else made from what is stored.
//!
//! Nobody waits for this who did not ask for it, and nothing depends on it: where what is stored cannot be decoded, there is
//! no placeholder, and no error.

use std::sync::Arc;

use bytes::Bytes;
use rendition_imaging::{Header, ImageError, Limits, Placeholder, Plan, placeholder_spec};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};

use super::{
    Inner,
    background::queue_error,
    fetch::overloaded,
    gate::{Permit, Refused},
    rank::Rank,
    request::{Call, RenditionRef, View},
    stores::storage_error,
    verdict,
    workers::guarded,
};
use crate::{
    model::{Error, Reason, RenditionKey, State},
    storage::{ReadOptions, StorageErrorKind},
};

/// What came of making one.
pub type Made = Result<Found, Error>;

/// What was found where a rendition is stored.
#[derive(Clone, Debug)]
pub enum Found {
    /// An image, with its placeholder if it can be decoded.
    Image(Option<Arc<Placeholder>>),
    /// Nothing.
    Gone,
}

impl Inner {
    /// The view with the placeholder in it, if the rendition is READY. If it turns out to be gone, the view says so. If the
    /// placeholder is not there in time, or the server has no room to make it, the view is as it was.
    pub(super) async fn pictured(
        self: &Arc<Self>,
        call: &Call,
        rendition: &RenditionRef,
        mut view: View,
        until: Instant,
    ) -> Result<View, Error> {
        let (State::Ready, None, Some(key)) = (view.state, &view.placeholder, &view.key) else {
            return Ok(view);
        };
        let remembered = self.renditions.get(key).and_then(|record| record.placeholder.clone());
        if remembered.is_some() {
            view.placeholder = remembered;
            return Ok(view);
        }
        let size = view.image.as_ref().map_or(0, |image| image.size_bytes);
        let (inner, named, rank) = (self.clone(), key.clone(), Rank::new(&call.ticket));
        let mut making = Box::pin(async move {
            let (work, of) = (inner.clone(), named.clone());
            inner
                .placeholders
                .join(named, || async move { work.placeholder_of(&of, size, &rank).await })
                .await
        });
        let Ok(made) = timeout_at(until, making.as_mut()).await else {
            // It goes on, so that the next one who asks is told.
            self.runtime.spawn(making);
            return Ok(view);
        };
        match made.unwrap_or_else(|| Err(Error::internal("the placeholder's task panicked"))) {
            Ok(Found::Image(placeholder)) => {
                view.placeholder = placeholder;
                Ok(view)
            }
            Ok(Found::Gone) => self.gone(rendition, key),
            Err(error) if error.reason() == Reason::Overloaded => Ok(view),
            Err(error) => Err(error),
        }
    }

    /// Makes the placeholder of a stored object of about so many bytes, and remembers it.
    async fn placeholder_of(self: &Arc<Self>, key: &RenditionKey, size: u64, rank: &Rank) -> Made {
        if size > self.limits.max_source_bytes {
            return Ok(Found::Image(None));
        }
        // A listing need not tell sizes; then it may be as large as any that is read.
        let most = if size == 0 { self.limits.max_source_bytes } else { size };
        let room = rank.enter(&self.fetching, most).await.map_err(overloaded)?;
        let options = ReadOptions { if_version: None, max_bytes: Some(most) };
        let object = match self.stores.rendition().store.read(key.as_str(), &options).await {
            Ok(Some(object)) => object,
            Ok(None) => return Ok(Found::Gone),
            // Another object than the one that is known, which the next look will tell.
            Err(error) if matches!(error.kind(), StorageErrorKind::TooLarge { .. }) => {
                return Ok(Found::Image(None));
            }
            Err(error) => return Err(storage_error(&error)),
        };
        let (etag, size) = (object.stat.version.clone().unwrap_or_default(), object.stat.size);
        let planned = guarded(|| planned(&object.bytes, &self.limits.imaging));
        let Ok(Ok((header, plan))) = planned else {
            tracing::debug!(%key, "the stored rendition has no placeholder: its header cannot be read");
            return Ok(Found::Image(None));
        };
        let permit = match rank.enter(&self.generation, plan.memory_bytes()).await {
            Ok(permit) => permit,
            Err(Refused::TooLarge { .. }) => return Ok(Found::Image(None)),
            Err(refused) => return Err(overloaded(refused)),
        };
        let drawn = self.draw((object.bytes, header, plan), permit, room, None).await;
        if let Err(error) = &drawn {
            tracing::debug!(%key, %error, "the stored rendition has no placeholder: it cannot be decoded");
        }
        let placeholder = drawn.ok().map(Arc::new);
        if let Some(placeholder) = &placeholder {
            self.renditions.picture(key, &etag, size, placeholder);
        }
        Ok(Found::Image(placeholder))
    }

    /// Draws the placeholder of an image on a worker's thread, by the plan that [`planned`] made. What is held for it is given
    /// back when it is done, whoever still waits. With a name for it, it stands in the journal meanwhile: a decode like any
    /// other may kill the process.
    pub(super) async fn draw(
        self: &Arc<Self>,
        (bytes, header, plan): (Bytes, Header, Plan),
        permit: Permit,
        held: impl Send + 'static,
        journaled: Option<String>,
    ) -> Result<Placeholder, Error> {
        let keys: Vec<String> = journaled.into_iter().collect();
        self.queue.begin(&keys).map_err(|error| queue_error(&error))?;
        let (drawn, told) = oneshot::channel();
        let inner = self.clone();
        self.workers.start(permit.class(), move || {
            let placeholder = guarded(|| drawn_of(&bytes, &header, &plan));
            inner.queue.end(&keys);
            drop((bytes, held, permit));
            // Nobody waits any more: then nobody is told.
            let _ = drawn.send(placeholder);
        });
        match told.await {
            Ok(Ok(placeholder)) => placeholder.map_err(|error| verdict::of(&error)),
            Ok(Err(panicked)) => Err(verdict::panicked(&panicked)),
            Err(_) => Err(Error::internal("the placeholder's work ended without a result")),
        }
    }
}

/// The header of an image, and the plan by which its placeholder is made.
pub(super) fn planned(bytes: &Bytes, limits: &Limits) -> Result<(Header, Plan), ImageError> {
    let header = rendition_imaging::inspect(bytes)?;
    let plan = Plan::new(&header, bytes.len() as u64, &placeholder_spec(), limits)?;
    Ok((header, plan))
}

fn drawn_of(bytes: &Bytes, header: &Header, plan: &Plan) -> Result<Placeholder, ImageError> {
    let decoded = rendition_imaging::decode(bytes, header, plan.decode())?;
    Ok(rendition_imaging::render(&decoded, plan)?.placeholder)
}
