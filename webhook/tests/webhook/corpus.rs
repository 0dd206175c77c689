//! Manifests as people write them: what S3 takes is admitted, what it refuses is refused with every mistake named, and the check of
//! files says the same as the router.

mod file;
mod offline;
mod others;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::Bucket;
use shared::admission::{self, Operation, Settings};

use crate::world::{World, review};
use file::{File, Manifest, files};

/// The account that buckets are said to be in once they exist.
const ACCOUNT: &str = "111122223333";

#[tokio::test]
async fn what_s3_takes_is_admitted() {
    let mut wrong = Vec::new();
    for file in files("admitted") {
        let world = file.world();
        for manifest in &file.manifests {
            wrong.extend(admit(&world, manifest).await.err());
            wrong.extend(keep(&world, manifest).await.err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A new Bucket, with exactly the warnings that it names.
async fn admit(world: &World, manifest: &Manifest) -> Result<(), String> {
    let object = world.defaulted(manifest).await;
    let (refused, rules) = judged(world, &manifest.review("CREATE", &object, &Value::Null)).await;
    let expected: BTreeSet<String> = manifest.warns("warns");
    if refused.is_empty() && rules == expected {
        return Ok(());
    }
    Err(format!("{manifest}: created: refused {refused:?}, warned {rules:?}, expected {expected:?}"))
}

/// The same Bucket once it exists: nothing changes, all sections are added at once, and the controller looks at it.
async fn keep(world: &World, manifest: &Manifest) -> Result<(), String> {
    let object = existing(world.defaulted(manifest).await);
    let (refused, rules) = judged(world, &manifest.review("UPDATE", &object, &object)).await;
    if !refused.is_empty() || !rules.is_empty() {
        return Err(format!("{manifest}: unchanged: refused {refused:?}, warned {rules:?}"));
    }
    let (refused, rules) = judged(world, &manifest.review("UPDATE", &object, &bare(&object))).await;
    let expected: BTreeSet<String> = &manifest.warns("warns") | &manifest.warns("warns on update");
    let noisy: Vec<&String> = rules.difference(&expected).collect();
    if !refused.is_empty() || !noisy.is_empty() {
        return Err(format!("{manifest}: added: refused {refused:?}, warned {noisy:?}"));
    }
    let denied = guarded(&object);
    if denied.is_empty() { Ok(()) } else { Err(format!("{manifest}: the controller would not go on: {denied:?}")) }
}

/// The Bucket as it is stored once its S3 bucket exists.
fn existing(mut object: Value) -> Value {
    let name = object["spec"]["name"].as_str().unwrap_or("adopted").to_owned();
    let annotation = |key: &str| object["metadata"]["annotations"][key].as_str();
    let account = annotation("services.k8s.aws/owner-account-id").unwrap_or(ACCOUNT).to_owned();
    let region = annotation("services.k8s.aws/region").unwrap_or("eu-west-1").to_owned();
    let metadata = json!({"arn": format!("arn:aws:s3:::{name}"), "ownerAccountID": account, "region": region});
    object["status"] = json!({"ackResourceMetadata": metadata});
    object
}

/// The same without sections.
fn bare(object: &Value) -> Value {
    let mut bare = object.clone();
    if let Some(spec) = bare["spec"].as_object_mut() {
        let made = ["name", "namespace", "createBucketConfiguration", "objectLockEnabledForBucket", "objectOwnership"];
        spec.retain(|field, _| made.contains(&field.as_str()));
    }
    bare
}

/// What keeps the controller from going on with an existing bucket.
fn guarded(object: &Value) -> Vec<String> {
    let bucket: Bucket = serde_json::from_value(object.clone()).unwrap();
    let settings = Settings { default_region: Some("eu-west-1".to_owned()), controller_tags: 2, ..Settings::default() };
    let caches = webhook::caches::Caches::default();
    let verdict = admission::findings(&admission::Request {
        operation: Operation::Update,
        subresource: None,
        bucket: &bucket,
        old: None,
        namespace: None,
        namespace_going: false,
        user: "",
        settings: &settings,
        claims: webhook::caches::Cluster::claims(&caches),
    });
    verdict.denials().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_s3_refuses_is_refused_with_every_mistake_named() {
    let mut wrong = Vec::new();
    for file in files("refused") {
        let world = file.world();
        for manifest in &file.manifests {
            let object = world.defaulted(manifest).await;
            let (refused, rules) = judged(&world, &manifest.review("CREATE", &object, &Value::Null)).await;
            let (expected, warned) = (manifest.refused(), manifest.warns("warns"));
            let denied: BTreeSet<String> = refused.iter().map(|(rule, _)| rule.clone()).collect();
            let said: BTreeSet<String> = rules.difference(&denied).cloned().collect();
            if refused != expected || said != warned {
                let left: Vec<_> = expected.difference(&refused).collect();
                let more: Vec<_> = refused.difference(&expected).collect();
                wrong.push(format!("{manifest}: not named {left:?}, named as well {more:?}, warned {said:?}, expected {warned:?}"));
            }
            assert!(!expected.is_empty(), "{manifest}: nothing is expected of it");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The faults that refuse the write, by rule and field, and all rules that spoke.
async fn judged(world: &World, review: &Value) -> (BTreeSet<(String, String)>, BTreeSet<String>) {
    let response = world.ask("/validate", review).await;
    let causes = response["status"]["details"]["causes"].as_array().into_iter().flatten();
    let refused: BTreeSet<(String, String)> = causes
        .map(|cause| {
            let rule = cause["message"].as_str().and_then(|text| text.strip_prefix('[')?.split(']').next()).unwrap_or_default();
            (rule.to_owned(), cause["field"].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    assert_eq!(response["allowed"], json!(refused.is_empty()), "{response}");
    let rules = response["auditAnnotations"]["rules"].as_str().unwrap_or_default();
    (refused, rules.split(',').filter(|rule| !rule.is_empty()).map(str::to_owned).collect())
}

impl Manifest {
    /// A review of it, as the API server would send it.
    fn review(&self, operation: &str, object: &Value, old: &Value) -> Value {
        let mut review = review(operation, object, old);
        let request = review["request"].as_object_mut().unwrap();
        request.insert("name".to_owned(), self.object["metadata"]["name"].clone());
        request.insert("namespace".to_owned(), json!(self.namespace()));
        review
    }
}

impl World {
    /// The manifest with what `/mutate` adds.
    async fn defaulted(&self, manifest: &Manifest) -> Value {
        let mut object = manifest.object.clone();
        let response = self.ask("/mutate", &manifest.review("CREATE", &object, &Value::Null)).await;
        assert_eq!(response["allowed"], json!(true), "{manifest}: {response}");
        if let Some(patch) = response["patch"].as_str() {
            use base64::Engine as _;
            let patch = base64::engine::general_purpose::STANDARD.decode(patch).unwrap();
            json_patch::patch(&mut object, &serde_json::from_slice::<json_patch::Patch>(&patch).unwrap()).unwrap();
        }
        object
    }
}

impl File {
    /// A webhook that knows the namespaces and the Buckets of the file, as the check of the file does.
    fn world(&self) -> World {
        World::with(std::sync::Arc::new(self.caches()))
    }
}
