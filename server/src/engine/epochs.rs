//! Epochs of sources. A purge begins a new one, and a flight that began in an older one leaves nothing behind.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::parking::Mutex;
use crate::model::{SourcePath, StoreName, Timestamp};

/// For how long an epoch is remembered: no flight that began before it can write that much later.
const REMEMBERED: Duration = Duration::from_secs(2 * 3600);
/// From how many on those that are too old are looked for.
const MANY: usize = 1024;

/// The number of a source's epoch; 0 for a source that was never purged.
pub(super) type Epoch = u64;

type Place = (StoreName, SourcePath);

/// The sources that were purged lately.
#[derive(Debug, Default)]
pub(super) struct Epochs {
    /// The last one of any source; 0: none was ever begun, and the table need not be asked.
    last: AtomicU64,
    table: Mutex<Table>,
}

#[derive(Debug)]
struct Table {
    begun: HashMap<Place, (Epoch, Timestamp)>,
    /// At how many those that are too old are looked for next: each look waits for as many new ones as it left.
    crowded_at: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self { begun: HashMap::new(), crowded_at: MANY }
    }
}

impl Epochs {
    /// The epoch of a source.
    pub fn now(&self, place: impl FnOnce() -> Place) -> Epoch {
        if self.last.load(Ordering::SeqCst) == 0 {
            return 0;
        }
        self.table.lock().begun.get(&place()).map_or(0, |(epoch, _)| *epoch)
    }

    /// Begins a new epoch of a source.
    pub fn begin(&self, place: Place, now: Timestamp) {
        let epoch = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        let mut table = self.table.lock();
        if table.begun.len() >= table.crowded_at {
            table.begun.retain(|_, (_, begun)| now.since(*begun) < REMEMBERED);
            table.crowded_at = MANY.max(2 * table.begun.len());
        }
        table.begun.insert(place, (epoch, now));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn place(path: &str) -> Place {
        (StoreName::new("media").unwrap(), SourcePath::new(path).unwrap())
    }

    #[test]
    fn a_purge_begins_an_epoch_of_its_source_alone() {
        let epochs = Epochs::default();
        let now = Timestamp::from_millis(0);
        assert_eq!(epochs.now(|| place("a")), 0);
        epochs.begin(place("a"), now);
        let first = epochs.now(|| place("a"));
        assert_ne!(first, 0);
        assert_eq!(epochs.now(|| place("a/b")), 0);
        epochs.begin(place("a"), now);
        assert_ne!(epochs.now(|| place("a")), first);
    }

    #[test]
    fn old_epochs_are_forgotten_when_there_are_many() {
        let epochs = Epochs::default();
        for number in 0..MANY {
            epochs.begin(place(&format!("{number}")), Timestamp::from_millis(0));
        }
        let later = Timestamp::from_millis(0).after(REMEMBERED);
        epochs.begin(place("new"), later);
        assert_eq!(epochs.table.lock().begun.len(), 1);
    }

    #[test]
    fn however_many_are_young_few_of_the_purges_look_for_old_ones() {
        let epochs = Epochs::default();
        let mut looks = Vec::new();
        for number in 0..4 * MANY {
            epochs.begin(place(&format!("{number}")), Timestamp::from_millis(0));
            looks.push(epochs.table.lock().crowded_at);
        }
        looks.dedup();
        assert_eq!(looks, [MANY, 2 * MANY, 4 * MANY]);
        assert_eq!(epochs.table.lock().begun.len(), 4 * MANY);
    }
}
