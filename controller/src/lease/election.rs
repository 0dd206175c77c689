//! The rules of the Lease, pure: what is seen and the time go in, who holds it and what to write come out.
//!
//! Source: Kubernetes, client-go `tools/leaderelection`. A holder counts as alive as long as its record keeps changing; how long it
//! has not changed is measured by the own clock from when that was first seen, never by the times in the record.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::LeaseSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use tokio::time::Instant;

use super::Moment;

/// How long a record that does not change keeps others away, where it does not say: client-go's and the ACK controllers' default.
pub(super) const DURATION: Duration = Duration::from_secs(15);
/// What client-go writes into a Lease that is let go: whoever does not read the empty holder waits a second at most.
const RELEASED_SECONDS: i32 = 1;

/// One who stands for election.
#[derive(Debug)]
pub struct Election {
    identity: String,
    seen: Option<Seen>,
}

#[derive(Debug)]
struct Seen {
    record: LeaseSpec,
    since: Instant,
}

/// How the Lease stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody holds it, or the holder went silent.
    Free,
    /// This process holds it.
    Mine,
    /// Somebody else holds it.
    Others {
        /// Their identity.
        holder: String,
    },
}

impl Election {
    /// Stands under this identity.
    #[must_use]
    pub fn new(identity: String) -> Self {
        Self { identity, seen: None }
    }

    /// The identity.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Takes note of the Lease as it is now; `None` where there is none.
    pub fn see(&mut self, record: Option<&LeaseSpec>, now: Moment) -> Standing {
        let Some(record) = record else {
            self.seen = None;
            return Standing::Free;
        };
        let since = match &self.seen {
            Some(seen) if seen.record == *record => seen.since,
            _ => now.steady,
        };
        self.seen = Some(Seen { record: record.clone(), since });
        match record.holder_identity.as_deref() {
            None | Some("") => Standing::Free,
            Some(holder) if holder == self.identity => Standing::Mine,
            Some(_) if now.steady >= since + patience(record) => Standing::Free,
            Some(holder) => Standing::Others { holder: holder.to_owned() },
        }
    }

    /// What to write to take the Lease, or to keep it.
    #[must_use]
    pub fn claim(&self, record: Option<&LeaseSpec>, now: Moment) -> LeaseSpec {
        let old = record.cloned().unwrap_or_default();
        let mine = old.holder_identity.as_deref() == Some(self.identity.as_str());
        let transitions = old.lease_transitions.unwrap_or_default();
        // A Lease that is new begins with 0 transitions, as with client-go.
        let gained = i32::from(!mine && record.is_some());
        LeaseSpec {
            acquire_time: old.acquire_time.clone().filter(|_| mine).or(Some(MicroTime(now.wall))),
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: i32::try_from(DURATION.as_secs()).ok(),
            lease_transitions: Some(transitions.saturating_add(gained)),
            renew_time: Some(MicroTime(now.wall)),
            ..old
        }
    }

    /// What to write to let the Lease go; `None` where it is not this process's.
    #[must_use]
    pub fn release(&self, record: &LeaseSpec, now: Moment) -> Option<LeaseSpec> {
        let mine = record.holder_identity.as_deref() == Some(self.identity.as_str());
        mine.then(|| LeaseSpec {
            acquire_time: Some(MicroTime(now.wall)),
            holder_identity: Some(String::new()),
            lease_duration_seconds: Some(RELEASED_SECONDS),
            renew_time: Some(MicroTime(now.wall)),
            ..record.clone()
        })
    }
}

