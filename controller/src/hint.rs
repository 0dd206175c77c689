//! What others say of a bucket: that somebody changed it, who, and when. It is a reason to look, never a reason to believe: what S3
//! answers decides. Where hints come from: [`crate::hints`].

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// The most hints that are kept of one bucket: a burst of changes needs one look.
const KEPT: usize = 16;

/// That somebody changed a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The sub-configuration that was changed, or [`BUCKET`](crate::report::BUCKET); `None` where the event does not tell.
    pub config: Option<&'static str>,
    /// The event, as its source names it, such as `PutBucketVersioning`.
    pub event: String,
    /// Who did it, as its source names them, such as an ARN.
    pub principal: Option<String>,
    /// When it was done, as its source says.
    pub at: Timestamp,
}

/// The hints of one bucket that no complete look followed yet.
#[derive(Clone, Debug, Default)]
pub struct Hints(Vec<Heard>);

#[derive(Clone, Debug)]
struct Heard {
    hint: Hint,
    /// When it came, the last time.
    received: Instant,
    /// Whether S3 answered a read since.
    read: bool,
}

impl Heard {
    fn is(&self, other: &Self) -> bool {
        self.hint == other.hint && self.received == other.received
    }
}

impl Hints {
    /// Takes one in. Of very many the oldest go.
    pub fn add(&mut self, hint: Hint) {
        // Times of events are whole seconds, so that two changes can look like one: a look that began before the second came is
        // about the first only.
        self.0.retain(|heard| heard.hint != hint);
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(Heard { hint, received: Instant::now(), read: false });
    }

    /// Whether somebody hinted at a change that was not looked at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops those that a look followed; what came while it went on stays.
    pub fn looked_at(&mut self, seen: &Self) {
        self.0.retain(|heard| !seen.0.iter().any(|seen| seen.is(heard)));
    }

    /// The latest change of this sub-configuration.
    #[must_use]
    pub fn latest(&self, config: &str) -> Option<&Hint> {
        self.0.iter().map(|heard| &heard.hint).filter(|hint| hint.config == Some(config)).max_by_key(|hint| hint.at)
    }

    /// Whether one waits that says the same of the same principal, whenever it was done.
    #[must_use]
    pub fn has_alike(&self, hint: &Hint) -> bool {
        let alike = |known: &Hint| known.config == hint.config && known.event == hint.event && known.principal == hint.principal;
        self.0.iter().any(|heard| alike(&heard.hint))
    }

    /// S3 answered a read: how long each hint waited for that since it came. Each is told once.
    pub fn read(&mut self) -> Vec<Duration> {
        let unread = self.0.iter_mut().filter(|heard| !heard.read);
        let told = unread.map(|heard| {
            heard.read = true;
            heard.received.elapsed()
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(config: &'static str, second: i64) -> Hint {
        let at = Timestamp::from_second(second).unwrap();
        Hint { config: Some(config), event: "PutBucketVersioning".to_owned(), principal: None, at }
    }

    #[test]
    fn the_latest_change_of_a_section_is_told() {
        let mut hints = Hints::default();
        for (config, second) in [("cors", 9), ("versioning", 7), ("versioning", 8), ("versioning", 2)] {
            hints.add(hint(config, second));
        }
        assert_eq!(hints.latest("versioning").map(|hint| hint.at.as_second()), Some(8));
        assert_eq!(hints.latest("policy"), None);
    }

    #[test]
    fn what_came_during_a_look_stays_and_a_flood_is_bounded() {
        let mut hints = Hints::default();
        hints.add(hint("cors", 1));
        hints.add(hint("cors", 1));
        let seen = hints.clone();
        hints.add(hint("cors", 2));
        hints.looked_at(&seen);
        assert_eq!((hints.0.len(), hints.latest("cors")), (1, Some(&hint("cors", 2))));
        (0..1000).for_each(|second| hints.add(hint("cors", second)));
        assert_eq!((hints.0.len(), hints.latest("cors").unwrap().at.as_second()), (KEPT, 999));
    }

    #[tokio::test(start_paused = true)]
    async fn two_changes_in_one_second_are_two_reasons_to_look() {
        let mut hints = Hints::default();
        hints.add(hint("cors", 1));
        let seen = hints.clone();
        tokio::time::advance(Duration::from_millis(300)).await;
        hints.add(hint("cors", 1));
        hints.looked_at(&seen);
        assert!(!hints.is_empty(), "the look began before the second one came");
        hints.looked_at(&hints.clone());
        assert!(hints.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_to_the_first_read_is_told_once() {
        let mut hints = Hints::default();
        hints.add(hint("cors", 1));
        tokio::time::advance(Duration::from_millis(300)).await;
        hints.add(hint("policy", 1));
        assert_eq!(hints.read(), [Duration::from_millis(300), Duration::ZERO]);
        assert!(hints.read().is_empty());
        assert!(hints.has_alike(&hint("policy", 7)) && !hints.has_alike(&hint("tagging", 1)));
    }
}
