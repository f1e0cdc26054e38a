//! `Watch`: a snapshot, then what changes, until everything is READY or FAILED. It starts nothing.

use std::time::Duration;

use futures_util::{Stream, stream};
use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};

use super::{
    Engine,
    gate::Caller,
    request::{Call, Exists, RenditionRef, View},
};
use crate::model::{Error, Reason, RenditionKey, State};

/// How often the storage is asked about what this server knows nothing of: another one may make it.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// An item's place and its latest state.
pub type Update = (usize, View);

struct Watching {
    engine: Engine,
    items: Vec<RenditionRef>,
    latest: Vec<Option<View>>,
    changes: broadcast::Receiver<RenditionKey>,
    closing: watch::Receiver<bool>,
}

/// Watches renditions. Each element tells those that changed; the first tells all. An item that is wrong in itself ends the
/// stream with its error, and so does one whose spec is configured no more. Every look goes by the specs as they are then.
pub(super) fn watch(
    engine: Engine,
    items: Vec<RenditionRef>,
) -> impl Stream<Item = Result<Vec<Update>, Error>> + Send + use<> {
    let latest = vec![None; items.len()];
    let inner = engine.now();
    let (changes, closing) = (inner.flights.changes(), inner.closing.subscribe());
    let watching = Watching { engine, items, latest, changes, closing };
    stream::try_unfold(Some(watching), |watching| async {
        let Some(mut watching) = watching else { return Ok(None) };
        let updates = watching.next().await?;
        let settled = watching.is_settled();
        Ok(Some((updates, (!settled).then_some(watching))))
    })
}

impl Watching {
    async fn next(&mut self) -> Result<Vec<Update>, Error> {
        let mut age = None;
        loop {
            let snapshot = self.latest.iter().all(Option::is_none);
            let updates = self.look(age).await?;
            if snapshot || !updates.is_empty() {
                return Ok(updates);
            }
            age = self.change().await?;
        }
    }

    /// Waits for news of one of our keys, or for the time to ask the storage again. Gives how old the
    /// next look's evidence may be.
    async fn change(&mut self) -> Result<Option<Duration>, Error> {
        let look_again = tokio::time::sleep(LOOK_AGAIN);
        tokio::pin!(look_again);
        let mut closing = self.closing.clone();
        loop {
            tokio::select! {
                () = &mut look_again => return Ok(Some(LOOK_AGAIN)),
                () = closed(&mut closing) => {
                    let message = "the server is shutting down: watch at another one";
                    return Err(Error::new(Reason::ShuttingDown, message).retry_after(Duration::ZERO));
                }
                change = self.changes.recv() => match change {
                    Ok(key) if !self.is_ours(&key) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return Ok(None),
                    Err(RecvError::Closed) => {
                        (&mut look_again).await;
                        return Ok(Some(LOOK_AGAIN));
                    }
                },
            }
        }
    }

    fn is_ours(&self, key: &RenditionKey) -> bool {
        self.latest.iter().flatten().any(|view| match &view.key {
            Some(ours) => ours.folder() == key.folder(),
            None => true,
        })
    }

    /// Looks at everything that is not settled; gives what is not as it was.
    async fn look(&mut self, max_age: Option<Duration>) -> Result<Vec<Update>, Error> {
        let open: Vec<usize> = (0..self.items.len())
            .filter(|&index| !self.latest[index].as_ref().is_some_and(|view| view.state.is_settled()))
            .collect();
        let asked: Vec<Exists> =
            open.iter().map(|&index| Exists::as_known(self.items[index].clone(), max_age)).collect();
        // What is known anyway is asked without standing in any line.
        let call = Call::interactive(Caller::Unknown, None);
        let mut updates = Vec::new();
        for (index, view) in open.into_iter().zip(self.engine.now().exists(&call, &asked).await) {
            let view = view.map_err(|error| error.rendition_at(&format!("renditions[{index}]")))?;
            let same = self.latest[index].as_ref().is_some_and(|latest| is_same(latest, &view));
            if !same {
                self.latest[index] = Some(view.clone());
                updates.push((index, view));
            }
        }
        Ok(updates)
    }

    fn is_settled(&self) -> bool {
        self.latest.iter().all(|view| view.as_ref().is_some_and(|view| view.state.is_settled()))
    }
}

/// Ends when the server drains.
async fn closed(closing: &mut watch::Receiver<bool>) {
    // An engine that is gone is closed as well.
    let _ = closing.wait_for(|closing| *closing).await;
}

fn is_same(one: &View, other: &View) -> bool {
    one.state == other.state && one.key == other.key && one.state != State::Failed
}
