//! The status that follows from a pass. Pure: the Bucket, the report and the time go in, a patch comes out, or nothing where the
//! status would stay as it is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::{Map, Value, json};
use shared::admission::AdoptionPolicy;
use shared::bucket::{AckResourceMetadata, AdoptionPlan, BucketStatus, Condition, ConditionType};
use shared::place::{Place, ROLE_UNAVAILABLE};
use shared::reference::{self, Unresolved};
use shared::role_selector::Selected;
use shared::{Bucket, annotation, arn};

use crate::adoption::Proposal;
use crate::mode::Mode;
use crate::references::Reference;
use crate::report::{Report, Selection, State};
use crate::{drift, ignored, paused, text, unmanaged};

/// The order of conditions in the status. The peer's come in the peer's order.
const ORDER: [ConditionType; 11] = [
    ConditionType::ReferencesResolved,
    ConditionType::LateInitialized,
    ConditionType::ResourceSynced,
    ConditionType::Ready,
    ConditionType::Drifted,
    ConditionType::Terminal,
    ConditionType::Recoverable,
    ConditionType::Advisory,
    ConditionType::IamRoleSelected,
    ConditionType::DeletionBlocked,
    ConditionType::Paused,
];

/// One condition of a Bucket's status.
#[must_use]
pub fn condition(bucket: &Bucket, kind: ConditionType) -> Option<&Condition> {
    bucket.status.as_ref()?.conditions.as_ref()?.iter().find(|condition| condition.type_ == kind.as_str())
}

/// What annotation `reconcile-requested-at` says and no pass heeded yet.
#[must_use]
pub fn requested(bucket: &Bucket) -> Option<String> {
    let heeded = bucket.status.as_ref().and_then(|status| status.last_handled_reconcile_at.as_ref());
    asked(bucket).filter(|asked| heeded != Some(asked))
}

/// What annotation `reconcile-requested-at` says, bounded.
fn asked(bucket: &Bucket) -> Option<String> {
    bucket.annotation(annotation::RECONCILE_REQUESTED_AT).map(|asked| text::shortened(asked, text::VALUE))
}

/// The plan that the status shows.
#[must_use]
pub fn plan(bucket: &Bucket) -> Option<&AdoptionPlan> {
    bucket.status.as_ref()?.plan.as_ref()
}

/// The status after the pass. What the pass says nothing about stays.
#[must_use]
pub fn next(bucket: &Bucket, report: &Report, now: Timestamp) -> BucketStatus {
    // Statuses hold whole seconds.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let old = bucket.status.clone().unwrap_or_default();
    BucketStatus {
        ack_resource_metadata: metadata(bucket, report).or(old.ack_resource_metadata),
        applied_sections: if report.pending.is_some() { owned(&report.applied) } else { old.applied_sections },
        conditions: Some(conditions(bucket, report, now)),
        drift: drift::entries(bucket, report, now),
        ignored: ignored::entries(bucket, report),
        last_checked: if report.complete { Some(Time(now)) } else { old.last_checked },
        last_handled_reconcile_at: asked(bucket).or(old.last_handled_reconcile_at),
        location: report.location.clone().or(old.location),
        observed_generation: bucket.metadata.generation,
        pending: report.pending.as_ref().map_or(old.pending, |pending| {
            Some(pending.iter().map(|config| (*config).to_owned()).collect()).filter(|pending: &Vec<String>| !pending.is_empty())
        }),
        plan: report
            .plan
            .as_ref()
            .map(|plan| shown(plan, report.mode))
            .or_else(|| old.plan.filter(|_| AdoptionPolicy::pending(bucket).is_some())),
        unmanaged: unmanaged::entries(bucket, report),
    }
}

/// The JSON merge patch that makes the Bucket's status the new one; `None` where it is that already.
#[must_use]
pub fn patch(bucket: &Bucket, new: &BucketStatus) -> Option<Value> {
    let old = bucket.status.clone().unwrap_or_default();
    let (old, new) = (serde_json::to_value(old).unwrap_or_default(), serde_json::to_value(new).unwrap_or_default());
    merge_patch(&old, &new).map(|status| json!({ "status": status }))
}

