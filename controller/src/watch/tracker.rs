//! What of the changes of Buckets calls for a pass. Status writes and finalizers call for none.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::runtime::watcher::Event;
use shared::Bucket;

use crate::memory::{Memory, Remembered, Uid};
use crate::queue::{Command, Key};
use crate::settings::gates::Gates;
use crate::startup::{self, Standing};
use crate::trigger::Lane;

/// Knows of each Bucket, in little room, what it was like when it last called for a pass.
#[derive(Debug)]
pub struct Tracker {
    period: Duration,
    gates: Gates,
    memory: Arc<Memory>,
    known: HashMap<Uid, u64>,
    /// The list that comes in.
    list: Vec<Listed>,
}

#[derive(Debug)]
struct Listed {
    key: Key,
    uid: Uid,
    interest: u64,
    standing: Standing,
}

impl Tracker {
    /// Knows of nothing yet. `memory` forgets with it, `period` is the time between two checks, and `gates` are the
    /// features that are on.
    #[must_use]
    pub fn new(period: Duration, gates: Gates, memory: Arc<Memory>) -> Self {
        Self { period, gates, memory, known: HashMap::new(), list: Vec::new() }
    }

    /// What follows from an event, for the queue. A list is answered once it is whole, as the cache is then.
    pub fn see(&mut self, event: &Event<Bucket>, now: Timestamp) -> Vec<Command> {
        match event {
            Event::Init => {
                self.list = Vec::new();
                Vec::new()
            }
            Event::InitApply(bucket) => {
                let (uid, interest) = (Uid::of(bucket), interest(bucket));
                self.compare(bucket, self.known.get(&uid).copied(), interest);
                let standing = Standing::of(bucket, self.period, &self.gates, now);
                self.list.push(Listed { key: Key::of(bucket), uid, interest, standing });
                Vec::new()
            }
            Event::InitDone => self.listed(now),
            Event::Apply(bucket) => {
                let now = interest(bucket);
                let before = self.known.insert(Uid::of(bucket), now);
                self.compare(bucket, before, now);
                if before == Some(now) { Vec::new() } else { vec![Command::Now(Key::of(bucket), Lane::Edit)] }
            }
            Event::Delete(bucket) => {
                self.known.remove(&Uid::of(bucket));
                self.memory.forget(bucket);
                vec![Command::Forget(Key::of(bucket))]
            }
        }
    }

    /// Has the first pass of this process know of changes that came before it.
    fn compare(&self, bucket: &Bucket, before: Option<u64>, now: u64) {
        if before.is_some_and(|known| known != now) {
            self.memory.update(bucket, Remembered::heard_of_change);
        }
    }

    /// What was known is compared; what was not is planned for. Deletions that happened while nobody watched are found here.
    fn listed(&mut self, now: Timestamp) -> Vec<Command> {
        let list = std::mem::take(&mut self.list);
        let before = std::mem::replace(&mut self.known, list.iter().map(|listed| (listed.uid, listed.interest)).collect());
        self.memory.keep(|uid| self.known.contains_key(&uid));
        let mut commands = Vec::new();
        let mut new = Vec::new();
        for listed in list {
            match before.get(&listed.uid) {
                Some(interest) if *interest == listed.interest => {}
                Some(_) => commands.push(Command::Now(listed.key, Lane::Edit)),
                None => new.push((listed.key, listed.standing)),
            }
        }
        let began = Instant::now();
        commands.extend(startup::plan(new, self.period, now).into_iter().map(|planned| {
            if planned.after.is_zero() {
                Command::Now(planned.key, planned.lane)
            } else {
                Command::At(planned.key, planned.lane, began + planned.after)
            }
        }));
        commands
    }
}

