//! The media endpoint: serves renditions over HTTP to browsers and CDNs, and generates on GET what is
//! missing.

mod conditions;
mod media;
mod range;
mod refusal;
pub mod server;

pub use server::serve;
