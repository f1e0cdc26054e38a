//! Boarding: joins flights that are under way, and sends off runs for those that are not.

use std::{collections::HashMap, sync::Arc};

use super::{
    Inner,
    fetch::overloaded,
    flight::{Boarded, Landing, Waiting, landing},
    gate::{Class, Refused, Ticket},
    passenger::Passenger,
    rank::Rank,
    request::Mode,
    run::{Moves, Run},
    target::Keyed,
};
use crate::model::{Error, Outcome, SourcePath, StoreName, VersionTag};

/// How many flights there may be for each place in a gate's queue.
const CROWD: usize = 4;

/// A waiter's place on a flight.
pub(super) struct Boarding {
    /// The rendition.
    pub keyed: Keyed,
    /// Where its landing will be told.
    pub waiting: Waiting,
    /// Generated if this caller started the flight, coalesced if it joined it.
    pub outcome: Outcome,
}

impl Boarding {
    /// Waits for the landing.
    pub(super) async fn landing(&mut self) -> Landing {
        landing(&mut self.waiting).await
    }
}

impl Inner {
    /// Joins or starts the flights of some keys. Those started for one source version fly as one run.
    pub(super) fn depart(
        self: &Arc<Self>,
        wanted: Vec<(Keyed, Mode)>,
        rank: &Rank,
        moves: Moves,
    ) -> Vec<Boarding> {
        let mut runs: HashMap<(StoreName, SourcePath, VersionTag), Vec<Passenger>> = HashMap::new();
        let mut boardings = Vec::with_capacity(wanted.len());
        for (keyed, mode) in wanted {
            let (waiting, outcome) = match self.flights.board(&keyed.key, mode, rank) {
                Boarded::Joined(waiting) => (waiting, Outcome::Coalesced),
                Boarded::Started(flight, waiting) => {
                    let target = &keyed.target;
                    let source = (target.store.name.clone(), target.path.clone(), keyed.tag.clone());
                    runs.entry(source).or_default().push(Passenger {
                        inner: self.clone(),
                        keyed: keyed.clone(),
                        flight,
                        mode,
                        epoch: self.epochs.now(|| target.place()),
                    });
                    (waiting, Outcome::Generated)
                }
            };
            boardings.push(Boarding { keyed, waiting, outcome });
        }
        for aboard in runs.into_values() {
            let run = Run { inner: self.clone(), aboard, rank: rank.clone(), moves };
            self.runtime.spawn(run.fly());
        }
        boardings
    }

    /// Joins or starts the flight of one key. OVERLOADED if too many are under way.
    pub(super) fn depart_one(
        self: &Arc<Self>,
        keyed: Keyed,
        mode: Mode,
        ticket: &Ticket,
    ) -> Result<Boarding, Error> {
        self.check_crowd(ticket.class)?;
        let boarded = self.depart(vec![(keyed, mode)], &Rank::new(ticket), Moves::Once).pop();
        boarded.ok_or_else(|| Error::internal("no flight was boarded"))
    }

    /// Refuses more flights than the gates' queues and a few batches can hold: before the first gate they
    /// wait for the storage, where nothing else counts them.
    pub(super) fn check_crowd(&self, class: Class) -> Result<(), Error> {
        let longest = self.most_flights(class);
        if self.has_room(class) { Ok(()) } else { Err(overloaded(Refused::QueueFull { longest })) }
    }

    /// Whether there may be one more flight.
    pub(super) fn has_room(&self, class: Class) -> bool {
        self.flights.aloft() < self.most_flights(class)
    }

    /// How many flights there may be before another one of a class. The background leaves half of them to callers who wait.
    fn most_flights(&self, class: Class) -> usize {
        let all = self.limits.queue_length.saturating_mul(CROWD);
        match class {
            Class::Interactive => all,
            Class::Background => all.div_ceil(2),
        }
    }

    /// Keeps a flight going though its caller no longer waits.
    pub(super) fn keep_flying(&self, mut waiting: Waiting) {
        self.runtime.spawn(async move {
            // The landing itself is of no interest: it is remembered by the run.
            let _ = landing(&mut waiting).await;
        });
    }
}
