//! A record of every call: what was asked, by whom, what came of it, and how much went on at once.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::actions;
use super::calls::{Calls, Entry};
use super::operation::{Access, Operation};
use super::request::Request;

/// The record.
#[derive(Debug)]
pub struct Journal {
    started: Instant,
    limit: usize,
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    next: u64,
    entries: VecDeque<Entry>,
    forgotten: u64,
    counts: BTreeMap<&'static str, u64>,
    running: HashMap<Arc<str>, Running>,
}

/// How much goes on at once on one bucket.
#[derive(Clone, Copy, Debug, Default)]
struct Running {
    now: usize,
    most: usize,
    writes: usize,
    most_writes: usize,
}

impl Journal {
    /// A record that keeps the last so many calls.
    pub(crate) fn new(limit: usize) -> Self {
        Self { started: Instant::now(), limit, pages: Mutex::default() }
    }

    /// The time now on the clock of the record.
    pub fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Every call that is kept.
    pub fn calls(&self) -> Calls {
        let mut entries: Vec<_> = self.lock().entries.iter().cloned().collect();
        entries.sort_unstable_by_key(|entry| entry.number);
        Calls::new(entries)
    }

    /// The calls on a bucket.
    pub fn of(&self, bucket: &str) -> Calls {
        self.calls().of(bucket)
    }

    /// How many calls there were of each operation, those included that are no longer kept.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.lock().counts.clone()
    }

    /// How many calls there were.
    pub fn total(&self) -> u64 {
        self.lock().counts.values().sum()
    }

    /// How many calls are no longer kept.
    pub fn forgotten(&self) -> u64 {
        self.lock().forgotten
    }

    /// The most calls that were under way on a bucket at once.
    pub fn most_at_once(&self, bucket: &str) -> usize {
        self.lock().running.get(bucket).map_or(0, |running| running.most)
    }

    /// The most writes that were under way on a bucket at once.
    pub fn most_writes_at_once(&self, bucket: &str) -> usize {
        self.lock().running.get(bucket).map_or(0, |running| running.most_writes)
    }

    /// Forgets every call; those under way go on being counted.
    pub fn clear(&self) {
        let mut pages = self.lock();
        pages.entries.clear();
        pages.forgotten = 0;
        pages.counts.clear();
        pages.running.retain(|_, running| running.now > 0);
        for running in pages.running.values_mut() {
            (running.most, running.most_writes) = (running.now, running.writes);
        }
    }

    /// Notes that a call begins. The line is written when it is dropped.
    pub(crate) fn begin(&self, operation: &'static Operation, request: &Request) -> Line<'_> {
        let actions = actions::needed(operation, request);
        let bucket: Option<Arc<str>> = request.bucket.as_deref().map(Arc::from);
        let mut pages = self.lock();
        pages.next += 1;
        let number = pages.next;
        if let Some(bucket) = &bucket {
            let running = pages.running.entry(Arc::clone(bucket)).or_default();
            running.now += 1;
            running.most = running.most.max(running.now);
            running.writes += usize::from(operation.access == Access::Write);
            running.most_writes = running.most_writes.max(running.writes);
        }
        drop(pages);
        let (name, access) = (operation.name, operation.access);
        let (at, took) = (self.started.elapsed(), Duration::ZERO);
        let expected_owner = request.headers.get("x-amz-expected-bucket-owner").and_then(|owner| owner.to_str().ok()).map(str::to_owned);
        let (account, caller, status, code) = (None, None, 0, None);
        let entry = Entry { number, at, took, operation: name, bucket, account, caller, expected_owner, access, status, code, actions };
        Line { journal: self, entry: Some(entry) }
    }

    fn end(&self, mut entry: Entry) {
        entry.took = self.started.elapsed().saturating_sub(entry.at);
        let mut pages = self.lock();
        if let Some(running) = entry.bucket.as_ref().and_then(|bucket| pages.running.get_mut(bucket)) {
            running.now = running.now.saturating_sub(1);
            running.writes = running.writes.saturating_sub(usize::from(entry.access == Access::Write));
        }
        *pages.counts.entry(entry.operation).or_default() += 1;
        if pages.entries.len() >= self.limit {
            pages.entries.pop_front();
            pages.forgotten += 1;
        }
        pages.entries.push_back(entry);
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is under way.
pub(crate) struct Line<'a> {
    journal: &'a Journal,
    entry: Option<Entry>,
}

impl Line<'_> {
    /// Notes who calls.
    pub(crate) fn by(&mut self, account: &Arc<str>, caller: &Arc<str>) {
        if let Some(entry) = &mut self.entry {
            (entry.account, entry.caller) = (Some(Arc::clone(account)), Some(Arc::clone(caller)));
        }
    }

    /// Notes what came of it.
    pub(crate) fn came(&mut self, status: u16, code: Option<&str>) {
        if let Some(entry) = &mut self.entry {
            (entry.status, entry.code) = (status, code.map(str::to_owned));
        }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.journal.end(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::operation::{CREATE_BUCKET, HEAD_BUCKET, LIST_BUCKETS};

    fn of(bucket: &str) -> Request {
        Request { bucket: Some(bucket.to_owned()), ..Request::default() }
    }

    #[test]
    fn calls_stand_in_the_order_in_which_they_began() {
        let journal = Journal::new(10);
        let first = journal.begin(&CREATE_BUCKET, &of("a"));
        let mut second = journal.begin(&HEAD_BUCKET, &of("a"));
        second.came(200, None);
        drop(second);
        drop(first);
        drop(journal.begin(&LIST_BUCKETS, &Request::default()));
        assert_eq!(journal.calls().operations(), ["CreateBucket", "HeadBucket", "ListBuckets"]);
        assert_eq!(journal.of("a").writes().operations(), ["CreateBucket"]);
        assert_eq!(journal.of("a").reads().failed().len(), 0);
        assert_eq!((journal.most_at_once("a"), journal.most_writes_at_once("a"), journal.most_at_once("b")), (2, 1, 0));
    }

    #[test]
    fn what_is_no_longer_kept_is_still_counted() {
        let journal = Journal::new(2);
        for _ in 0..5 {
            drop(journal.begin(&HEAD_BUCKET, &of("a")));
        }
        assert_eq!((journal.calls().len(), journal.forgotten(), journal.total()), (2, 3, 5));
        journal.clear();
        assert_eq!((journal.calls().len(), journal.forgotten(), journal.total(), journal.most_at_once("a")), (0, 0, 0, 0));
    }
}
