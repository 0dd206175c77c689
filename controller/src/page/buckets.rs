//! The list of Buckets: filtered, sorted, in pages. Pure.

use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;
use shared::Bucket;

use super::query::{Asked, Sort};
use super::row::{Row, checked, since};
use super::wait;
use crate::{drift, gauges};

/// So many Buckets are on one page.
pub(super) const ON_A_PAGE: usize = 200;

/// A part of the Buckets that were asked for.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) rows: Vec<Row>,
    /// How many fit.
    pub(super) number: usize,
    /// The number of this page, and of the last one.
    pub(super) page: usize,
    pub(super) pages: usize,
    /// The number of the first Bucket on this page, from 1; 0 where there is none.
    pub(super) first: usize,
}

impl Listed {
    /// Those of the Buckets that were asked for. A page beyond the last one is the last one: there may be fewer Buckets than before.
    pub(super) fn of(all: Vec<Arc<Bucket>>, asked: &Asked, now: Timestamp) -> Self {
        let mut found: Vec<Arc<Bucket>> = all.into_iter().filter(|bucket| fits(bucket, asked)).collect();
        found.sort_by_cached_key(|bucket| key(bucket, asked.sort));
        if asked.descending {
            found.reverse();
        }
        let (number, pages) = (found.len(), found.len().div_ceil(ON_A_PAGE).max(1));
        let page = asked.page.clamp(1, pages);
        let skipped = (page - 1) * ON_A_PAGE;
        let rows: Vec<Row> = found.iter().skip(skipped).take(ON_A_PAGE).map(|bucket| Row::of(bucket, now)).collect();
        Self { first: if rows.is_empty() { 0 } else { skipped + 1 }, rows, number, page, pages }
    }

    /// The number of the last Bucket on this page.
    pub(super) fn last(&self) -> usize {
        (self.first + self.rows.len()).saturating_sub(1)
    }
}

fn fits(bucket: &Bucket, asked: &Asked) -> bool {
    let metadata = &bucket.metadata;
    let contains = |part: &String| {
        let has = |name: Option<&str>| name.is_some_and(|name| name.contains(part.as_str()));
        has(metadata.name.as_deref()) || has(bucket.bucket_name())
    };
    asked.namespace.as_ref().is_none_or(|namespace| metadata.namespace.as_ref() == Some(namespace))
        && asked.name.as_ref().is_none_or(contains)
        && asked.state.is_none_or(|state| gauges::state(bucket) == state)
        && asked.config.is_none_or(|config| drift::standing(bucket).any(|drift| drift.config == config))
        && asked.reason.as_ref().is_none_or(|reason| wait::of(bucket).is_some_and(|wait| wait.reason == reason))
}

/// What the Bucket is sorted by: a text, or a time (no drift last, never checked first); then by its name.
fn key(bucket: &Bucket, by: Sort) -> (String, Timestamp, String, String) {
    let (text, time) = match by {
        Sort::Name => (String::new(), Timestamp::MIN),
        Sort::State => {
            let reason = wait::of(bucket).map_or("", |wait| wait.reason);
            (format!("{} {reason}", gauges::state(bucket)), Timestamp::MIN)
        }
        Sort::Drift => (String::new(), since(bucket).unwrap_or(Timestamp::MAX)),
        Sort::Checked => (String::new(), checked(bucket).unwrap_or(Timestamp::MIN)),
    };
    (text, time, bucket.namespace().unwrap_or_default(), bucket.name_any())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{NOW, bucket, checked_at, drifted};
    use super::*;

    fn names(all: &[Bucket], query: &str) -> Vec<String> {
        let all = all.iter().cloned().map(Arc::new).collect();
        Listed::of(all, &Asked::parse(query).unwrap(), NOW).rows.into_iter().map(|row| row.name).collect()
    }

    #[test]
    fn a_list_is_filtered_and_sorted() {
        let mut all = vec![
            bucket("team-b", "a", &[("Ready", "True", "")]),
            drifted(bucket("team-a", "old", &[("Drifted", "True", "DriftDetected")]), "cors", 100, None),
            drifted(bucket("team-a", "new", &[("Drifted", "True", "DriftDetected")]), "policy", 900, None),
            bucket("team-a", "broken", &[("ACK.Terminal", "True", "name-rule")]),
        ];
        checked_at(&mut all[0], 50);
        checked_at(&mut all[3], 20);
        assert_eq!(names(&all, ""), ["broken", "new", "old", "a"], "namespace, then name");
        assert_eq!(names(&all, "namespace=team-b"), ["a"]);
        assert_eq!(names(&all, "namespace=team"), [""; 0], "whole namespaces");
        assert_eq!(names(&all, "name=o"), ["broken", "old"]);
        assert_eq!(names(&all, "name=s3-new"), ["new"], "the name of the bucket");
        assert_eq!(names(&all, "state=terminal"), ["broken"]);
        assert_eq!(names(&all, "reason=name-rule"), ["broken"]);
        assert_eq!(names(&all, "config=policy"), ["new"]);
        assert_eq!(names(&all, "sort=drift"), ["old", "new", "broken", "a"]);
        assert_eq!(names(&all, "sort=checked"), ["new", "old", "broken", "a"]);
        assert_eq!(names(&all, "sort=checked&order=desc"), ["a", "broken", "old", "new"]);
        assert_eq!(names(&all, "sort=state"), ["new", "old", "a", "broken"]);
    }

    #[test]
    fn a_list_has_pages() {
        let all: Vec<_> = (0..450).map(|number| Arc::new(bucket("n", &format!("b{number:03}"), &[]))).collect();
        let of = |page: usize| Listed::of(all.clone(), &Asked { page, ..Asked::default() }, NOW);
        let told = |listed: &Listed| (listed.page, listed.pages, listed.number, listed.first, listed.last());
        assert_eq!([1, 3, 99].map(|page| told(&of(page))), [(1, 3, 450, 1, 200), (3, 3, 450, 401, 450), (3, 3, 450, 401, 450)]);
        assert_eq!(of(2).rows[0].name, "b200");
        assert_eq!(told(&Listed::of(Vec::new(), &Asked::default(), NOW)), (1, 1, 0, 0, 0));
    }
}
