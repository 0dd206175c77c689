//! What others say of a bucket: that somebody changed it, who, and when. It is a reason to look, never a reason to believe: what S3
//! answers decides. Pure.

use jiff::Timestamp;

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
pub struct Hints(Vec<Hint>);

impl Hints {
    /// Takes one in. Of very many the oldest go.
    pub fn add(&mut self, hint: Hint) {
        if self.0.contains(&hint) {
            return;
        }
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(hint);
    }

    /// Whether somebody hinted at a change that was not looked at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops those that a look followed; what came while it went on stays.
    pub fn looked_at(&mut self, seen: &Self) {
        self.0.retain(|hint| !seen.0.contains(hint));
    }

    /// The latest change of this sub-configuration.
    #[must_use]
    pub fn latest(&self, config: &str) -> Option<&Hint> {
        self.0.iter().filter(|hint| hint.config == Some(config)).max_by_key(|hint| hint.at)
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
        assert_eq!(hints.0, [hint("cors", 2)]);
        (0..1000).for_each(|second| hints.add(hint("cors", second)));
        assert_eq!((hints.0.len(), hints.latest("cors").unwrap().at.as_second()), (KEPT, 999));
    }
}
