//! What outlives the process: background jobs, the journal of generations that were running when it died, and the
//! tombstones of deleted sources.
//!
//! Two needs, two means, in one folder. A *job* that was acknowledged must survive anything, so it is in an embedded
//! database and synced before the caller hears of it; one thread commits for all callers together. The *journal* stands
//! before every generation, must cost next to nothing, and must survive only the death of the process: it is a file that
//! is appended to (see [`Queue::begin`]). Which keys are queued is answered from memory.

mod claim;
mod disk;
mod error;
mod index;
mod job;
mod journal;
mod load;
#[expect(clippy::module_inception, reason = "the room and its one noun share the name")]
mod queue;
#[cfg(test)]
mod tests;
mod tombstone;
mod tombstones;
mod writer;

pub use error::QueueError;
pub use job::{Enqueued, Job, NewJob};
pub use queue::Queue;
pub use tombstone::Tombstone;
