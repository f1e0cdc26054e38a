//! What outlives the process: a copy of the caches in a file, so that a server that starts anew knows what the last one
//! knew, and believes it no longer than that one would have.
//!
//! Kept are renditions that exist, with when the storage said so, the versions of sources, and how large the versions are. Not kept is what was missing,
//! which is believed for seconds, and what could not be made: a server is often started anew because it can more.
//!
//! The file is written whole beside its place, synced and renamed, and carries a hash of itself: one that is torn, damaged or
//! not ours is not believed at all. Beside it lies the list of what was [`Forgotten`] since, so that nothing comes back that
//! was purged after the file was written, not even when the process is killed.

mod aging;
mod document;
mod entry;
mod forgotten;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use self::{aging::Aging, entry::Entry};
pub use self::{aging::Times, document::Unreadable, forgotten::Forgotten};
use super::{RenditionCache, SourceCache, SourceImages};
use crate::model::{Clock, StoreName};

/// Which storage stands behind each name. What was learnt of another one under the same name is not believed. A store that
/// does not outlive the process has no place here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identities {
    /// The store of renditions, by what and where it is.
    pub renditions: Option<String>,
    /// The stores of sources.
    pub sources: BTreeMap<StoreName, String>,
}

/// How much is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The process goes on: versions of sources change meanwhile, and are left out.
    Meanwhile,
    /// It ends.
    End,
}

/// The caches that are kept.
#[derive(Clone, Copy, Debug)]
pub struct Caches<'a> {
    /// Of renditions.
    pub renditions: &'a RenditionCache,
    /// Of the versions of sources.
    pub sources: &'a SourceCache,
    /// Of what sources are.
    pub images: &'a SourceImages,
}

/// How many entries were written or read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Renditions that exist.
    pub renditions: usize,
    /// Versions of sources.
    pub sources: usize,
    /// Sizes of sources.
    pub images: usize,
}

/// The place where the caches are kept. All its calls block on the disk.
#[derive(Debug)]
pub struct Keep {
    path: PathBuf,
    max_bytes: u64,
    identities: Identities,
    forgotten: Arc<Forgotten>,
    clock: Clock,
    /// One writer at a time: the regular save may still run when the process drains.
    writing: Mutex<()>,
}

impl Keep {
    /// A keep in the file at `path`, which one process alone uses; at most about `max_bytes` are written.
    ///
    /// # Errors
    /// If the folder or the list of what was forgotten cannot be opened: then nothing must be read either.
    pub fn open(path: &Path, max_bytes: u64, identities: Identities, clock: Clock) -> io::Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let forgotten = Arc::new(Forgotten::open(path)?);
        Ok(Self { path: path.to_owned(), max_bytes, identities, forgotten, clock, writing: Mutex::new(()) })
    }

    /// The list that the caches write what they forget to.
    pub fn forgotten(&self) -> Arc<Forgotten> {
        self.forgotten.clone()
    }

    /// Puts what was kept into the caches, with its ages. Nothing is put there unless the file is whole and ours.
    ///
    /// # Errors
    /// [`Unreadable`]; there being no file is none.
    pub fn load(&self, caches: Caches<'_>) -> Result<Tally, Unreadable> {
        let Caches { renditions, sources, images } = caches;
        let Some((head, entries)) = document::open(&self.path)? else { return Ok(Tally::default()) };
        let forgotten = self.forgotten.read()?;
        let aging = Aging { saved_at: head.saved_at, now: self.clock.now() };
        let same_store =
            self.identities.renditions.is_some() && self.identities.renditions == head.identities.renditions;
        let mut tally = Tally::default();
        for entry in entries {
            match entry? {
                Entry::Rendition(entry) if same_store && !forgotten.holds(entry.key.as_str()) => {
                    let restored = renditions.restore(&entry.key, entry.record(&aging));
                    tally.renditions += usize::from(restored);
                }
                Entry::Source(entry)
                    if !forgotten.has_sources() && self.is_same(&head.identities, &entry.place.0) =>
                {
                    tally.sources +=
                        usize::from(sources.restore(&entry.place, entry.facts.clone(), entry.times(&aging)));
                }
                Entry::Image(entry) if self.is_same(&head.identities, &entry.place.0) => {
                    tally.images += usize::from(images.restore(&entry.place, entry.image(&aging)));
                }
                Entry::Rendition(_) | Entry::Source(_) | Entry::Image(_) => {}
            }
        }
        // They change without our being told, so they are read once after each time they were written.
        self.forgotten.sources();
        Ok(tally)
    }

    /// Whether the store of this name is the one that the file tells of.
    fn is_same(&self, then: &Identities, store: &StoreName) -> bool {
        let identity = self.identities.sources.get(store);
        identity.is_some() && identity == then.sources.get(store)
    }

    /// Writes the caches down.
    ///
    /// # Errors
    /// If the file cannot be written; the one before is still there then.
    pub fn save(&self, caches: Caches<'_>, moment: Moment) -> io::Result<Tally> {
        let Caches { renditions, sources, images } = caches;
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        // What is forgotten from here on may have been written already.
        let mark = self.forgotten.mark()?;
        let mut writer = document::Writer::begin(&self.path, now, &self.identities)?;
        let mut tally = Tally::default();
        if self.identities.renditions.is_some() {
            for (key, record) in renditions.all() {
                let Some(entry) = entry::RenditionEntry::of(&key, &record, now) else { continue };
                if writer.written() > self.max_bytes {
                    break;
                }
                writer.add(&Entry::Rendition(entry))?;
                tally.renditions += 1;
            }
        }
        if moment == Moment::End {
            for (place, facts, times) in sources.all(now) {
                if !self.identities.sources.contains_key(&place.0) {
                    continue;
                }
                if writer.written() > self.max_bytes {
                    break;
                }
                writer.add(&Entry::Source(entry::SourceEntry { place, facts, times }))?;
                tally.sources += 1;
            }
        }
        for (place, image) in images.all(now) {
            if !self.identities.sources.contains_key(&place.0) {
                continue;
            }
            let Some(entry) = entry::ImageEntry::of(&place, &image, now) else { continue };
            if writer.written() > self.max_bytes {
                break;
            }
            writer.add(&Entry::Image(entry))?;
            tally.images += 1;
        }
        writer.finish()?;
        self.forgotten.drop_before(mark, moment)?;
        Ok(tally)
    }
}

#[cfg(test)]
mod tests;
