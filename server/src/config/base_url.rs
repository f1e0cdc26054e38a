//! A URL that paths are appended to.

use http::Uri;
use toml::de::DeValue;

use super::{key::Kind, problem::Complaint, value::FromValue};

/// A URL that others can be appended to, without a slash at the end.
pub(crate) struct BaseUrl(pub String);

impl FromValue for BaseUrl {
    fn from_value(value: &DeValue<'_>, kind: &Kind) -> Result<Self, Complaint> {
        let complain = |message: &str| {
            Complaint::new(
                message,
                "write http:// or https://, a host and perhaps a path, such as \"https://images.example.org/media\"",
            )
        };
        let text = String::from_value(value, kind)?;
        let url: Uri = text.parse().map_err(|_| complain("is not a URL"))?;
        if !matches!(url.scheme_str(), Some("http" | "https")) {
            return Err(complain("is not an http or https URL"));
        }
        if url.query().is_some() || text.contains('#') {
            return Err(complain("has a query or fragment, and paths are appended to it"));
        }
        match url.authority() {
            Some(authority) if authority.as_str().contains('@') => {
                Err(complain("holds a user name, which would stand in every URL"))
            }
            Some(authority) if !authority.host().is_empty() => {
                Ok(Self(text.trim_end_matches('/').to_owned()))
            }
            _ => Err(complain("has no host")),
        }
    }
}
