//! The bytes of a rendition as `Read` sends them.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use futures_util::{Stream, StreamExt, stream};
use rendition_proto::v1;
use tokio::io::{AsyncRead, ReadBuf};
use tonic::Streaming;

use crate::{Error, Rendition, StatusError, deadline::Deadline};

/// A rendition and its bytes: a stream of chunks, and a reader. A transfer that ends before the
/// size in the header is reached is an error, never a short file.
#[must_use = "streams do nothing unless they are polled"]
pub struct Download {
    rendition: Rendition,
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>,
    unread: Bytes,
    max_bytes: u64,
}

/// What is left to send.
struct Rest {
    messages: Option<Streaming<v1::ReadResponse>>,
    received: u64,
    /// The size that the header promised, if it did.
    expected: Option<u64>,
    /// How long to wait for each chunk.
    patience: Option<Duration>,
    deadline: Option<Deadline>,
}

impl Download {
    /// `header` has come already. `max_bytes` bounds [`Self::into_vec`].
    pub(crate) fn new(
        header: v1::Rendition,
        messages: Streaming<v1::ReadResponse>,
        patience: Option<Duration>,
        deadline: Option<Deadline>,
        max_bytes: u64,
    ) -> Self {
        let rendition = Rendition::from(header);
        let expected = rendition.image().and_then(|image| image.size_bytes());
        let rest = Rest { messages: Some(messages), received: 0, expected, patience, deadline };
        let chunks = stream::unfold(rest, |mut rest| async move { Some((rest.next().await?, rest)) });
        Self { rendition, chunks: Box::pin(chunks.fuse()), unread: Bytes::new(), max_bytes }
    }

    /// What is sent.
    pub fn rendition(&self) -> &Rendition {
        &self.rendition
    }

    /// All bytes that are still to come.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond the client's `max_read_bytes`; else what the transfer ends with.
    pub async fn into_vec(mut self) -> Result<Vec<u8>, Error> {
        let expected = self.rendition.image().and_then(|image| image.size_bytes()).unwrap_or_default();
        if expected > self.max_bytes {
            return Err(Error::TooLarge { limit: self.max_bytes });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
        while let Some(chunk) = self.next().await {
            bytes.extend_from_slice(&chunk?);
            if bytes.len() as u64 > self.max_bytes {
                return Err(Error::TooLarge { limit: self.max_bytes });
            }
        }
        Ok(bytes)
    }
}

impl Rest {
    /// The next chunk; an error is the last one.
    async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        let next = self.chunk().await.transpose();
        if !matches!(next, Some(Ok(_))) {
            self.messages = None;
        }
        next
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(messages) = self.messages.as_mut() else { return Ok(None) };
        let deadline = Deadline::earlier(Deadline::after(self.patience), self.deadline);
        let message = Deadline::wait(deadline, messages.message()).await?;
        let received = self.received;
        match message.map_err(StatusError::from)? {
            None => match self.expected {
                Some(expected) if received != expected => Err(Error::Truncated { received, expected }),
                _ => Ok(None),
            },
            Some(v1::ReadResponse { part: Some(v1::read_response::Part::Chunk(chunk)) }) => {
                self.received += chunk.len() as u64;
                Ok(Some(chunk))
            }
            Some(_) => Err(Error::Malformed("chunk after the header")),
        }
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.unread.has_remaining() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut self.unread))));
        }
        self.chunks.as_mut().poll_next(context)
    }
}

impl AsyncRead for Download {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while !self.unread.has_remaining() {
            match ready!(self.chunks.as_mut().poll_next(context)) {
                None => return Poll::Ready(Ok(())),
                Some(Ok(chunk)) => self.unread = chunk,
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
            }
        }
        let length = self.unread.len().min(buffer.remaining());
        buffer.put_slice(&self.unread.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("rendition", &self.rendition).finish_non_exhaustive()
    }
}
