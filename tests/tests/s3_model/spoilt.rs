//! Answers that arrive spoilt, as a client meets them.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_bucket_tagging::{GetBucketTaggingError, GetBucketTaggingOutput};
use tests::s3::{FaultRule, S3Model, Spoil};

use super::{model, refusal, refused, tagging};

type Answer = Result<GetBucketTaggingOutput, SdkError<GetBucketTaggingError>>;

/// Reads the tags while this rule is in force.
async fn read(model: &S3Model, client: &Client, rule: FaultRule) -> Answer {
    let id = model.faults().add(rule.on("GetBucketTagging"));
    let answer = client.get_bucket_tagging().bucket("b").send().await;
    assert_eq!(model.faults().struck(id), 1);
    model.faults().remove(id);
    answer
}

#[tokio::test]
async fn an_answer_arrives_cut_short_broken_off_slowly_or_swollen() {
    let (model, client) = model();
    client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")])).send().await.unwrap();
    let short = read(&model, &client, FaultRule::spoil(Spoil::Shorten { bytes: 40 })).await.unwrap_err();
    assert_eq!(short.raw_response().and_then(|answer| answer.body().bytes()).map(<[u8]>::len), Some(40), "{short:?}");
    let broken = read(&model, &client, FaultRule::spoil(Spoil::Break { bytes: 40 })).await.unwrap_err();
    assert!(matches!(broken, SdkError::ResponseError(_)), "{broken:?}");
    let swollen = read(&model, &client, FaultRule::spoil(Spoil::Flood { mebibytes: 6 })).await;
    assert!(
        swollen.is_err_and(|error| error.raw_response().and_then(|answer| answer.body().bytes()).is_none_or(|body| body.len() > 6 << 20))
    );
    let slow = read(&model, &client, FaultRule::spoil(Spoil::Trickle { milliseconds: 1 })).await.unwrap();
    assert_eq!(slow.tag_set[0].key, "a", "byte by byte it arrives too");
    client.get_bucket_tagging().bucket("b").send().await.expect("the model goes on");
}

#[tokio::test]
async fn a_body_and_a_text_are_answered_as_they_are_given() {
    let (model, client) = model();
    let page = read(&model, &client, FaultRule::body(502, "<html>Bad Gateway</html>")).await.unwrap_err();
    assert_eq!(
        page.raw_response().map(|answer| (answer.status().as_u16(), answer.body().bytes())),
        Some((502, Some(&b"<html>Bad Gateway</html>"[..])))
    );
    let told = read(&model, &client, FaultRule::refusal(400, "MalformedPolicy", "Invalid principal in policy")).await.unwrap_err();
    assert_eq!((told.code(), told.message()), (Some("MalformedPolicy"), Some("Invalid principal in policy")));
}

#[tokio::test]
async fn reads_are_behind_a_write_for_some_time() {
    let (model, client) = model();
    let lag = model.faults().add(FaultRule::lag(Duration::from_hours(1)).on("PutBucketTagging"));
    let put = || client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")])).send();
    put().await.unwrap();
    for _ in 0..3 {
        assert_eq!(refusal(client.get_bucket_tagging().bucket("b").send().await), refused(404, "NoSuchTagSet"));
    }
    model.faults().remove(lag);
    model.faults().add(FaultRule::lag(Duration::from_millis(1)).on("PutBucketTagging"));
    put().await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    client.get_bucket_tagging().bucket("b").send().await.expect("it caught up");
}
