//! With what a run stands in line, which may get better while it stands there: somebody who waits has joined a
//! flight that was wanted in the background only.

use tokio::sync::watch;

use super::gate::{Class, Gate, Permit, Refused, Ticket};

/// A ticket that can be changed for a better one; clones are the same.
#[derive(Clone, Debug)]
pub struct Rank(watch::Sender<Ticket>);

impl Rank {
    /// Begins with a ticket.
    pub fn new(ticket: &Ticket) -> Self {
        Self(watch::Sender::new(ticket.clone()))
    }

    /// What goes first, as things stand.
    pub fn class(&self) -> Class {
        self.0.borrow().class
    }

    /// Takes over the ticket of one who joins, if that goes first.
    pub fn raise(&self, joining: &Self) {
        let joining = joining.0.borrow().clone();
        self.0.send_if_modified(|ticket| {
            let better = joining.class < ticket.class;
            if better {
                *ticket = joining;
            }
            better
        });
    }

    /// Waits at a gate for a place with room for `units`; changes lines when it is raised. Dropping the
    /// future leaves the line.
    pub async fn enter(&self, gate: &Gate, units: u64) -> Result<Permit, Refused> {
        let mut ticket = self.0.subscribe();
        loop {
            let now = ticket.borrow_and_update().clone();
            tokio::select! {
                biased;
                admitted = gate.enter(&now, units) => return admitted,
                // The sender is ours, so there is a change whenever this ends.
                _ = ticket.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::gate::{Caller, Slots};

    fn rank(class: Class) -> Rank {
        Rank::new(&Ticket { caller: Caller::Unknown, class })
    }

    #[tokio::test]
    async fn who_is_joined_by_one_who_waits_goes_before_the_background() {
        let gate = Gate::new(Slots { interactive: 1, background: 1 }, 10, 10);
        let inside = rank(Class::Interactive).enter(&gate, 10).await.unwrap();
        let stand = |rank: &Rank| {
            let (rank, gate) = (rank.clone(), gate.clone());
            tokio::spawn(async move { rank.enter(&gate, 10).await.unwrap() })
        };
        let (first, second) = (rank(Class::Background), rank(Class::Background));
        let first_entering = stand(&first);
        tokio::task::yield_now().await;
        let second_entering = stand(&second);
        tokio::task::yield_now().await;
        second.raise(&rank(Class::Interactive));
        first.raise(&rank(Class::Background));
        tokio::task::yield_now().await;
        drop(inside);
        let permit = second_entering.await.unwrap();
        assert!(!first_entering.is_finished());
        drop(permit);
        first_entering.await.unwrap();
        assert_eq!(gate.waiting(), 0);
    }
}
