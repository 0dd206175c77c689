//! One fixture, set up in the API server and in S3, and what became of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::Bucket;
use shared::bucket::FINALIZER;
use tests::world::{ACCOUNT, REGION};

use super::fixture::{Fixture, filled};
use super::peer;
use crate::team::{Failure, Team};

/// One Bucket that is taken over.
pub(super) struct Taken<'a> {
    pub(super) team: Team<'a>,
    fixture: Fixture,
    ignores: bool,
    object: Value,
    held: BTreeMap<String, String>,
}

impl<'a> Taken<'a> {
    /// Writes the object with its status, and brings S3 to what the fixture says.
    pub(super) async fn set(team: Team<'a>, fixture: Fixture, unset: Option<&str>) -> Result<Self, Failure> {
        let bucket = team.s3_name("b");
        let fill =
            |value: &Value| -> Result<Value, Failure> { Ok(serde_json::from_str(&filled(&value.to_string(), &bucket, &team.namespace))?) };
        let s3 = team.world.s3();
        s3.create_bucket(&bucket, ACCOUNT, REGION)?;
        for (sub_resource, document) in &fixture.s3 {
            match document {
                // Of what is kept by id, the id in the document counts.
                Some(document) => {
                    let query = sub_resource.split('/').next().unwrap_or(sub_resource);
                    s3.force(&bucket, query, &filled(document, &bucket, &team.namespace))?;
                }
                None => s3.remove(&bucket, sub_resource)?,
            }
        }
        let mut metadata = if fixture.metadata.is_null() { json!({}) } else { fill(&fixture.metadata)? };
        metadata["name"] = json!("b");
        metadata["finalizers"] = json!([FINALIZER]);
        if let Some(word) = unset {
            metadata["annotations"]["s3.services.k8s.aws/unset-fields"] = json!(word);
        }
        let object =
            json!({ "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": metadata, "spec": fill(&fixture.spec)? });
        team.kubectl.run_with(&["create", "-f", "-"], &object.to_string()).await?.ok()?;
        let status = fill(&fixture.status.clone().unwrap_or_else(in_sync))?;
        let patch = json!({ "status": status }).to_string();
        team.kubectl.run(&["patch", "bucket", "b", "--subresource=status", "--type=merge", "--patch", &patch]).await?.ok()?;
        let object = team.kubectl.get_json("bucket/b").await?;
        let held = s3.bucket(&bucket).map(|state| state.configuration).unwrap_or_default();
        Ok(Self { team, fixture, ignores: unset.is_some(), object, held })
    }

    /// Where the take-over, or the way back, is not what the fixture says.
    pub(super) async fn differences(&self, bucket: &Bucket) -> Result<Vec<String>, Failure> {
        let mut wrong = Vec::new();
        let writes = self.team.calls("b").writes();
        let (mut written, mut listed) =
            (writes.operations(), if self.ignores { &self.fixture.ignore } else { &self.fixture.reset }.clone());
        written.sort_unstable();
        listed.sort_unstable();
        if written != listed {
            wrong.push(format!("wrote {written:?}, and {listed:?} is listed"));
        }
        let now = self.team.kubectl.get_json("bucket/b").await?;
        for part in ["/spec", "/metadata/annotations", "/metadata/labels", "/metadata/finalizers", "/metadata/generation"] {
            if now.pointer(part) != self.object.pointer(part) {
                wrong.push(format!("{part} was {:?} and is {:?}", self.object.pointer(part), now.pointer(part)));
            }
        }
        wrong.extend(self.lost(&now));
        let state = self.team.world.s3().bucket(&self.team.s3_name("b")).map(|state| state.configuration).unwrap_or_default();
        let spec = &now["spec"];
        let (before, after) = (peer::writes(spec, &self.held, &self.team.namespace), peer::writes(spec, &state, &self.team.namespace));
        let mut back: Vec<String> = after.difference(&before).cloned().collect();
        back.extend(peer::declared_changed(spec, &self.held, &state));
        if peer::system_tags(&self.held) != peer::system_tags(&state) {
            wrong.push("AWS's own tags did not stay".to_owned());
        }
        back.sort_unstable();
        // Where nothing but the tag was written, nothing but the tag is written back.
        let tag_only = self.ignores && self.fixture.ignore != self.fixture.reset;
        let mut expected = if tag_only { self.fixture.ignore.clone() } else { self.fixture.back.clone() };
        expected.sort_unstable();
        if back != expected {
            wrong.push(format!("on the way back {back:?} would be written, and {expected:?} is listed"));
        }
        if bucket.status.as_ref().is_some_and(|status| status.drift.is_some()) {
            wrong.push("it is told as drift".to_owned());
        }
        Ok(wrong)
    }

    /// Of what the other controller reads in a status, what is no longer there.
    fn lost(&self, now: &Value) -> Vec<String> {
        let kept = ["/status/ackResourceMetadata", "/status/location"].into_iter();
        let mut lost: Vec<String> =
            kept.filter(|part| now.pointer(part) != self.object.pointer(part)).map(|part| format!("{part} changed")).collect();
        let types = |object: &Value| -> Vec<String> {
            let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
            conditions.filter_map(|condition| Some(condition["type"].as_str()?.to_owned())).collect()
        };
        for kind in ["ACK.LateInitialized", "ACK.ResourceSynced", "Ready"] {
            if !types(now).iter().any(|there| there == kind) {
                lost.push(format!("there is no condition {kind}"));
            }
        }
        lost
    }
}

/// The status of a Bucket that the other controller holds in sync.
fn in_sync() -> Value {
    let since = "2026-08-20T10:00:00Z";
    let condition = |kind: &str, reason: &str, message: &str| json!({ "type": kind, "status": "True", "lastTransitionTime": since, "reason": reason, "message": message });
    let (late, synced) = ("Late initialization successful", "Resource synced successfully");
    json!({
        "ackResourceMetadata": { "arn": "arn:aws:s3:::$NAME", "ownerAccountID": ACCOUNT, "partition": "aws", "region": REGION },
        "location": "http://$NAME.s3.amazonaws.com/",
        "conditions": [condition("ACK.LateInitialized", late, late), condition("ACK.ResourceSynced", "", synced), condition("Ready", "", synced)],
    })
}