/// The smallest merge patch from one value to another (RFC 7396): objects by member, null for what goes, all else as a whole; `None`
/// where they are equal.
#[must_use]
pub fn merge_patch(old: &Value, new: &Value) -> Option<Value> {
    if old == new {
        return None;
    }
    let (Value::Object(from), Value::Object(to)) = (old, new) else { return Some(new.clone()) };
    let gone = from.keys().filter(|key| !to.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    let changed = to.iter().filter_map(|(key, value)| Some((key.clone(), merge_patch(from.get(key).unwrap_or(&Value::Null), value)?)));
    Some(Value::Object(gone.chain(changed).collect::<Map<_, _>>()))
}

/// Where the bucket is; only once it is known to exist, so that a creation that failed binds nobody to a region.
fn metadata(bucket: &Bucket, report: &Report) -> Option<AckResourceMetadata> {
    let (place, name) = (report.place.as_ref()?, bucket.bucket_name()?);
    let known = bucket.status.as_ref().and_then(|status| status.ack_resource_metadata.as_ref());
    let account = place.account.clone().or_else(|| known.map(|known| known.owner_account_id.clone())).unwrap_or_default();
    Some(AckResourceMetadata {
        arn: Some(arn::bucket(name, &place.partition, &place.region, &account)),
        owner_account_id: account,
        partition: Some(place.partition.clone()),
        region: place.region.clone(),
    })
}

fn conditions(bucket: &Bucket, report: &Report, now: Timestamp) -> Vec<Condition> {
    let said = |kind| match kind {
        ConditionType::Drifted => drift::condition(bucket, report),
        ConditionType::ReferencesResolved => report.reference.as_ref().map(resolved),
        ConditionType::IamRoleSelected => report.selection.as_ref().and_then(selected),
        ConditionType::DeletionBlocked => blocked(bucket, &report.state),
        ConditionType::Paused => report.pause.as_ref().map(paused::told),
        ConditionType::Advisory => report.reference.as_ref().and_then(advisory),
        ConditionType::LateInitialized if report.mode == Mode::ReadOnly => None,
        ConditionType::LateInitialized
        | ConditionType::ResourceSynced
        | ConditionType::Ready
        | ConditionType::Terminal
        | ConditionType::Recoverable => of_state(kind, &report.state),
    };
    // What a failed pass cannot say anew keeps the generation of which it was said.
    let lasts = |kind| matches!(kind, ConditionType::LateInitialized | ConditionType::Drifted);
    let refers = bucket.spec.as_ref().is_some_and(reference::is_in);
    let of_reference = |kind| matches!(kind, ConditionType::ReferencesResolved | ConditionType::Advisory);
    let unselected = |kind| kind == ConditionType::IamRoleSelected && report.selection.is_none();
    let open = |kind| lasts(kind) || unselected(kind) || (of_reference(kind) && refers && report.reference.is_none());
    let kept = |kind| condition(bucket, kind).filter(|_| open(kind)).cloned();
    ORDER.into_iter().filter_map(|kind| said(kind).map(|new| stamped(bucket, kind, new, now)).or_else(|| kept(kind))).collect()
}

/// The condition as it is written: since when it is so, and of which generation it speaks.
#[must_use]
pub fn stamped(bucket: &Bucket, kind: ConditionType, new: New, now: Timestamp) -> Condition {
    let since = condition(bucket, kind).filter(|old| old.status == new.status).and_then(|old| old.last_transition_time.clone());
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    Condition {
        last_transition_time: since.or(Some(Time(now))),
        message: new.message,
        observed_generation: bucket.metadata.generation,
        reason: new.reason,
        status: new.status.to_owned(),
        type_: kind.as_str().to_owned(),
    }
}

fn owned(applied: &drift::Applied) -> Option<BTreeMap<String, String>> {
    (!applied.is_empty()).then(|| applied.iter().map(|(config, digest)| ((*config).to_owned(), digest.clone())).collect())
}

/// The plan as the status has it. What --dry-run keeps from being done waits for nobody's approval.
fn shown(plan: &Proposal, mode: Mode) -> AdoptionPlan {
    let shown = plan.shown();
    AdoptionPlan { approval_required: shown.approval_required && mode != Mode::DryRun, ..shown }
}

/// What a pass says in one condition, before it is stamped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    status: &'static str,
    reason: Option<String>,
    message: Option<String>,
}

impl New {
    /// Status, reason and message.
    #[must_use]
    pub fn of(status: &'static str, reason: &str, message: &str) -> Self {
        let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
        Self { status, reason, message: Some(message.to_owned()) }
    }

