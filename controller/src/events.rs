//! Kubernetes Events: what changed, told once. Which ones follow from a pass is pure; publishing them is best effort.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::api::{Api, PostParams};
use kube::{Client, Resource};
use shared::Bucket;
use shared::bucket::ConditionType;
use shared::telemetry::Chain;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::adoption::SHOWN;
use crate::deletion::EMPTYING;
use crate::look::{CONTESTED, LOST};
use crate::mode::Mode;
use crate::report::{Report, State};
use crate::{drift, ignored, paused, status, text, unmanaged};

/// The controller as Events name it.
const REPORTER: &str = "cooper-controller";
/// The most Events that wait to be published.
const WAITING: usize = 4096;

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Whether somebody may have to act.
    pub warning: bool,
    /// What happened, as one word.
    pub reason: String,
    /// What the controller was doing, as one word.
    pub action: &'static str,
    /// What happened, for people.
    pub text: String,
}

impl Note {
    /// Something that went as it should.
    #[must_use]
    pub fn normal(reason: &str, action: &'static str, text: &str) -> Self {
        Self { warning: false, reason: reason.to_owned(), action, text: text::within_bytes(text, text::NOTE).to_owned() }
    }

    /// Something that somebody should look at.
    #[must_use]
    pub fn warning(reason: &str, action: &'static str, text: &str) -> Self {
        Self { warning: true, reason: reason.to_owned(), action, text: text::within_bytes(text, text::NOTE).to_owned() }
    }
}

/// What a pass is told as. `bucket` is the Bucket with the status from before the pass.
#[must_use]
pub fn notes(bucket: &Bucket, report: &Report) -> Vec<Note> {
    let mut notes: Vec<Note> = report
        .drift
        .iter()
        .filter(|drifted| drift::is_new(bucket, drifted))
        .map(|drifted| drift::detected(drifted, &report.hints))
        .collect();
    notes.extend(paused::ends(bucket, report));
    if report.created {
        let region = report.place.as_ref().map_or("", |place| place.region.as_str());
        notes.push(Note::normal(
            "Created",
            "Create",
            &format!("created S3 bucket {:?} in {region}", bucket.bucket_name().unwrap_or_default()),
        ));
    }
    notes.extend(adoption(bucket, report));
    notes.extend(report.drift.iter().filter(|drifted| drifted.repaired).map(drift::remediated));
    let drifted = |config: &str| report.drift.iter().any(|drifted| drifted.config == config);
    let updated = text::list(report.written.iter().copied().filter(|config| !drifted(config)));
    if !updated.is_empty() && !report.created {
        notes.push(Note::normal("Updated", "Update", &format!("wrote {updated} as the spec says")));
    }
    notes.extend(unmanaged::notes(bucket, report));
    notes.extend(ignored::notes(bucket, report));
    notes.extend(failure(bucket, &report.state));
    notes
}

/// That a bucket was taken over, or what taking it over would change, where that was not told before.
fn adoption(bucket: &Bucket, report: &Report) -> Option<Note> {
    if report.adopted {
        let name = bucket.bucket_name().unwrap_or_default();
        let text = format!("took over S3 bucket {name:?}; deleting this Bucket deletes it too, unless its deletion policy says retain");
        return Some(Note::normal("Adopted", "Adopt", &text));
    }
    let plan = report.plan.as_ref().filter(|plan| !plan.is_empty() && !plan.of_drift && report.mode != Mode::DryRun)?;
    let known = status::plan(bucket).is_some_and(|known| known.hash == plan.hash);
    let (total, harmful) = (plan.total(), plan.destructive());
    let text = format!("plan {}: {total} changes in {}, {harmful} to approve", plan.hash, text::list(plan.configs()));
    (!known).then(|| Note::normal("AdoptionPlanned", "Adopt", &text))
}

/// The end of a failed pass; only where it differs from that of the pass before.
fn failure(bucket: &Bucket, state: &State) -> Option<Note> {
    let (kind, reason, message) = match state {
        State::Synced => return None,
        // It goes on by itself.
        State::Recoverable { reason, .. } if reason == SHOWN => return None,
        // The drift is told by itself.
        State::Recoverable { reason, .. } if reason == CONTESTED || reason == LOST => return None,
        State::Terminal { reason, message, .. } => (ConditionType::Terminal, reason, message),
        State::Recoverable { reason, message, .. } => (ConditionType::Recoverable, reason, message),
    };
    let told = status::condition(bucket, kind);
    // Progress is no news.
    let known =
        told.is_some_and(|old| old.message.as_ref() == Some(message) || (reason == EMPTYING && old.reason.as_ref() == Some(reason)));
    (!known).then(|| Note::warning(reason, "Reconcile", message))
}

/// Where Events are published, in order and beside the passes: no pass waits for them.
pub struct Events(mpsc::Sender<Event>);

impl Events {
    /// Starts publishing behind this client. The task ends once all that was told is published and nobody can tell more.
    #[must_use]
    pub fn start(client: Client) -> (Self, JoinHandle<()>) {
        let (sender, mut receiver) = mpsc::channel::<Event>(WAITING);
        let publisher = tokio::spawn(async move {
            while let Some(event) = receiver.recv().await {
                let api: Api<Event> = Api::namespaced(client.clone(), event.metadata.namespace.as_deref().unwrap_or("default"));
                if let Err(error) = api.create(&PostParams::default(), &event).await {
                    tracing::warn!(error = %Chain(&error), note = event.note, "an Event could not be published");
                }
            }
        });
        (Self(sender), publisher)
    }

