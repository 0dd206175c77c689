use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn key(number: u8) -> Key {
    Key::new(["one", "two"][usize::from(number % 2)], &number.to_string())
}

fn start(lanes: &mut Lanes, now: Instant) -> Option<(Key, Lane)> {
    lanes.start(now).map(|start| (start.key, start.lane))
}

#[test]
fn a_key_in_two_lanes_runs_once_in_the_better_one() {
    let (mut lanes, now) = (Lanes::new(4), Instant::now());
    lanes.push(&key(1), Lane::Sweep, now);
    lanes.push(&key(2), Lane::Retry, now);
    lanes.push(&key(1), Lane::Edit, now + SECOND);
    lanes.push(&key(1), Lane::Retry, now + SECOND);
    let first = lanes.start(now + 2 * SECOND).unwrap();
    assert_eq!((first.key, first.lane, first.waited), (key(1), Lane::Edit, 2 * SECOND), "the wait is the whole one");
    assert_eq!(start(&mut lanes, now), Some((key(2), Lane::Retry)));
    assert_eq!(start(&mut lanes, now), None);
}

#[test]
fn what_is_asked_for_while_a_pass_is_under_way_follows_it_at_once() {
    let (mut lanes, now) = (Lanes::new(4), Instant::now());
    lanes.push(&key(1), Lane::Sweep, now);
    assert!(lanes.start(now).is_some());
    lanes.push(&key(1), Lane::Edit, now);
    assert_eq!(start(&mut lanes, now), None, "never twice at a time");
    lanes.end(&key(1), Some((now + 60 * SECOND, Lane::Sweep)), now);
    assert_eq!(start(&mut lanes, now), Some((key(1), Lane::Edit)));
    lanes.end(&key(1), None, now);
    assert!(lanes.entries.is_empty() && lanes.running.is_empty() && lanes.next_due().is_none());
}

#[test]
fn what_waits_for_its_time_runs_then_or_earlier_if_asked_for() {
    let (mut lanes, now) = (Lanes::new(4), Instant::now());
    lanes.push_at(&key(1), Lane::Sweep, now + 9 * SECOND);
    lanes.push_at(&key(1), Lane::Sweep, now + 5 * SECOND);
    lanes.push_at(&key(1), Lane::Sweep, now + 7 * SECOND);
    lanes.push_at(&key(2), Lane::Sweep, now + 6 * SECOND);
    assert_eq!((lanes.next_due(), start(&mut lanes, now)), (Some(now + 5 * SECOND), None));
    lanes.push(&key(2), Lane::Edit, now);
    assert_eq!(start(&mut lanes, now), Some((key(2), Lane::Edit)));
    assert_eq!(start(&mut lanes, now + 5 * SECOND), Some((key(1), Lane::Sweep)));
    assert_eq!(lanes.next_due(), None);
}

#[test]
fn a_bucket_that_is_gone_waits_for_nothing() {
    let (mut lanes, now) = (Lanes::new(1), Instant::now());
    lanes.push(&key(1), Lane::Edit, now);
    assert!(lanes.start(now).is_some());
    for number in [1, 2] {
        lanes.push(&key(number), Lane::Edit, now);
    }
    lanes.push_at(&key(3), Lane::Sweep, now + SECOND);
    for number in [1, 2, 3, 4] {
        lanes.forget(&key(number));
    }
    lanes.end(&key(1), None, now);
    assert!(lanes.entries.is_empty() && lanes.later.is_empty() && start(&mut lanes, now + 9 * SECOND).is_none());
}

#[test]
fn sweeps_leave_a_worker_to_others() {
    let (mut lanes, now) = (Lanes::new(3), Instant::now());
    for number in 0..5 {
        lanes.push(&key(number), Lane::Sweep, now);
    }
    assert_eq!((0..5).filter_map(|_| lanes.start(now)).count(), 2);
    lanes.push(&key(9), Lane::Edit, now);
    assert_eq!(start(&mut lanes, now), Some((key(9), Lane::Edit)));
    assert_eq!((lanes.running(), lanes.depth(Lane::Sweep)), (3, 3));
    let mut alone = Lanes::new(1);
    alone.push(&key(1), Lane::Sweep, now);
    assert!(alone.start(now).is_some(), "one worker does everything");
}

#[test]
fn retries_that_hang_leave_a_worker_to_edits() {
    let (mut lanes, now) = (Lanes::new(3), Instant::now());
    for number in 0..8 {
        lanes.push(&key(number), Lane::Retry, now);
    }
    let hanging: Vec<_> = (0..5).filter_map(|_| lanes.start(now)).collect();
    assert_eq!(hanging.len(), 2, "nothing ended yet");
    lanes.end(&hanging[0].key, None, now + SECOND);
    assert_eq!((0..5).filter_map(|_| lanes.start(now + SECOND)).count(), 2, "they get on");
    lanes.push(&key(9), Lane::Edit, now);
    lanes.end(&hanging[1].key, None, now + SECOND);
    assert_eq!(start(&mut lanes, now + 5 * SECOND), Some((key(9), Lane::Edit)));
}

#[test]
fn the_end_of_a_pass_that_hung_makes_no_way_for_the_next_that_hangs() {
    let (mut lanes, now) = (Lanes::new(3), Instant::now());
    for number in 0..8 {
        lanes.push(&key(number), Lane::Retry, now);
    }
    let hanging: Vec<_> = (0..5).filter_map(|_| lanes.start(now)).collect();
    lanes.end(&hanging[0].key, None, now + 60 * SECOND);
    assert_eq!((0..5).filter_map(|_| lanes.start(now + 60 * SECOND)).count(), 1, "the last worker is kept");
    lanes.push(&key(9), Lane::Edit, now + 60 * SECOND);
    assert_eq!(start(&mut lanes, now + 60 * SECOND), Some((key(9), Lane::Edit)));
}

