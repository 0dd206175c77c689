//! Each configuration: what is written reads back, what S3 changes is changed, what it refuses is refused.

use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{
    BlockedEncryptionTypes, BucketCannedAcl, BucketLifecycleConfiguration, BucketVersioningStatus, CorsConfiguration, CorsRule,
    EncryptionType, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, MfaDelete, ObjectOwnership,
    OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Transition, TransitionDefaultMinimumObjectSize, TransitionStorageClass,
    VersioningConfiguration,
};

use super::{model, refusal, refused, tagging};

#[tokio::test]
async fn tags() {
    let (model, client) = model();
    let tags = tagging(&[("team", "data"), ("empty", ""), ("Weird +-=._:/@ é", "x <&> y é".replace("<&>", "@").as_str())]);
    client.put_bucket_tagging().bucket("b").tagging(tags.clone()).send().await.unwrap();
    assert_eq!(client.get_bucket_tagging().bucket("b").send().await.unwrap().tag_set, tags.tag_set);
    let put = async |tags| refusal(client.put_bucket_tagging().bucket("b").tagging(tags).send().await);
    assert_eq!(put(tagging(&[("a", "1"), ("a", "2")])).await, refused(400, "InvalidTag"));
    assert_eq!(put(tagging(&[("aws:x", "1")])).await, refused(400, "InvalidTag"));
    client.put_bucket_tagging().bucket("b").tagging(tagging(&[])).send().await.unwrap();
    assert_eq!(refusal(client.get_bucket_tagging().bucket("b").send().await), refused(404, "NoSuchTagSet"));
    model.force("b", "tagging", "<Tagging><TagSet><Tag><Key>aws:stack</Key><Value>s</Value></Tag></TagSet></Tagging>").unwrap();
    assert_eq!(put(tagging(&[("a", "1")])).await, refused(400, "InvalidTag"));
    client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1"), ("aws:stack", "s")])).send().await.unwrap();
    assert_eq!(refusal(client.delete_bucket_tagging().bucket("b").send().await), refused(400, "InvalidTag"));
}

#[tokio::test]
async fn versioning() {
    let (_model, client) = model();
    let put = |status: &str| {
        let wanted = VersioningConfiguration::builder().status(BucketVersioningStatus::from(status)).build();
        client.put_bucket_versioning().bucket("b").versioning_configuration(wanted)
    };
    for status in ["Enabled", "Suspended"] {
        put(status).send().await.unwrap();
        assert_eq!(client.get_bucket_versioning().bucket("b").send().await.unwrap().status.unwrap().as_str(), status);
    }
    assert_eq!(refusal(put("enabled").send().await), refused(400, "MalformedXML"));
    let empty = client.put_bucket_versioning().bucket("b").versioning_configuration(VersioningConfiguration::builder().build());
    assert_eq!(refusal(empty.send().await), refused(400, "IllegalVersioningConfigurationException"));
    let wanted = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).mfa_delete(MfaDelete::Enabled).build();
    let mfa = client.put_bucket_versioning().bucket("b").versioning_configuration(wanted);
    assert_eq!(refusal(mfa.clone().send().await), refused(403, "AccessDenied"));
    mfa.mfa("arn:aws:iam::111111111111:mfa/root 123456").send().await.unwrap();
}

#[tokio::test]
async fn encryption() {
    let (_model, client) = model();
    let put = |algorithm: &str, key: Option<&str>| {
        let default = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::from(algorithm));
        let default = default.set_kms_master_key_id(key.map(str::to_owned)).build().unwrap();
        let blocked = BlockedEncryptionTypes::builder().encryption_type(EncryptionType::None).build();
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default);
        let rule = rule.blocked_encryption_types(blocked).build();
        let wanted = ServerSideEncryptionConfiguration::builder().rules(rule).build().unwrap();
        client.put_bucket_encryption().bucket("b").server_side_encryption_configuration(wanted)
    };
    put("aws:kms", Some("arn:aws:kms:eu-west-1:111111111111:key/x")).send().await.unwrap();
    let rule = async || {
        let answer = client.get_bucket_encryption().bucket("b").send().await.unwrap();
        answer.server_side_encryption_configuration.unwrap().rules.remove(0)
    };
    let written = rule().await;
    let default = written.apply_server_side_encryption_by_default.unwrap();
    assert_eq!(default.sse_algorithm, ServerSideEncryption::AwsKms);
    assert_eq!(default.kms_master_key_id.as_deref(), Some("arn:aws:kms:eu-west-1:111111111111:key/x"));
    assert_eq!(written.bucket_key_enabled, Some(false), "S3 adds what the PUT left out");
    assert_eq!(written.blocked_encryption_types.unwrap().encryption_type(), [EncryptionType::None]);
    assert_eq!(refusal(put("AES256", Some("key")).send().await), refused(400, "InvalidArgument"));
    assert_eq!(refusal(put("ROT13", None).send().await), refused(400, "MalformedXML"));
    client.delete_bucket_encryption().bucket("b").send().await.unwrap();
    let default = rule().await.apply_server_side_encryption_by_default.unwrap();
    assert_eq!(default.sse_algorithm, ServerSideEncryption::Aes256, "never without encryption");
}

