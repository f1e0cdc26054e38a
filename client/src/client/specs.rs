//! The specs in the server's configuration.

use rendition_proto::v1;

use super::{Client, unary};
use crate::{Error, NamedSpec};

impl Client {
    /// All named specs in the order of their ids, page by page. Each page has the whole timeout.
    ///
    /// ```no_run
    /// # async fn run(client: rendition_client::Client) -> Result<(), rendition_client::Error> {
    /// for spec in client.list_specs().await? {
    ///     println!("{} {}", spec.id(), spec.digest().unwrap_or("-"));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the server.
    pub async fn list_specs(&self) -> Result<Vec<NamedSpec>, Error> {
        let mut specs = Vec::new();
        let mut page_token = String::new();
        loop {
            let message = v1::ListSpecsRequest { page_size: 0, page_token: page_token.clone() };
            let response = unary!(self.specs.list_specs(message))?;
            specs.extend(response.specs.into_iter().map(NamedSpec::from));
            if response.next_page_token.is_empty() {
                return Ok(specs);
            }
            if response.next_page_token == page_token {
                return Err(Error::Malformed("next page: its token repeats"));
            }
            page_token = response.next_page_token;
        }
    }

    /// One named spec.
    ///
    /// # Errors
    /// `SPEC_NOT_FOUND` if there is none of that id.
    pub async fn get_spec(&self, id: impl Into<String>) -> Result<NamedSpec, Error> {
        let response = unary!(self.specs.get_spec(v1::GetSpecRequest { id: id.into() }))?;
        response.spec.map(Into::into).ok_or(Error::Malformed("spec"))
    }
}