/// What about a Bucket calls for a pass.
fn interest(bucket: &Bucket) -> u64 {
    let metadata = &bucket.metadata;
    let mut hasher = DefaultHasher::new();
    (metadata.generation, &metadata.annotations, &metadata.labels, metadata.deletion_timestamp.is_some()).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use shared::BucketSpec;
    use shared::bucket::{BucketStatus, FINALIZER};

    use super::*;

    fn bucket(name: &str) -> Bucket {
        let mut bucket = Bucket::new(name, BucketSpec::default());
        bucket.metadata.namespace = Some("n".to_owned());
        bucket.metadata.uid = Some(format!("uid-{name}"));
        bucket.metadata.generation = Some(1);
        bucket
    }

    fn with(name: &str, change: impl FnOnce(&mut Bucket)) -> Bucket {
        let mut bucket = bucket(name);
        change(&mut bucket);
        bucket
    }

    fn now(name: &str, lane: Lane) -> Command {
        Command::Now(Key::new("n", name), lane)
    }

    struct Watched(Tracker);

    impl Watched {
        fn new() -> Self {
            Self(Tracker::new(Duration::from_hours(10), Gates::default(), Arc::default()))
        }

        fn see(&mut self, event: &Event<Bucket>) -> Vec<Command> {
            self.0.see(event, Timestamp::UNIX_EPOCH)
        }

        fn list(&mut self, buckets: impl IntoIterator<Item = Bucket>) -> Vec<Command> {
            assert!(self.see(&Event::Init).is_empty());
            for bucket in buckets {
                assert!(self.see(&Event::InitApply(bucket)).is_empty(), "the cache is not there yet");
            }
            self.see(&Event::InitDone)
        }
    }

    #[test]
    fn a_users_change_calls_for_a_pass_and_the_controllers_own_do_not() {
        let mut watched = Watched::new();
        assert_eq!(watched.see(&Event::Apply(bucket("a"))), [now("a", Lane::Edit)]);
        let own: [fn(&mut Bucket); 3] = [
            |bucket| bucket.status = Some(BucketStatus::default()),
            |bucket| bucket.metadata.finalizers = Some(vec![FINALIZER.to_owned()]),
            |bucket| bucket.metadata.resource_version = Some("7".to_owned()),
        ];
        for change in own {
            assert_eq!(watched.see(&Event::Apply(with("a", change))), []);
        }
        let users: [fn(&mut Bucket); 4] = [
            |bucket| bucket.metadata.generation = Some(2),
            |bucket| bucket.metadata.annotations = Some([("a".to_owned(), "b".to_owned())].into()),
            |bucket| bucket.metadata.labels = Some([("a".to_owned(), "b".to_owned())].into()),
            |bucket| bucket.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH)),
        ];
        for change in users {
            assert_eq!(watched.see(&Event::Apply(with("a", change))), [now("a", Lane::Edit)]);
        }
    }

    #[test]
    fn a_list_is_planned_for_and_a_second_one_tells_only_what_changed() {
        let mut watched = Watched::new();
        assert_eq!(watched.list([bucket("a"), bucket("b")]), [now("a", Lane::Retry), now("b", Lane::Retry)]);
        let changed = with("b", |bucket| bucket.metadata.generation = Some(2));
        assert_eq!(watched.list([bucket("a"), changed, bucket("c")]), [now("b", Lane::Edit), now("c", Lane::Retry)]);
        assert_eq!(watched.see(&Event::Apply(bucket("c"))), []);
    }

    #[test]
    fn a_change_before_the_first_pass_is_remembered_for_it() {
        let annotated = |name: &str| with(name, |bucket| bucket.metadata.annotations = Some([("a".to_owned(), "b".to_owned())].into()));
        let mut watched = Watched::new();
        let memory = Arc::clone(&watched.0.memory);
        let called = |name: &str| memory.of(&bucket(name)).called;
        watched.list(["a", "b", "c", "d"].map(bucket));
        // One of them had its pass; the others wait as long as another process leads.
        memory.update(&bucket("d"), |remembered| remembered.saw(7));
        watched.see(&Event::Apply(annotated("a")));
        watched.see(&Event::Apply(annotated("d")));
        watched.list([annotated("a"), annotated("b"), bucket("c"), annotated("d")]);
        assert_eq!(["a", "b", "c", "d"].map(called), [true, true, false, false], "passes compare for themselves");
    }

    #[test]
    fn what_is_gone_is_forgotten() {
        let mut watched = Watched::new();
        let memory = Arc::clone(&watched.0.memory);
        let tries = |name: &str| memory.of(&bucket(name)).tries;
        for name in ["a", "b", "c"] {
            watched.see(&Event::Apply(bucket(name)));
            memory.update(&bucket(name), |remembered| remembered.tries = 1);
        }
        assert_eq!(watched.see(&Event::Delete(bucket("a"))), [Command::Forget(Key::new("n", "a"))]);
        assert_eq!(watched.list([bucket("c")]), []);
        assert_eq!((tries("a"), tries("b"), tries("c")), (0, 0, 1));
        assert_eq!(watched.see(&Event::Apply(bucket("b"))), [now("b", Lane::Edit)], "it is back");
    }
}
