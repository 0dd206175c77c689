//! Regions, owners and keys.

use aws_credential_types::Credentials;
use tests::s3::{AccessKey, S3Options};

use super::{ME, OTHER, REGION, location, model, model_with, refusal, refused, tagging};

#[tokio::test]
async fn another_region_is_told_where_the_bucket_is() {
    let (model, client) = model();
    let away = model.client(ME, "us-east-1");
    let head = away.head_bucket().bucket("b").send().await.unwrap_err();
    let answer = head.raw_response().unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get("x-amz-bucket-region")), (301, Some(REGION)));
    assert_eq!(refusal(away.get_bucket_tagging().bucket("b").send().await), refused(301, "PermanentRedirect"));
    assert_eq!(refusal(away.delete_bucket().bucket("b").send().await), refused(301, "PermanentRedirect"));
    let place = away.get_bucket_location().bucket("b").send().await.unwrap();
    assert_eq!(place.location_constraint.unwrap().as_str(), REGION);
    away.create_bucket().bucket("first").send().await.unwrap();
    assert_eq!(away.get_bucket_location().bucket("first").send().await.unwrap().location_constraint.unwrap().as_str(), "");
    away.create_bucket().bucket("far").create_bucket_configuration(location(REGION)).send().await.unwrap();
    client.head_bucket().bucket("far").send().await.unwrap();
    let wrong = away.create_bucket().bucket("new").create_bucket_configuration(location("us-east-1")).send().await;
    assert_eq!(refusal(wrong), refused(400, "InvalidLocationConstraint"));
}

#[tokio::test]
async fn a_bucket_is_its_owners_alone() {
    let (model, _client) = model();
    let other = model.client(OTHER, REGION);
    let head = other.head_bucket().bucket("b").send().await.unwrap_err();
    assert_eq!(head.raw_response().unwrap().status().as_u16(), 403);
    assert_eq!(refusal(other.get_bucket_tagging().bucket("b").send().await), refused(403, "AccessDenied"));
    let put = other.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")])).send().await;
    assert_eq!(refusal(put), refused(403, "AccessDenied"));
    assert_eq!(refusal(other.delete_bucket().bucket("b").send().await), refused(403, "AccessDenied"));
    assert_eq!((model.buckets(), model.get("b", "tagging")), (vec!["b".to_owned()], None));
}

#[tokio::test]
async fn an_expected_owner_who_is_not_the_owner_is_refused() {
    let (model, client) = model();
    client.head_bucket().bucket("b").expected_bucket_owner(ME).send().await.unwrap();
    let head = client.head_bucket().bucket("b").expected_bucket_owner(OTHER).send().await.unwrap_err();
    assert_eq!(head.raw_response().unwrap().status().as_u16(), 403);
    let denied = refused(403, "AccessDenied");
    assert_eq!(refusal(client.get_bucket_policy().bucket("b").expected_bucket_owner(OTHER).send().await), denied);
    let put = client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")])).expected_bucket_owner(OTHER);
    assert_eq!(refusal(put.send().await), denied);
    assert_eq!(refusal(client.delete_bucket().bucket("b").expected_bucket_owner(OTHER).send().await), denied);
    let nonsense = client.get_bucket_policy().bucket("b").expected_bucket_owner("me").send().await;
    assert_eq!(refusal(nonsense), refused(400, "InvalidBucketOwnerAWSAccountID"));
    assert_eq!(model.buckets(), ["b"]);
}

#[tokio::test]
async fn keys_and_signatures_are_checked() {
    let (model, _client) = model();
    let as_key = |id: &str, secret: &str| model.client_as(Credentials::new(id, secret, None, None, "test"), REGION);
    let known = model.credentials(ME);
    assert_eq!(refusal(as_key("AKIANOBODY", "x").list_buckets().send().await), refused(403, "InvalidAccessKeyId"));
    assert_eq!(refusal(as_key(&known.id, "wrong").list_buckets().send().await), refused(403, "SignatureDoesNotMatch"));
    as_key(&known.id, &known.secret).list_buckets().send().await.unwrap();
    model.add_key(&AccessKey { account: OTHER.to_owned(), id: "mine".to_owned(), secret: "s".to_owned() });
    assert!(as_key("mine", "s").list_buckets().send().await.unwrap().buckets().is_empty());
    let with_token = model.client_as(Credentials::new(known.id, known.secret, Some("made up".to_owned()), None, "test"), REGION);
    assert_eq!(refusal(with_token.list_buckets().send().await), refused(400, "InvalidToken"));
}

#[tokio::test]
async fn an_account_id_is_a_key_where_that_is_allowed() {
    let (strict, _) = model();
    let (open, _) = model_with(S3Options { trust_account_ids: true, ..S3Options::default() });
    let credentials = || Credentials::new(ME, "anything", None, None, "test");
    open.client_as(credentials(), REGION).head_bucket().bucket("b").send().await.unwrap();
    let refused_there = strict.client_as(credentials(), REGION).list_buckets().send().await;
    assert_eq!(refusal(refused_there), refused(403, "InvalidAccessKeyId"));
}
