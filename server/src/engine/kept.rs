//! What the engine remembers, written down and read again.

use super::Engine;
use crate::existence::{Caches, Keep, Moment, Tally, Unreadable};

impl Engine {
    /// Recalls what an earlier process knew, and notes from now on what is forgotten. Blocks on the disk; called before
    /// anybody is served.
    pub fn recall_kept(&self, keep: &Keep) -> Result<Tally, Unreadable> {
        self.0.renditions.note_forgotten(keep.forgotten());
        keep.load(self.caches())
    }

    /// Writes down what is remembered. Blocks on the disk.
    pub fn write_down(&self, keep: &Keep, moment: Moment) -> std::io::Result<Tally> {
        keep.save(self.caches(), moment)
    }

    fn caches(&self) -> Caches<'_> {
        let inner = &*self.0;
        Caches { renditions: &inner.renditions, sources: &inner.sources, images: &inner.images }
    }
}
