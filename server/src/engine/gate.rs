//! Admission: a bounded queue before a bounded resource, fair between callers.
//!
//! A gate has slots (how many may be inside) and units (how much they may hold together, in bytes).
//! Those who wait stand in one line per caller; the lines are served in turn, interactive ones before
//! those of the background, and each class may have so many that wait. The head of the next line is never overtaken because it is large, so a
//! large request is not starved by small ones.
//!
//! The background has slots of its own, and at most half of the units once it holds any: however much of it is
//! inside, somebody who waits is let in at once.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::Arc,
};

use tokio::sync::oneshot;

use super::parking::Mutex;

/// Who asks; callers take turns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// By the id of its token.
    Token(Arc<str>),
    /// By its address.
    Address(IpAddr),
    /// By nothing.
    Unknown,
    /// The server itself, for background jobs.
    Background,
}

impl Caller {
    /// A caller by the id of its token.
    pub fn token(id: &str) -> Self {
        Self::Token(id.into())
    }
}

/// What goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Somebody waits for it.
    Interactive,
    /// Nobody does.
    Background,
}

/// With what a request stands in line.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Whose line.
    pub caller: Caller,
    /// Which lines.
    pub class: Class,
}

/// Why a gate refuses at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too many are waiting.
    QueueFull {
        /// How many may wait.
        longest: usize,
    },
    /// It would not fit even if nobody else were inside.
    TooLarge {
        /// All the units that there are.
        units: u64,
    },
}

/// How many of each class may be inside at a time.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    /// Those that somebody waits for.
    pub interactive: usize,
    /// Those of the background.
    pub background: usize,
}

/// The gate.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    units: u64,
    longest: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free_slots: Slots,
    free_units: u64,
    /// Units that the background holds.
    background_units: u64,
    /// The most that it may hold, if it is more than one thing that holds them.
    most_background_units: u64,
    interactive: Lines,
    background: Lines,
}

#[derive(Debug, Default)]
struct Lines {
    /// How many wait in these, some of whom may have left since.
    waiting: usize,
    turns: VecDeque<Caller>,
    lines: HashMap<Caller, VecDeque<Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    units: u64,
    admitted: oneshot::Sender<Permit>,
}

/// A place inside; it is given back when this is dropped, wherever that is.
#[derive(Debug)]
pub struct Permit {
    gate: Arc<Inner>,
    units: u64,
    class: Class,
    has_slot: bool,
}

impl Permit {
    /// Gives back the slot, and all units but so many: what was made inside and is still to be brought away.
    #[must_use]
    pub fn stepped_out(mut self, units: u64) -> Self {
        let kept = units.min(self.units);
        self.gate.state.lock().leave(self.class, self.units - kept, self.has_slot);
        (self.units, self.has_slot) = (kept, false);
        self.gate.admit();
        self
    }

    /// As what it was let in.
    pub fn class(&self) -> Class {
        self.class
    }
}

impl Gate {
    /// A gate for `slots` at a time that hold `units` together, with at most `longest` of each class waiting.
    pub fn new(slots: Slots, units: u64, longest: usize) -> Self {
        let state = State {
            free_slots: slots,
            free_units: units,
            background_units: 0,
            most_background_units: units / 2,
            interactive: Lines::default(),
            background: Lines::default(),
        };
        Self(Arc::new(Inner { units, longest, state: Mutex::new(state) }))
    }

    /// Waits for a place with room for `units`. Dropping the future leaves the line.
    pub async fn enter(&self, ticket: &Ticket, units: u64) -> Result<Permit, Refused> {
        if units > self.0.units {
            return Err(Refused::TooLarge { units: self.0.units });
        }
        // Declared before the place in line, so dropped after it: who leaves from the head of a line may have
        // been all that kept the next one waiting.
        let _leaving = Leaving(&self.0);
        let admitted = {
            let mut state = self.0.state.lock();
            let lines = state.lines(ticket.class);
            if lines.waiting >= self.0.longest {
                lines.sweep();
            }
            if lines.waiting >= self.0.longest {
                return Err(Refused::QueueFull { longest: self.0.longest });
            }
            let (sender, admitted) = oneshot::channel();
            lines.push(&ticket.caller, Waiter { units, admitted: sender });
            admitted
        };
        self.0.admit();
        match admitted.await {
            Ok(permit) => Ok(permit),
            // Only dropping the gate could end the line, and we hold the gate.
            Err(_) => Err(Refused::QueueFull { longest: self.0.longest }),
        }
    }

