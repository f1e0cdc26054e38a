//! What the engine remembers, written down and read again.

use super::{Engine, Shared};
use crate::existence::{Caches, Keep, Moment, Tally, Unreadable};

impl Engine {
    /// Recalls what an earlier process knew, and notes from now on what is forgotten. Blocks on the disk; called before
    /// anybody is served.
    pub fn recall_kept(&self, keep: &Keep) -> Result<Tally, Unreadable> {
        let inner = self.now();
        inner.renditions.note_forgotten(keep.forgotten());
        keep.load(inner.caches())
    }

    /// Writes down what is remembered. Blocks on the disk.
    pub fn write_down(&self, keep: &Keep, moment: Moment) -> std::io::Result<Tally> {
        keep.save(self.now().caches(), moment)
    }
}

impl Shared {
    fn caches(&self) -> Caches<'_> {
        Caches { renditions: &self.renditions, sources: &self.sources, images: &self.images }
    }
}