#[test]
fn a_namespace_that_hangs_does_not_keep_the_workers_from_another() {
    let (mut lanes, now) = (Lanes::new(4), Instant::now());
    for number in [0, 2, 4, 6, 8, 10, 1, 3, 5] {
        lanes.push(&key(number), Lane::Sweep, now);
    }
    let first: Vec<_> = (0..3).filter_map(|_| lanes.start(now)).map(|start| start.key).collect();
    assert_eq!(first, [key(0), key(1), key(2)]);
    lanes.end(&key(1), None, now);
    assert_eq!(start(&mut lanes, now), Some((key(3), Lane::Sweep)));
    lanes.end(&key(3), None, now);
    assert_eq!(start(&mut lanes, now), Some((key(5), Lane::Sweep)));
}

#[derive(Clone, Debug)]
enum Step {
    Push(u8, Lane),
    PushAt(u8, Lane, u8),
    Forget(u8),
    Start,
    End(u8, Option<u8>),
    Wait(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let lane = || prop::sample::select(&Lane::ALL[..]);
    let number = || 0..8u8;
    prop_oneof![
        4 => (number(), lane()).prop_map(|(number, lane)| Step::Push(number, lane)),
        2 => (number(), lane(), 0..9u8).prop_map(|(number, lane, wait)| Step::PushAt(number, lane, wait)),
        1 => number().prop_map(Step::Forget),
        5 => Just(Step::Start),
        4 => (number(), prop::option::of(0..9u8)).prop_map(|(number, next)| Step::End(number, next)),
        1 => (0..5u8).prop_map(Step::Wait),
    ]
}

/// What is known of a key from the outside.
#[derive(Clone, Copy, Debug, Default)]
struct Wanted {
    lane: Option<Lane>,
    later: bool,
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_runs_twice(workers in 1..5usize, steps in prop::collection::vec(step(), 0..200)) {
        let (mut lanes, mut now) = (Lanes::new(workers), Instant::now());
        let mut wanted: BTreeMap<Key, Wanted> = BTreeMap::new();
        let mut running: BTreeSet<Key> = BTreeSet::new();
        let seconds = |number: u8| Duration::from_secs(u64::from(number));
        for step in steps {
            match step {
                Step::Push(number, lane) => {
                    lanes.push(&key(number), lane, now);
                    let known = wanted.entry(key(number)).or_default();
                    known.lane = Some(known.lane.map_or(lane, |before| before.min(lane)));
                }
                Step::PushAt(number, lane, wait) => {
                    lanes.push_at(&key(number), lane, now + seconds(wait));
                    if !running.contains(&key(number)) {
                        wanted.entry(key(number)).or_default().later = true;
                    }
                }
                Step::Forget(number) => {
                    lanes.forget(&key(number));
                    wanted.remove(&key(number));
                }
                Step::Start => if let Some(start) = lanes.start(now) {
                    prop_assert!(running.insert(start.key.clone()), "{:?} runs twice", start.key);
                    prop_assert!(running.len() <= workers);
                    let known = wanted.remove(&start.key).unwrap_or_default();
                    prop_assert!(known.lane.is_some() || known.later, "nobody asked for {:?}", start.key);
                    prop_assert!(known.later || known.lane == Some(start.lane), "{known:?} ran in {:?}", start.lane);
                },
                Step::End(number, next) => if running.remove(&key(number)) {
                    lanes.end(&key(number), next.map(|wait| (now + seconds(wait), Lane::Retry)), now);
                    if next.is_some() {
                        wanted.entry(key(number)).or_default().later = true;
                    }
                },
                Step::Wait(wait) => now += seconds(wait),
            }
            prop_assert_eq!(lanes.running(), running.len());
        }
        now += Duration::from_secs(100);
        loop {
            for key in std::mem::take(&mut running) {
                lanes.end(&key, None, now);
            }
            let Some(start) = lanes.start(now) else { break };
            wanted.remove(&start.key);
            running.insert(start.key);
        }
        prop_assert!(wanted.is_empty(), "never ran: {wanted:?}");
        prop_assert!(lanes.entries.is_empty() && lanes.running.is_empty() && lanes.later.is_empty());
    }

    #[test]
    fn no_lane_starves_however_many_edits_come(workers in 1..12usize, rounds in 1..30usize) {
        let (mut lanes, now) = (Lanes::new(workers), Instant::now());
        let of = |lane: Lane, number: usize| Key::new("n", &format!("{}-{number}", lane.label()));
        for (lane, number) in Lane::ALL.into_iter().flat_map(|lane| (0..400).map(move |number| (lane, number))) {
            lanes.push(&of(lane, number), lane, now);
        }
        let mut started = Vec::new();
        for _ in 0..rounds {
            let Some(start) = lanes.start(now) else { break };
            started.push(start.lane);
            lanes.end(&start.key, None, now);
        }
        for ten in started.windows(10) {
            let count = |lane| ten.iter().filter(|other| **other == lane).count();
            prop_assert!(count(Lane::Sweep) >= 1 && count(Lane::Retry) >= 2, "{ten:?}");
        }
    }
}
