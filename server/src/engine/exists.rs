//! `Exists` and `Url`: what is known, with as little asking as each of them allows. Neither generates.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;

use super::{
    Inner,
    recall::Recall,
    request::{Call, Detail, Exists, Placeholders, RenditionRef, UrlOptions, View},
    run::{CRASHES, crashed},
    stores::storage_error,
    target::{Keyed, Target},
    unanswered,
};
use crate::{
    existence::{Known, Record, Verdict},
    model::{Error, Evidence, ImageInfo, Reason, RenditionKey, State},
};

type Answer = Result<View, Error>;

/// Up to so many futures stand in one allocation of `join_all`.
const FEW: usize = 30;

/// How many bytes of a stored rendition hold its header, in every format that we write.
const HEADER: u64 = 64 << 10;

/// Where an item stands.
pub(super) enum Standing {
    /// Answered.
    Done(Answer),
    /// Only the rendition store can tell.
    Unknown(Keyed),
}

impl Inner {
    /// Says of each of several renditions whether it exists.
    pub(super) async fn exists(self: &Arc<Self>, call: &Call, items: &[Exists]) -> Vec<Answer> {
        self.settle(call, items, join_all(items.iter().map(|item| self.stands(item))).await).await
    }

    /// Says of a single rendition whether it exists; a cached one without the bookkeeping of a batch.
    pub(super) async fn exists_one(self: &Arc<Self>, call: &Call, item: &Exists) -> Answer {
        match self.stands(item).await {
            Standing::Done(answer)
                if item.detail == Detail::AsKnown && item.placeholders == Placeholders::OfGenerated =>
            {
                answer
            }
            standing => {
                // Boxed, so that a cached call does not carry its state along.
                let items = std::slice::from_ref(item);
                let answers = Box::pin(self.settle(call, items, vec![standing])).await;
                answers.into_iter().next().unwrap_or_else(unanswered)
            }
        }
    }

    async fn stands(self: &Arc<Self>, item: &Exists) -> Standing {
        self.standing(&item.rendition, item.max_age, &UrlOptions::default()).await
    }

    /// Takes all items to their answers: asks the storage about those that only it knows.
    async fn settle(
        self: &Arc<Self>,
        call: &Call,
        items: &[Exists],
        mut standings: Vec<Standing>,
    ) -> Vec<Answer> {
        let unknown: Vec<(usize, Keyed)> = standings
            .iter()
            .enumerate()
            .filter_map(|(index, standing)| match standing {
                Standing::Unknown(keyed) => Some((index, keyed.clone())),
                Standing::Done(_) => None,
            })
            .collect();
        if !unknown.is_empty() {
            let keys: Vec<Keyed> = unknown.iter().map(|(_, keyed)| keyed.clone()).collect();
            for ((index, keyed), probed) in unknown.into_iter().zip(self.probe(&keys).await) {
                standings[index] = Standing::Done(match probed {
                    Ok(record) => self.probed(&keyed, &record).await,
                    Err(error) => Err(error),
                });
            }
        }
        let answers = items.iter().zip(standings).map(|(item, standing)| async {
            let Standing::Done(answer) = standing else { return unanswered() };
            let view = match item.detail {
                Detail::Measured => self.measured(item, answer?).await?,
                Detail::AsKnown => answer?,
            };
            match item.placeholders {
                Placeholders::OfStored => {
                    let until = self.wait_until(call, None);
                    self.pictured(call, &item.rendition, view, until).await
                }
                Placeholders::OfGenerated => Ok(view),
            }
        });
        join_all(answers).await
    }

    /// Gives the URLs of several renditions. Asks no storage but for the versions of sources.
    pub(super) async fn urls(self: &Arc<Self>, items: &[(RenditionRef, UrlOptions)]) -> Vec<Answer> {
        // Few at a time are polled without an allocation for each, and most of them are known at once.
        let chunks = items
            .chunks(FEW)
            .map(|chunk| join_all(chunk.iter().map(|(rendition, options)| self.url(rendition, options))));
        join_all(chunks).await.into_iter().flatten().collect()
    }

    /// Gives the URL of a single rendition.
    pub(super) async fn url(self: &Arc<Self>, rendition: &RenditionRef, options: &UrlOptions) -> Answer {
        match self.standing(rendition, None, options).await {
            Standing::Done(Err(error)) if error.reason() == Reason::StorageUnavailable => {
                let target = self.target(rendition)?;
                Ok(self.versionless(&target, State::Unknown, Evidence::None, options))
            }
            Standing::Done(answer) => answer,
            Standing::Unknown(keyed) => Ok(self.unready(&keyed, State::Unknown, Evidence::None, options)),
        }
    }

