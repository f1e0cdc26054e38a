//! What a key or a media URL is, and why it is as it is.

use super::{Client, unary};
use crate::{Error, Explain, Explanation};

impl Client {
    /// Explains a rendition, by its key or a media URL. Starts nothing.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client, url: String) -> Result<(), rendition_client::Error> {
    /// let explanation = client.explain(url).await?;
    /// println!("{}", explanation.summary());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for what is neither a key nor a media URL.
    pub async fn explain(&self, subject: impl Into<Explain>) -> Result<Explanation, Error> {
        let response = unary!(self.explains.explain(subject.into().into_proto()))?;
        Ok(Explanation::new(response))
    }
}
