//! The Rendition service as a library: each room is a module, and arrows between them run downwards only.

pub mod queue;
pub mod storage;
