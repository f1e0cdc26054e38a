//! Flights: one running generation of one key, for which all who ask meanwhile wait.
//!
//! A flight lives in the table from its start to its landing. Its task owns it; when the task ends in
//! any way, a panic included, the flight leaves the table and its waiters are told, so that no key is
//! ever stuck.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::{broadcast, watch};

use super::{parking::Mutex, rank::Rank, request::Mode};
use crate::{
    existence::Record,
    model::{Error, Evidence, RenditionKey},
};

/// How many changes a slow watcher may be behind before it looks at everything anew.
const CHANGES: usize = 1024;

/// What came of a flight.
pub type Landing = Result<Landed, Error>;

/// A rendition that is stored now.
#[derive(Clone, Debug)]
pub struct Landed {
    /// Under which key; not the flight's own if the source changed before it was read.
    pub key: RenditionKey,
    /// What is known of it.
    pub record: Arc<Record>,
    /// Whether it was generated or found.
    pub evidence: Evidence,
}

/// A running generation.
#[derive(Debug)]
pub struct Flight {
    key: RenditionKey,
    rank: Rank,
    landing: watch::Sender<Option<Landing>>,
    /// Until it has landed or is given up.
    aloft: Mutex<Option<Aloft>>,
}

/// Counts a flight.
#[derive(Debug)]
struct Aloft(Arc<AtomicUsize>);

impl Aloft {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count.clone())
    }
}

impl Drop for Aloft {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A waiter's place.
pub type Waiting = watch::Receiver<Option<Landing>>;

/// The table of flights, and the news of all changes to keys.
#[derive(Debug)]
pub struct Flights {
    table: Mutex<HashMap<RenditionKey, Arc<Flight>>>,
    changes: broadcast::Sender<RenditionKey>,
    /// How many have not landed, those included that are no longer in the table.
    aloft: Arc<AtomicUsize>,
}

/// Whether a caller started a flight or found one.
pub enum Boarded {
    /// The caller must fly it.
    Started(Arc<Flight>, Waiting),
    /// Somebody else does.
    Joined(Waiting),
}

impl Flights {
    /// No flights.
    pub fn new() -> Self {
        Self { table: Mutex::default(), changes: broadcast::channel(CHANGES).0, aloft: Arc::default() }
    }

    /// Joins the flight of a key or starts one. With [`Mode::Force`] a new one is always started: one
    /// begun before may be about to find what is to be replaced. A flight that is joined by one who goes
    /// first stands in that one's line.
    pub fn board(&self, key: &RenditionKey, mode: Mode, rank: &Rank) -> Boarded {
        let mut table = self.table.lock();
        if let (Mode::Find, Some(flight)) = (mode, table.get(key)) {
            flight.rank.raise(rank);
            return Boarded::Joined(flight.landing.subscribe());
        }
        let (landing, waiting) = watch::channel(None);
        let aloft = Mutex::new(Some(Aloft::new(&self.aloft)));
        let flight = Arc::new(Flight { key: key.clone(), rank: rank.clone(), landing, aloft });
        table.insert(key.clone(), flight.clone());
        drop(table);
        self.changed(key);
        Boarded::Started(flight, waiting)
    }

    /// Whether a key is in flight.
    pub fn is_flying(&self, key: &RenditionKey) -> bool {
        self.table.lock().contains_key(key)
    }

    /// Ends a flight and tells its waiters; later calls for the same flight change nothing.
    pub fn land(&self, flight: &Arc<Flight>, landing: Landing) {
        self.remove(flight);
        flight.ends();
        flight.landing.send_if_modified(|landed| {
            let first = landed.is_none();
            if first {
                *landed = Some(landing);
            }
            first
        });
        self.changed(&flight.key);
    }

    /// Ends flights that nobody waits for, all or none. False if somebody waits for one of them, or has
    /// just joined it.
    pub fn abandon<'a>(&self, flights: impl Iterator<Item = &'a Arc<Flight>> + Clone) -> bool {
        let mut table = self.table.lock();
        if flights.clone().any(|flight| flight.landing.receiver_count() > 0) {
            return false;
        }
        for flight in flights.clone() {
            if table.get(&flight.key).is_some_and(|other| Arc::ptr_eq(other, flight)) {
                table.remove(&flight.key);
            }
        }
        drop(table);
        flights.for_each(|flight| {
            flight.ends();
            self.changed(&flight.key);
        });
        true
    }

    /// Takes the flights of a source's renditions out of the table: who asks from now on joins none of them. Those who wait
    /// already are told at the landing.
    pub fn detach(&self, folder: &str) {
        self.table.lock().retain(|key, _| key.folder() != folder);
    }

    /// Tells watchers that something about a key is new.
    pub fn changed(&self, key: &RenditionKey) {
        if self.changes.receiver_count() > 0 {
            // Nobody listening any more is no error.
            let _ = self.changes.send(key.clone());
        }
    }

