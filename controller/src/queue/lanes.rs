//! Which Bucket gets the next pass. Pure: the time is given.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use super::crowd::Crowd;
use super::{Key, Turns};
use crate::trigger::Lane;

/// A pass that takes no longer gets on; for so long after its end, the passes count as getting on.
const MOVING: Duration = Duration::from_secs(1);

/// What waits, what waits for its time, and what is under way. A Bucket is there once at most, and never has two passes at a time.
#[derive(Debug)]
pub struct Lanes {
    workers: usize,
    entries: HashMap<Key, Entry>,
    waiting: [Crowd; Lane::ALL.len()],
    later: BTreeMap<(Instant, u64), Key>,
    turns: Turns,
    running: HashMap<Box<str>, usize>,
    number_running: usize,
    in_background: usize,
    /// When a pass that did not hang last ended.
    last_end: Option<Instant>,
    tickets: u64,
}

/// The start of a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The Bucket.
    pub key: Key,
    /// The lane in which it waited.
    pub lane: Lane,
    /// For how long it waited.
    pub waited: Duration,
}

#[derive(Debug)]
struct Entry {
    /// The lane of the pass under way, and when that began.
    under_way: Option<(Lane, Instant)>,
    next: Next,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    /// Nothing is known to follow.
    Nothing,
    /// It waits; while a pass is under way, for the end of that.
    Waits { lane: Lane, ticket: u64, since: Instant },
    /// It waits for its time.
    Later { lane: Lane, ticket: u64, at: Instant },
}

impl Lanes {
    /// Nothing waits yet; `workers` passes may be under way at the same time, 1 at least.
    #[must_use]
    pub fn new(workers: usize) -> Self {
        Self {
            workers: workers.max(1),
            entries: HashMap::new(),
            waiting: Default::default(),
            later: BTreeMap::new(),
            turns: Turns::default(),
            running: HashMap::new(),
            number_running: 0,
            in_background: 0,
            last_end: None,
            tickets: 0,
        }
    }

    /// Asks for a pass now. A Bucket that waits already does so in the better lane from now on; one whose pass is under way gets
    /// another one after it.
    pub fn push(&mut self, key: &Key, lane: Lane, now: Instant) {
        let ticket = self.ticket();
        let entry = self.entries.entry(key.clone()).or_insert(Entry { under_way: None, next: Next::Nothing });
        let under_way = entry.under_way.is_some();
        match entry.next {
            Next::Waits { lane: known, .. } if known <= lane => return,
            Next::Waits { lane: known, ticket, since } => {
                entry.next = Next::Waits { lane, ticket, since };
                if !under_way {
                    self.waiting[known.index()].remove(ticket, key);
                    self.waiting[lane.index()].add(ticket, key.clone());
                }
                return;
            }
            Next::Later { ticket, at, .. } => drop(self.later.remove(&(at, ticket))),
            Next::Nothing => {}
        }
        entry.next = Next::Waits { lane, ticket, since: now };
        if !under_way {
            self.waiting[lane.index()].add(ticket, key.clone());
        }
    }

    /// Asks for a pass at that time, unless one comes before anyway.
    pub fn push_at(&mut self, key: &Key, lane: Lane, at: Instant) {
        let ticket = self.ticket();
        let entry = self.entries.entry(key.clone()).or_insert(Entry { under_way: None, next: Next::Nothing });
        match entry.next {
            _ if entry.under_way.is_some() => return,
            Next::Waits { .. } => return,
            Next::Later { at: known, .. } if known <= at => return,
            Next::Later { ticket, at, .. } => drop(self.later.remove(&(at, ticket))),
            Next::Nothing => {}
        }
        entry.next = Next::Later { lane, ticket, at };
        self.later.insert((at, ticket), key.clone());
    }

