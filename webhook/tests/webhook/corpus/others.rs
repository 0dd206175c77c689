//! What the other tests of the project apply as good Buckets, and what they take over from the ACK controller: all of it is admitted.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::file::{File, Manifest};
use super::{existing, guarded, judged};
use crate::world::World;

const NAME: &str = "cooper-other";
const OWNER: &str = "1111111111111111111111111111111111111111111111111111111111111111";

fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(path);
    let text = fs::read_to_string(&path).unwrap();
    // The specs of the store's tests are of a bucket called laws.
    let text = text.replace(":::laws/", ":::$NAME/").replace("$NAMESPACE", "team").replace("$NAME", NAME).replace("$OWNER", OWNER);
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn bucket(region: &str, spec: &Value, annotations: &Value) -> Value {
    let mut all = json!({"services.k8s.aws/region": region});
    json_patch::merge(&mut all, annotations);
    let mut spec = spec.clone();
    spec["name"] = json!(NAME);
    json!({
        "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket",
        "metadata": {"name": "other", "namespace": "default", "annotations": all}, "spec": spec,
    })
}

async fn created(name: &str, object: Value) -> Option<String> {
    let manifest = Manifest::bare(name, object);
    let file = File::parse(Path::new("other.yaml"), &manifest.object.to_string());
    let world: World = file.world();
    let (refused, _) = judged(&world, &manifest.review("CREATE", &manifest.object, &Value::Null)).await;
    (!refused.is_empty()).then(|| format!("{name}: created: {refused:?}"))
}

/// Stored by another controller, then touched by a user, then looked at by the controller.
async fn taken_over(name: &str, object: Value) -> Option<String> {
    let old = existing(object);
    let mut new = old.clone();
    new["metadata"]["annotations"]["services.k8s.aws/deletion-policy"] = json!("retain");
    let manifest = Manifest::bare(name, new);
    let file = File::parse(Path::new("other.yaml"), &manifest.object.to_string());
    let (refused, _) = judged(&file.world(), &manifest.review("UPDATE", &manifest.object, &old)).await;
    let stopped = guarded(&manifest.object);
    (!refused.is_empty() || !stopped.is_empty()).then(|| format!("{name}: taken over: {refused:?} {stopped:?}"))
}

#[tokio::test]
async fn specs_that_the_store_of_the_tests_takes() {
    let mut wrong = Vec::new();
    let variants: Map<String, Value> = serde_json::from_value(read("tests/subconfig/variants.yaml")).unwrap();
    for (name, spec) in &variants {
        wrong.extend(created(name, bucket("eu-west-1", spec, &json!({}))).await);
    }
    for path in ["tests/e2e/peer/everything.yaml", "demo/bucket.yaml"] {
        wrong.extend(created(path, bucket("eu-central-1", &read(path)["spec"], &json!({}))).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn objects_that_the_ack_controller_left_behind() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tests/contract/fixtures");
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let fixture = read(&format!("tests/contract/fixtures/{name}"));
        let annotations = fixture["metadata"]["annotations"].clone();
        let annotations = if annotations.is_null() { json!({}) } else { annotations };
        wrong.extend(taken_over(&name, bucket("eu-central-1", &fixture["spec"], &annotations)).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// S3 may hold what it would not take anew; a bucket with it is carried on all the same.
#[test]
fn what_s3_holds_stops_no_controller() {
    let policy = |statement: Value| json!({"policy": json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()});
    let resource = format!("arn:aws:s3:::{NAME}/*");
    let on = json!({"blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": true});
    let rule = json!({"id": "a", "priority": 1, "status": "Enabled", "filter": {}, "deleteMarkerReplication": {"status": "Disabled"},
        "existingObjectReplication": {"status": "Enabled"}, "destination": {"bucket": "arn:aws:s3:::copies"}});
    let mut public = policy(json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}));
    public["publicAccessBlock"] = on.clone();
    let gone = json!({"Effect": "Allow", "Principal": {"AWS": "AROAEXAMPLE"}, "Action": "s3:GetObject", "Resource": resource});
    let newer = json!({"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:GetObjectX", "Resource": resource,
        "Condition": {"StringEquals": {"s3:prefixes": "a"}}});
    let held = [
        public,
        policy(gone),
        policy(newer),
        json!({"acl": "public-read", "publicAccessBlock": on, "ownershipControls": {"rules": [{"objectOwnership": "ObjectWriter"}]}}),
        json!({"versioning": {"status": "Enabled"}, "replication": {"role": "arn:aws:iam::111122223333:role/r", "rules": [rule]}}),
        json!({"createBucketConfiguration": {"locationConstraint": "EU"}}),
    ];
    for spec in held {
        let stopped = guarded(&existing(bucket("eu-west-1", &spec, &json!({}))));
        assert!(stopped.is_empty(), "{spec}: {stopped:?}");
    }
}