    /// What is known of a rendition without asking the rendition store.
    pub(super) async fn standing(
        self: &Arc<Self>,
        rendition: &RenditionRef,
        max_age: Option<Duration>,
        options: &UrlOptions,
    ) -> Standing {
        match self.try_standing(rendition, max_age, options).await {
            Ok(standing) => standing,
            Err(error) => Standing::Done(Err(error)),
        }
    }

    async fn try_standing(
        self: &Arc<Self>,
        rendition: &RenditionRef,
        max_age: Option<Duration>,
        options: &UrlOptions,
    ) -> Result<Standing, Error> {
        self.check_url_options(options)?;
        let target = self.target(rendition)?;
        Self::check_format(options, &target)?;
        let keyed = match self.tag(&target, max_age).await {
            Ok(tag) => target.keyed(tag),
            Err(error) if error.reason().is_state() => {
                return Ok(Standing::Done(Ok(self.sourceless(&target, error, options))));
            }
            Err(error) => return Err(error),
        };
        let view = match self.recall(&keyed, max_age) {
            Recall::Ready(record) => self.ready(&keyed, &record, Evidence::Cache, options).await?,
            Recall::Held(verdict) | Recall::Doubtful(verdict) => self.failed(&keyed, &verdict, options),
            _ if self.flights.is_flying(&keyed.key) => {
                self.unready(&keyed, State::Generating, Evidence::Cache, options)
            }
            _ if self.is_queued(&keyed) => self.unready(&keyed, State::Queued, Evidence::Cache, options),
            Recall::Absent(record) => self.missing(&keyed, &record, Evidence::Cache, options),
            Recall::Nothing => return Ok(Standing::Unknown(keyed)),
        };
        Ok(Standing::Done(Ok(view)))
    }

    /// The view of what is not stored: absent, or failed if the process died of it too often.
    fn missing(&self, keyed: &Keyed, record: &Record, evidence: Evidence, options: &UrlOptions) -> View {
        let view = if self.queue.crashes(keyed.key.as_str()) >= CRASHES {
            self.failed(keyed, &Verdict::new(crashed(), None, CRASHES, self.clock.now()), options)
        } else {
            self.unready(keyed, State::Absent, evidence, options)
        };
        View { checked_at: Some(record.checked_at), ..view }
    }

    /// The view of what the storage just said.
    pub(super) async fn probed(&self, keyed: &Keyed, record: &Arc<Record>) -> Answer {
        let options = UrlOptions::default();
        match &record.known {
            Known::Ready(_) => self.ready(keyed, record, Evidence::Storage, &options).await,
            Known::Absent | Known::Failed(_) => Ok(self.missing(keyed, record, Evidence::Storage, &options)),
        }
    }

    /// Reads the size of a stored image from its header, if it is not known.
    async fn measured(&self, item: &Exists, mut view: View) -> Answer {
        let (Some(key), Some(image)) = (&view.key, &view.image) else { return Ok(view) };
        if image.width != 0 && image.height != 0 {
            return Ok(view);
        }
        let store = &self.stores.rendition().store;
        let header =
            store.read_range(key.as_str(), 0..HEADER).await.map_err(|error| storage_error(&error))?;
        let Some(header) = header else { return self.gone(&item.rendition, key) };
        if let Ok(header) = rendition_imaging::inspect(&header) {
            let image = ImageInfo {
                width: header.size.width,
                height: header.size.height,
                frames: header.frames,
                ..image.clone()
            };
            self.renditions.describe(key, image.clone());
            view.image = Some(image);
        }
        Ok(view)
    }

    /// The view of a rendition that was thought to be stored and is not.
    pub(super) fn gone(&self, rendition: &RenditionRef, key: &RenditionKey) -> Answer {
        self.renditions.forget(key);
        let target: Target = self.target(rendition)?;
        let parts = crate::model::key::KeyParts::parse(key.as_str());
        let keyed = parts.map(|parts| target.clone().keyed(parts.version));
        Ok(match keyed {
            Some(keyed) => self.unready(&keyed, State::Absent, Evidence::Storage, &UrlOptions::default()),
            None => self.versionless(&target, State::Absent, Evidence::Storage, &UrlOptions::default()),
        })
    }
}