    /// The news from now on.
    pub fn changes(&self) -> broadcast::Receiver<RenditionKey> {
        self.changes.subscribe()
    }

    /// How many have not landed, forced and detached ones included.
    pub fn aloft(&self) -> usize {
        self.aloft.load(Ordering::Relaxed)
    }

    /// How many keys have one that can be joined.
    pub fn len(&self) -> usize {
        self.table.lock().len()
    }

    /// How many callers wait for landings.
    pub fn waiting(&self) -> usize {
        self.table.lock().values().map(|flight| flight.landing.receiver_count()).sum()
    }

    fn remove(&self, flight: &Arc<Flight>) {
        let mut table = self.table.lock();
        if table.get(&flight.key).is_some_and(|other| Arc::ptr_eq(other, flight)) {
            table.remove(&flight.key);
        }
    }
}

impl Flight {
    /// Whether it has landed.
    pub fn has_landed(&self) -> bool {
        self.landing.borrow().is_some()
    }

    /// It counts no longer.
    fn ends(&self) {
        drop(self.aloft.lock().take());
    }

    /// Ends when nobody waits any more.
    pub async fn deserted(&self) {
        self.landing.closed().await;
    }
}

/// Waits for a landing.
pub async fn landing(waiting: &mut Waiting) -> Landing {
    match waiting.wait_for(Option::is_some).await {
        Ok(landing) => landing.clone().unwrap_or_else(|| Err(lost())),
        Err(_) => Err(lost()),
    }
}

/// The error of a flight whose task ended without a word.
pub fn lost() -> Error {
    Error::internal("the generation ended without a result")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::gate::{Caller, Class, Ticket};
    use crate::model::{Digest, Label, SourcePath, StoreName, VersionTag};

    fn rank() -> Rank {
        Rank::new(&Ticket { caller: Caller::Unknown, class: Class::Interactive })
    }

    fn key() -> RenditionKey {
        RenditionKey::new(
            &StoreName::new("media").unwrap(),
            &SourcePath::new("cat.jpg").unwrap(),
            &Label::Inline,
            &VersionTag::Immutable,
            &Digest::parse("0123456789abcdef0123456789abcdef").unwrap(),
            rendition_imaging::Format::Webp,
        )
    }

    #[tokio::test]
    async fn all_who_ask_meanwhile_get_the_one_landing() {
        let flights = Flights::new();
        let Boarded::Started(flight, mut first) = flights.board(&key(), Mode::Find, &rank()) else {
            panic!()
        };
        let Boarded::Joined(mut second) = flights.board(&key(), Mode::Find, &rank()) else { panic!() };
        flights.land(&flight, Err(Error::internal("one")));
        flights.land(&flight, Err(Error::internal("two")));
        assert_eq!(landing(&mut first).await.unwrap_err().message(), "one");
        assert_eq!(landing(&mut second).await.unwrap_err().message(), "one");
        assert!(matches!(flights.board(&key(), Mode::Find, &rank()), Boarded::Started(..)));
    }

    #[tokio::test]
    async fn a_forced_flight_joins_none_and_is_not_ended_by_an_older_one() {
        let flights = Flights::new();
        let Boarded::Started(old, _waiting) = flights.board(&key(), Mode::Find, &rank()) else { panic!() };
        let Boarded::Started(new, _waiting) = flights.board(&key(), Mode::Force, &rank()) else { panic!() };
        assert_eq!((flights.len(), flights.aloft()), (1, 2), "both count");
        flights.land(&old, Err(lost()));
        flights.land(&old, Err(lost()));
        assert!(flights.is_flying(&key()), "the newer one still flies");
        assert_eq!(flights.aloft(), 1);
        drop(new);
        flights.table.lock().clear();
        assert_eq!(flights.aloft(), 0, "also where the task ended without a word");
    }

    #[tokio::test]
    async fn a_detached_flight_is_joined_by_nobody_and_still_tells_who_waits() {
        let flights = Flights::new();
        let Boarded::Started(old, mut waiting) = flights.board(&key(), Mode::Find, &rank()) else { panic!() };
        flights.detach("media/cat.jp");
        assert!(flights.is_flying(&key()));
        flights.detach("media/cat.jpg");
        assert!(matches!(flights.board(&key(), Mode::Find, &rank()), Boarded::Started(..)));
        flights.land(&old, Err(Error::internal("purged")));
        assert_eq!(landing(&mut waiting).await.unwrap_err().message(), "purged");
    }

    #[tokio::test]
    async fn only_a_deserted_flight_is_abandoned() {
        let flights = Flights::new();
        let Boarded::Started(flight, waiting) = flights.board(&key(), Mode::Find, &rank()) else { panic!() };
        assert!(!flights.abandon([&flight].into_iter()));
        drop(waiting);
        flight.deserted().await;
        assert!(flights.abandon([&flight].into_iter()));
        assert_eq!(flights.len(), 0);
    }
}
