//! Faults on demand: each kind, as a client meets it.

use std::time::{Duration, Instant};

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use tests::s3::{Access, Act, FaultRule, S3Options};

use super::{ME, OTHER, REGION, location, model, model_with, refusal, refused, tagging};

#[tokio::test]
async fn an_answer_comes_instead_of_the_call() {
    let (model, client) = model();
    let rule = model.faults().add(FaultRule::answer(503, "SlowDown").on("PutBucketTagging").bucket("b*").after(1).times(1));
    let put = || client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")]));
    put().send().await.unwrap();
    model.remove("b", "tagging").unwrap();
    assert_eq!(refusal(put().send().await), refused(503, "SlowDown"));
    assert_eq!((model.get("b", "tagging"), model.faults().struck(rule)), (None, 1));
    put().send().await.unwrap();
}

#[tokio::test]
async fn an_error_comes_after_the_call_was_done() {
    let (model, client) = model();
    model.faults().add(FaultRule::answer_after(500, "InternalError").access(Access::Write));
    let put = client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")])).send().await;
    assert_eq!(refusal(put), refused(500, "InternalError"));
    assert!(model.get("b", "tagging").is_some());
}

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_call_is_done() {
    let (model, client) = model();
    for (act, done) in [(Act::Cut, false), (Act::CutAfter, true)] {
        let rule = model.faults().add(FaultRule::new(act).on("PutBucketTagging"));
        let error = client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")])).send().await.unwrap_err();
        assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
        assert_eq!(model.get("b", "tagging").is_some(), done);
        model.faults().remove(rule);
    }
    assert!(model.journal().calls().iter().all(|entry| entry.status == 0));
    client.head_bucket().bucket("b").send().await.expect("the model goes on");
}

#[tokio::test]
async fn a_denial_names_the_action() {
    let (model, client) = model();
    model.faults().deny("GetBucketEncryption");
    let error = client.get_bucket_encryption().bucket("b").send().await.unwrap_err();
    assert_eq!(error.code(), Some("AccessDenied"));
    assert!(error.message().unwrap().contains("is not authorized to perform: s3:GetEncryptionConfiguration on resource"), "{error:?}");
}

#[tokio::test]
async fn calls_take_longer() {
    let (model, client) = model();
    model.faults().add(FaultRule::delay(Duration::from_millis(60), Duration::from_millis(5)).on("HeadBucket"));
    let began = Instant::now();
    client.head_bucket().bucket("b").send().await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(60));
    assert!(model.journal().of("b")[0].took >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_call_that_was_done_is_answered_late_or_never() {
    let (model, client) = model();
    let rule = model.faults().add(FaultRule::delay_after(Duration::from_mins(10)).on("PutBucketTagging").times(1));
    let put = || client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")])).send();
    let waiting = tokio::spawn(put());
    while model.faults().struck(rule) == 0 || model.get("b", "tagging").is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!waiting.is_finished());
    waiting.abort();
    put().await.expect("the one who waited holds nobody up");
}

#[tokio::test]
async fn reads_are_behind_a_write() {
    let (model, client) = model();
    model.set("b", "tagging", "<Tagging><TagSet><Tag><Key>old</Key><Value/></Tag></TagSet></Tagging>").unwrap();
    model.faults().add(FaultRule::new(Act::Stale { reads: 2 }).access(Access::Write));
    client.put_bucket_tagging().bucket("b").tagging(tagging(&[("new", "")])).send().await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(client.get_bucket_tagging().bucket("b").send().await.unwrap().tag_set.remove(0).key);
    }
    assert_eq!(seen, ["old", "old", "new"]);
    client.create_bucket().bucket("fresh").create_bucket_configuration(location(REGION)).send().await.unwrap();
    assert_eq!(refusal(client.get_bucket_tagging().bucket("fresh").send().await), refused(404, "NoSuchBucket"));
    client.head_bucket().bucket("fresh").send().await.unwrap_err();
    client.head_bucket().bucket("fresh").send().await.unwrap();
}

#[tokio::test]
async fn an_account_that_is_too_fast_is_slowed_down() {
    let (model, client) = model();
    model.faults().rate_limit(0.001, 3.0);
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(client.list_buckets().send().await.is_ok());
    }
    assert_eq!(answers, [true, true, true, false, false]);
    assert_eq!(refusal(client.list_buckets().send().await), refused(503, "SlowDown"));
    model.client(OTHER, REGION).list_buckets().send().await.expect("another account has its own tokens");
}

#[tokio::test]
async fn a_sub_resource_is_not_implemented() {
    let (model, client) = model();
    model.faults().not_implemented(&["abac", "publicAccessBlock"]);
    assert_eq!(refusal(client.get_bucket_abac().bucket("b").send().await), refused(501, "NotImplemented"));
    assert_eq!(refusal(client.delete_public_access_block().bucket("b").send().await), refused(501, "NotImplemented"));
    assert!(model.get("b", "publicAccessBlock").is_some());
    client.get_bucket_encryption().bucket("b").send().await.unwrap();
}

#[tokio::test]
async fn a_legacy_router_takes_a_sub_resource_for_the_bucket() {
    let (model, client) = model();
    model.faults().legacy_router(&["analytics", "ownershipControls"]);
    let error = client.list_bucket_analytics_configurations().bucket("b").send().await.unwrap_err();
    let answered = (error.raw_response().unwrap().status().as_u16(), error.code());
    assert_eq!(answered, (200, None), "a list of objects is no list of configurations");
    let read = client.get_bucket_analytics_configuration().bucket("b").id("x").send().await;
    assert!(read.is_err() || read.is_ok_and(|answer| answer.analytics_configuration.is_none_or(|found| found.id().is_empty())));
    client.delete_bucket_ownership_controls().bucket("b").send().await.unwrap();
    assert!(model.buckets().is_empty(), "the delete of the sub-resource deleted the bucket");
    let controls = aws_sdk_s3::types::OwnershipControlsRule::builder().object_ownership("ObjectWriter".into()).build().unwrap();
    let controls = aws_sdk_s3::types::OwnershipControls::builder().rules(controls).build().unwrap();
    client.put_bucket_ownership_controls().bucket("made").ownership_controls(controls).send().await.unwrap();
    assert_eq!(model.bucket("made").unwrap().account, ME);
}

#[tokio::test]
async fn writes_that_overlap_are_aborted() {
    let (model, client) = model_with(S3Options { latency: Duration::from_millis(1), ..S3Options::default() });
    model.create_bucket("other", ME, REGION).unwrap();
    let slow = model.faults().add(FaultRule::delay(Duration::from_millis(500), Duration::ZERO).on("PutBucketTagging"));
    let put = |bucket: &str| client.put_bucket_tagging().bucket(bucket).tagging(tagging(&[("a", "1")])).send();
    let first = tokio::spawn(put("b"));
    while model.journal().most_writes_at_once("b") == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // The write has begun; a moment later it has its turn on the bucket.
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(refusal(client.delete_bucket_cors().bucket("b").send().await), refused(409, "OperationAborted"));
    assert_eq!(refusal(client.get_bucket_cors().bucket("b").send().await), refused(404, "NoSuchCORSConfiguration"), "a read may");
    client.delete_bucket_cors().bucket("other").send().await.expect("buckets do not stand in each other's way");
    first.await.unwrap().expect("the first write passes");
    assert_eq!(model.journal().most_writes_at_once("b"), 2);
    model.faults().remove(slow);
    client.delete_bucket_cors().bucket("b").send().await.expect("one after the other they pass");
    put("b").await.expect("and so does the next");
}
