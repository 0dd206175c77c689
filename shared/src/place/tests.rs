//! Regions, roles, accounts, endpoints and partitions.

use super::*;
use crate::BucketStatus;
use crate::bucket::AckResourceMetadata;

const ROLE: &str = "arn:aws:iam::111122223333:role/buckets";

fn annotations(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn bucket(all: &[(&str, &str)]) -> Bucket {
    let mut bucket = Bucket::default();
    bucket.metadata.namespace = Some("team-a".to_owned());
    bucket.metadata.annotations = Some(annotations(all));
    bucket
}

fn existing(all: &[(&str, &str)], region: &str, account: &str) -> Bucket {
    let arn = Some("arn:aws:s3:::logs".to_owned());
    let metadata = AckResourceMetadata { arn, owner_account_id: account.to_owned(), partition: None, region: region.to_owned() };
    let mut bucket = bucket(all);
    bucket.status = Some(BucketStatus { ack_resource_metadata: Some(metadata), ..BucketStatus::default() });
    bucket
}

fn identity() -> Identity {
    let (account, default_region) = (Some("123456789012".to_owned()), Some("us-east-1".to_owned()));
    Identity { account, default_region, ..Identity::default() }
}

fn place(bucket: &Bucket, namespace: &[(&str, &str)]) -> Result<Place, Unplaced> {
    resolve(bucket, &annotations(namespace), &identity(), Offers::None)
}

#[test]
fn the_region_comes_from_the_bucket_then_its_annotation_then_the_namespace_then_the_default() {
    let own = [(annotation::REGION, "eu-west-1")];
    let namespace = [(annotation::DEFAULT_REGION, "cn-north-1")];
    assert_eq!(place(&existing(&own, "us-west-2", ""), &namespace).unwrap().region, "us-west-2");
    assert_eq!(place(&bucket(&own), &namespace).unwrap().region, "eu-west-1");
    let by_namespace = place(&bucket(&[]), &namespace).unwrap();
    assert_eq!((by_namespace.region.as_str(), by_namespace.partition.as_str()), ("cn-north-1", "aws-cn"));
    assert_eq!(place(&bucket(&[]), &[(annotation::DEFAULT_REGION, "")]).unwrap().region, "us-east-1");
    assert_eq!(resolve(&bucket(&[]), &BTreeMap::new(), &Identity::default(), Offers::None), Err(Unplaced::NoRegion));
}

#[test]
fn a_bucket_that_was_never_created_is_not_held_to_the_region_of_a_failed_attempt() {
    let mut tried = existing(&[(annotation::REGION, "eu-west-1")], "us-west-2", "");
    tried.status.as_mut().unwrap().ack_resource_metadata.as_mut().unwrap().arn = None;
    assert_eq!(place(&tried, &[]).unwrap().region, "eu-west-1");
}

#[test]
fn without_a_choice_the_controllers_own_identity_is_used() {
    let place = place(&bucket(&[]), &[]).unwrap();
    assert_eq!((place.role, place.account.as_deref()), (None, Some("123456789012")));
    assert_eq!(place.tags.len(), 2);
}

#[test]
fn the_role_is_the_buckets_if_allowed_else_the_namespaces() {
    let by_namespace = place(&bucket(&[]), &[(annotation::ROLE_ARN, ROLE)]).unwrap();
    assert_eq!((by_namespace.role.as_deref(), by_namespace.account.as_deref()), (Some(ROLE), Some("111122223333")));
    let own = bucket(&[(annotation::ROLE_ARN, ROLE)]);
    assert_eq!(place(&own, &[(annotation::ALLOWED_ROLE_ARNS, "arn:aws:iam::111122223333:role/*")]).unwrap().role.as_deref(), Some(ROLE));
    let refused = place(&own, &[(annotation::ROLE_ARN, "arn:aws:iam::111122223333:role/other")]).unwrap_err();
    assert_eq!(refused, Unplaced::RoleNotAllowed { role: ROLE.to_owned(), namespace: "team-a".to_owned() });
    assert!(refused.to_string().contains("allowed-iam-role-arns") && refused.category() == "role", "{refused}");
    let unreadable = place(&bucket(&[(annotation::ROLE_ARN, "")]), &[(annotation::ROLE_ARN, ROLE)]);
    assert_eq!(unreadable, Err(Unplaced::RoleArnInvalid { role: String::new() }), "never another identity");
}

#[test]
fn an_owner_that_no_credentials_lead_to_is_never_served_by_others() {
    let owner = [(annotation::OWNER_ACCOUNT_ID, "111122223333")];
    assert!(matches!(place(&bucket(&[]), &owner), Err(Unplaced::NoRole { .. })));
    assert!(matches!(place(&bucket(&owner), &[]), Err(Unplaced::NoRole { .. })));
    let role = "arn:aws:iam::444455556666:role/x";
    let mismatch = place(&bucket(&[]), &[owner[0], (annotation::ROLE_ARN, role)]);
    assert!(matches!(mismatch, Err(Unplaced::RoleOfAnotherAccount { .. })));
    assert!(matches!(place(&bucket(&[(annotation::OWNER_ACCOUNT_ID, "123")]), &[]), Err(Unplaced::OwnerInvalid { .. })));
    assert_eq!(place(&bucket(&[]), &[owner[0], (annotation::ROLE_ARN, ROLE)]).unwrap().account.as_deref(), Some("111122223333"));
    let nameless = Identity { account: None, ..identity() };
    let place = resolve(&bucket(&owner), &BTreeMap::new(), &nameless, Offers::None).unwrap();
    assert_eq!(place.account.as_deref(), Some("111122223333"), "S3 itself checks the expected owner");
}

#[test]
fn a_bucket_does_not_move_between_accounts() {
    let changed = place(&existing(&[], "us-east-1", "111122223333"), &[]).unwrap_err();
    assert!(matches!(changed, Unplaced::AccountChanged { .. }) && changed.category() == "account", "{changed}");
    assert!(place(&existing(&[], "us-east-1", "123456789012"), &[]).is_ok());
}

#[test]
fn only_the_word_delete_deletes() {
    let policy = |bucket: &Bucket, namespace: &[(&str, &str)], default| deletion_policy(bucket, &annotations(namespace), default);
    let namespace = [(annotation::NAMESPACE_DELETION_POLICY, "retain")];
    assert_eq!(policy(&bucket(&[(annotation::DELETION_POLICY, "delete")]), &namespace, DeletionPolicy::Retain), DeletionPolicy::Delete);
    assert_eq!(policy(&bucket(&[(annotation::DELETION_POLICY, "Delete")]), &[], DeletionPolicy::Delete), DeletionPolicy::Retain);
    assert_eq!(policy(&bucket(&[]), &namespace, DeletionPolicy::Delete), DeletionPolicy::Retain);
    assert_eq!(policy(&bucket(&[]), &[], DeletionPolicy::Delete), DeletionPolicy::Delete);
}

#[test]
fn the_partition_is_that_of_the_region_else_that_of_the_controller() {
    let sts = Identity { partition: Some("aws-iso".to_owned()), ..identity() };
    for (region, partition) in [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-gov-north-1", "aws-us-gov"),
        ("garage", "aws-iso"),
    ] {
        let place = resolve(&bucket(&[(annotation::REGION, region)]), &BTreeMap::new(), &sts, Offers::None).unwrap();
        assert_eq!(place.partition, partition, "{region}");
        let arn = crate::arn::bucket("logs", &place.partition, &place.region, "123456789012");
        assert_eq!(arn, format!("arn:{partition}:s3:::logs"));
        let directory = crate::arn::bucket("logs--x1-az1--x-s3", &place.partition, &place.region, "123456789012");
        assert_eq!(directory, format!("arn:{partition}:s3express:{region}:123456789012:bucket/logs--x1-az1--x-s3"));
    }
    let nobody = resolve(&bucket(&[(annotation::REGION, "garage")]), &BTreeMap::new(), &identity(), Offers::None).unwrap();
    assert_eq!(nobody.partition, "aws");
}

#[test]
fn the_namespace_names_an_endpoint_and_https_is_asked_for() {
    let of = |url: &str, unsafe_endpoints| {
        let identity = Identity { unsafe_endpoints, ..identity() };
        resolve(&bucket(&[]), &annotations(&[(annotation::ENDPOINT_URL, url)]), &identity, Offers::None).map(|place| place.endpoint)
    };
    assert_eq!(of("", false), Ok(None));
    for good in ["https://s3.example.com", "https://s3.example.com:9000/", "https://[::1]:9000"] {
        assert_eq!(of(good, false), Ok(Some(good.to_owned())));
    }
    let plain = "http://minio.team-a:9000";
    assert_eq!(of(plain, true), Ok(Some(plain.to_owned())));
    assert!(matches!(of(plain, false), Err(Unplaced::EndpointUnsafe { .. })));
    for bad in ["s3.example.com", "https://", "ftp://x", "https://a b", "https://user:secret@host", "https://host?x", "file:///etc"] {
        let unplaced = of(bad, true).unwrap_err();
        assert!(matches!(unplaced, Unplaced::EndpointInvalid { .. }), "{bad}");
        assert_eq!(unplaced.category(), "endpoint");
    }
}

#[test]
fn one_endpoint_is_one_store() {
    let at = |url: &str| Some(annotations(&[(annotation::ENDPOINT_URL, url)]));
    let same = |one: Option<BTreeMap<String, String>>, other: Option<BTreeMap<String, String>>| is_one_store(one.as_ref(), other.as_ref());
    assert!(same(None, None) && same(None, at("")) && same(at("https://a"), at("https://a/")));
    assert!(!same(None, at("https://a")) && !same(at("https://a"), at("https://b")));
}

mod offers;
