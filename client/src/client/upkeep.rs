//! What is done for many renditions at once, and takes its time: prewarming, garbage, verification.

use rendition_proto::v1;

use super::{Client, streams::begin};
use crate::{
    CollectGarbage, Collected, Error, Prewarm, Prewarmed, Progress, Verified, Verify, deadline::Deadline,
};

/// Opens the stream of a call that tells how far it is.
macro_rules! follow {
    ($client:ident.$service:ident.$method:ident($message:expr)) => {{
        let message = $message;
        let deadline = Deadline::after($client.caller.stream_timeout);
        let (first, messages) = $client
            .open(deadline, |whole| {
                let mut service = $client.$service.clone();
                let request = $client.caller.request(message.clone(), whole);
                async move { begin(service.$method(request).await?.into_inner()).await }
            })
            .await?;
        Ok(Progress::new(first, messages, deadline, Into::into))
    }};
}

impl Client {
    /// Makes renditions of many sources ahead, in the background of the server, and tells how far it is.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// use futures_util::StreamExt;
    ///
    /// let mut progress = client.prewarm("photos/**").await?;
    /// while let Some(prewarmed) = progress.next().await {
    ///     let prewarmed = prewarmed?;
    ///     println!("{} of {:?} sources", prewarmed.sources_done(), prewarmed.sources_total());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the request or the server; afterwards the stream's items are errors. What is wrong with single
    /// renditions is told by [`Prewarmed::failures`].
    pub async fn prewarm(&self, which: impl Into<Prewarm>) -> Result<Progress<Prewarmed>, Error> {
        let message: v1::PrewarmRequest = which.into().into_proto();
        follow!(self.prewarming.prewarm(message))
    }

    /// Removes stored renditions that no source and no spec accounts for, and tells how far it is.
    ///
    /// # Errors
    /// What is wrong with the request or the server; the stream's items are errors where the server stops, with
    /// `COLLECTION_UNSAFE` if what it found looks like a mistake.
    pub async fn collect_garbage(&self, which: CollectGarbage) -> Result<Progress<Collected>, Error> {
        let message = which.into_proto();
        follow!(self.maintenance.collect_garbage(message))
    }

    /// Reads stored renditions, and tells which of them are not what their keys say.
    ///
    /// # Errors
    /// What is wrong with the request or the server; afterwards the stream's items are errors.
    pub async fn verify(&self, which: Verify) -> Result<Progress<Verified>, Error> {
        let message = which.into_proto();
        follow!(self.maintenance.verify(message))
    }
}