    /// How many wait, some of whom may have left since.
    pub fn waiting(&self) -> usize {
        let state = self.0.state.lock();
        state.interactive.waiting + state.background.waiting
    }
}

impl Inner {
    /// Lets in as many as fit. Permits travel outside the lock: one that its waiter no longer wants
    /// comes back through `Drop`, which locks again.
    fn admit(self: &Arc<Self>) {
        loop {
            let (waiter, permit) = {
                let mut state = self.state.lock();
                let Some((class, waiter)) = state.next() else { return };
                state.enter(class, waiter.units);
                let permit = Permit { gate: self.clone(), units: waiter.units, class, has_slot: true };
                (waiter, permit)
            };
            drop(waiter.admitted.send(permit));
        }
    }
}

/// Lets in who can go in now, when a wait is over in any way.
struct Leaving<'gate>(&'gate Arc<Inner>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.admit();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.gate.state.lock().leave(self.class, self.units, self.has_slot);
        self.gate.admit();
    }
}

impl State {
    fn lines(&mut self, class: Class) -> &mut Lines {
        match class {
            Class::Interactive => &mut self.interactive,
            Class::Background => &mut self.background,
        }
    }

    /// Takes the next one in line if it fits.
    fn next(&mut self) -> Option<(Class, Waiter)> {
        for class in [Class::Interactive, Class::Background] {
            self.lines(class).skip_departed();
            let Some(units) = self.lines(class).head() else { continue };
            if *self.slots(class) == 0 {
                continue;
            }
            if !self.has_room(class, units) {
                // Units that somebody waits for are not given to the background.
                return None;
            }
            return self.lines(class).pop().map(|waiter| (class, waiter));
        }
        None
    }

    fn has_room(&self, class: Class, units: u64) -> bool {
        let is_fair = class == Class::Interactive
            || self.background_units == 0
            || self.background_units.saturating_add(units) <= self.most_background_units;
        is_fair && units <= self.free_units
    }

    fn slots(&mut self, class: Class) -> &mut usize {
        match class {
            Class::Interactive => &mut self.free_slots.interactive,
            Class::Background => &mut self.free_slots.background,
        }
    }

    fn enter(&mut self, class: Class, units: u64) {
        *self.slots(class) -= 1;
        self.free_units -= units;
        if class == Class::Background {
            self.background_units += units;
        }
    }

    fn leave(&mut self, class: Class, units: u64, has_slot: bool) {
        *self.slots(class) += usize::from(has_slot);
        self.free_units += units;
        if class == Class::Background {
            self.background_units -= units;
        }
    }
}

impl Lines {
    fn push(&mut self, caller: &Caller, waiter: Waiter) {
        let line = self.lines.entry(caller.clone()).or_insert_with(|| {
            self.turns.push_back(caller.clone());
            VecDeque::new()
        });
        line.push_back(waiter);
        self.waiting += 1;
    }

    fn head(&self) -> Option<u64> {
        let line = self.lines.get(self.turns.front()?)?;
        line.front().map(|waiter| waiter.units)
    }

    /// Takes the head of the line whose turn it is, and gives the turn to the next line.
    fn pop(&mut self) -> Option<Waiter> {
        let caller = self.turns.pop_front()?;
        let line = self.lines.get_mut(&caller)?;
        let waiter = line.pop_front();
        self.waiting -= usize::from(waiter.is_some());
        if line.is_empty() {
            self.lines.remove(&caller);
        } else {
            self.turns.push_back(caller);
        }
        waiter
    }