    /// The reason.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

/// The conditions that mirror the end of the pass; texts and combinations are the peer's, so that what reads them goes on to work.
fn of_state(kind: ConditionType, state: &State) -> Option<New> {
    const LATE: &str = "Late initialization successful";
    const NOT_SYNCED: &str = "Resource not synced";
    let new = match (kind, state) {
        (ConditionType::LateInitialized, State::Synced) => New::of("True", LATE, LATE),
        (ConditionType::ResourceSynced | ConditionType::Ready, State::Synced) => New::of("True", "", "Resource synced successfully"),
        (ConditionType::ResourceSynced, State::Terminal { .. }) => New::of("False", "resource is in terminal condition", NOT_SYNCED),
        // The words of the peer where a ConfigMap names no role: the reason says why.
        (ConditionType::ResourceSynced, State::Recoverable { reason, message, .. }) if reason == ROLE_UNAVAILABLE => {
            New::of("False", message, "IAM Role is not available")
        }
        (ConditionType::ResourceSynced, State::Recoverable { reason, .. }) => New::of("False", reason, NOT_SYNCED),
        (ConditionType::Ready, State::Terminal { message, .. }) => New::of("False", "ACK.Terminal", message),
        (ConditionType::Ready, State::Recoverable { message, .. }) => New::of("False", "ACK.Recoverable", message),
        (ConditionType::Terminal, State::Terminal { reason, message, .. })
        | (ConditionType::Recoverable, State::Recoverable { reason, message, .. }) => New::of("True", reason, message),
        _ => return None,
    };
    Some(new)
}

/// Which IAMRoleSelector chose the role; reason and message are the peer's.
fn selected(selection: &Selection) -> Option<New> {
    match selection {
        Selection::None => None,
        Selection::Selected(selected) => {
            let message = format!("{}, selectorResourceVersion: {}", chosen(selected), selected.resource_version);
            Some(New::of("True", "Selected", &message))
        }
        Selection::Conflict(message) => Some(New::of("False", "Conflict", &text::shortened(message, text::MESSAGE))),
        Selection::Invalid(message) => Some(New::of("False", "Invalid", &text::shortened(message, text::MESSAGE))),
    }
}

fn chosen(selected: &Selected) -> String {
    format!("roleARN: {}, selectorName: {}", selected.arn, selected.name)
}

/// Whether the status names the IAMRoleSelector that led to the place, or none where none did. A new version of the same selector
/// with the same role is no news.
#[must_use]
pub fn tells_selection(bucket: &Bucket, place: &Place) -> bool {
    match (condition(bucket, ConditionType::IamRoleSelected), &place.selected) {
        (None, None) => true,
        (Some(told), Some(selected)) => {
            told.status == "True" && told.message.as_ref().is_some_and(|message| message.starts_with(&format!("{},", chosen(selected))))
        }
        _ => false,
    }
}

/// A Bucket that is being deleted and about which there is something to report is still there.
fn blocked(bucket: &Bucket, state: &State) -> Option<New> {
    match state {
        State::Terminal { reason, message, .. } | State::Recoverable { reason, message, .. } if bucket.is_being_deleted() => {
            Some(New::of("True", reason, message))
        }
        State::Terminal { .. } | State::Recoverable { .. } | State::Synced => None,
    }
}

/// Whether the spec's reference leads to a role; statuses and the beginning of the message are the peer's.
fn resolved(reference: &Reference) -> New {
    match reference {
        Reference::Found { .. } => New::of("True", "", "the Role that the spec refers to has an ARN"),
        Reference::Lost(why) => {
            let status = if matches!(why, Unresolved::OtherNamespace { .. } | Unresolved::Failed { .. }) { "False" } else { "Unknown" };
            New::of(status, why.category(), &text::shortened(&format!("Reference resolution failed: {why}"), text::MESSAGE))
        }
    }
}

/// A Role of another namespace is taken, and said so, as in the peer.
fn advisory(reference: &Reference) -> Option<New> {
    let Reference::Found { elsewhere: Some(namespace) } = reference else { return None };
    let message = format!(
        "spec.replication.roleRef refers to a Role of namespace {namespace}; --enable-cross-namespace=false of the controller would forbid it"
    );
    Some(New::of("True", "CrossNamespaceOptInRequired", &message))
}

#[cfg(test)]
mod tests;
