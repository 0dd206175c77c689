//! The eight sub-configurations that are managed, each with what is declared, what S3 then has to hold word for word, and what
//! somebody does to it behind the controller's back.

use serde_json::{Map, Value, json};

/// One sub-configuration of one bucket.
pub(crate) struct Section {
    /// Its name in metrics and status.
    pub(crate) config: &'static str,
    /// Its member of the spec.
    pub(crate) field: &'static str,
    /// Its name in S3's URLs.
    pub(crate) query: &'static str,
    /// What is declared at first, and what S3 holds of it.
    pub(crate) first: (Value, String),
    /// What is declared later, and what S3 holds of it.
    pub(crate) second: (Value, String),
    /// What somebody else puts in the place of the first.
    pub(crate) meddled: String,
    /// How the difference is told: path, desired, observed.
    pub(crate) difference: (&'static str, &'static str, &'static str),
    /// The path that is told where somebody else takes it away altogether; none where S3 does not let anybody.
    pub(crate) removed: Option<&'static str>,
}

/// All of them, for a bucket of this name and a Bucket in this namespace.
pub(crate) fn sections(bucket: &str, namespace: &str) -> Vec<Section> {
    vec![ownership_controls(), public_access_block(), versioning(), encryption(), policy(bucket), lifecycle(), cors(), tagging(namespace)]
}

/// The spec with all that is declared at first.
pub(crate) fn first(sections: &[Section]) -> Value {
    spec(sections, |section| &section.first.0)
}

/// The spec with all that is declared later.
pub(crate) fn second(sections: &[Section]) -> Value {
    spec(sections, |section| &section.second.0)
}

fn spec(sections: &[Section], value: impl Fn(&Section) -> &Value) -> Value {
    Value::Object(sections.iter().map(|section| (section.field.to_owned(), value(section).clone())).collect::<Map<_, _>>())
}

fn ownership_controls() -> Section {
    let declared = |ownership: &str| json!({ "rules": [{ "objectOwnership": ownership }] });
    let held =
        |ownership: &str| format!("<OwnershipControls><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>");
    Section {
        config: "ownership_controls",
        field: "ownershipControls",
        query: "ownershipControls",
        first: (declared("BucketOwnerPreferred"), held("BucketOwnerPreferred")),
        second: (declared("BucketOwnerEnforced"), held("BucketOwnerEnforced")),
        meddled: held("ObjectWriter"),
        difference: ("spec.ownershipControls.rules[0].objectOwnership", "BucketOwnerPreferred", "ObjectWriter"),
        removed: Some("spec.ownershipControls"),
    }
}

fn public_access_block() -> Section {
    let declared = |restrict: bool| json!({ "blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": restrict });
    let held = |policy: bool, restrict: bool| {
        format!(
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
             <BlockPublicPolicy>{policy}</BlockPublicPolicy><RestrictPublicBuckets>{restrict}</RestrictPublicBuckets>\
             </PublicAccessBlockConfiguration>"
        )
    };
    Section {
        config: "public_access_block",
        field: "publicAccessBlock",
        query: "publicAccessBlock",
        first: (declared(false), held(true, false)),
        second: (declared(true), held(true, true)),
        meddled: held(false, false),
        difference: ("spec.publicAccessBlock.blockPublicPolicy", "true", "false"),
        removed: Some("spec.publicAccessBlock"),
    }
}

fn versioning() -> Section {
    let held = |status: &str| format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    Section {
        config: "versioning",
        field: "versioning",
        query: "versioning",
        first: (json!({ "status": "Enabled" }), held("Enabled")),
        second: (json!({ "status": "Suspended" }), held("Suspended")),
        meddled: held("Suspended"),
        difference: ("spec.versioning.status", "Enabled", "Suspended"),
        removed: None,
    }
}

/// S3 blocks SSE-C on new buckets; that is no part of the API and has to survive.
fn encryption() -> Section {
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
        removed: Some("spec.encryption"),
    }
}

fn policy(bucket: &str) -> Section {
    let text = |effect: &str, action: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"TlsOnly","Effect":"{effect}","Principal":"*","Action":"{action}","Resource":["arn:aws:s3:::{bucket}","arn:aws:s3:::{bucket}/*"],"Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}]}}"#
        )
    };
    let (first, second) = (text("Deny", "s3:*"), text("Deny", "s3:PutObject"));
    Section {
        config: "policy",
        field: "policy",
        query: "policy",
        first: (json!(first), first.clone()),
        second: (json!(second), second.clone()),
        meddled: text("Deny", "s3:DeleteObject"),
        difference: ("spec.policy.Statement[TlsOnly].Action[0]", "s3:*", "s3:deleteobject"),
        removed: Some("spec.policy"),
    }
}

fn lifecycle() -> Section {
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
        removed: Some("spec.lifecycle"),
    }
}

fn cors() -> Section {
    let declared = |age: u16| {
        let rule =
            json!({ "allowedMethods": ["GET"], "allowedOrigins": ["https://example.com"], "allowedHeaders": ["*"], "maxAgeSeconds": age });
        json!({ "corsRules": [rule] })
    };
    let held = |origin: &str, age: u16| {
        format!(
            "<CORSConfiguration><CORSRule><AllowedHeader>*</AllowedHeader><AllowedMethod>GET</AllowedMethod>\
             <AllowedOrigin>{origin}</AllowedOrigin><MaxAgeSeconds>{age}</MaxAgeSeconds></CORSRule></CORSConfiguration>"
        )
    };
    Section {
        config: "cors",
        field: "cors",
        query: "cors",
        first: (declared(60), held("https://example.com", 60)),
        second: (declared(3600), held("https://example.com", 3600)),
        meddled: held("https://evil.example", 60),
        difference: ("spec.cors.corsRules[0].allowedOrigins[0]", "https://example.com", "https://evil.example"),
        removed: Some("spec.cors"),
    }
}

/// The controller adds two tags of its own.
fn tagging(namespace: &str) -> Section {
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
        removed: Some("spec.tagging"),
    }
}
