//! Where bytes live: one trait in plain data, [`Store`], and the stores behind it.
//!
//! What every store promises, and the conformance suite holds it to:
//! - an object is whole or absent: a reader sees the old bytes or the new ones, never a mixture;
//! - when `write` returns, the object is stored as durably as the store can;
//! - what is not there is `Ok(None)`, never an error; an error always has a [`StorageErrorKind`] that says what to do;
//! - every call is bounded in time and in number by its [`StoreLimits`], and retried inside where that is safe, so
//!   that nobody above retries again.
//!
//! Types of the library behind the remote stores appear in no public signature of this room.

mod counting;
mod error;
mod faulty;
mod fs;
mod limits;
mod memory;
mod object;
mod open;
mod operation;
mod pace;
mod paced;
mod path;
mod remote;
mod retry_budget;
mod settings;
mod store;

pub use counting::{Counting, Counts};
pub use error::{StorageError, StorageErrorKind};
pub use faulty::{Fault, FaultRates, Faulty, Hold};
pub use limits::StoreLimits;
pub use object::{
    Entry, Found, Object, ObjectStream, Presigned, ReadOptions, Stat, Walk, WriteMode, WriteOptions, Written,
};
pub use open::open;
pub use operation::Operation;
pub use settings::{AzblobSettings, GcsSettings, S3Settings, Secret, StoreSettings};
pub use store::{Capabilities, Store};
