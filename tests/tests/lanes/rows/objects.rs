//! What happens to objects: abac, encryption, lifecycle, tagging, versioning.

use aws_sdk_s3::types::{
    AbacStatus, BucketAbacStatus, BucketVersioningStatus, LifecycleExpiration, LifecycleRule, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, VersioningConfiguration,
};
use serde_json::json;

use super::{Home, Row, answered, done, incomplete};

/// The tags that the controller adds begin with this.
const OWN_TAGS: &str = "services.k8s.aws/";

pub(super) fn rows() -> [Row; 5] {
    [abac(), encryption(), lifecycle(), tagging(), versioning()]
}

fn abac() -> Row {
    let declared = |status: &str| (json!({ "status": status }), status.to_owned());
    Row {
        config: "abac",
        field: "abac",
        home: Home::Plain,
        first: declared("Enabled"),
        second: declared("Disabled"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_abac().bucket(&site.bucket).send().await, |answer| {
                    Some(answer.abac_status?.status?.as_str().to_owned())
                })
            })
        },
        meddle: |s3, site| {
            Box::pin(async {
                let off = AbacStatus::builder().status(BucketAbacStatus::Disabled).build();
                done(s3.put_bucket_abac().bucket(&site.bucket).abac_status(off).send().await)
            })
        },
    }
}

fn encryption() -> Row {
    let declared = |algorithm: &str| {
        let rule = json!({ "applyServerSideEncryptionByDefault": { "sseAlgorithm": algorithm } });
        (json!({ "rules": [rule] }), algorithm.to_owned())
    };
    Row {
        config: "encryption",
        field: "encryption",
        home: Home::Plain,
        first: declared("aws:kms"),
        second: declared("AES256"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_encryption().bucket(&site.bucket).send().await, |answer| {
                    answer.server_side_encryption_configuration?.rules.iter().find_map(algorithm_of)
                })
            })
        },
        meddle: |s3, site| {
            Box::pin(async {
                let own =
                    ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::Aes256).build().map_err(incomplete)?;
                let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(own).build();
                let own = ServerSideEncryptionConfiguration::builder().rules(rule).build().map_err(incomplete)?;
                done(s3.put_bucket_encryption().bucket(&site.bucket).server_side_encryption_configuration(own).send().await)
            })
        },
    }
}

fn algorithm_of(rule: &ServerSideEncryptionRule) -> Option<String> {
    Some(rule.apply_server_side_encryption_by_default()?.sse_algorithm().as_str().to_owned())
}

fn lifecycle() -> Row {
    let declared = |days: u32| {
        let rule = json!({ "id": "old", "status": "Enabled", "filter": { "prefix": "logs/" }, "expiration": { "days": days } });
        (json!({ "rules": [rule] }), format!("old Enabled {days}"))
    };
    Row {
        config: "lifecycle",
        field: "lifecycle",
        home: Home::Plain,
        first: declared(30),
        second: declared(60),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_lifecycle_configuration().bucket(&site.bucket).send().await, |answer| {
                    Some(answer.rules().iter().map(rule).collect::<Vec<_>>().join(", "))
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_lifecycle().bucket(&site.bucket).send().await) }),
    }
}

fn rule(rule: &LifecycleRule) -> String {
    let days = rule.expiration().and_then(LifecycleExpiration::days).unwrap_or_default();
    format!("{} {} {days}", rule.id().unwrap_or_default(), rule.status().as_str())
}

fn tagging() -> Row {
    let declared = |team: &str| (json!({ "tagSet": [{ "key": "team", "value": team }] }), format!("team={team}"));
    Row {
        config: "tagging",
        field: "tagging",
        home: Home::Plain,
        first: declared("a"),
        second: declared("b"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_tagging().bucket(&site.bucket).send().await, |answer| {
                    let foreign = |tag: &&Tag| !tag.key.starts_with(OWN_TAGS);
                    let mut tags: Vec<_> = answer.tag_set.iter().filter(foreign).map(|tag| format!("{}={}", tag.key, tag.value)).collect();
                    tags.sort_unstable();
                    Some(tags.join(", "))
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_tagging().bucket(&site.bucket).send().await) }),
    }
}

fn versioning() -> Row {
    let declared = |status: &str| (json!({ "status": status }), status.to_owned());
    Row {
        config: "versioning",
        field: "versioning",
        home: Home::Plain,
        first: declared("Enabled"),
        second: declared("Suspended"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_versioning().bucket(&site.bucket).send().await, |answer| Some(answer.status?.as_str().to_owned()))
            })
        },
        meddle: |s3, site| {
            Box::pin(async {
                let suspended = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
                done(s3.put_bucket_versioning().bucket(&site.bucket).versioning_configuration(suspended).send().await)
            })
        },
    }
}
