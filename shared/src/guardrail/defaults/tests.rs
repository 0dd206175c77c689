use serde_json::json;

use super::*;
use crate::guardrail::NoParams;
use crate::guardrail::testing::{now, set};

fn raw() -> Value {
    json!({"metadata": {"name": "logs", "namespace": "team-a"}, "spec": {"name": "team-a-logs"}})
}

struct Case {
    operation: Operation,
    old: Option<Value>,
    namespace: BTreeMap<String, String>,
    settings: Settings,
}

impl Default for Case {
    fn default() -> Self {
        let namespace = BTreeMap::from([(annotation::DEFAULT_REGION.to_owned(), "eu-west-1".to_owned())]);
        Self { operation: Operation::Create, old: None, namespace, settings: Settings::default() }
    }
}

impl Case {
    fn fill(&self, specs: &[&str], raw: &Value) -> (Value, Filled) {
        let labels = BTreeMap::from([("cost-center".to_owned(), "1234".to_owned())]);
        let review = DefaultsReview {
            operation: self.operation,
            old: self.old.as_ref(),
            namespace: Some(&self.namespace),
            namespace_labels: Some(&labels),
            settings: &self.settings,
            user: "alice",
            account: None,
            params: &NoParams,
            now: now(),
        };
        let filled = set(specs, &[]).defaults(raw, &review);
        let mut object = raw.clone();
        json_patch::patch(&mut object, &filled.patch).unwrap();
        (object, filled)
    }
}

fn fill(specs: &[&str], raw: &Value) -> (Value, Filled) {
    Case::default().fill(specs, raw)
}

const ALL: &str = r#"{defaults: {
    tags: [{key: managed-by, value: k8s}, {key: cost-center, fromNamespaceLabel: cost-center}, {key: owner, fromNamespaceLabel: nobody}],
    publicAccessBlock: All,
    encryption: {algorithm: "aws:kms", kmsKeyID: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", bucketKey: true},
    versioning: Enabled,
    abortIncompleteUploadDays: 7,
    denyInsecureTransport: true,
    deletionPolicy: retain}}"#;

#[test]
fn everything_that_is_missing_is_filled_in_and_nothing_the_second_time() {
    let (object, filled) = fill(&[ALL], &raw());
    assert!(filled.refused.is_empty(), "{:?}", filled.refused);
    let names: Vec<&str> = filled.applied.iter().map(|applied| applied.default).collect();
    let want = [
        "deletionPolicy",
        "tags",
        "tags",
        "publicAccessBlock",
        "encryption",
        "versioning",
        "abortIncompleteUploadDays",
        "denyInsecureTransport",
    ];
    assert_eq!(names, want);
    assert_eq!(
        object["spec"]["tagging"]["tagSet"],
        json!([{"key": "managed-by", "value": "k8s"}, {"key": "cost-center", "value": "1234"}])
    );
    assert_eq!(object["spec"]["versioning"]["status"], "Enabled");
    assert_eq!(object["spec"]["encryption"]["rules"][0]["bucketKeyEnabled"], true);
    assert_eq!(object["spec"]["lifecycle"]["rules"][0]["abortIncompleteMultipartUpload"]["daysAfterInitiation"], 7);
    assert_eq!(object["metadata"]["annotations"]["services.k8s.aws/deletion-policy"], "retain");
    let policy: Value = serde_json::from_str(object["spec"]["policy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Statement"][0]["Resource"], json!(["arn:aws:s3:::team-a-logs", "arn:aws:s3:::team-a-logs/*"]));
    assert_eq!(filled.applied[5].warning(), "defaulted spec.versioning.status=Enabled (g0)");
    assert_eq!(fill(&[ALL], &object), (object, Filled::default()));
}

