//! The one error of the room.

use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

/// Why the queue did not do what was asked.
#[derive(Debug, Clone, Error)]
pub enum QueueError {
    /// Another process has the queue open.
    #[error("the queue {} is in use by another process", path.display())]
    Locked {
        /// The queue's file.
        path: PathBuf,
    },
    /// The queue holds as many jobs as it may; nothing of the call was queued.
    #[error("the queue is full: {max} jobs")]
    Full {
        /// How many it may hold.
        max: usize,
    },
    /// The disk is full.
    #[error("no space left for the queue {}", path.display())]
    NoSpace {
        /// The queue's file.
        path: PathBuf,
    },
    /// The queue was closed.
    #[error("the queue is closed")]
    Closed,
    /// The files can't be read or written, or hold what we never wrote.
    #[error("the queue {}: {source}", path.display())]
    Broken {
        /// The queue's file.
        path: PathBuf,
        /// What the file system or the database says.
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
}
