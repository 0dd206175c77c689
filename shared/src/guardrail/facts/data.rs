//! What happens to objects, and who reads them from a browser.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::sections::Sections;
use crate::subconfig::lifecycle::LifecycleRule;
use crate::subconfig::{Cors, Lifecycle, ObjectLock};

/// `bucket.objectLock`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ObjectLockFacts {
    /// Whether objects can be locked.
    pub enabled: bool,
    /// GOVERNANCE or COMPLIANCE; empty without a default retention.
    pub mode: String,
    /// The default retention; a year counts 365 days.
    pub days: i64,
}

impl ObjectLockFacts {
    pub(super) fn of(sections: &Sections<'_>) -> Self {
        let lock = sections.get::<ObjectLock>().unwrap_or_default();
        let retention = lock.object_lock_configuration.and_then(|configuration| configuration.rule?.default_retention);
        let retention = retention.unwrap_or_default();
        Self {
            enabled: lock.object_lock_enabled_for_bucket.unwrap_or_default(),
            days: retention.days.or_else(|| retention.years.map(|years| years.saturating_mul(365))).unwrap_or_default(),
            mode: retention.mode.unwrap_or_default(),
        }
    }
}

/// `bucket.lifecycle`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LifecycleFacts {
    /// How many rules are enabled.
    pub rules: usize,
    /// After how many days parts of uploads go that never ended, by the strictest rule about every object; 0 where none is.
    pub abort_days: i64,
    /// After how many days objects expire, by the rule that waits longest; 0 where no rule counts days.
    pub max_expiration_days: i64,
    /// After how many days earlier versions expire, by the rule that waits longest; 0 where no rule does that.
    pub max_noncurrent_days: i64,
    /// The storage classes that objects move to, sorted.
    pub classes: Vec<String>,
}

impl LifecycleFacts {
    pub(super) fn of(sections: &Sections<'_>) -> Self {
        let rules = sections.get::<Lifecycle>().and_then(|lifecycle| lifecycle.rules).unwrap_or_default();
        let rules: Vec<LifecycleRule> = rules.into_iter().filter(|rule| rule.status.as_deref() == Some("Enabled")).collect();
        let aborts = rules.iter().filter(|rule| rule.filter.is_none() && rule.prefix.is_none());
        let aborts = aborts.filter_map(|rule| rule.abort_incomplete_multipart_upload.as_ref()?.days_after_initiation);
        let expirations = rules.iter().filter_map(|rule| rule.expiration.as_ref()?.days);
        let noncurrent = rules.iter().filter_map(|rule| rule.noncurrent_version_expiration.as_ref()?.noncurrent_days);
        Self {
            rules: rules.len(),
            abort_days: aborts.min().unwrap_or_default(),
            max_expiration_days: expirations.max().unwrap_or_default(),
            max_noncurrent_days: noncurrent.max().unwrap_or_default(),
            classes: rules.iter().flat_map(classes).collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect(),
        }
    }
}

fn classes(rule: &LifecycleRule) -> impl Iterator<Item = &str> {
    let current = rule.transitions.iter().flatten().map(|transition| &transition.storage_class);
    let noncurrent = rule.noncurrent_version_transitions.iter().flatten().map(|transition| &transition.storage_class);
    current.chain(noncurrent).filter_map(Option::as_deref)
}

/// `bucket.cors`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CorsFacts {
    /// How many rules there are.
    pub rules: usize,
    /// Whether some rule lets in every origin.
    pub wildcard_origin: bool,
    /// All origins, sorted.
    pub origins: Vec<String>,
}

impl CorsFacts {
    pub(super) fn of(sections: &Sections<'_>) -> Self {
        let rules = sections.get::<Cors>().and_then(|cors| cors.cors_rules).unwrap_or_default();
        let origins: BTreeSet<&String> = rules.iter().flat_map(|rule| rule.allowed_origins.iter().flatten()).collect();
        let all = |origin: &&String| matches!(origin.as_str(), "*" | "http://*" | "https://*");
        Self { rules: rules.len(), wildcard_origin: origins.iter().any(all), origins: origins.into_iter().cloned().collect() }
    }
}