#[test]
fn what_somebody_wrote_stands() {
    let mut own = raw();
    own["metadata"]["annotations"] = json!({"services.k8s.aws/deletion-policy": "delete"});
    own["spec"]["tagging"] = json!({"tagSet": [{"key": "managed-by", "value": "me"}, {"key": "cost-center", "value": ""}]});
    own["spec"]["publicAccessBlock"] = json!({"blockPublicACLs": false});
    own["spec"]["encryption"] = json!({"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]});
    own["spec"]["versioning"] = json!({"status": "Suspended"});
    own["spec"]["lifecycle"] =
        json!({"rules": [{"id": "x", "status": "Enabled", "prefix": "", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1}}]});
    own["spec"]["policy"] = json!("nonsense");
    assert_eq!(fill(&[ALL], &own).1, Filled::default());
}

#[test]
fn a_statement_is_added_to_a_policy_that_has_none_like_it() {
    let mut own = raw();
    own["spec"]["policy"] = json!(
        r#"{"Version":"2012-10-17","Statement":{"Sid":"a","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::team-a-logs/*"}}"#
    );
    let (object, _) = fill(&["{defaults: {denyInsecureTransport: true}}"], &own);
    let policy: Value = serde_json::from_str(object["spec"]["policy"].as_str().unwrap()).unwrap();
    assert_eq!((&policy["Statement"][0]["Sid"], &policy["Statement"][1]["Sid"]), (&json!("a"), &json!("DenyInsecureTransport")));
    let china = Case { namespace: BTreeMap::from([(annotation::DEFAULT_REGION.to_owned(), "cn-north-1".to_owned())]), ..Case::default() };
    assert!(
        china.fill(&["{defaults: {denyInsecureTransport: true}}"], &raw()).0["spec"]["policy"]
            .as_str()
            .unwrap()
            .contains("arn:aws-cn:s3:::")
    );
}

#[test]
fn the_first_by_priority_and_name_counts() {
    let region = |region: &str, priority: u32| format!("{{priority: {priority}, defaults: {{region: {region}}}}}");
    let case = Case { namespace: BTreeMap::new(), ..Case::default() };
    let filled = |one: &str, other: &str| case.fill(&[one, other], &raw()).0["metadata"]["annotations"][annotation::REGION].clone();
    assert_eq!(filled(&region("eu-west-1", 2), &region("eu-west-2", 1)), "eu-west-2");
    assert_eq!(filled(&region("eu-west-1", 1), &region("eu-west-2", 1)), "eu-west-1");
    assert_eq!(fill(&[&region("eu-west-3", 1)], &raw()).1, Filled::default(), "the namespace names one");
}

#[test]
fn what_would_be_refused_is_left_out_and_told() {
    let spec = "{defaults: {tags: [{key: 'aws:x', value: y}, {key: fine, value: z}], versioning: Enabled}}";
    let (object, filled) = fill(&[spec], &raw());
    assert_eq!(object["spec"]["tagging"]["tagSet"], json!([{"key": "fine", "value": "z"}]));
    assert_eq!(object["spec"]["versioning"]["status"], "Enabled");
    assert!(filled.refused.len() == 1 && filled.refused[0].contains("tag-key-aws-prefix"), "{:?}", filled.refused);
}

#[test]
fn a_change_keeps_what_the_default_gave_and_changes_no_older_bucket() {
    let spec = "{defaults: {versioning: Enabled, tags: [{key: managed-by, value: k8s}], denyInsecureTransport: true}}";
    let (stored, _) = fill(&[spec], &raw());
    let update = |old: Value| Case { operation: Operation::Update, old: Some(old), ..Case::default() }.fill(&[spec], &raw());
    assert_eq!(update(stored.clone()).0, stored);
    assert_eq!(update(raw()).1, Filled::default());
    let mut other = stored;
    other["spec"]["versioning"]["status"] = json!("Suspended");
    assert!(update(other).0["spec"]["versioning"].is_null());
}

#[test]
fn who_looks_on_adopts_or_goes_gets_nothing() {
    for annotations in [json!({"services.k8s.aws/read-only": "true"}), json!({"services.k8s.aws/adoption-policy": "adopt"})] {
        let mut raw = raw();
        raw["metadata"]["annotations"] = annotations;
        assert_eq!(fill(&[ALL], &raw).1, Filled::default());
    }
    let delete = Case { operation: Operation::Delete, ..Case::default() };
    assert_eq!(delete.fill(&[ALL], &raw()).1, Filled::default());
    for odd in [json!(null), json!([]), json!({"spec": 1}), json!({"metadata": {"annotations": []}})] {
        assert_eq!(fill(&[ALL], &odd).1, Filled::default(), "{odd}");
    }
}

#[test]
fn a_directory_bucket_gets_what_it_can_have() {
    let mut raw = raw();
    raw["spec"]["name"] = json!("a--euw1-az1--x-s3");
    let names: Vec<&str> =
        fill(&["{defaults: {versioning: Enabled, publicAccessBlock: All, denyInsecureTransport: true, deletionPolicy: retain}}"], &raw)
            .1
            .applied
            .iter()
            .map(|applied| applied.default)
            .collect();
    assert_eq!(names, ["deletionPolicy"]);
}