    /// Drops waiters that gave up from the head of the line whose turn it is.
    fn skip_departed(&mut self) {
        while let Some(caller) = self.turns.front() {
            let Some(line) = self.lines.get_mut(caller) else { break };
            while line.front().is_some_and(|waiter| waiter.admitted.is_closed()) {
                line.pop_front();
                self.waiting -= 1;
            }
            if !line.is_empty() {
                break;
            }
            self.lines.remove(caller);
            self.turns.pop_front();
        }
    }

    /// Drops all waiters that gave up.
    fn sweep(&mut self) {
        for line in self.lines.values_mut() {
            line.retain(|waiter| !waiter.admitted.is_closed());
        }
        self.waiting = self.lines.values().map(VecDeque::len).sum();
        self.lines.retain(|_, line| !line.is_empty());
        let lines = &self.lines;
        self.turns.retain(|caller| lines.contains_key(caller));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_util::{FutureExt, poll};

    use super::*;

    fn gate(slots: usize, units: u64, longest: usize) -> Gate {
        Gate::new(Slots { interactive: slots, background: slots }, units, longest)
    }

    fn ticket(caller: &str, class: Class) -> Ticket {
        Ticket { caller: Caller::token(caller), class }
    }

    #[tokio::test]
    async fn callers_take_turns_however_much_one_of_them_asks() {
        let gate = gate(1, 100, 100);
        let (greedy, modest) = (ticket("greedy", Class::Interactive), ticket("modest", Class::Interactive));
        let inside = gate.enter(&greedy, 1).await.unwrap();
        let mut crowd: Vec<_> = (0..10).map(|_| Box::pin(gate.enter(&greedy, 1))).collect();
        for waiter in &mut crowd {
            assert!(poll!(waiter).is_pending());
        }
        let mut other = Box::pin(gate.enter(&modest, 1));
        assert!(poll!(&mut other).is_pending());
        drop(inside);
        let first = crowd[0].as_mut().now_or_never().unwrap().unwrap();
        drop(first);
        assert!(other.now_or_never().is_some(), "second in turn, not eleventh");
    }

    #[tokio::test]
    async fn interactive_goes_before_background() {
        let gate = gate(2, 100, 100);
        let inside = gate.enter(&ticket("a", Class::Interactive), 100).await.unwrap();
        let (back, front) = (ticket("a", Class::Background), ticket("b", Class::Interactive));
        let mut background = Box::pin(gate.enter(&back, 60));
        assert!(poll!(&mut background).is_pending());
        let mut interactive = Box::pin(gate.enter(&front, 60));
        assert!(poll!(&mut interactive).is_pending());
        drop(inside);
        assert!(poll!(&mut background).is_pending());
        assert!(interactive.now_or_never().is_some());
    }

    #[tokio::test]
    async fn a_background_that_has_all_its_slots_keeps_nobody_out_who_waits() {
        let gate = gate(1, 100, 100);
        let (back, front) = (ticket("a", Class::Background), ticket("b", Class::Interactive));
        let inside = gate.enter(&back, 1).await.unwrap();
        assert_eq!(inside.class(), Class::Background);
        let mut next = Box::pin(gate.enter(&back, 1));
        assert!(poll!(&mut next).is_pending());
        let waited_for = gate.enter(&front, 1).now_or_never().unwrap().unwrap();
        assert!(poll!(&mut next).is_pending(), "their slots are not its");
        drop(inside);
        assert!(next.now_or_never().unwrap().is_ok());
        drop(waited_for);
    }

    #[tokio::test]
    async fn the_background_holds_half_of_the_units_or_one_that_is_larger() {
        let gate = gate(9, 100, 100);
        let back = ticket("a", Class::Background);
        let large = gate.enter(&back, 90).await.unwrap();
        let mut next = Box::pin(gate.enter(&back, 10));
        assert!(poll!(&mut next).is_pending());
        drop(large);
        let small = next.now_or_never().unwrap().unwrap();
        let second = gate.enter(&back, 40).now_or_never().unwrap().unwrap();
        let mut third = Box::pin(gate.enter(&back, 1));
        assert!(poll!(&mut third).is_pending());
        drop((small, second));
        assert!(third.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn who_stepped_out_has_no_slot_and_as_many_units_as_it_kept() {
        for class in [Class::Interactive, Class::Background] {
            let (gate, ticket) = (gate(1, 100, 100), ticket("a", class));
            let kept = gate.enter(&ticket, 90).await.unwrap().stepped_out(20);
            let inside = gate.enter(&ticket, 30).now_or_never().unwrap().unwrap();
            let mut slotless = Box::pin(gate.enter(&ticket, 1));
            assert!(poll!(&mut slotless).is_pending(), "the slot was given back once");
            drop(inside);
            drop(slotless.now_or_never().unwrap());
            let mut large = Box::pin(gate.enter(&ticket, 81));
            assert!(poll!(&mut large).is_pending(), "20 of 100 are still held");
            drop(kept);
            let inside = large.now_or_never().unwrap().unwrap();
            // What is larger than what was held keeps that.
            assert_eq!(inside.stepped_out(1000).units, 81);
            assert!(gate.enter(&ticket, 100).now_or_never().unwrap().is_ok());
        }
    }

    #[tokio::test]
    async fn a_large_one_is_not_starved_by_small_ones() {
        let gate = gate(10, 100, 100);
        let ticket = ticket("a", Class::Interactive);
        let small = gate.enter(&ticket, 60).await.unwrap();
        let mut large = Box::pin(gate.enter(&ticket, 90));
        assert!(poll!(&mut large).is_pending());
        let mut next = Box::pin(gate.enter(&ticket, 10));
        assert!(poll!(&mut next).is_pending(), "waits behind the large one");
        drop(small);
        assert!(large.now_or_never().unwrap().is_ok());
        assert!(next.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn those_who_left_free_their_place_in_the_line() {
        let gate = gate(1, 100, 2);
        let ticket = ticket("a", Class::Interactive);
        let inside = gate.enter(&ticket, 1).await.unwrap();
        let mut line: Vec<_> = (0..2).map(|_| Box::pin(gate.enter(&ticket, 1))).collect();
        for waiter in &mut line {
            assert!(poll!(waiter).is_pending());
        }
        assert_eq!(gate.enter(&ticket, 1).await.unwrap_err(), Refused::QueueFull { longest: 2 });
        line.clear();
        let mut late = Box::pin(gate.enter(&ticket, 1));
        assert!(poll!(&mut late).is_pending());
        drop(inside);
        assert!(late.now_or_never().unwrap().is_ok());
        assert_eq!(gate.waiting(), 0);
    }

    #[tokio::test]
    async fn a_background_that_waits_takes_no_place_in_the_line_of_those_who_are_waited_for() {
        let gate = gate(1, 100, 1);
        let (back, front) = (ticket("a", Class::Background), ticket("b", Class::Interactive));
        let _inside = gate.enter(&front, 100).await.unwrap();
        let mut background = Box::pin(gate.enter(&back, 1));
        assert!(poll!(&mut background).is_pending());
        assert_eq!(gate.enter(&back, 1).await.unwrap_err(), Refused::QueueFull { longest: 1 });
        let mut interactive = Box::pin(gate.enter(&front, 1));
        assert!(poll!(&mut interactive).is_pending());
        assert_eq!(gate.waiting(), 2);
    }

    #[tokio::test]
    async fn a_head_that_leaves_lets_the_next_one_in() {
        let gate = gate(10, 100, 10);
        let ticket = ticket("a", Class::Interactive);
        let _inside = gate.enter(&ticket, 60).await.unwrap();
        let mut large = Box::pin(gate.enter(&ticket, 90));
        assert!(poll!(&mut large).is_pending());
        let mut next = Box::pin(gate.enter(&ticket, 10));
        assert!(poll!(&mut next).is_pending());
        drop(large);
        assert!(next.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn what_never_fits_is_refused_at_once() {
        let gate = gate(1, 100, 2);
        let refused = gate.enter(&ticket("a", Class::Interactive), 101).await.unwrap_err();
        assert_eq!(refused, Refused::TooLarge { units: 100 });
    }
}
