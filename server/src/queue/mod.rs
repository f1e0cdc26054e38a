//! Work that outlives the process: background jobs, and the journal of generations that were running when it died.

mod error;
mod job;

pub use error::QueueError;
pub use job::{Enqueued, Job, NewJob};
