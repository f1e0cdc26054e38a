//! The tombstones in memory. They are looked up at every call that settles a version, so that costs no lock as long as there
//! are none, and no allocation.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::SystemTime;

use super::Tombstone;

/// By store, then by path.
type Table = HashMap<String, HashMap<String, Tombstone>>;

/// The tombstones by source; on disk a source is named `{store}/{path}`, and no store's name has a slash.
#[derive(Default)]
pub(super) struct Tombstones {
    table: RwLock<Table>,
    count: AtomicUsize,
}

/// The two parts of a source's name.
fn parts(source: &str) -> (&str, &str) {
    source.split_once('/').unwrap_or(("", source))
}

impl Tombstones {
    /// Whether there are none. Takes no lock.
    pub(super) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// The tombstone of a source, if it holds at `now`.
    pub(super) fn get(&self, store: &str, path: &str, now: SystemTime) -> Option<Tombstone> {
        if self.is_empty() {
            return None;
        }
        self.read().get(store)?.get(path).filter(|tombstone| tombstone.until > now).cloned()
    }

    /// Whether a source has one, though it may hold no more.
    pub(super) fn contains(&self, source: &str) -> bool {
        let (store, path) = parts(source);
        self.read().get(store).is_some_and(|paths| paths.contains_key(path))
    }

    pub(super) fn insert(&self, source: &str, tombstone: Tombstone) {
        let (store, path) = parts(source);
        let mut table = self.write();
        table.entry(store.to_owned()).or_default().insert(path.to_owned(), tombstone);
        self.recount(&table);
    }

    pub(super) fn remove(&self, source: &str) {
        let (store, path) = parts(source);
        let mut table = self.write();
        if let Some(paths) = table.get_mut(store) {
            paths.remove(path);
        }
        self.recount(&table);
    }

    /// The sources whose tombstones hold no more at `now`.
    pub(super) fn expired(&self, now: SystemTime) -> Vec<String> {
        let table = self.read();
        let all = table.iter().flat_map(|(store, paths)| paths.iter().map(move |one| (store, one)));
        all.filter(|(_, (_, tombstone))| tombstone.until <= now)
            .map(|(store, (path, _))| format!("{store}/{path}"))
            .collect()
    }

    /// Removes those of these sources that hold no more at `now`.
    pub(super) fn prune(&self, sources: &[String], now: SystemTime) {
        let mut table = self.write();
        for (store, path) in sources.iter().map(|source| parts(source)) {
            let Some(paths) = table.get_mut(store) else { continue };
            if paths.get(path).is_some_and(|tombstone| tombstone.until <= now) {
                paths.remove(path);
            }
        }
        self.recount(&table);
    }

    /// Called while the table is locked for writing, so that no count overtakes a later one.
    fn recount(&self, table: &Table) {
        self.count.store(table.values().map(HashMap::len).sum(), Ordering::Release);
    }

    // A holder's panic leaves the table whole: it is changed in single steps.
    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }
}
