//! The service's figures: what each of them measures, and how. The binary `service-bench` runs them.
//!
//! Whatever is compared is compared in paired windows of one run, by the same load generator, so that a
//! machine that is slow today, or busy for a minute, is slow or busy for both sides.

pub mod busy;
pub mod cached;
pub mod crate_alone;
pub mod echo;
pub mod herd;
pub mod http_load;
pub mod load;
pub mod machine;
pub mod overhead;
pub mod pairs;
pub mod process;
pub mod report;
pub mod served;
pub mod storage_calls;
pub mod task;