fn patience(record: &LeaseSpec) -> Duration {
    let seconds = record.lease_duration_seconds.and_then(|seconds| u64::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
    seconds.map_or(DURATION, Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "pod-a_1";

    fn held_by(holder: &str, renewed: Moment) -> LeaseSpec {
        let transitions = Some(4);
        LeaseSpec { lease_transitions: transitions, ..Election::new(holder.to_owned()).claim(None, renewed) }
    }

    fn others(holder: &str) -> Standing {
        Standing::Others { holder: holder.to_owned() }
    }

    #[test]
    fn a_lease_that_is_not_there_or_was_let_go_is_free() {
        let (mut election, now) = (Election::new(ME.to_owned()), Moment::now());
        assert_eq!(election.see(None, now), Standing::Free);
        let released = Election::new("b".to_owned()).release(&held_by("b", now), now).unwrap();
        assert_eq!((released.holder_identity.as_deref(), released.lease_duration_seconds), (Some(""), Some(1)));
        assert_eq!((released.lease_transitions, released.renew_time.is_some()), (Some(4), true));
        assert_eq!(election.see(Some(&released), now), Standing::Free);
        assert_eq!(election.release(&held_by("b", now), now), None, "it is not ours to let go");
        assert_eq!(election.see(Some(&LeaseSpec::default()), now), Standing::Free);
    }

    #[test]
    fn a_silent_holder_is_waited_for_by_the_own_clock() {
        let (mut election, now) = (Election::new(ME.to_owned()), Moment::now());
        // Its times lie years back; that means nothing.
        let old = Moment { wall: jiff::Timestamp::UNIX_EPOCH, ..now };
        let record = held_by("b", old);
        assert_eq!(election.see(Some(&record), now), others("b"));
        assert_eq!(election.see(Some(&record), now.after(Duration::from_millis(14_999))), others("b"));
        let renewed = held_by("b", old.after(Duration::from_secs(2)));
        assert_eq!(election.see(Some(&renewed), now.after(DURATION)), others("b"), "it stirred");
        assert_eq!(election.see(Some(&renewed), now.after(DURATION * 2)), Standing::Free);
    }

    #[test]
    fn a_holder_may_ask_for_more_or_less_time() {
        let now = Moment::now();
        for (seconds, free_after) in [(Some(40), 40), (Some(3), 3), (Some(0), 15), (Some(-1), 15), (None, 15)] {
            let mut election = Election::new(ME.to_owned());
            let record = LeaseSpec { lease_duration_seconds: seconds, ..held_by("b", now) };
            assert_eq!(election.see(Some(&record), now), others("b"));
            assert_eq!(election.see(Some(&record), now.after(Duration::from_millis(free_after * 1000 - 1))), others("b"));
            assert_eq!(election.see(Some(&record), now.after(Duration::from_secs(free_after))), Standing::Free, "{seconds:?}");
        }
    }

    #[test]
    fn records_are_written_as_client_go_writes_them() {
        let (mut election, now) = (Election::new(ME.to_owned()), Moment::now());
        let first = election.claim(None, now);
        assert_eq!((first.lease_transitions, first.lease_duration_seconds), (Some(0), Some(15)));
        assert_eq!(first.acquire_time, first.renew_time);
        assert_eq!(election.see(Some(&first), now), Standing::Mine);

        let later = now.after(Duration::from_secs(2));
        let kept = election.claim(Some(&first), later);
        assert_eq!((&kept.acquire_time, kept.lease_transitions), (&first.acquire_time, Some(0)));
        assert_eq!(kept.renew_time, Some(MicroTime(later.wall)));

        let taken = election.claim(Some(&LeaseSpec { preferred_holder: Some("c".to_owned()), ..held_by("b", now) }), later);
        assert_eq!((taken.holder_identity.as_deref(), taken.lease_transitions), (Some(ME), Some(5)));
        assert_eq!((taken.acquire_time, taken.preferred_holder.as_deref()), (Some(MicroTime(later.wall)), Some("c")));
    }

    #[test]
    fn a_restart_under_the_same_identity_goes_on_at_once() {
        let now = Moment::now();
        assert_eq!(Election::new(ME.to_owned()).see(Some(&held_by(ME, now)), now), Standing::Mine);
    }
}
