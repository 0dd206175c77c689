//! Everything that is known of one Bucket. Pure.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use shared::bucket::{AdoptionPlan, ChangedBy, Condition, Drift};
use shared::{Bucket, annotation, resync};

use super::moment::{Moment, span};
use super::row::Row;
use super::source::{Sources, in_words};
use super::value::{Compared, visible};
use super::wait;
use crate::drift::is_contested;
use crate::{paused, schedule};

/// Everything that is known of one Bucket.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) row: Row,
    /// Whether the newest spec was looked at; else the status tells of an older one.
    pub(super) is_current: bool,
    /// What a reader runs to have it checked now.
    pub(super) check_now: String,
    /// What it is in S3: words and their values, those that are known.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The message of what it waits for, whole.
    pub(super) message: String,
    /// When the next pass follows, as far as this process knows.
    pub(super) next: Option<Moment>,
    pub(super) checks: Checks,
    pub(super) conditions: Vec<Said>,
    /// Drift that stands, and drift that was put right.
    pub(super) standing: Vec<Difference>,
    pub(super) repaired: Vec<Difference>,
    pub(super) plan: Option<Plan>,
    /// Sub-configurations that were not carried out yet.
    pub(super) pending: Vec<String>,
    pub(super) ignored: Vec<Difference>,
    pub(super) unmanaged: Vec<Difference>,
}

/// When S3 was looked at, and when it will be.
#[derive(Debug)]
pub(super) struct Checks {
    pub(super) due: Option<Moment>,
    pub(super) period: String,
    pub(super) modes: String,
    /// Whether no check comes, as nothing is looked for, or nobody is asked.
    pub(super) none: bool,
}

/// One condition.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) reason: String,
    pub(super) message: String,
    pub(super) since: Option<Moment>,
    /// The generation of the spec that it speaks of, where that is not the newest.
    pub(super) behind: Option<i64>,
}

/// One field in which S3 differs, or did, or would be made to.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) config: String,
    pub(super) field: String,
    pub(super) values: Compared,
    /// What is to be told beside: a word and the time, if one goes with it.
    pub(super) notes: Vec<(String, Option<Moment>)>,
}

/// What would change.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) changes: Vec<Difference>,
    pub(super) hash: String,
    /// How many more there are.
    pub(super) more: i64,
    /// What approves it, where it has to be approved.
    pub(super) command: Option<String>,
}

impl Told {
    /// What the status and this process know of the Bucket.
    pub(super) fn of(bucket: &Bucket, sources: &Sources) -> Self {
        let (now, status) = ((sources.now)(), bucket.status.clone().unwrap_or_default());
        let drift = status.drift.as_deref().unwrap_or_default();
        let select = |stands: bool| drift.iter().filter(move |drift| drift.remediated_at.is_none() == stands);
        let ignored = status.ignored.iter().flatten();
        let unmanaged = status.unmanaged.iter().flatten();
        Self {
            row: Row::of(bucket, now),
            is_current: status.observed_generation == bucket.metadata.generation,
            check_now: check_now(bucket),
            facts: facts(bucket),
            message: wait::of(bucket).map(|wait| visible(wait.message)).unwrap_or_default(),
            next: sources.memory.of(bucket).next.map(|at| Moment::of(at, now)),
            checks: Checks::of(bucket, sources, now),
            conditions: status.conditions.iter().flatten().map(|condition| Said::of(condition, bucket, now)).collect(),
            standing: select(true).map(|drift| Difference::drifted(drift, now)).collect(),
            repaired: select(false).map(|drift| Difference::drifted(drift, now)).collect(),
            plan: status.plan.as_ref().map(|plan| Plan::of(plan, bucket)),
            pending: status.pending.iter().flatten().map(|config| visible(config)).collect(),
            ignored: ignored.map(|it| Difference::of(&it.config, &it.field, it.desired.as_deref(), it.observed.as_deref())).collect(),
            unmanaged: unmanaged.map(|it| Difference::of(&it.config, &it.field, None, it.observed.as_deref())).collect(),
        }
    }
}

