//! A GET that does not wait: it finds the rendition, or has it queued and gets the spec's placeholder meanwhile.

use std::sync::Arc;

use super::MediaContent;
use crate::{
    engine::{
        Inner,
        fetch::source_changed,
        older::{Older, Revalidation, Stock},
        read::Stored,
        recall::Recall,
        request::{Call, Mode},
        settings::{PlaceholderImage, VersionPolicy},
        specs::ResolvedSpec,
        target::{Keyed, Target},
        urls::Place,
        versions::is_stores_own,
    },
    existence::Known,
    model::{Error, Evidence, Reason, State, VersionTag},
};

/// How a rendition stands that a GET asked for.
enum Standing {
    /// It is stored.
    Stored(Stored),
    /// It is not, but in this state.
    Not(State),
}

impl Inner {
    /// What a GET gives that does not wait. What is missing stands in the queue afterwards.
    pub(super) async fn stored_or_stand_in(
        self: &Arc<Self>,
        call: &Call,
        place: &Place,
        spec: Arc<ResolvedSpec>,
        signed: bool,
        image: &PlaceholderImage,
    ) -> Result<MediaContent, Error> {
        let present = match self.present_key(place, &spec, signed).await {
            Err(error) if error.reason() == Reason::SourceNotFound => {
                let keyed = self.present_target(place, &spec)?.keyed(VersionTag::Current);
                return self.stand_in(call, &keyed, State::Failed, image).await.map(MediaContent::StandIn);
            }
            present => present?,
        };
        let keyed = self.chosen_key(place, spec.clone(), present, signed)?;
        match self.find_or_queue(&keyed, &self.present_target(place, &spec)?).await? {
            Standing::Stored(stored) => Ok(MediaContent::Stored(self.served(place, stored))),
            Standing::Not(state) => {
                // An older rendition is a better likeness than a placeholder.
                if state != State::Failed
                    && self.tolerates_older(&keyed)
                    && let Stock::Older(older) = self.stock(&keyed, Revalidation::Limited).await
                {
                    let Older { keyed: served, record, evidence } = *older;
                    let stored = Stored { keyed: served, record, evidence, wanted: Some(Box::new(keyed)) };
                    return Ok(MediaContent::Stored(self.served(place, stored)));
                }
                self.stand_in(call, &keyed, state, image).await.map(MediaContent::StandIn)
            }
        }
    }

    async fn find_or_queue(self: &Arc<Self>, keyed: &Keyed, present: &Target) -> Result<Standing, Error> {
        let stored = |record, evidence| {
            Standing::Stored(Stored { keyed: keyed.clone(), record, evidence, wanted: None })
        };
        let recalled = self.recall(keyed, None);
        if let Recall::Ready(record) = recalled {
            return Ok(stored(record, Evidence::Cache));
        }
        match self.held_verdict(keyed, Mode::Find).await {
            Some(held) if held.reason().is_verdict() => return Ok(Standing::Not(State::Failed)),
            Some(error) => return Err(error),
            None => {}
        }
        if self.flights.is_flying(&keyed.key) {
            return Ok(Standing::Not(State::Generating));
        }
        if self.is_queued(keyed) {
            return Ok(Standing::Not(State::Queued));
        }
        if !matches!(recalled, Recall::Absent(_)) {
            let record = self.probe_one(keyed).await?;
            if matches!(record.known, Known::Ready(_)) {
                return Ok(stored(record, Evidence::Storage));
            }
        }
        match self.can_be_made(keyed, present).await {
            Err(error) if error.reason() == Reason::SourceNotFound => Ok(Standing::Not(State::Failed)),
            Err(error) => Err(error),
            Ok(()) => match self.enqueue(&[(keyed.clone(), Mode::Find)]).await {
                Ok(_) => Ok(Standing::Not(State::Queued)),
                // The next GET tries again; meanwhile an image is better than an error.
                Err(error) if matches!(error.reason(), Reason::Overloaded | Reason::StorageFull) => {
                    tracing::debug!(key = %keyed.key, %error, "a rendition cannot be queued");
                    Ok(Standing::Not(State::Absent))
                }
                Err(error) => Err(error),
            },
        }
    }

    /// Whether a job could make it: the source is there, and not known to be of another version. Otherwise every GET
    /// would queue a job that fails.
    async fn can_be_made(self: &Arc<Self>, keyed: &Keyed, present: &Target) -> Result<(), Error> {
        if present.store.version_policy == VersionPolicy::Explicit {
            return Ok(());
        }
        match (self.tag(present, None).await?, &keyed.tag) {
            (VersionTag::Of(now), VersionTag::Of(named)) if now != *named && is_stores_own(named, &now) => {
                Err(source_changed())
            }
            _ => Ok(()),
        }
    }
}
