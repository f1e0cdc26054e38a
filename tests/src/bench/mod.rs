//! The service's figures: what each of them measures, and how. The binary `service-bench` runs them,
//! and `prewarm-bench` those of prewarming.
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
pub mod pages;
pub mod pairs;
pub mod prewarm_alone;
pub mod prewarm_beside;
pub mod prewarm_task;
pub mod prewarm_throughput;
pub mod process;
pub mod report;
pub mod served;
pub mod storage_calls;
pub mod task;
