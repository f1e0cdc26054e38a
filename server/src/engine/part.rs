//! The part of a run that shares one decode: admission, the work on a worker's thread, and the writes.

use std::sync::Arc;

use futures_util::{StreamExt, stream::FuturesUnordered};
use rendition_imaging::{Decoded, Encoded, Header, Plan};
use tokio::sync::{mpsc, oneshot};

use super::{
    BeforeDecode, Inner,
    background::queue_error,
    fetch::{Fetched, Observed, overloaded},
    passenger::{Passenger, unless_deserted},
    plan::Share,
    rank::Rank,
    verdict,
    workers::guarded,
};
use crate::model::Error;

/// Renditions that share one decode, and what it is done from.
pub(super) struct Part {
    /// The engine.
    pub inner: Arc<Inner>,
    /// The renditions and their plans.
    pub share: Share,
    /// The source's header.
    pub header: Header,
    /// The source's bytes.
    pub fetched: Arc<Fetched>,
}

/// What a worker made of one rendition, by its place in the part.
type Made = (usize, Result<Encoded, Error>);

impl Part {
    /// Decodes once, encodes each, and stores each as it comes.
    pub(super) async fn fly(self, rank: &Rank) {
        let Self { inner, share: Share { aboard, plans, memory }, header, fetched } = self;
        let admission = rank.enter(&inner.generation, memory);
        let Some(admitted) = unless_deserted(&inner, &aboard, admission).await else { return };
        let observed = fetched.observed.clone();
        let fail_all = |error: &Error| aboard.iter().for_each(|one| inner.fail(one, error, Some(&observed)));
        let permit = match admitted {
            Ok(permit) => permit,
            Err(refused) => return fail_all(&overloaded(refused)),
        };
        let keys: Vec<String> = aboard.iter().map(|one| one.keyed.key.as_str().to_owned()).collect();
        if let Err(error) = inner.queue.begin(&keys) {
            return fail_all(&queue_error(&error));
        }
        // At most as many as the share has: what waits here is in the share's memory.
        let (made, mut results) = mpsc::unbounded_channel();
        let class = permit.class();
        let running = Running { inner: inner.clone(), keys };
        let (step_out, stepped_out) = oneshot::channel();
        let work = Work { plans, header, fetched, before_decode: inner.before_decode.clone(), made };
        // Permit and journal go by when the thread is done, not by who still waits.
        inner.workers.start(class, move || {
            // What panics is caught and told by the work itself.
            let bytes = work.run();
            drop(running);
            // Nobody may be there any more to bring away what was made.
            let _ = step_out.send(permit.stepped_out(bytes));
        });
        let mut writes = FuturesUnordered::new();
        loop {
            tokio::select! {
                result = results.recv() => match result {
                    Some((index, result)) => writes.push(inner.finish(&aboard[index], result, &observed)),
                    None => break,
                },
                Some(()) = writes.next() => {}
            }
        }
        // Where the store is slow, what waits to be written keeps its memory, and so what may be made meanwhile is bounded.
        let _room = stepped_out.await;
        while writes.next().await.is_some() {}
    }
}

impl Inner {
    async fn finish(
        self: &Arc<Self>,
        passenger: &Passenger,
        result: Result<Encoded, Error>,
        observed: &Observed,
    ) {
        match result {
            Ok(encoded) => {
                let landing = self.store(passenger, encoded).await;
                self.flights.land(&passenger.flight, landing);
            }
            Err(error) => {
                if error.metadata().iter().any(|(name, _)| *name == "panic") {
                    tracing::error!(key = %passenger.keyed.key, %error, "a codec panicked");
                }
                self.fail(passenger, &error, Some(observed));
            }
        }
    }
}

/// The journal's entry of a part as long as a worker has it. Dropped, also with work that is never done, the keys are no
/// longer in it.
struct Running {
    inner: Arc<Inner>,
    keys: Vec<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.inner.queue.end(&self.keys);
    }
}

/// What a worker does.
struct Work {
    plans: Vec<Plan>,
    header: Header,
    fetched: Arc<Fetched>,
    before_decode: Option<BeforeDecode>,
    made: mpsc::UnboundedSender<Made>,
}

impl Work {
    /// Gives the length of all that was made, in bytes.
    fn run(self) -> u64 {
        let Self { plans, header, fetched, before_decode, made } = self;
        let decoded = guarded(|| {
            if let Some(hook) = &before_decode {
                hook(&fetched.bytes);
            }
            rendition_imaging::decode(&fetched.bytes, &header, plans[0].decode())
        });
        let decoded = match decoded {
            Ok(decoded) => decoded.map_err(|error| verdict::of(&error)),
            Err(panicked) => Err(verdict::panicked(&panicked)),
        };
        let parted = match decoded.map(Decoded::parted) {
            Ok(Ok(parted)) => Ok(parted),
            Ok(Err(animation)) => return render(&Ok(animation), &plans, &made),
            Err(error) => Err(error),
        };
        // The source's room is free for the next one while this one is rendered.
        drop(fetched);
        render(&parted, &plans, &made)
    }
}

/// Renders each plan, and tells each result. Gives the length of all of them.
fn render(decoded: &Result<Decoded<'_>, Error>, plans: &[Plan], told: &mpsc::UnboundedSender<Made>) -> u64 {
    let mut bytes = 0;
    for (index, plan) in plans.iter().enumerate() {
        let made = decoded.as_ref().map_err(Clone::clone).and_then(|decoded| {
            match guarded(|| rendition_imaging::render(decoded, plan)) {
                Ok(made) => made.map_err(|error| verdict::of(&error)),
                Err(panicked) => Err(verdict::panicked(&panicked)),
            }
        });
        // Nobody listens any more: the rest would be made for nobody.
        bytes += made.as_ref().map_or(0, |encoded| encoded.bytes.len() as u64);
        if told.send((index, made)).is_err() {
            break;
        }
    }
    bytes
}
