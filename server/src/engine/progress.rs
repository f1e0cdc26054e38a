//! Long work that tells how far it is, for as long as somebody listens.
//!
//! The work is a task of its own. It ends when its listener goes away, and when the server drains; what it has begun on
//! other tasks ends by itself.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{
    FutureExt, StreamExt,
    stream::{self, BoxStream},
};
use tokio::{sync::mpsc, time::Instant};

use super::Inner;
use crate::model::{Error, Reason};

/// How often it is told how far the work is.
const EVERY: Duration = Duration::from_secs(1);

/// What is told of some work; an error is the last thing. Dropping it ends the work.
pub type Told<T> = BoxStream<'static, Result<T, Error>>;

/// Tells a listener how far some work is.
#[derive(Debug)]
pub(super) struct Teller<T> {
    sender: mpsc::Sender<Result<T, Error>>,
    due: Instant,
}

impl<T> Teller<T> {
    /// Whether it is time to tell again.
    pub fn is_due(&self) -> bool {
        Instant::now() >= self.due
    }

    /// When it is time to tell again.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// Tells how far it is; a slow listener holds the work up.
    pub async fn tell(&mut self, progress: T) {
        // Nobody listens any more: the work is about to be dropped.
        let _ = self.sender.send(Ok(progress)).await;
        self.due = Instant::now() + EVERY;
    }
}

impl Inner {
    /// Does some work, and gives what it tells; an error is the last thing.
    pub(super) fn told<T, F>(self: &Arc<Self>, work: impl FnOnce(Teller<T>) -> F) -> Told<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let (sender, told) = mpsc::channel(1);
        let work = work(Teller { sender: sender.clone(), due: Instant::now() });
        let mut closing = self.closing.subscribe();
        self.runtime.spawn(async move {
            let done = tokio::select! {
                biased;
                done = AssertUnwindSafe(work).catch_unwind() => {
                    done.unwrap_or_else(|_| Err(Error::internal("the work panicked")))
                }
                () = sender.closed() => return,
                _ = closing.wait_for(|closing| *closing) => Err(shutting_down()),
            };
            if let Err(error) = done {
                // Nobody listens any more: then nobody is told.
                let _ = sender.send(Err(error)).await;
            }
        });
        stream::unfold(told, |mut told| async move { told.recv().await.map(|now| (now, told)) }).boxed()
    }
}

fn shutting_down() -> Error {
    let message = "the server is shutting down: go on with resume_token of the last message, at another one";
    Error::new(Reason::ShuttingDown, message).retry_after(EVERY)
}
