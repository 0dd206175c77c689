//! Buckets as a whole: creation and what rides on it, head, list, deletion.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketCannedAcl, BucketVersioningStatus, CreateBucketConfiguration, ObjectOwnership, Tag, VersioningConfiguration,
};

use super::{ME, OTHER, REGION, location, model, refusal, refused, tagging};

#[tokio::test]
async fn a_new_bucket_has_what_s3_gives_it() {
    let (model, client) = model();
    client.create_bucket().bucket("new").create_bucket_configuration(location(REGION)).send().await.unwrap();
    let head = client.head_bucket().bucket("new").send().await.unwrap();
    assert_eq!((head.bucket_region(), head.bucket_arn()), (Some(REGION), Some("arn:aws:s3:::new")));
    let block = client.get_public_access_block().bucket("new").send().await.unwrap().public_access_block_configuration.unwrap();
    let all = [block.block_public_acls, block.ignore_public_acls, block.block_public_policy, block.restrict_public_buckets];
    assert_eq!(all, [Some(true); 4]);
    let ownership = client.get_bucket_ownership_controls().bucket("new").send().await.unwrap().ownership_controls.unwrap();
    assert_eq!(ownership.rules[0].object_ownership, ObjectOwnership::BucketOwnerEnforced);
    let encryption = client.get_bucket_encryption().bucket("new").send().await.unwrap().server_side_encryption_configuration.unwrap();
    let rule = &encryption.rules[0];
    assert_eq!(rule.apply_server_side_encryption_by_default.as_ref().unwrap().sse_algorithm.as_str(), "AES256");
    assert_eq!(rule.bucket_key_enabled, Some(false));
    assert_eq!(rule.blocked_encryption_types.as_ref().unwrap().encryption_type()[0].as_str(), "SSE-C");
    assert_eq!(client.get_bucket_versioning().bucket("new").send().await.unwrap().status, None);
    assert_eq!(model.buckets(), ["b", "new"]);
}

#[tokio::test]
async fn what_is_not_there_is_answered_with_its_own_code() {
    let (_model, client) = model();
    let missing = |code: &str| refused(404, code);
    assert_eq!(refusal(client.get_bucket_tagging().bucket("b").send().await), missing("NoSuchTagSet"));
    assert_eq!(refusal(client.get_bucket_cors().bucket("b").send().await), missing("NoSuchCORSConfiguration"));
    assert_eq!(refusal(client.get_bucket_lifecycle_configuration().bucket("b").send().await), missing("NoSuchLifecycleConfiguration"));
    assert_eq!(refusal(client.get_bucket_policy().bucket("b").send().await), missing("NoSuchBucketPolicy"));
    assert_eq!(refusal(client.get_bucket_policy_status().bucket("b").send().await), missing("NoSuchBucketPolicy"));
    assert_eq!(refusal(client.get_bucket_replication().bucket("b").send().await), missing("ReplicationConfigurationNotFoundError"));
    assert_eq!(refusal(client.get_bucket_website().bucket("b").send().await), missing("NoSuchWebsiteConfiguration"));
    assert_eq!(refusal(client.get_object_lock_configuration().bucket("b").send().await), missing("ObjectLockConfigurationNotFoundError"));
    assert_eq!(refusal(client.get_bucket_metrics_configuration().bucket("b").id("x").send().await), missing("NoSuchConfiguration"));
    client.delete_public_access_block().bucket("b").send().await.unwrap();
    let block = client.get_public_access_block().bucket("b").send().await;
    assert_eq!(refusal(block), missing("NoSuchPublicAccessBlockConfiguration"));
    client.delete_bucket_ownership_controls().bucket("b").send().await.unwrap();
    assert_eq!(refusal(client.get_bucket_ownership_controls().bucket("b").send().await), missing("OwnershipControlsNotFoundError"));
    assert_eq!(refusal(client.get_bucket_tagging().bucket("none").send().await), missing("NoSuchBucket"));
    assert_eq!(client.head_bucket().bucket("none").send().await.unwrap_err().raw_response().unwrap().status().as_u16(), 404);
    assert_eq!(client.get_bucket_logging().bucket("b").send().await.unwrap().logging_enabled, None);
    assert_eq!(client.get_bucket_request_payment().bucket("b").send().await.unwrap().payer.unwrap().as_str(), "BucketOwner");
    assert_eq!(client.get_bucket_abac().bucket("b").send().await.unwrap().abac_status.unwrap().status.unwrap().as_str(), "Disabled");
    let grants = client.get_bucket_acl().bucket("b").send().await.unwrap();
    assert_eq!(grants.grants().len(), 1);
    assert_eq!(grants.grants()[0].permission.as_ref().unwrap().as_str(), "FULL_CONTROL");
}

