//! Who calls: a bearer token's id where tokens are configured, else the peer's address.

use std::sync::Arc;

use http::HeaderMap;
use ring::digest;
use tonic::{Request, Status};

use super::{deadline::Deadline, status::status};
use crate::{
    engine::{gate::Caller, request::Call},
    model::{Error, Reason},
};

/// The tokens that may call; with none, anybody may.
#[derive(Clone, Default)]
pub struct Tokens(Arc<[(String, digest::Digest)]>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(id, _)| id)).finish()
    }
}

impl Tokens {
    /// Tokens by id and secret.
    pub fn new<'a>(tokens: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        Self(tokens.into_iter().map(|(id, secret)| (id.to_owned(), hash(secret))).collect())
    }

    /// Who sends these headers; UNAUTHENTICATED if tokens are configured and it sends none of them.
    fn who(&self, headers: &HeaderMap) -> Result<Option<&str>, Error> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let refused = |why: &str| Error::new(Reason::Unauthenticated, why.to_owned());
        let header = headers.get(http::header::AUTHORIZATION).ok_or_else(|| {
            refused("this server wants a token: send the metadata authorization: Bearer TOKEN")
        })?;
        let token = header.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let token = token.ok_or_else(|| refused("the authorization is no bearer token"))?;
        // Hashes are compared, so that the time it takes tells nothing of the secret.
        let sent = hash(token.as_bytes());
        let known = self.0.iter().find(|(_, known)| known.as_ref() == sent.as_ref());
        known.map(|(id, _)| Some(id.as_str())).ok_or_else(|| refused("the token is not one of this server's"))
    }

    /// Refuses a request without a token; for services that need nothing else of the caller.
    pub fn check<T>(&self, request: &Request<T>) -> Result<(), Status> {
        self.who(request.metadata().as_ref()).map(|_| ()).map_err(|error| status(&error))
    }

    /// The engine's view of a call.
    pub fn call<T>(&self, request: &Request<T>) -> Result<Call, Status> {
        let deadline = request.extensions().get::<Deadline>().map(|deadline| deadline.0);
        let caller = match self.who(request.metadata().as_ref()).map_err(|error| status(&error))? {
            Some(id) => Caller::token(id),
            None => request.remote_addr().map_or(Caller::Unknown, |address| Caller::Address(address.ip())),
        };
        Ok(Call::interactive(caller, deadline))
    }
}

fn hash(secret: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, secret)
}
