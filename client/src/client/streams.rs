//! The calls that answer a stream. They are sent again only while nothing has been answered.

use std::time::Duration;

use rendition_proto::v1;
use tonic::{Status, Streaming};

use super::Client;
use crate::{Download, Error, RenditionRef, Watch, deadline::Deadline};

impl Client {
    /// Tells how renditions come along, up to 1,000: first the state of each, then each change,
    /// until all are READY or FAILED. Starts nothing.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// use futures_util::StreamExt;
    ///
    /// let mut watch = client.watch([("photos/cat.jpg", "avatar"), ("photos/dog.jpg", "avatar")]).await?;
    /// while let Some(update) = watch.next().await {
    ///     let update = update?;
    ///     println!("{}: {}", update.index(), update.rendition().state());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the request or the server; afterwards the stream's items are errors.
    pub async fn watch(
        &self,
        renditions: impl IntoIterator<Item = impl Into<RenditionRef>>,
    ) -> Result<Watch, Error> {
        let renditions = renditions.into_iter().map(|rendition| rendition.into().into_proto()).collect();
        let message = v1::WatchRequest { renditions };
        let deadline = Deadline::after(self.caller.stream_timeout);
        let (first, messages) = self
            .open(deadline, |whole| {
                let mut service = self.renditions.clone();
                let request = self.caller.request(message.clone(), whole);
                async move { begin(service.watch(request).await?.into_inner()).await }
            })
            .await?;
        Ok(Watch::new(first, messages, deadline))
    }

    /// Reads a rendition, generating it if it is missing: its facts, then its bytes as a stream or
    /// through [`tokio::io::AsyncRead`].
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut download = client.read(("photos/cat.jpg", "avatar")).await?;
    /// let mut file = tokio::fs::File::create("avatar.webp").await?;
    /// tokio::io::copy(&mut download, &mut file).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the request, the source or the server.
    pub async fn read(&self, rendition: impl Into<RenditionRef>) -> Result<Download, Error> {
        let message = v1::ReadRequest { rendition: Some(rendition.into().into_proto()) };
        let deadline = Deadline::after(self.caller.stream_timeout);
        let (first, messages) = self
            .open(deadline, |whole| {
                let mut service = self.renditions.clone();
                let request = self.caller.request(message.clone(), whole);
                async move { begin(service.read(request).await?.into_inner()).await }
            })
            .await?;
        match first.and_then(|first: v1::ReadResponse| first.part) {
            Some(v1::read_response::Part::Header(header)) => {
                Ok(Download::new(header, messages, self.caller.timeout, deadline, self.max_read_bytes))
            }
            _ => Err(Error::Malformed("header")),
        }
    }

    /// Reads a rendition into memory, generating it if it is missing.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// let bytes = client.read_to_vec(("photos/cat.jpg", "avatar")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`Self::read`], and [`Error::TooLarge`] beyond
    /// [`max_read_bytes`](crate::ClientBuilder::max_read_bytes).
    pub async fn read_to_vec(&self, rendition: impl Into<RenditionRef>) -> Result<Vec<u8>, Error> {
        self.read(rendition).await?.into_vec().await
    }

    /// Sends a call until its first message has come. The timeout of calls bounds that wait; the
    /// deadline that is sent is the whole stream's, which may go on for longer.
    pub(super) async fn open<M, F, Fut>(
        &self,
        deadline: Option<Deadline>,
        mut attempt: F,
    ) -> Result<First<M>, Error>
    where
        F: FnMut(Option<Duration>) -> Fut,
        Fut: Future<Output = Result<First<M>, Status>>,
    {
        let whole = self.caller.stream_timeout;
        let wait = match (self.caller.timeout, whole) {
            (Some(timeout), Some(whole)) => Some(timeout.min(whole)),
            (timeout, whole) => timeout.or(whole),
        };
        self.caller.call_within(wait, |_| attempt(deadline.map(Deadline::remaining))).await
    }
}

/// The first message, if there was one, and the stream of the rest.
pub(super) type First<M> = (Option<M>, Streaming<M>);

/// Waits for a stream's first message.
pub(super) async fn begin<M>(mut messages: Streaming<M>) -> Result<First<M>, Status> {
    Ok((messages.message().await?, messages))
}
