//! What this server remembers: of renditions, whether they exist; of sources, which version they
//! have. Bounded copies of what the storage said, with an expiry that our own clock decides.

mod expiry;
mod kept;
mod renditions;
mod sources;
mod verdict;

pub use expiry::{Lifetime, Lifetimes};
pub use kept::{Forgotten, Identities, Keep, Moment, Tally, Times, Unreadable};
pub use renditions::{Known, Record, RenditionCache};
pub use sources::{Asked, SourceCache, SourceFacts, SourceRecord};
pub use verdict::{Verdict, backoff};
