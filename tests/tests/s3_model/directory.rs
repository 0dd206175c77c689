//! Directory buckets and S3 Control through the SDKs, which sign for another service and open sessions.

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Region};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketInfo, BucketType, CreateBucketConfiguration, DataRedundancy, LocationInfo, LocationType};
use aws_sdk_s3control::types::Tag;
use tests::s3::S3Model;

use super::{ME, OTHER, REGION, model, refusal, refused, tagging};

const NAME: &str = "logs--euw1-az1--x-s3";

fn place() -> CreateBucketConfiguration {
    let location = LocationInfo::builder().r#type(LocationType::AvailabilityZone).name("euw1-az1").build();
    let kind = BucketInfo::builder().r#type(BucketType::Directory).data_redundancy(DataRedundancy::SingleAvailabilityZone).build();
    CreateBucketConfiguration::builder().location(location).bucket(kind).build()
}

/// A client that opens a session on every directory bucket, as the SDK does unless it is told otherwise.
fn with_sessions(model: &S3Model, account: &str) -> Client {
    let key = model.credentials(account);
    let config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(model.endpoint())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new(key.id, key.secret, None, None, "test"))
        .force_path_style(true);
    Client::from_conf(config.build())
}

#[tokio::test]
async fn a_directory_bucket_is_made_seen_and_deleted() {
    let (model, client) = model();
    let created = client.create_bucket().bucket(NAME).create_bucket_configuration(place()).send().await.unwrap();
    let arn = "arn:aws:s3express:eu-west-1:111111111111:bucket/logs--euw1-az1--x-s3";
    assert_eq!(created.bucket_arn(), Some(arn));
    let head = client.head_bucket().bucket(NAME).send().await.unwrap();
    assert_eq!((head.bucket_location_name(), head.bucket_arn()), (Some("euw1-az1"), Some(arn)));
    assert_eq!(head.bucket_location_type(), Some(&LocationType::AvailabilityZone));
    let listed = client.list_directory_buckets().send().await.unwrap();
    assert_eq!(listed.buckets().iter().filter_map(|bucket| bucket.name()).collect::<Vec<_>>(), [NAME]);
    assert_eq!(client.list_buckets().send().await.unwrap().buckets().len(), 1);
    assert_eq!(refusal(client.get_bucket_versioning().bucket(NAME).send().await), refused(501, "NotImplemented"));
    assert_eq!(model.journal().of(NAME).operations(), ["CreateBucket", "HeadBucket", "GetBucketVersioning"]);
    client.delete_bucket().bucket(NAME).send().await.unwrap();
    assert_eq!(model.buckets(), ["b"]);
}

#[tokio::test]
async fn a_session_is_the_callers_on_that_bucket() {
    let (model, _client) = model();
    model.create_bucket(NAME, ME, REGION).unwrap();
    let client = with_sessions(&model, ME);
    client.put_object().bucket(NAME).key("k").body(ByteStream::from_static(b"x")).send().await.unwrap();
    assert_eq!(model.bucket(NAME).unwrap().objects["k"], 1);
    assert_eq!(model.journal().of(NAME).operations(), ["CreateSession", "PutObject"]);
    assert_eq!(model.journal().of(NAME).by(ME).len(), 2);
    model.expire_sessions();
    assert_eq!(refusal(client.delete_object().bucket(NAME).key("k").send().await), refused(400, "ExpiredToken"));
    let theirs = with_sessions(&model, OTHER).put_object().bucket(NAME).key("k").body(ByteStream::from_static(b"x")).send().await;
    assert!(theirs.is_err(), "another account gets no session");
}

#[tokio::test]
async fn tags_of_both_kinds_of_bucket_are_reached_by_their_arns() {
    let (model, client) = model();
    model.create_bucket(NAME, ME, REGION).unwrap();
    for name in ["b", NAME] {
        let bucket = model.s3_bucket(name, ME, REGION);
        let arn = client.head_bucket().bucket(name).send().await.unwrap().bucket_arn.unwrap();
        let tag = Tag::builder().key("team").value("data").build().unwrap();
        bucket.control.tag_resource().account_id(ME).resource_arn(&arn).tags(tag.clone()).send().await.unwrap();
        let listed = bucket.control.list_tags_for_resource().account_id(ME).resource_arn(&arn).send().await.unwrap();
        assert_eq!(listed.tags(), [tag]);
        assert!(model.get(name, "tagging").unwrap().contains("team"));
        bucket.control.untag_resource().account_id(ME).resource_arn(&arn).tag_keys("team").send().await.unwrap();
        assert_eq!(model.get(name, "tagging"), None);
        let operations = ["HeadBucket", "TagResource", "ListTagsForResource", "UntagResource"];
        assert_eq!(model.journal().of(name).operations(), operations);
        assert_eq!(model.journal().of(name).writes().operations(), ["TagResource", "UntagResource"]);
    }
}

#[tokio::test]
async fn access_control_by_tags_takes_tags_by_s3_control_only() {
    let (model, client) = model();
    model.set("b", "abac", "<AbacStatus><Status>Enabled</Status></AbacStatus>").unwrap();
    let put = client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")])).send().await;
    assert_eq!(refusal(put), refused(405, "MethodNotAllowed"));
    let control = model.s3_bucket("b", ME, REGION).control;
    let tag = |key: &str| Tag::builder().key(key).value("").build().unwrap();
    let add = |key: &str| control.tag_resource().account_id(ME).resource_arn("arn:aws:s3:::b").tags(tag(key)).send();
    add("a").await.unwrap();
    assert_eq!(client.get_bucket_tagging().bucket("b").send().await.unwrap().tag_set.len(), 1);
    let refused = add("aws:x").await.unwrap_err();
    assert_eq!(aws_sdk_s3control::error::ProvideErrorMetadata::code(&refused), Some("InvalidTag"));
}

#[tokio::test]
async fn a_destination_that_is_not_there_is_refused_unless_nobody_asks() {
    let (model, _client) = model();
    model.without_destination("*:gone");
    let document = |queue: &str| {
        format!(
            "<NotificationConfiguration><QueueConfiguration><Queue>arn:aws:sqs:{REGION}:{ME}:{queue}</Queue>\
             <Event>s3:ObjectCreated:*</Event></QueueConfiguration></NotificationConfiguration>"
        )
    };
    let refused = model.set("b", "notification", &document("gone")).unwrap_err();
    assert_eq!(refused.code, "InvalidArgument");
    model.set("b", "notification", &document("there")).unwrap();
}