fn facts(bucket: &Bucket) -> Vec<(&'static str, String)> {
    let known = bucket.status.as_ref().and_then(|status| status.ack_resource_metadata.as_ref());
    let all = [
        ("S3 bucket", bucket.bucket_name().map(visible)),
        ("Region", known.map(|known| visible(&known.region))),
        ("Account", known.map(|known| visible(&known.owner_account_id))),
        ("ARN", known.and_then(|known| known.arn.as_deref()).map(visible)),
    ];
    all.into_iter().filter_map(|(word, value)| Some((word, value.filter(|value| !value.is_empty())?))).collect()
}

impl Checks {
    fn of(bucket: &Bucket, sources: &Sources, now: Timestamp) -> Self {
        let modes = sources.modes(bucket);
        let none = modes.is_off() || paused::is_told(bucket) || bucket.is_being_deleted();
        let due = schedule::due(bucket, sources.period, &sources.gates, now).filter(|_| !none);
        Self { due: due.map(|at| Moment::of(at, now)), period: span(resync::period(bucket, sources.period)), modes: in_words(&modes), none }
    }
}

impl Said {
    fn of(condition: &Condition, bucket: &Bucket, now: Timestamp) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(visible).unwrap_or_default();
        Self {
            kind: visible(&condition.type_),
            status: visible(&condition.status),
            reason: text(&condition.reason),
            message: text(&condition.message),
            since: moment(condition.last_transition_time.as_ref(), now),
            behind: condition.observed_generation.filter(|generation| Some(*generation) != bucket.metadata.generation),
        }
    }
}

impl Difference {
    fn of(config: &str, field: &str, spec: Option<&str>, s3: Option<&str>) -> Self {
        Self { config: visible(config), field: visible(field), values: Compared::of(spec, s3), notes: Vec::new() }
    }

    fn drifted(drift: &Drift, now: Timestamp) -> Self {
        let found = [("found", &drift.first_seen), ("seen last", &drift.last_seen), ("put right", &drift.remediated_at)];
        let times = found.into_iter().filter_map(|(word, at)| Some((word.to_owned(), Some(moment(at.as_ref(), now)?))));
        let by = drift.changed_by.as_ref().map(|by| changed_by(by, now));
        let rounds = drift.rounds.map(|rounds| {
            let fight = if is_contested(drift) { ", somebody else keeps writing it" } else { "" };
            (format!("round {rounds}{fight}"), None)
        });
        let notes = times.chain(by).chain(rounds).collect();
        Self { notes, ..Self::of(&drift.config, &drift.field, drift.desired.as_deref(), drift.observed.as_deref()) }
    }
}

fn changed_by(by: &ChangedBy, now: Timestamp) -> (String, Option<Moment>) {
    let who = by.principal.as_deref().map(|who| format!(" by {}", visible(who))).unwrap_or_default();
    (format!("{}{who}", visible(&by.event)), moment(by.time.as_ref(), now))
}

impl Plan {
    fn of(plan: &AdoptionPlan, bucket: &Bucket) -> Self {
        let change = |change: &shared::bucket::PlannedChange| {
            let notes = change.destructive.then(|| ("to approve".to_owned(), None)).into_iter().collect();
            Difference { notes, ..Difference::of(&change.config, &change.field, change.desired.as_deref(), change.observed.as_deref()) }
        };
        Self {
            changes: plan.changes.iter().map(change).collect(),
            hash: visible(&plan.hash),
            more: plan.total.saturating_sub(i64::try_from(plan.changes.len()).unwrap_or(i64::MAX)).max(0),
            command: wait::plan(bucket).and_then(|plan| approval(bucket, &plan.hash)),
        }
    }
}

/// What a reader runs to approve the plan. `None` where the status was written by somebody who put something else there than a hash:
/// nobody shall copy that into a shell.
pub(super) fn approval(bucket: &Bucket, hash: &str) -> Option<String> {
    let is_hash = !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_hash.then(|| annotate(bucket, &format!("{}={hash}", annotation::APPROVE_PLAN)))
}

