//! Finds the passes of a controller in the calls that an S3 saw. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::s3::{Calls, Entry};

/// The calls on one bucket that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// How many.
    pub calls: usize,
    /// When the first began, from the start of the S3.
    pub began: Duration,
    /// When the last ended.
    pub ended: Duration,
    /// How many of them at least had to wait for another to end: 1 if all went out at once.
    pub round_trips: usize,
    /// The most that were under way at once.
    pub at_once: usize,
}

/// The passes over each bucket. Calls that are further apart than `pause` belong to different passes.
#[must_use]
pub fn of_buckets(calls: &Calls, pause: Duration) -> BTreeMap<&str, Vec<Pass>> {
    let mut spans: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
    for entry in calls.iter() {
        if let Some(bucket) = &entry.bucket {
            spans.entry(bucket).or_default().push(Span::of(entry));
        }
    }
    spans.into_iter().map(|(bucket, spans)| (bucket, split(&spans, pause).map(pass).collect())).collect()
}

impl Pass {
    /// From the beginning of the first call to the end of the last, in milliseconds.
    #[must_use]
    pub fn millis(&self) -> f64 {
        self.ended.saturating_sub(self.began).as_secs_f64() * 1000.0
    }
}

/// From when to when a call was under way.
#[derive(Clone, Copy, Debug)]
struct Span {
    began: Duration,
    ended: Duration,
}

impl Span {
    fn of(entry: &Entry) -> Self {
        Self { began: entry.at, ended: entry.at + entry.took }
    }
}

/// The spans, in the order in which they began, cut where nothing is under way for longer than `pause`.
fn split(spans: &[Span], pause: Duration) -> impl Iterator<Item = &[Span]> {
    let mut busy_until = Duration::ZERO;
    let starts = spans.iter().enumerate().filter_map(move |(index, span)| {
        let is_new = index == 0 || span.began > busy_until + pause;
        busy_until = busy_until.max(span.ended);
        is_new.then_some(index)
    });
    let starts: Vec<usize> = starts.collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([spans.len()]).collect();
    starts.into_iter().zip(ends).filter_map(|(start, end)| spans.get(start..end))
}

fn pass(spans: &[Span]) -> Pass {
    let began = spans.iter().map(|span| span.began).min().unwrap_or_default();
    let ended = spans.iter().map(|span| span.ended).max().unwrap_or_default();
    Pass { calls: spans.len(), began, ended, round_trips: round_trips(spans), at_once: at_once(spans) }
}

/// The most spans that do not overlap: always take the one that ends first.
fn round_trips(spans: &[Span]) -> usize {
    let mut by_end = spans.to_vec();
    by_end.sort_unstable_by_key(|span| span.ended);
    let mut free = Duration::ZERO;
    let mut trips = 0;
    for span in by_end {
        if trips == 0 || span.began >= free {
            trips += 1;
            free = span.ended;
        }
    }
    trips
}

fn at_once(spans: &[Span]) -> usize {
    let under_way = |at: Duration| spans.iter().filter(|span| span.began <= at && at < span.ended).count();
    spans.iter().map(|span| under_way(span.began)).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(of: &[(u64, u64)]) -> Vec<Span> {
        of.iter().map(|(began, ended)| Span { began: Duration::from_millis(*began), ended: Duration::from_millis(*ended) }).collect()
    }

    #[test]
    fn one_look_and_then_all_at_once_is_two_round_trips() {
        let pass = pass(&spans(&[(0, 20), (21, 41), (21, 42), (22, 40)]));
        assert_eq!((pass.calls, pass.round_trips, pass.at_once), (4, 2, 3));
        assert!((pass.millis() - 42.0).abs() < 0.001);
    }

    #[test]
    fn one_after_the_other_is_as_many_round_trips_as_calls() {
        let pass = pass(&spans(&[(0, 20), (20, 40), (45, 65)]));
        assert_eq!((pass.round_trips, pass.at_once), (3, 1));
    }

    #[test]
    fn a_long_pause_parts_two_passes() {
        let spans = spans(&[(0, 20), (21, 200), (22, 30), (250, 270), (1300, 1320)]);
        let calls: Vec<usize> = split(&spans, Duration::from_millis(100)).map(<[Span]>::len).collect();
        assert_eq!(calls, [4, 1]);
    }

    #[test]
    fn nothing_makes_no_pass() {
        assert_eq!(split(&[], Duration::ZERO).count(), 0);
        assert!(of_buckets(&Calls::default(), Duration::ZERO).is_empty());
    }
}
