//! The stream by which long work on the server tells how far it is.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, stream};
use tonic::Streaming;

use crate::{Error, StatusError, deadline::Deadline};

/// Tells how far some work on the server is: at once, about every second, and at its end. Dropping it stops the work; the
/// token of its last item goes on from there.
#[must_use = "streams do nothing unless they are polled"]
pub struct Progress<T> {
    told: Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>,
}

impl<T: Send + 'static> Progress<T> {
    /// `first` has come already; every message becomes an item.
    pub(crate) fn new<M: Send + 'static>(
        first: Option<M>,
        messages: Streaming<M>,
        deadline: Option<Deadline>,
        item: impl Fn(M) -> T + Send + 'static,
    ) -> Self {
        let state = (first, Some(messages), item);
        let told = stream::unfold(state, move |(first, messages, item)| async move {
            if let Some(first) = first {
                return Some((Ok(item(first)), (None, messages, item)));
            }
            let mut messages = messages?;
            let message = Deadline::wait(deadline, messages.message()).await;
            // It is not sent again: the caller decides whether to go on by the token.
            match message.and_then(|message| Ok(message.map_err(StatusError::from)?)) {
                Ok(message) => Some((Ok(item(message?)), (None, Some(messages), item))),
                Err(error) => Some((Err(error), (None, None, item))),
            }
        });
        Self { told: Box::pin(told) }
    }
}

impl<T> Stream for Progress<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.told.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for Progress<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").finish_non_exhaustive()
    }
}
