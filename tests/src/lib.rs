//! What the tests of the whole project share: real servers to talk to, and suites that run against every implementation.

#![allow(clippy::unwrap_used)]

pub mod bench;
pub mod conformance;
pub mod http_get;
pub mod http_request;
pub mod pictures;
pub mod refusals;
pub mod s3_server;
pub mod scripted_server;
pub mod server_process;
pub mod test_server;
pub mod until;
