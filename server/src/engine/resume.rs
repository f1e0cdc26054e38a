//! Tokens by which long work goes on where it stood.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::model::{Error, Reason};

/// Writes and reads the tokens of one piece of work.
#[derive(Clone, Debug)]
pub(super) struct Resume {
    fingerprint: String,
}

#[derive(Serialize, Deserialize)]
struct Token<T> {
    of: String,
    at: T,
}

impl Resume {
    /// For the work that these words describe: a token of other work is refused.
    pub fn new(work: &str) -> Self {
        Self { fingerprint: blake3::hash(work.as_bytes()).to_hex()[..16].to_owned() }
    }

    /// The token for a place.
    pub fn token<T: Serialize>(&self, at: &T) -> String {
        let token = Token { of: self.fingerprint.clone(), at };
        // Numbers and texts can always be written.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default())
    }

    /// The place of a token; none for the empty one. INVALID_ARGUMENT if it is none of this work's.
    pub fn place<T: DeserializeOwned>(&self, token: &str) -> Result<Option<T>, Error> {
        if token.is_empty() {
            return Ok(None);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok();
        let read = bytes.and_then(|bytes| serde_json::from_slice::<Token<T>>(&bytes).ok());
        match read {
            Some(token) if token.of == self.fingerprint => Ok(Some(token.at)),
            Some(_) => Err(refused("belongs to a call with other fields: send the same ones, or none of it")),
            None => Err(refused("is none that this server gave: send resume_token of the last message")),
        }
    }
}

fn refused(why: &str) -> Error {
    Error::new(Reason::InvalidArgument, format!("the token {why}")).field("resume_token")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_place_in_its_own_work_only() {
        let work = Resume::new("prewarm photos/**");
        let token = work.token(&("photos/ü.jpg", 7));
        assert_eq!(work.place(&token).unwrap(), Some(("photos/ü.jpg".to_owned(), 7)));
        assert_eq!(work.place::<(String, u32)>("").unwrap(), None);
        for (work, token) in [(Resume::new("prewarm avatars/**"), token.as_str()), (work, "photos/a.jpg")] {
            let error = work.place::<(String, u32)>(token).unwrap_err();
            assert_eq!(error.at_field(), Some("resume_token"));
        }
    }
}
