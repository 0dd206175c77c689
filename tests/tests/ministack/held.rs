//! What MiniStack holds of a bucket, read by an AWS client of its own.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use serde_json::Value;

/// Each sub-configuration in a few words; `none` where there is none.
pub(crate) type Held = BTreeMap<&'static str, String>;

/// Reads all eight.
pub(crate) async fn held(client: &Client, bucket: &str) -> Held {
    let versioning = answer(client.get_bucket_versioning().bucket(bucket).send().await);
    let encryption = answer(client.get_bucket_encryption().bucket(bucket).send().await);
    let tagging = answer(client.get_bucket_tagging().bucket(bucket).send().await);
    let blocked = answer(client.get_public_access_block().bucket(bucket).send().await);
    let ownership = answer(client.get_bucket_ownership_controls().bucket(bucket).send().await);
    let policy = answer(client.get_bucket_policy().bucket(bucket).send().await);
    let lifecycle = answer(client.get_bucket_lifecycle_configuration().bucket(bucket).send().await);
    let cors = answer(client.get_bucket_cors().bucket(bucket).send().await);
    let algorithm = |rule: &aws_sdk_s3::types::ServerSideEncryptionRule| {
        rule.apply_server_side_encryption_by_default().map(|default| default.sse_algorithm().as_str().to_owned())
    };
    let flags = |block: aws_sdk_s3::types::PublicAccessBlockConfiguration| {
        [block.block_public_acls, block.block_public_policy, block.ignore_public_acls, block.restrict_public_buckets]
            .map(|flag| flag.map_or("?", |flag| if flag { "on" } else { "off" }))
            .join(" ")
    };
    let in_words = [
        ("versioning", versioning.and_then(|answer| answer.status).map(|status| status.as_str().to_owned())),
        ("encryption", encryption.and_then(|answer| answer.server_side_encryption_configuration?.rules.iter().find_map(algorithm))),
        ("tagging", tagging.map(|answer| list(answer.tag_set.iter().map(tag)))),
        ("public_access_block", blocked.and_then(|answer| answer.public_access_block_configuration.map(flags))),
        (
            "ownership_controls",
            ownership.and_then(|answer| {
                Some(list(answer.ownership_controls?.rules.iter().map(|rule| rule.object_ownership.as_str().to_owned())))
            }),
        ),
        ("policy", policy.and_then(|answer| answer.policy).map(|text| in_order(&text))),
        ("lifecycle", lifecycle.map(|answer| list(answer.rules().iter().map(rule)))),
        ("cors", cors.map(|answer| list(answer.cors_rules().iter().flat_map(|rule| rule.allowed_origins().to_vec())))),
    ];
    in_words.into_iter().map(|(config, words)| (config, words.unwrap_or_else(|| "none".to_owned()))).collect()
}

/// The answer; none where S3 says that there is no such configuration, or no bucket any more.
fn answer<T, E: ProvideErrorMetadata + std::fmt::Debug>(result: Result<T, SdkError<E>>) -> Option<T> {
    match result {
        Ok(answer) => Some(answer),
        Err(fault) => {
            assert_eq!(fault.raw_response().map(|answer| answer.status().as_u16()), Some(404), "{fault:?}");
            None
        }
    }
}

/// The controller's own tags have a prefix of their own.
fn tag(tag: &aws_sdk_s3::types::Tag) -> String {
    if tag.key.starts_with("services.k8s.aws/") { String::new() } else { format!("{}={}", tag.key, tag.value) }
}

fn rule(rule: &aws_sdk_s3::types::LifecycleRule) -> String {
    let days = rule.expiration().and_then(aws_sdk_s3::types::LifecycleExpiration::days);
    format!("{} {} {days:?}", rule.id().unwrap_or_default(), rule.status().as_str())
}

fn list(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(", ")
}

/// The same text for the same policy.
fn in_order(policy: &str) -> String {
    serde_json::from_str::<Value>(policy).map_or_else(|fault| fault.to_string(), |policy| policy.to_string())
}
