//! The stream of states that `Watch` answers.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, StreamExt, stream};
use rendition_proto::v1;
use tonic::Streaming;

use crate::{Error, Rendition, StatusError, deadline::Deadline};

/// The latest state of one rendition.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    index: u32,
    rendition: Rendition,
}

impl Update {
    /// Which one: its place in the request, from 0.
    pub fn index(&self) -> usize {
        self.index as usize
    }

    /// Its state.
    pub fn rendition(&self) -> &Rendition {
        &self.rendition
    }

    /// The rendition alone.
    pub fn into_rendition(self) -> Rendition {
        self.rendition
    }

    /// The message of the API.
    pub fn into_proto(self) -> v1::WatchUpdate {
        v1::WatchUpdate { index: self.index, rendition: Some(self.rendition.into_proto()) }
    }
}

/// Tells how renditions come along: first the state of each, then each change, until all are READY
/// or FAILED. Dropping it ends the call.
#[must_use = "streams do nothing unless they are polled"]
pub struct Watch {
    updates: Pin<Box<dyn Stream<Item = Result<Update, Error>> + Send>>,
}

/// What is left to tell: updates that came together, then more messages.
struct Rest {
    waiting: VecDeque<v1::WatchUpdate>,
    messages: Option<Streaming<v1::WatchResponse>>,
    deadline: Option<Deadline>,
}

impl Watch {
    /// `first` is the snapshot, which has come already.
    pub(crate) fn new(
        first: Option<v1::WatchResponse>,
        messages: Streaming<v1::WatchResponse>,
        deadline: Option<Deadline>,
    ) -> Self {
        let waiting = first.map(|first| first.updates.into()).unwrap_or_default();
        let rest = Rest { waiting, messages: Some(messages), deadline };
        Self { updates: Box::pin(stream::unfold(rest, Rest::next).fuse()) }
    }

    /// Waits for the end and answers the last state of each rendition, in the order of the request.
    ///
    /// # Errors
    /// The first error of the stream.
    pub async fn until_done(mut self) -> Result<Vec<Rendition>, Error> {
        let mut latest = BTreeMap::new();
        while let Some(update) = self.next().await {
            let update = update?;
            latest.insert(update.index, update.rendition);
        }
        Ok(latest.into_values().collect())
    }
}

impl Rest {
    /// The next update; an error is the last one.
    async fn next(mut self) -> Option<(Result<Update, Error>, Self)> {
        loop {
            if let Some(update) = self.waiting.pop_front() {
                let index = update.index;
                let update = update
                    .rendition
                    .map(|rendition| Update { index, rendition: rendition.into() })
                    .ok_or(Error::Malformed("rendition"));
                return Some((update, self));
            }
            let message = Deadline::wait(self.deadline, self.messages.as_mut()?.message()).await;
            // It is not retried, since the caller has seen a part.
            match message.and_then(|message| Ok(message.map_err(StatusError::from)?)) {
                Ok(message) => self.waiting = message?.updates.into(),
                Err(error) => {
                    self.messages = None;
                    return Some((Err(error), self));
                }
            }
        }
    }
}

impl Stream for Watch {
    type Item = Result<Update, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.updates.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
