//! Rendition: a service that makes, finds and serves generated images.
//!
//! The rooms, from the top: [`server`] puts everything together, [`grpc`] and [`http`] speak with callers, `connections` lets them in,
//! [`engine`] decides, [`existence`], [`queue`] and [`storage`] remember and keep, [`model`] names.
//! Arrows run downwards only.

mod as_taken;
pub mod config;
mod connections;
pub mod engine;
pub mod existence;
pub mod grpc;
pub mod http;
mod keeping;
pub mod model;
pub mod queue;
pub mod reload;
pub mod rollout;
pub mod server;
mod settings;
pub mod storage;
pub mod turns;

pub use config::Config;
pub use server::Server;
