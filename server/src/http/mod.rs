//! The media endpoint: serves renditions over HTTP to browsers and CDNs, and generates on GET what is
//! missing.

mod accept;
mod body;
mod conditions;
mod media;
mod patient;
mod policy;
mod range;
mod refusal;
pub mod server;
mod stored;

pub use self::{
    policy::{MediaPolicy, Origins},
    server::serve,
};