    /// Drops the Bucket; a pass under way goes on.
    pub fn forget(&mut self, key: &Key) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        let under_way = entry.under_way.is_some();
        match std::mem::replace(&mut entry.next, Next::Nothing) {
            Next::Waits { lane, ticket, .. } if !under_way => self.waiting[lane.index()].remove(ticket, key),
            Next::Later { ticket, at, .. } => drop(self.later.remove(&(at, ticket))),
            Next::Waits { .. } | Next::Nothing => {}
        }
        if !under_way {
            self.entries.remove(key);
        }
    }

    /// Starts the next pass, if a worker is free for one.
    pub fn start(&mut self, now: Instant) -> Option<Start> {
        self.wake(now);
        let lane = self.turns.next(Lane::ALL.map(|lane| self.can_start(lane, now)))?;
        let (ticket, key) = self.waiting[lane.index()].first(&self.running)?;
        self.waiting[lane.index()].remove(ticket, &key);
        let entry = self.entries.get_mut(&key)?;
        entry.under_way = Some((lane, now));
        let waited = match std::mem::replace(&mut entry.next, Next::Nothing) {
            Next::Waits { since, .. } => now.saturating_duration_since(since),
            Next::Later { .. } | Next::Nothing => Duration::ZERO,
        };
        self.number_running += 1;
        self.in_background += usize::from(is_background(lane));
        match self.running.get_mut(key.namespace()) {
            Some(running) => *running += 1,
            None => drop(self.running.insert(key.namespace().into(), 1)),
        }
        Some(Start { key, lane, waited })
    }

    /// Ends a pass. The next one follows at that time in that lane, or at once if somebody asked for one in between.
    pub fn end(&mut self, key: &Key, next: Option<(Instant, Lane)>, now: Instant) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        let Some((lane, began)) = entry.under_way.take() else { return };
        self.number_running -= 1;
        self.in_background -= usize::from(is_background(lane));
        if now.saturating_duration_since(began) <= MOVING {
            self.last_end = Some(now);
        }
        if let Some(running) = self.running.get_mut(key.namespace()) {
            *running -= 1;
            if *running == 0 {
                self.running.remove(key.namespace());
            }
        }
        match (entry.next, next) {
            (Next::Waits { lane, ticket, .. }, _) => self.waiting[lane.index()].add(ticket, key.clone()),
            (_, Some((at, lane))) => self.push_at(key, lane, at),
            (_, None) => drop(self.entries.remove(key)),
        }
    }

    /// When the next of those that wait for their time is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.later.first_key_value().map(|((at, _), _)| *at)
    }

    /// How many wait in this lane for a worker.
    #[must_use]
    pub fn depth(&self, lane: Lane) -> usize {
        self.waiting[lane.index()].len()
    }

    /// How many passes are under way.
    #[must_use]
    pub fn running(&self) -> usize {
        self.number_running
    }

    /// The last workers, one of ten and one at least, take no sweeps and no hints: an edit finds one of them free, or soon free. The very last
    /// one takes retries only while passes get on: where an account does not answer, they may take minutes each, and the end of such a one
    /// is no sign of life.
    fn can_start(&self, lane: Lane, now: Instant) -> bool {
        let spare = (self.workers / 10).max(1).min(self.workers - 1);
        let is_moving = self.last_end.is_some_and(|end| now.saturating_duration_since(end) < MOVING);
        let free = match lane {
            Lane::Edit => self.number_running < self.workers,
            Lane::Retry => self.number_running + spare.min(usize::from(!is_moving)) < self.workers,
            Lane::Hint | Lane::Sweep => self.number_running < self.workers && self.in_background + spare < self.workers,
        };
        free && !self.waiting[lane.index()].is_empty()
    }

    /// Lets those wait whose time has come.
    fn wake(&mut self, now: Instant) {
        while let Some(due) = self.later.first_entry().filter(|due| due.key().0 <= now) {
            let key = due.remove();
            let Some(entry) = self.entries.get_mut(&key) else { continue };
            if let Next::Later { lane, ticket, at } = entry.next {
                entry.next = Next::Waits { lane, ticket, since: at };
                self.waiting[lane.index()].add(ticket, key);
            }
        }
    }

    fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }
}

/// Nobody waits for the pass.
fn is_background(lane: Lane) -> bool {
    matches!(lane, Lane::Hint | Lane::Sweep)
}

#[cfg(test)]
mod tests;