/// What a reader runs to have the bucket checked now.
fn check_now(bucket: &Bucket) -> String {
    annotate(bucket, &format!("{}=\"$(date +%s)\"", annotation::RECONCILE_REQUESTED_AT))
}

/// Names of Kubernetes objects need no quotes. Source: Kubernetes, "Object Names and IDs".
fn annotate(bucket: &Bucket, what: &str) -> String {
    format!("kubectl annotate --overwrite --namespace {} bkt {} {what}", bucket.namespace().unwrap_or_default(), bucket.name_any())
}

fn moment(at: Option<&Time>, now: Timestamp) -> Option<Moment> {
    at.map(|at| Moment::of(at.0, now))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bucket, checked_at, drifted, planned, sources, time};
    use super::*;

    #[test]
    fn drift_is_told_with_its_times_its_author_and_its_rounds() {
        let mut bucket = drifted(bucket("team-a", "b", &[("Drifted", "True", "DriftContested")]), "versioning", 400, Some(3));
        let by = ChangedBy { event: "PutBucketVersioning".to_owned(), principal: Some("ana".to_owned()), time: Some(time(940)) };
        let drift = bucket.status.as_mut().unwrap().drift.as_mut().unwrap();
        drift[0].changed_by = Some(by);
        drift.push(Drift { remediated_at: Some(time(500)), config: "cors".to_owned(), ..Drift::default() });
        let told = Told::of(&bucket, &sources(Vec::new()));
        let notes = |difference: &Difference| -> Vec<String> {
            difference.notes.iter().map(|(word, at)| format!("{word} {}", at.as_ref().map_or("", |at| at.words.as_str()))).collect()
        };
        let expected =
            ["found 10 min ago", "seen last 10 s ago", "PutBucketVersioning by ana 1 min ago", "round 3, somebody else keeps writing it "];
        assert_eq!(notes(&told.standing[0]), expected);
        assert_eq!((told.standing.len(), notes(&told.repaired[0])), (1, vec!["put right 8 min 20 s ago".to_owned()]));
    }

    #[test]
    fn the_next_check_is_told_unless_there_is_none() {
        let mut bucket = bucket("team-a", "b", &[("Ready", "True", "")]);
        checked_at(&mut bucket, 900);
        let of = |bucket: &Bucket, mode: &str| {
            let sources = Sources { drift_mode: shared::drift_mode::Said::parse(mode).unwrap(), ..sources(Vec::new()) };
            sources.memory.update(bucket, |remembered| remembered.next = jiff::Timestamp::from_second(1060).ok());
            Told::of(bucket, &sources)
        };
        let told = of(&bucket, "policy=warn");
        assert!(told.checks.due.is_some_and(|due| due.words.starts_with("in ")) && told.is_current);
        assert_eq!((told.checks.period.as_str(), told.checks.modes.as_str()), ("10 h", "remediate; warn for policy"));
        assert_eq!(told.next.map(|next| next.words).as_deref(), Some("in 1 min"));
        let off = of(&bucket, "off").checks;
        assert!(off.none && off.due.is_none());
        bucket.metadata.generation = Some(2);
        assert!(!of(&bucket, "").is_current);
    }

    #[test]
    fn a_plan_is_told_with_the_command_that_approves_it() {
        let mut bucket = planned(bucket("team-a", "b", &[("Drifted", "True", "DriftDetected")]), "5f3a9c");
        bucket.status.as_mut().unwrap().plan.as_mut().unwrap().total = 600;
        let plan = Told::of(&bucket, &sources(Vec::new())).plan.unwrap();
        let command = "kubectl annotate --overwrite --namespace team-a bkt b s3.services.k8s.aws/approve-plan=5f3a9c";
        assert_eq!((plan.command.as_deref(), plan.more, plan.changes[0].notes[0].0.as_str()), (Some(command), 599, "to approve"));
        bucket.status.as_mut().unwrap().plan.as_mut().unwrap().approval_required = false;
        assert_eq!(Told::of(&bucket, &sources(Vec::new())).plan.unwrap().command, None);
    }
}
