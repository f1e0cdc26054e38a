//! The part of a run that shares one decode: admission, the work on a worker's thread, and the writes.

use std::sync::Arc;

use futures_util::future::join_all;
use rendition_imaging::{Encoded, Header, ImageError, Plan};

use super::{
    BeforeDecode, Inner,
    background::queue_error,
    fetch::{Fetched, overloaded},
    gate::Ticket,
    passenger::{Passenger, unless_deserted},
    verdict,
    workers::Panicked,
};
use crate::model::{Error, Reason};

/// The part of a run that shares one decode.
pub(super) struct Part {
    /// The engine.
    pub inner: Arc<Inner>,
    /// The renditions.
    pub aboard: Vec<Passenger>,
    /// How each of them is made.
    pub plans: Vec<Plan>,
    /// The source's header.
    pub header: Header,
    /// The source's bytes.
    pub fetched: Arc<Fetched>,
}

impl Drop for Part {
    fn drop(&mut self) {
        let error = Error::new(
            Reason::GenerationTimeout,
            "the generation took longer than limits.generation_timeout",
        )
        .retry_after(self.inner.limits.generation_timeout);
        for passenger in &self.aboard {
            self.inner.flights.land(&passenger.flight, Err(error.clone()));
        }
    }
}

impl Part {
    /// Decodes once, encodes each, stores each.
    pub(super) async fn fly(mut self, ticket: &Ticket) {
        let inner = self.inner.clone();
        let memory = self.plans.iter().map(Plan::memory_bytes).max().unwrap_or(0);
        let admission = inner.generation.enter(ticket, memory);
        let Some(admitted) = unless_deserted(&inner, &self.aboard, admission).await else {
            return self.aboard.clear();
        };
        let permit = match admitted {
            Ok(permit) => permit,
            Err(refused) => return self.fail_all(&overloaded(refused)),
        };
        let keys: Vec<String> = self.aboard.iter().map(|one| one.keyed.key.as_str().to_owned()).collect();
        if let Err(error) = inner.queue.begin(&keys).await {
            return self.fail_all(&queue_error(&error));
        }
        let work = Work {
            plans: std::mem::take(&mut self.plans),
            header: self.header.clone(),
            fetched: self.fetched.clone(),
            before_decode: inner.before_decode.clone(),
        };
        // A task of its own: permit and journal go by when the thread is done, not by who still waits.
        let worked = inner.clone();
        let made = inner.runtime.spawn(async move {
            let made = worked.workers.run(move || work.run()).await;
            drop(permit);
            worked.queue.end(&keys).await;
            made
        });
        let made = made.await.unwrap_or_else(|_| Err(Panicked { message: "its task was stopped".into() }));
        match made {
            Ok(encoded) => self.store(encoded).await,
            Err(panicked) => {
                let key = self.aboard.first().map(|passenger| passenger.keyed.key.as_str());
                tracing::error!(key, panic = panicked.message, "a codec panicked");
                let message = format!("the decoder panicked: {}", panicked.message);
                self.fail_all(&Error::new(Reason::SourceUndecodable, message).with("cause", "panicked"));
            }
        }
    }

    async fn store(&mut self, encoded: Vec<Result<Encoded, ImageError>>) {
        let (inner, fetched) = (&self.inner, &self.fetched);
        let writes = self.aboard.iter().zip(encoded).map(|(passenger, encoded)| async move {
            match encoded {
                Ok(encoded) => {
                    let landing = inner.store(passenger, encoded).await;
                    inner.flights.land(&passenger.flight, landing);
                }
                Err(error) => inner.fail(passenger, &verdict::of(&error), Some(fetched)),
            }
        });
        join_all(writes).await;
        self.aboard.clear();
    }

    fn fail_all(&mut self, error: &Error) {
        for passenger in std::mem::take(&mut self.aboard) {
            self.inner.fail(&passenger, error, Some(&self.fetched));
        }
    }
}

/// What a worker does.
struct Work {
    plans: Vec<Plan>,
    header: Header,
    fetched: Arc<Fetched>,
    before_decode: Option<BeforeDecode>,
}

impl Work {
    fn run(self) -> Vec<Result<Encoded, ImageError>> {
        let Some(first) = self.plans.first() else { return Vec::new() };
        if let Some(hook) = &self.before_decode {
            hook(&self.fetched.bytes);
        }
        match rendition_imaging::decode(&self.fetched.bytes, &self.header, first.decode()) {
            Ok(plane) => self.plans.iter().map(|plan| rendition_imaging::render(&plane, plan)).collect(),
            Err(error) => self.plans.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}
