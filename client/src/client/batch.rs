//! Many at once. One answer for each request, in the same order; a batch does not fail for what is
//! wrong with one of its items.

use rendition_proto::{google::rpc, v1};

use super::{Client, unary};
use crate::{
    EnsureGenerated, Ensured, Error, Existence, Exists, Picture, PictureOf, Rendition, StatusError, Url,
};

impl Client {
    /// [`Self::ensure_generated`] for up to 1,000; each source is fetched and decoded once.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// let requests = [("photos/cat.jpg", "avatar"), ("photos/dog.jpg", "avatar")];
    /// for result in client.batch_ensure_generated(requests).await? {
    ///     match result {
    ///         Ok(ensured) => println!("{}", ensured.rendition().url()),
    ///         Err(error) => println!("{error}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the batch as a whole was refused, e.g. `BATCH_TOO_LARGE`.
    pub async fn batch_ensure_generated(
        &self,
        requests: impl IntoIterator<Item = impl Into<EnsureGenerated>>,
    ) -> Result<Vec<Result<Ensured, Error>>, Error> {
        use v1::ensure_generated_result::Result as Item;
        let requests: Vec<_> = requests.into_iter().map(|request| request.into().into_proto()).collect();
        let count = requests.len();
        let message = v1::BatchEnsureGeneratedRequest { requests };
        let response = unary!(self.renditions.batch_ensure_generated(message))?;
        let results = response.results.into_iter().map(|item| match item.result {
            Some(Item::Response(response)) => Ensured::from_proto(response),
            Some(Item::Error(status)) => Err(item_error(status)),
            None => Err(Error::Malformed("result")),
        });
        as_many(results.collect(), count)
    }

    /// [`Self::exists`] for up to 1,000.
    ///
    /// # Errors
    /// If the batch as a whole was refused, e.g. `BATCH_TOO_LARGE`.
    pub async fn batch_exists(
        &self,
        requests: impl IntoIterator<Item = impl Into<Exists>>,
    ) -> Result<Vec<Result<Existence, Error>>, Error> {
        use v1::exists_result::Result as Item;
        let requests: Vec<_> = requests.into_iter().map(|request| request.into().into_proto()).collect();
        let count = requests.len();
        let response = unary!(self.renditions.batch_exists(v1::BatchExistsRequest { requests }))?;
        let results = response.results.into_iter().map(|item| match item.result {
            Some(Item::Response(response)) => Existence::from_proto(response),
            Some(Item::Error(status)) => Err(item_error(status)),
            None => Err(Error::Malformed("result")),
        });
        as_many(results.collect(), count)
    }

    /// [`Self::url`] for up to 1,000.
    ///
    /// # Errors
    /// If the batch as a whole was refused, e.g. `BATCH_TOO_LARGE`.
    pub async fn batch_url(
        &self,
        requests: impl IntoIterator<Item = impl Into<Url>>,
    ) -> Result<Vec<Result<Rendition, Error>>, Error> {
        use v1::url_result::Result as Item;
        let requests: Vec<_> = requests.into_iter().map(|request| request.into().into_proto()).collect();
        let count = requests.len();
        let response = unary!(self.renditions.batch_url(v1::BatchUrlRequest { requests }))?;
        let results = response.results.into_iter().map(|item| match item.result {
            Some(Item::Response(v1::UrlResponse { rendition: Some(rendition) })) => Ok(rendition.into()),
            Some(Item::Error(status)) => Err(item_error(status)),
            Some(Item::Response(_)) => Err(Error::Malformed("rendition")),
            None => Err(Error::Malformed("result")),
        });
        as_many(results.collect(), count)
    }

    /// [`Self::picture`] for up to 1,000.
    ///
    /// # Errors
    /// If the batch as a whole was refused, e.g. `BATCH_TOO_LARGE`.
    pub async fn batch_picture(
        &self,
        requests: impl IntoIterator<Item = impl Into<PictureOf>>,
    ) -> Result<Vec<Result<Picture, Error>>, Error> {
        use v1::picture_result::Result as Item;
        let requests: Vec<_> = requests.into_iter().map(|request| request.into().into_proto()).collect();
        let count = requests.len();
        let response = unary!(self.renditions.batch_picture(v1::BatchPictureRequest { requests }))?;
        let results = response.results.into_iter().map(|item| match item.result {
            Some(Item::Response(response)) => Picture::from_proto(response),
            Some(Item::Error(status)) => Err(item_error(status)),
            None => Err(Error::Malformed("result")),
        });
        as_many(results.collect(), count)
    }
}

fn item_error(status: rpc::Status) -> Error {
    StatusError::from_item(status).into()
}

/// Results are matched by their place, so a server that leaves one out must not shift the others.
fn as_many<T>(results: Vec<T>, count: usize) -> Result<Vec<T>, Error> {
    if results.len() == count { Ok(results) } else { Err(Error::Malformed("result for each request")) }
}
