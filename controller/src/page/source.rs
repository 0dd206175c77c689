//! Where the pages look. They read what the process knows anyway; nobody is asked anything.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::{ObjectRef, Store};
use prometheus::Registry;
use shared::drift_mode::{BUCKET, DriftMode, DriftModes, Said};
use shared::subconfig::NAMES;
use shared::{Bucket, annotation};

use crate::context::Context;
use crate::deletion::Breaker;
use crate::lease::Leadership;
use crate::memory::Memory;
use crate::settings::gates::Gates;

/// Where the pages look.
pub struct Sources {
    /// The cache of Buckets.
    pub buckets: Store<Bucket>,
    /// The cache of namespaces.
    pub namespaces: Store<PartialObjectMeta<Namespace>>,
    /// What Prometheus sees.
    pub registry: Registry,
    /// What is remembered of each Bucket.
    pub memory: Arc<Memory>,
    /// Whether this process is the one that works.
    pub leadership: Leadership,
    /// What stops a mass deletion.
    pub breaker: Breaker,
    /// Whether nothing is written to S3.
    pub dry_run: bool,
    /// The time between two checks, where the Bucket does not say.
    pub period: Duration,
    /// What is done about drift where neither the Bucket nor its namespace says.
    pub drift_mode: Said,
    /// The features that are on.
    pub gates: Gates,
    /// The clock.
    pub now: fn() -> Timestamp,
}

impl Sources {
    /// What passes have at hand, and these.
    #[must_use]
    pub fn of(context: &Context, registry: Registry, breaker: Breaker) -> Self {
        Self {
            buckets: context.buckets.clone(),
            namespaces: context.namespaces.clone(),
            registry,
            memory: Arc::clone(&context.memory),
            leadership: context.leadership.clone(),
            breaker,
            dry_run: context.dry_run,
            period: context.period,
            drift_mode: context.drift_mode.clone(),
            gates: context.gates,
            now: context.now,
        }
    }

    /// What is done about drift of the Bucket.
    pub(super) fn modes(&self, bucket: &Bucket) -> DriftModes {
        let namespace = self.namespaces.get(&ObjectRef::new(bucket.metadata.namespace.as_deref().unwrap_or_default()));
        let said = namespace.as_ref().and_then(|namespace| namespace.metadata.annotations.as_ref()?.get(annotation::DRIFT_MODE));
        DriftModes::of(bucket, said.map(String::as_str), &self.drift_mode)
    }
}

/// The modes in words: the one that most sub-configurations have, then the others by name.
pub(super) fn in_words(modes: &DriftModes) -> String {
    let mut by_mode: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in [BUCKET].iter().chain(NAMES) {
        by_mode.entry(word(modes.about(name))).or_default().push(name);
    }
    let most = by_mode.iter().max_by_key(|(_, names)| names.len()).map_or("remediate", |(mode, _)| *mode);
    let others = by_mode.iter().filter(|(mode, _)| **mode != most).map(|(mode, names)| format!("; {mode} for {}", names.join(", ")));
    most.to_owned() + &others.collect::<String>()
}

fn word(mode: DriftMode) -> &'static str {
    match mode {
        DriftMode::Remediate => "remediate",
        DriftMode::Warn => "warn",
        DriftMode::Off => "off",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_told_by_what_most_have() {
        let of = |text: &str| in_words(&DriftModes::of(&Bucket::default(), None, &Said::parse(text).unwrap()));
        assert_eq!(of(""), "remediate");
        assert_eq!(of("warn,policy=remediate,tagging=off,bucket=off"), "warn; off for bucket, tagging; remediate for policy");
        assert!(DriftMode::WORDS.iter().all(|name| DriftMode::parse(name).map(word) == Some(*name)));
    }
}
