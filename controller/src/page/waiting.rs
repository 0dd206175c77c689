//! What the controller waits for, over all Buckets. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;
use shared::Bucket;

use super::bucket::approval;
use super::query::Asked;
use super::row::Row;
use super::value::visible;
use super::wait::{self, About};
use crate::drift;

/// So many Buckets of a group are named.
const NAMED: usize = 20;

/// What the controller waits for.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// How many Buckets wait.
    pub(super) number: usize,
    /// Plans to approve.
    pub(super) plans: Group,
    /// Drift that somebody else writes again after each repair.
    pub(super) contested: Group,
    /// Pauses.
    pub(super) paused: Group,
    /// All others by reason, the largest group first.
    pub(super) others: Vec<Group>,
}

/// Buckets that wait for the same.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) reason: String,
    pub(super) number: usize,
    /// The first by name.
    pub(super) named: Vec<Named>,
    /// All of them.
    pub(super) link: String,
}

/// A Bucket, and what is told of it here besides.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) row: Row,
    pub(super) command: Option<String>,
    /// The fields that are fought over, and in which round.
    pub(super) fights: Vec<(String, i64)>,
}

impl Waiting {
    /// What these Buckets wait for.
    pub(super) fn of(mut all: Vec<Arc<Bucket>>, now: Timestamp) -> Self {
        all.retain(|bucket| wait::of(bucket).is_some());
        all.sort_by_cached_key(|bucket| (bucket.namespace(), bucket.name_any()));
        let mut waiting = Self { number: all.len(), ..Self::default() };
        let mut others: BTreeMap<&str, Group> = BTreeMap::new();
        for bucket in &all {
            let Some(wait) = wait::of(bucket) else { continue };
            let group = match wait.about {
                About::Plan => &mut waiting.plans,
                About::Fight => &mut waiting.contested,
                About::Pause => &mut waiting.paused,
                About::Other => others.entry(wait.reason).or_default(),
            };
            group.add(bucket, wait.reason, now);
        }
        // One pause is by the Bucket's annotation, another by its namespace's.
        waiting.paused.link = Asked { state: Some("paused"), ..Asked::default() }.link();
        waiting.others = others.into_values().collect();
        waiting.others.sort_by_key(|group| std::cmp::Reverse(group.number));
        waiting
    }

    /// The groups that people have to do something about, with an id and a title each.
    pub(super) fn for_people(&self) -> [(&Group, &'static str, &'static str); 3] {
        [
            (&self.plans, "plans", "Plans to approve"),
            (&self.contested, "contested", "Contested: somebody else writes the same field"),
            (&self.paused, "paused", "Paused"),
        ]
    }
}

impl Group {
    fn add(&mut self, bucket: &Bucket, reason: &str, now: Timestamp) {
        self.number += 1;
        if self.number == 1 {
            self.reason = visible(reason);
            self.link = Asked { reason: Some(reason.to_owned()), ..Asked::default() }.link();
        }
        if self.named.len() < NAMED {
            self.named.push(Named::of(bucket, now));
        }
    }

    /// How many are not named.
    pub(super) fn more(&self) -> usize {
        self.number - self.named.len()
    }
}

impl Named {
    fn of(bucket: &Bucket, now: Timestamp) -> Self {
        let contested = drift::standing(bucket).filter(|drift| drift::is_contested(drift));
        Self {
            row: Row::of(bucket, now),
            command: wait::plan(bucket).and_then(|plan| approval(bucket, &plan.hash)),
            fights: contested.map(|drift| (visible(&drift.field), drift.rounds.unwrap_or_default())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, bucket, drifted, planned};
    use super::*;

    #[test]
    fn buckets_are_grouped_by_what_they_wait_for() {
        let fight = drifted(bucket("a", "fight", &[("ACK.Recoverable", "True", "DriftContested")]), "cors", 1, Some(4));
        let mut all = vec![
            bucket("a", "well", &[("Ready", "True", "")]),
            planned(bucket("a", "plan", &[("Drifted", "True", "DriftDetected")]), "abc123"),
            fight,
            bucket("a", "still", &[("Paused", "True", "Annotation")]),
            bucket("a", "gone", &[("ACK.Terminal", "True", "RegionMismatch")]),
        ];
        all.extend((0..30).map(|number| bucket("b", &format!("denied-{number:02}"), &[("ACK.Recoverable", "True", "Denied")])));
        let waiting = Waiting::of(all.into_iter().map(Arc::new).collect(), NOW);
        assert_eq!(waiting.number, 34);
        let plan = &waiting.plans.named[0];
        assert!(
            plan.command.as_ref().is_some_and(|command| command.ends_with("bkt plan s3.services.k8s.aws/approve-plan=abc123")),
            "{plan:?}"
        );
        assert_eq!(waiting.contested.named[0].fights, [("spec.cors.status".to_owned(), 4)]);
        assert_eq!(waiting.paused.named[0].row.name, "still");
        let told: Vec<_> = waiting.others.iter().map(|group| (group.reason.as_str(), group.number, group.more())).collect();
        assert_eq!(told, [("Denied", 30, 10), ("RegionMismatch", 1, 0)]);
        assert_eq!(waiting.others[0].link, "/buckets?reason=Denied");
    }

    #[test]
    fn what_is_no_hash_is_not_put_into_a_command() {
        let bad = planned(bucket("a", "plan", &[]), "x; rm -rf ~");
        let waiting = Waiting::of(vec![Arc::new(bad)], NOW);
        assert_eq!(waiting.plans.named[0].command, None);
    }
}
