//! Configurations that change under a running server, and what is shown meanwhile.
#![allow(clippy::unwrap_used)]

mod reload;