#[tokio::test]
async fn public_access_block() {
    let (_model, client) = model();
    let put = |wanted| client.put_public_access_block().bucket("b").public_access_block_configuration(wanted);
    let partial = PublicAccessBlockConfiguration::builder().block_public_acls(true).build();
    put(partial).send().await.unwrap();
    let answer = client.get_public_access_block().bucket("b").send().await.unwrap();
    let block = answer.public_access_block_configuration.unwrap();
    let all = [block.block_public_acls, block.ignore_public_acls, block.block_public_policy, block.restrict_public_buckets];
    assert_eq!(all, [Some(true), Some(false), Some(false), Some(false)], "a PUT replaces all four");
    let none = put(PublicAccessBlockConfiguration::builder().build());
    assert_eq!(refusal(none.send().await), refused(400, "InvalidRequest"));
}

#[tokio::test]
async fn ownership_and_access_control_lists() {
    let (_model, client) = model();
    let own = |wanted: &str| {
        let rule = OwnershipControlsRule::builder().object_ownership(ObjectOwnership::from(wanted)).build().unwrap();
        let controls = OwnershipControls::builder().rules(rule).build().unwrap();
        client.put_bucket_ownership_controls().bucket("b").ownership_controls(controls)
    };
    let grant = || client.put_bucket_acl().bucket("b").acl("log-delivery-write".into());
    assert_eq!(refusal(grant().send().await), refused(400, "AccessControlListNotSupported"));
    assert_eq!(refusal(own("Nobody").send().await), refused(400, "MalformedXML"));
    own("BucketOwnerPreferred").send().await.unwrap();
    let answer = client.get_bucket_ownership_controls().bucket("b").send().await.unwrap();
    assert_eq!(answer.ownership_controls.unwrap().rules[0].object_ownership, ObjectOwnership::BucketOwnerPreferred);
    grant().send().await.unwrap();
    assert_eq!(client.get_bucket_acl().bucket("b").send().await.unwrap().grants().len(), 3);
    assert_eq!(refusal(own("BucketOwnerEnforced").send().await), refused(400, "InvalidBucketAclWithObjectOwnership"));
    let public = client.put_bucket_acl().bucket("b").acl(BucketCannedAcl::PublicRead);
    assert_eq!(refusal(public.send().await), refused(403, "AccessDenied"), "the public access block holds");
}

#[tokio::test]
async fn lifecycle() {
    let (_model, client) = model();
    let put = |rules: Vec<LifecycleRule>| {
        let wanted = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build().unwrap();
        client.put_bucket_lifecycle_configuration().bucket("b").lifecycle_configuration(wanted)
    };
    let rule = || LifecycleRule::builder().status(ExpirationStatus::Enabled).filter(LifecycleRuleFilter::builder().build());
    let days = |days| LifecycleExpiration::builder().days(days).build();
    let dated = Transition::builder().date(DateTime::from_secs(1_893_456_000)).storage_class(TransitionStorageClass::Glacier).build();
    let rules = vec![rule().id("a").expiration(days(7)).build().unwrap(), rule().transitions(dated).build().unwrap()];
    let answer = put(rules.clone()).send().await.unwrap();
    assert_eq!(answer.transition_default_minimum_object_size, Some(TransitionDefaultMinimumObjectSize::AllStorageClasses128K));
    let read = client.get_bucket_lifecycle_configuration().bucket("b").send().await.unwrap();
    assert_eq!(read.transition_default_minimum_object_size, Some(TransitionDefaultMinimumObjectSize::AllStorageClasses128K));
    assert_eq!(read.rules()[0], rules[0]);
    assert!(read.rules()[1].id().is_some_and(|id| !id.is_empty()), "S3 makes an id");
    assert_eq!(read.rules()[1].transitions(), rules[1].transitions());
    let varies = TransitionDefaultMinimumObjectSize::VariesByStorageClass;
    put(rules).transition_default_minimum_object_size(varies.clone()).send().await.unwrap();
    let read = client.get_bucket_lifecycle_configuration().bucket("b").send().await.unwrap();
    assert_eq!(read.transition_default_minimum_object_size, Some(varies));
    assert_eq!(refusal(put(vec![rule().id("a").build().unwrap()]).send().await), refused(400, "InvalidRequest"));
    assert_eq!(refusal(put(vec![rule().expiration(days(0)).build().unwrap()]).send().await), refused(400, "InvalidArgument"));
    assert_eq!(refusal(put(Vec::new()).send().await), refused(400, "MalformedXML"));
    client.delete_bucket_lifecycle().bucket("b").send().await.unwrap();
    let gone = client.get_bucket_lifecycle_configuration().bucket("b").send().await;
    assert_eq!(refusal(gone), refused(404, "NoSuchLifecycleConfiguration"));
}

#[tokio::test]
async fn cors() {
    let (_model, client) = model();
    let put = |rules: Vec<CorsRule>| {
        let wanted = CorsConfiguration::builder().set_cors_rules(Some(rules)).build().unwrap();
        client.put_bucket_cors().bucket("b").cors_configuration(wanted)
    };
    let rule = || CorsRule::builder().allowed_methods("GET").allowed_origins("https://*.example");
    let full = rule().id("r").allowed_headers("*").expose_headers("ETag").max_age_seconds(0).build().unwrap();
    let rules = vec![full, rule().build().unwrap()];
    put(rules.clone()).send().await.unwrap();
    assert_eq!(client.get_bucket_cors().bucket("b").send().await.unwrap().cors_rules, Some(rules));
    assert_eq!(refusal(put(vec![rule().allowed_methods("PATCH").build().unwrap()]).send().await), refused(400, "InvalidRequest"));
    assert_eq!(refusal(put(vec![rule().build().unwrap(); 101]).send().await), refused(400, "MalformedXML"));
    client.delete_bucket_cors().bucket("b").send().await.unwrap();
    assert_eq!(refusal(client.get_bucket_cors().bucket("b").send().await), refused(404, "NoSuchCORSConfiguration"));
}
