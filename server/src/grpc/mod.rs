//! The gRPC side: the only room that knows tonic. It turns messages into the engine's plain data and
//! answers back, and adds what a transport needs: deadlines, authentication, health, reflection.

pub mod auth;
pub mod convert;
pub mod deadline;
pub mod explain_service;
pub mod health;
pub mod maintenance_service;
pub mod prewarm_service;
pub mod rendition_service;
pub mod server;
pub mod source_service;
pub mod spec_service;
pub mod status;
mod unread;

pub use server::{GrpcOptions, Services, TlsIdentity, serve};
