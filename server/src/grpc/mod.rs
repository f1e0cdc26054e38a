//! The gRPC side: the only room that knows tonic. It turns messages into the engine's plain data and
//! answers back, and adds what a transport needs: deadlines, authentication, health, reflection.

pub mod auth;
pub mod convert;
pub mod deadline;
pub mod health;
pub mod maintenance_service;
mod oversize;
pub mod prewarm_service;
pub mod rendition_service;
pub mod server;
pub mod source_service;
pub mod spec_service;
pub mod status;

pub use server::{GrpcOptions, Services, TlsIdentity, serve};
