//! What this server remembers: of renditions, whether they exist; of sources, which version they
//! have and how large they are. Bounded copies of what the storage said, with an expiry that our own clock decides.

mod expiry;
mod images;
mod kept;
mod renditions;
mod sources;
mod verdict;

pub use expiry::{Lifetime, Lifetimes};
pub use images::{SourceImage, SourceImages};
pub use kept::{Caches, Forgotten, Identities, Keep, Moment, Tally, Times, Unreadable};
pub use renditions::{Known, Record, RenditionCache};
pub use sources::{Asked, SourceCache, SourceFacts, SourceRecord};
pub use verdict::{Verdict, backoff};
