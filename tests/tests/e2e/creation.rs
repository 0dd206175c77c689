//! A Bucket with everything declared: in S3 word for word, with few calls, and then never written again.

use std::collections::BTreeMap;

use super::sections::{eight, first, sections};
use super::team::{Outcome, Team};
use tests::world::condition;

/// What a check asks, each once.
const READS: [&str; 22] = [
    "GetBucketAbac",
    "GetBucketAccelerateConfiguration",
    "GetBucketAcl",
    "GetBucketCors",
    "GetBucketEncryption",
    "GetBucketLifecycleConfiguration",
    "GetBucketLogging",
    "GetBucketNotificationConfiguration",
    "GetBucketOwnershipControls",
    "GetBucketPolicy",
    "GetBucketReplication",
    "GetBucketRequestPayment",
    "GetBucketTagging",
    "GetBucketVersioning",
    "GetBucketWebsite",
    "GetObjectLockConfiguration",
    "GetPublicAccessBlock",
    "HeadBucket",
    "ListBucketAnalyticsConfigurations",
    "ListBucketIntelligentTieringConfigurations",
    "ListBucketInventoryConfigurations",
    "ListBucketMetricsConfigurations",
];
/// The most calls to S3 from apply to Synced.
const BUDGET: usize = 10;

#[tokio::test]
async fn all_eight_are_in_s3_word_for_word_within_ten_calls_and_stay() -> Outcome {
    let team = Team::new("eight", &[]).await?;
    let sections = eight(&team.s3_name("all"), &team.namespace);
    let bucket = team.make("all", &first(&sections)).await?;

    for section in &sections {
        assert_eq!(team.in_s3("all", section.query).as_deref(), Some(section.first.1.as_str()), "{}", section.config);
    }
    let calls = team.calls("all");
    assert!(calls.len() <= BUDGET && calls.failed().len() <= 1, "one HeadBucket finds nothing: {:?}", calls.operations());
    assert_eq!(team.world.s3().journal().most_writes_at_once(&team.s3_name("all")), 1, "writes of one bucket go one by one");
    let status = bucket.status.as_ref().ok_or("no status")?;
    let place = status.ack_resource_metadata.as_ref().ok_or("no place")?;
    assert_eq!(place.arn.as_deref(), Some(format!("arn:aws:s3:::{}", team.s3_name("all")).as_str()));
    assert_eq!((place.owner_account_id.as_str(), place.region.as_str()), (tests::world::ACCOUNT, tests::world::REGION));

    // The first check reads everything once and writes nothing, nor does the second.
    for pass in ["first", "second"] {
        let before = team.calls("all").len();
        let checked = team.check("all").await?;
        let calls = team.calls("all");
        let counts = calls[before..].iter().fold(BTreeMap::new(), |mut counts, call| {
            *counts.entry(call.operation).or_insert(0) += 1;
            counts
        });
        assert_eq!(counts, READS.map(|operation| (operation, 1)).into(), "the {pass} check");
        assert_eq!(condition(&checked, "Drifted").map(|(status, _)| status), Some("False"), "the {pass} check");
        assert!(checked.status.as_ref().is_some_and(|status| status.drift.is_none()), "the {pass} check");
    }
    Ok(())
}

#[tokio::test]
async fn all_of_them_in_one_bucket_are_in_s3_word_for_word_in_one_pass_and_stay() -> Outcome {
    let team = Team::new("all", &[]).await?;
    let sections = sections(&team.s3_name("all"), &team.namespace);
    assert_eq!(sections.iter().map(|section| section.config).collect::<Vec<_>>(), shared::subconfig::NAMES, "all that there are");
    team.make("all", &first(&sections)).await?;
    for section in &sections {
        assert_eq!(team.in_s3("all", section.query).as_deref(), Some(section.first.1.as_str()), "{}", section.config);
    }
    let calls = team.calls("all");
    assert_eq!(calls.named("HeadBucket").len(), 1, "one pass: {:?}", calls.operations());
    assert!(calls.failed().len() <= 1, "one HeadBucket finds nothing: {:?}", calls.operations());
    // Ownership, tags and (by object lock) versioning ride on the creation; each of the others takes one write, encryption one read.
    assert!(calls.len() <= 2 + sections.len() - 3 + 1, "{:?}", calls.operations());
    team.check("all").await?;
    team.check("all").await?;
    assert_eq!(team.calls("all").writes().len(), calls.writes().len(), "{:?}", team.calls("all").writes().operations());
    Ok(())
}

#[tokio::test]
async fn an_empty_spec_gives_the_safe_defaults_of_a_new_bucket() -> Outcome {
    let team = Team::new("bare", &[]).await?;
    team.make("bare", &serde_json::json!({})).await?;
    let calls = team.calls("bare").operations();
    assert_eq!(calls, ["HeadBucket", "CreateBucket"], "a new bucket is as the spec wants it");
    team.check("bare").await?;
    assert!(team.calls("bare").writes().len() == 1, "{:?}", team.calls("bare").operations());
    for (query, needle) in
        [("publicAccessBlock", "<RestrictPublicBuckets>true<"), ("ownershipControls", "BucketOwnerEnforced"), ("encryption", "AES256")]
    {
        assert!(team.in_s3("bare", query).is_some_and(|held| held.contains(needle)), "{query}: {:?}", team.in_s3("bare", query));
    }
    for query in ["policy", "lifecycle", "cors"] {
        assert_eq!(team.in_s3("bare", query), None, "{query}");
    }
    Ok(())
}