    /// Publishes the notes. A note that cannot be published is logged and lost: nothing depends on it.
    pub fn publish<K: Resource<DynamicType = ()>>(&self, object: &K, notes: Vec<Note>) {
        for (index, note) in notes.into_iter().enumerate() {
            if let Err(error) = self.0.try_send(event(object, note, index, Timestamp::now())) {
                tracing::warn!(error = %Chain(&error), "too many Events wait to be published; this one is lost");
            }
        }
    }
}

fn event<K: Resource<DynamicType = ()>>(object: &K, note: Note, index: usize, now: Timestamp) -> Event {
    about(ObjectReference { resource_version: None, ..object.object_ref(&()) }, note, index, now)
}

/// The Event that tells the note of an object. `index` tells apart what is told of it at the same time.
#[must_use]
pub fn about(object: ObjectReference, note: Note, index: usize, now: Timestamp) -> Event {
    Event {
        action: Some(note.action.to_owned()),
        event_time: Some(MicroTime(now)),
        metadata: ObjectMeta {
            namespace: Some(object.namespace.clone().unwrap_or_else(|| "default".to_owned())),
            // As client-go names them: unique by time.
            name: Some(format!(
                "{}.{:x}{index:x}",
                text::within_bytes(object.name.as_deref().unwrap_or_default(), 200),
                now.as_nanosecond()
            )),
            ..ObjectMeta::default()
        },
        note: Some(note.text),
        reason: Some(text::shortened(&note.reason, 128)),
        regarding: Some(object),
        reporting_controller: Some(REPORTER.to_owned()),
        reporting_instance: Some(instance()),
        type_: Some(if note.warning { "Warning" } else { "Normal" }.to_owned()),
        ..Event::default()
    }
}

/// The Pod, where the process runs in one.
fn instance() -> String {
    std::env::var("HOSTNAME")
        .ok()
        .filter(|name| !name.is_empty())
        .map_or_else(|| REPORTER.to_owned(), |name| text::within_bytes(&name, 128).to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::BucketSpec;
    use shared::bucket::Drift;
    use shared::place::Place;
    use shared::subconfig::Difference;

    use super::*;
    use crate::report::Drifted;
    use crate::report::Pace;

    fn bucket() -> Bucket {
        let mut bucket = Bucket::new("logs", BucketSpec { name: "the-logs".to_owned(), ..BucketSpec::default() });
        bucket.metadata.namespace = Some("team-a".to_owned());
        bucket
    }

    fn drifted(repaired: bool) -> Drifted {
        let field = Difference { field: "spec.policy".to_owned(), desired: json!("x".repeat(5000)), observed: json!(null) };
        Drifted { repaired, ..Drifted::found("policy", vec![field]) }
    }

    fn told(bucket: &Bucket, report: &Report) -> Vec<(String, bool, String)> {
        notes(bucket, report).into_iter().map(|note| (note.reason, note.warning, note.text)).collect()
    }

    #[test]
    fn a_creation_is_one_event() {
        let place = Some(Place { region: "eu-west-1".to_owned(), ..Place::default() });
        let report = Report { created: true, place, written: vec!["versioning"], ..Report::default() };
        assert_eq!(told(&bucket(), &report), [("Created".to_owned(), false, "created S3 bucket \"the-logs\" in eu-west-1".to_owned())]);
    }

    #[test]
    fn drift_and_its_repair_are_told_with_bounded_values() {
        let report = Report { drift: vec![drifted(true)], written: vec!["policy", "cors"], ..Report::default() };
        let told = told(&bucket(), &report);
        let reasons: Vec<&str> = told.iter().map(|(reason, ..)| reason.as_str()).collect();
        assert_eq!(reasons, ["DriftDetected", "DriftRemediated", "Updated"]);
        assert!(told[0].1 && told[0].2.contains("spec.policy is missing in S3, the spec says ") && told[0].2.len() < 400, "{}", told[0].2);
        assert_eq!(told[2].2, "wrote cors as the spec says");
    }

    #[test]
    fn drift_that_stands_is_not_told_again() {
        let mut bucket = bucket();
        let known = Drift { config: "policy".to_owned(), field: "spec.policy".to_owned(), ..Drift::default() };
        bucket.status = Some(shared::BucketStatus { drift: Some(vec![known]), ..Default::default() });
        assert!(told(&bucket, &Report { drift: vec![drifted(false)], ..Report::default() }).is_empty());
    }

    #[test]
    fn a_failure_is_told_until_it_changes() {
        let mut bucket = bucket();
        let state = |message: &str| State::recoverable("Denied", message, Pace::Quick);
        let report = Report::of(state("no"));
        assert_eq!(told(&bucket, &report), [("Denied".to_owned(), true, "no".to_owned())]);
        bucket.status = Some(status::next(&bucket, &report, Timestamp::UNIX_EPOCH));
        assert!(told(&bucket, &report).is_empty());
        assert_eq!(told(&bucket, &Report::of(state("still no"))).len(), 1);
    }

    #[test]
    fn an_event_fits_the_api() {
        let mut bucket = bucket();
        bucket.metadata.name = Some("n".repeat(253));
        bucket.metadata.uid = Some("u".to_owned());
        let event = event(&bucket, Note::warning(&"r".repeat(500), "Check", &"ä".repeat(9000)), 3, Timestamp::now());
        assert!(event.metadata.name.as_ref().unwrap().len() <= 253);
        assert!(event.reason.as_ref().unwrap().chars().count() <= 128);
        assert!(event.note.as_ref().unwrap().len() <= 1000);
        let regarding = event.regarding.unwrap();
        assert_eq!((regarding.kind.as_deref(), regarding.uid.as_deref()), (Some("Bucket"), Some("u")));
    }
}
