//! What the bucket does with its objects, and how it is labelled.

use serde_json::json;

use super::Section;

/// Versions, which S3 lets nobody suspend beside object lock and replication.
pub(super) fn versioning() -> Section {
    let held = |status: &str| format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    Section {
        config: "versioning",
        field: "versioning",
        query: "versioning",
        first: (json!({ "status": "Enabled" }), held("Enabled")),
        second: (json!({ "status": "Suspended" }), held("Suspended")),
        meddled: held("Suspended"),
        difference: ("spec.versioning.status", "Enabled", "Suspended"),
        apart: &["object_lock", "replication"],
        removed: None,
    }
}

/// S3 blocks SSE-C on new buckets; that is no part of the API and has to survive.
pub(super) fn encryption() -> Section {
    const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let held = |algorithm: &str, bucket_key: bool| {
        format!(
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>{algorithm}\
             </ApplyServerSideEncryptionByDefault><BucketKeyEnabled>{bucket_key}</BucketKeyEnabled><BlockedEncryptionTypes>\
             <EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration>"
        )
    };
    let kms = format!("<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>{KEY}</KMSMasterKeyID>");
    let by_key = json!({ "sseAlgorithm": "aws:kms", "kmsMasterKeyID": KEY });
    Section {
        config: "encryption",
        field: "encryption",
        query: "encryption",
        first: (json!({ "rules": [{ "applyServerSideEncryptionByDefault": by_key, "bucketKeyEnabled": true }] }), held(&kms, true)),
        second: (json!({ "rules": [{ "applyServerSideEncryptionByDefault": by_key, "bucketKeyEnabled": false }] }), held(&kms, false)),
        meddled: held("<SSEAlgorithm>AES256</SSEAlgorithm>", true),
        difference: ("spec.encryption.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", "aws:kms", "AES256"),
        apart: &[],
        removed: Some("spec.encryption"),
    }
}

/// When objects expire.
pub(super) fn lifecycle() -> Section {
    let declared = |days: u16| json!({ "rules": [{ "id": "old", "status": "Enabled", "filter": { "prefix": "logs/" }, "expiration": { "days": days } }] });
    let held = |days: u16| {
        format!(
            "<LifecycleConfiguration><Rule><ID>old</ID><Expiration><Days>{days}</Days></Expiration><Filter><Prefix>logs/</Prefix>\
             </Filter><Status>Enabled</Status></Rule></LifecycleConfiguration>"
        )
    };
    Section {
        config: "lifecycle",
        field: "lifecycle",
        query: "lifecycle",
        first: (declared(365), held(365)),
        second: (declared(30), held(30)),
        meddled: held(1),
        difference: ("spec.lifecycle.rules[old].expiration.days", "365", "1"),
        apart: &[],
        removed: Some("spec.lifecycle"),
    }
}

/// The controller adds two tags of its own. Others have to tag by S3 Control while ABAC is on.
pub(super) fn tagging(namespace: &str) -> Section {
    let declared = |team: &str| json!({ "tagSet": [{ "key": "team", "value": team }] });
    let held = |team: &str| {
        let tag = |key: &str, value: &str| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
        let version = concat!("s3-", env!("CARGO_PKG_VERSION"));
        let own = tag("services.k8s.aws/controller-version", version) + &tag("services.k8s.aws/namespace", namespace);
        format!("<Tagging><TagSet>{own}{}</TagSet></Tagging>", tag("team", team))
    };
    Section {
        config: "tagging",
        field: "tagging",
        query: "tagging",
        first: (declared("a"), held("a")),
        second: (declared("b"), held("b")),
        meddled: held("intruder"),
        difference: ("spec.tagging.tagSet[team].value", "a", "intruder"),
        apart: &["abac"],
        removed: Some("spec.tagging"),
    }
}

/// Object lock rides on the creation, its rule does not. Versioning cannot be suspended beside it.
pub(super) fn object_lock() -> Section {
    let declared = |days: u16| json!({ "rule": { "defaultRetention": { "mode": "GOVERNANCE", "days": days } } });
    let held =
        |rule: &str| format!("<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>");
    let days = |days: u16| held(&format!("<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>{days}</Days></DefaultRetention></Rule>"));
    Section {
        config: "object_lock",
        field: "objectLockConfiguration",
        query: "object-lock",
        first: (declared(30), days(30)),
        second: (declared(60), days(60)),
        meddled: days(1),
        difference: ("spec.objectLockConfiguration.rule.defaultRetention.days", "30", "1"),
        apart: &[],
        removed: None,
    }
}

/// Attribute-based access control. It cannot be taken away.
pub(super) fn abac() -> Section {
    let held = |status: &str| format!("<AbacStatus><Status>{status}</Status></AbacStatus>");
    Section {
        config: "abac",
        field: "abac",
        query: "abac",
        first: (json!({ "status": "Enabled" }), held("Enabled")),
        second: (json!({ "status": "Disabled" }), held("Disabled")),
        meddled: held("Disabled"),
        difference: ("spec.abac.status", "Enabled", "Disabled"),
        apart: &[],
        removed: None,
    }
}
