//! A background job: one key, at most once in the queue.

use std::time::SystemTime;

/// A job to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// What the job is for; a second job of the same key is not queued while the first one is.
    pub key: String,
    /// What its worker needs; opaque here.
    pub payload: Vec<u8>,
    /// The caller's time, which becomes [`Job::enqueued_at`].
    pub now: SystemTime,
}

/// A job that a worker holds. It stays in the queue until it is completed, so a crash gives it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What the job is for.
    pub key: String,
    /// What its worker needs.
    pub payload: Vec<u8>,
    /// How often it was given back by `retry`.
    pub attempts: u32,
    /// When it was queued, to the millisecond.
    pub enqueued_at: SystemTime,
}

/// What became of a job that was to be queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// It is on disk.
    Added,
    /// One of its key is on disk already; that one stays as it is. If a worker has it in hand, it is done once more after
    /// that: the worker may have looked before whatever made the caller ask.
    AlreadyQueued,
}
