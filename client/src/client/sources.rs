//! What happens to sources, and what was made from them.

use bytes::Bytes;
use rendition_proto::v1::{self, put_source_request::Part};

use super::{Client, unary};
use crate::{
    Deleted, Error, NotifySaved, PutSource, Saved, Source, SourceInfo, StoredRendition, StoredRenditions,
};

/// The most bytes of a source in one message.
const CHUNK: usize = 64 << 10;

impl Client {
    /// Says that a source was saved: the server forgets what it remembered of it, and queues what is wanted ahead.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// let saved = client.notify_saved("photos/cat.jpg").await?;
    /// println!("{:?} {}", saved.source().dimensions(), saved.renditions().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `SOURCE_NOT_FOUND`, and what is wrong with the request or the server. What is wrong with the image is told by
    /// [`SourceInfo::failure`].
    pub async fn notify_saved(&self, request: impl Into<NotifySaved>) -> Result<Saved, Error> {
        let response = unary!(self.sources.notify_saved(request.into().into_proto()))?;
        Saved::from_proto(response.source, response.renditions)
    }

    /// Says that a source was deleted: its renditions are removed, and its queued jobs dropped.
    ///
    /// # Errors
    /// What is wrong with the request or the server.
    pub async fn notify_deleted(&self, source: impl Into<Source>) -> Result<Deleted, Error> {
        let message = v1::NotifyDeletedRequest { source: Some(source.into().into_proto()) };
        let response = unary!(self.sources.notify_deleted(message))?;
        Ok(Deleted { removed: response.removed, dropped_jobs: response.dropped_jobs })
    }

    /// Tells what a source is, with a placeholder.
    ///
    /// # Errors
    /// What is wrong with the request, the source or the server.
    pub async fn inspect(&self, source: impl Into<Source>) -> Result<SourceInfo, Error> {
        let message = v1::InspectRequest { source: Some(source.into().into_proto()), header_only: false };
        let response = unary!(self.sources.inspect(message))?;
        response.source.map(Into::into).ok_or(Error::Malformed("source"))
    }

    /// Lists stored renditions of a source in the order of their keys, page by page. Each page has the whole timeout.
    ///
    /// # Errors
    /// What is wrong with the request or the server.
    pub async fn list_renditions(
        &self,
        which: impl Into<StoredRenditions>,
    ) -> Result<Vec<StoredRendition>, Error> {
        let StoredRenditions { source, spec_id, stale_only } = which.into();
        let mut renditions = Vec::new();
        let mut page_token = String::new();
        loop {
            let message = v1::ListRenditionsRequest {
                source: Some(source.clone()),
                spec_id: spec_id.clone(),
                page_size: 1000,
                page_token: page_token.clone(),
            };
            let response = unary!(self.sources.list_renditions(message))?;
            renditions.extend(response.renditions.into_iter().map(StoredRendition::from));
            if response.next_page_token.is_empty() {
                renditions.retain(|rendition| !stale_only || rendition.is_stale());
                return Ok(renditions);
            }
            if response.next_page_token == page_token {
                return Err(Error::Malformed("next page: its token repeats"));
            }
            page_token = response.next_page_token;
        }
    }

    /// Removes stored renditions of a source; gives their keys.
    ///
    /// # Errors
    /// What is wrong with the request or the server.
    pub async fn purge_renditions(&self, which: impl Into<StoredRenditions>) -> Result<Vec<String>, Error> {
        self.purge(which.into(), false).await
    }

    /// The keys of what [`purge_renditions`](Self::purge_renditions) would remove.
    ///
    /// # Errors
    /// What is wrong with the request or the server.
    pub async fn would_purge(&self, which: impl Into<StoredRenditions>) -> Result<Vec<String>, Error> {
        self.purge(which.into(), true).await
    }

    async fn purge(&self, which: StoredRenditions, dry_run: bool) -> Result<Vec<String>, Error> {
        let StoredRenditions { source, spec_id, stale_only } = which;
        let message = v1::PurgeRenditionsRequest { source: Some(source), spec_id, stale_only, dry_run };
        Ok(unary!(self.sources.purge_renditions(message))?.keys)
    }

    /// Brings a source to the server, which checks and stores it and goes on as after
    /// [`notify_saved`](Self::notify_saved).
    ///
    /// # Errors
    /// `SOURCE_EXISTS`, what is wrong with the image, `NOT_PERMITTED` where the store takes no puts, and what is wrong with
    /// the request or the server.
    pub async fn put_source(
        &self,
        place: impl Into<PutSource>,
        bytes: impl Into<Bytes>,
    ) -> Result<Saved, Error> {
        let bytes = bytes.into();
        let header = place.into().into_header(bytes.len() as u64);
        let response = self
            .caller
            .call(|remaining| {
                let mut service = self.sources.clone();
                let parts = futures_util::stream::iter(parts(header.clone(), bytes.clone()));
                let request = self.caller.request(parts, remaining);
                async move { service.put_source(request).await }
            })
            .await?
            .into_inner();
        Saved::from_proto(response.source, response.renditions)
    }
}

/// The messages that a source is sent in.
fn parts(header: v1::PutSourceHeader, mut bytes: Bytes) -> impl Iterator<Item = v1::PutSourceRequest> {
    let chunks = std::iter::from_fn(move || {
        let chunk = bytes.split_to(bytes.len().min(CHUNK));
        (!chunk.is_empty()).then_some(Part::Chunk(chunk))
    });
    std::iter::once(Part::Header(header)).chain(chunks).map(|part| v1::PutSourceRequest { part: Some(part) })
}