#[tokio::test]
async fn creation_carries_tags_ownership_and_object_lock() {
    let (_model, client) = model();
    let tag = Tag::builder().key("team").value("data").build().unwrap();
    let place = CreateBucketConfiguration::builder().location_constraint(REGION.into()).tags(tag.clone()).build();
    let create = client.create_bucket().bucket("full").create_bucket_configuration(place);
    let create = create.object_ownership(ObjectOwnership::ObjectWriter).object_lock_enabled_for_bucket(true);
    assert_eq!(create.send().await.unwrap().bucket_arn(), Some("arn:aws:s3:::full"));
    assert_eq!(client.get_bucket_tagging().bucket("full").send().await.unwrap().tag_set, [tag]);
    let ownership = client.get_bucket_ownership_controls().bucket("full").send().await.unwrap().ownership_controls.unwrap();
    assert_eq!(ownership.rules[0].object_ownership, ObjectOwnership::ObjectWriter);
    let lock = client.get_object_lock_configuration().bucket("full").send().await.unwrap();
    assert_eq!(lock.object_lock_configuration.unwrap().object_lock_enabled.unwrap().as_str(), "Enabled");
    let versioning = client.get_bucket_versioning().bucket("full").send().await.unwrap();
    assert_eq!(versioning.status, Some(BucketVersioningStatus::Enabled));
    let suspended = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
    let suspend = client.put_bucket_versioning().bucket("full").versioning_configuration(suspended).send().await;
    assert_eq!(refusal(suspend), refused(409, "InvalidBucketState"));
}

#[tokio::test]
async fn creation_is_refused_as_s3_refuses_it() {
    let (model, client) = model();
    let create = |name: &str| client.create_bucket().bucket(name).create_bucket_configuration(location(REGION));
    assert_eq!(refusal(create("Bad_Name").send().await), refused(400, "InvalidBucketName"));
    assert_eq!(refusal(create("team-an").send().await), refused(400, "MissingNamespaceHeader"));
    assert_eq!(refusal(client.create_bucket().bucket("new").send().await), refused(400, "IllegalLocationConstraintException"));
    create("mine").send().await.unwrap();
    assert_eq!(refusal(create("mine").send().await), refused(409, "BucketAlreadyOwnedByYou"));
    let other = model.client(OTHER, REGION);
    let taken = other.create_bucket().bucket("mine").create_bucket_configuration(location(REGION)).send().await;
    assert_eq!(refusal(taken), refused(409, "BucketAlreadyExists"));
    let first = model.client(ME, "us-east-1");
    first.create_bucket().bucket("old").send().await.unwrap();
    first.create_bucket().bucket("old").send().await.expect("the first region takes it twice");
    let public = create("new").acl(BucketCannedAcl::PublicRead);
    assert_eq!(refusal(public.clone().send().await), refused(400, "InvalidBucketAclWithObjectOwnership"));
    let public = public.object_ownership(ObjectOwnership::ObjectWriter).send().await;
    assert_eq!(refusal(public), refused(400, "InvalidBucketAclWithBlockPublicAccessError"));
    let twin = Tag::builder().key("a").value("").build().unwrap();
    let place = CreateBucketConfiguration::builder().location_constraint(REGION.into()).tags(twin.clone()).tags(twin).build();
    let twins = client.create_bucket().bucket("new").create_bucket_configuration(place).send().await;
    assert_eq!(refusal(twins), refused(500, "InternalError"));
    assert_eq!(model.buckets(), ["b", "mine", "old"]);
}

#[tokio::test]
async fn a_bucket_with_objects_is_not_deleted_and_a_new_one_remembers_nothing() {
    let (model, client) = model();
    model.create_bucket("box", ME, REGION).unwrap();
    client.put_bucket_tagging().bucket("box").tagging(tagging(&[("a", "1")])).send().await.unwrap();
    client.put_object().bucket("box").key("dir/k").body(ByteStream::from_static(b"x")).send().await.unwrap();
    let listed = client.list_objects_v2().bucket("box").send().await.unwrap();
    assert_eq!((listed.key_count, listed.contents()[0].key(), listed.contents()[0].size()), (Some(1), Some("dir/k"), Some(1)));
    assert_eq!(refusal(client.delete_bucket().bucket("box").send().await), refused(409, "BucketNotEmpty"));
    client.delete_object().bucket("box").key("dir/k").send().await.unwrap();
    client.delete_bucket().bucket("box").send().await.unwrap();
    client.create_bucket().bucket("box").create_bucket_configuration(location(REGION)).send().await.unwrap();
    assert_eq!(model.get("box", "tagging"), None);
    let versioned = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    client.put_bucket_versioning().bucket("box").versioning_configuration(versioned).send().await.unwrap();
    client.put_object().bucket("box").key("k").body(ByteStream::from_static(b"x")).send().await.unwrap();
    client.delete_object().bucket("box").key("k").send().await.unwrap();
    assert_eq!(refusal(client.delete_bucket().bucket("box").send().await), refused(409, "BucketNotEmpty"));
    model.empty("box").unwrap();
    client.delete_bucket().bucket("box").send().await.unwrap();
}

#[tokio::test]
async fn lists_have_pages_and_show_an_account_its_own() {
    let (model, client) = model();
    for i in 0..7 {
        model.create_bucket(&format!("page-{i}"), ME, if i < 4 { REGION } else { "us-east-1" }).unwrap();
        model.create_bucket(&format!("theirs-{i}"), OTHER, REGION).unwrap();
    }
    assert_eq!(client.list_buckets().send().await.unwrap().buckets().len(), 8);
    assert_eq!(client.list_buckets().prefix("page-").bucket_region(REGION).send().await.unwrap().buckets().len(), 4);
    let mut pages = client.list_buckets().prefix("page-").into_paginator().page_size(3).send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        names.push(page.unwrap().buckets().iter().map(|bucket| bucket.name().unwrap().to_owned()).collect::<Vec<_>>());
    }
    assert_eq!(names.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(names.concat().last().map(String::as_str), Some("page-6"));
}
