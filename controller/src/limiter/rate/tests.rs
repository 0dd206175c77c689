use proptest::prelude::*;

use super::*;

const STEP: Duration = Duration::from_millis(1);

/// The other side: a token bucket.
struct Server {
    per_second: f64,
    tokens: f64,
    answered: u32,
    refused: u32,
}

impl Server {
    fn new(per_second: f64) -> Self {
        Self { per_second, tokens: per_second / 10.0, answered: 0, refused: 0 }
    }

    /// One millisecond, in which as much is sent as goes out, at most `ready`.
    fn serve(&mut self, rate: &mut Rate, ready: u32, now: Instant) {
        self.tokens = (self.tokens + self.per_second * STEP.as_secs_f64()).min(self.per_second / 10.0);
        for _ in 0..ready {
            if rate.take(now).is_err() {
                return;
            }
            if self.tokens >= 1.0 {
                self.tokens -= 1.0;
                self.answered += 1;
                rate.answered(now);
            } else {
                self.refused += 1;
                rate.refused(now);
            }
        }
    }
}

fn run(server: &mut Server, rate: &mut Rate, ready: u32, from: Instant, seconds: u32) -> Instant {
    let steps = seconds * 1000;
    (1..=steps).for_each(|step| server.serve(rate, ready, from + STEP * step));
    from + STEP * steps
}

#[test]
fn the_operators_limit_holds_in_every_second() {
    let start = Instant::now();
    let (mut rate, mut server) = (Rate::new(Some(50.0), start), Server::new(1e6));
    let mut now = start;
    let mut before = 0;
    for _ in 0..5 {
        now = run(&mut server, &mut rate, 10, now, 1);
        assert!((server.answered - before) <= 55 && server.answered - before >= 49, "{}", server.answered - before);
        before = server.answered;
    }
    now += Duration::from_mins(1);
    run(&mut server, &mut rate, 10, now, 1);
    assert!(server.answered - before <= 55, "a pause saves up a tenth of a second, not more");
}

#[test]
fn without_a_limit_nothing_waits_until_the_other_side_refuses() {
    let start = Instant::now();
    let mut rate = Rate::new(None, start);
    for _ in 0..100 {
        assert_eq!(rate.take(start), Ok(()));
        rate.answered(start);
    }
    assert!(!rate.was_refused(Duration::from_mins(1), start) && rate.per_second(start).is_none());
    let start = start + Duration::from_secs(1);
    rate.refused(start);
    let slowed = rate.per_second(start).unwrap();
    assert!((slowed - 70.0).abs() < 0.01, "seven tenths of what was answered: {slowed}");
    assert!(rate.take(start).is_err());
    assert!(rate.was_refused(Duration::from_mins(1), start + Duration::from_secs(59)));
    assert!(!rate.was_refused(Duration::from_mins(1), start + Duration::from_secs(61)));
}

#[test]
fn it_settles_close_to_what_is_borne_and_seldom_asks_for_more() {
    for per_second in [20.0, 100.0, 1000.0] {
        let start = Instant::now();
        let (mut rate, mut server) = (Rate::new(Some(5000.0), start), Server::new(per_second));
        run(&mut server, &mut rate, 20, start, 60);
        let (answered, refused) = (f64::from(server.answered), f64::from(server.refused));
        assert!(answered > 60.0 * per_second / 1.15, "{answered} of {} a second {per_second}", 60.0 * per_second);
        assert!(refused < answered * 0.2, "{refused} refused, {answered} answered at {per_second} a second");
    }
}

#[test]
fn refusals_of_what_was_sent_before_count_once() {
    let start = Instant::now();
    let mut rate = Rate::new(Some(1000.0), start);
    (0..200).for_each(|_| rate.answered(start));
    rate.refused(start);
    let once = rate.per_second(start);
    (0..50).for_each(|_| rate.refused(start));
    assert_eq!(rate.per_second(start), once);
    let later = start + Duration::from_millis(1500);
    (0..60).for_each(|_| rate.answered(later));
    let again = later + Duration::from_millis(400);
    rate.refused(again);
    let slowed = rate.per_second(again).unwrap();
    assert!((slowed - 0.7 * 260.0 / 1.4).abs() < 0.1, "what was answered of late counts: {slowed} after {once:?}");
}

#[test]
fn what_was_too_much_once_is_forgotten_in_the_end() {
    let start = Instant::now();
    let mut rate = Rate::new(None, start);
    (0..100).for_each(|_| rate.answered(start));
    let start = start + Duration::from_secs(1);
    rate.refused(start);
    let at = |seconds| rate.per_second(start + Duration::from_secs(seconds));
    assert!(at(4).unwrap() < 101.0 && at(4).unwrap() > 95.0 && at(8).unwrap() > 110.0);
    assert_eq!(at(60), None);
}

#[test]
fn a_wait_is_never_nothing() {
    let mut now = Instant::now();
    let mut rate = Rate::new(None, now);
    for (refused, wait) in [(false, 0), (false, 263), (true, 56), (false, 184), (false, 16)] {
        now += Duration::from_millis(wait);
        if refused {
            rate.refused(now);
        } else {
            rate.answered(now);
        }
        assert!(rate.take(now).err() != Some(Duration::ZERO));
    }
}

proptest! {
    #[test]
    fn the_rate_stays_within_its_bounds(cap in prop::option::of(1.0..1000.0f64), events in prop::collection::vec((any::<bool>(), 0..3000u64), 0..100)) {
        let mut now = Instant::now();
        let mut rate = Rate::new(cap, now);
        for (refused, wait) in events {
            now += Duration::from_millis(wait);
            if refused { rate.refused(now) } else { rate.answered(now) }
            let per_second = rate.per_second(now);
            prop_assert!(per_second.is_none_or(|per_second| per_second >= FLOOR.min(cap.unwrap_or(FLOOR))), "{per_second:?}");
            prop_assert!(cap.is_none_or(|cap| per_second.is_some_and(|per_second| per_second <= cap)), "{per_second:?}");
            if let Err(wait) = rate.take(now) {
                prop_assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
                prop_assert!(rate.clone().take(now + wait + Duration::from_millis(1)).is_ok() || per_second.is_none());
            }
        }
    }
}
