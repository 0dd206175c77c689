//! The one call that creates a bucket. What can ride on it does: S3 then never holds the bucket without it.

use std::time::Duration;

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::create_bucket::builders::CreateBucketInputBuilder;
use aws_sdk_s3::types::{
    BucketInfo, BucketLocationConstraint, BucketNamespace, BucketType, CreateBucketConfiguration, DataRedundancy, LocationInfo,
    LocationType, ObjectOwnership, Tag,
};
use shared::BucketSpec;
use shared::bucket::CreateBucketConfiguration as Section;
use shared::fault::{Class, Fault, Operation, UNSUPPORTED};
use shared::name::BucketName;
use shared::place::Place;
use shared::resource_tags::OF_VERSION;
use shared::subconfig::remote::{Remote, S3Bucket, fault};
use shared::subconfig::{Have, SubConfig, Tagging, object_lock, ownership_controls};

/// The call, and what allows it.
pub const CREATE: Operation = Operation { name: "CreateBucket", action: "s3:CreateBucket" };

/// How long reads of a new bucket may lag behind its creation.
const LAG: Duration = Duration::from_secs(2);

/// What became of the call.
#[derive(Debug)]
pub enum Created {
    /// S3 made the bucket.
    Made {
        /// The Location header of the answer.
        location: Option<String>,
    },
    /// The account has the bucket already, and it carries what this call sent: an earlier answer got lost.
    Already,
    /// The account has the bucket already, and this Bucket did not make it.
    Foreign,
    /// Somebody else has the name.
    Taken,
    /// The account has the bucket already, and whether this Bucket made it could not be read.
    Unproven(Fault),
    /// The call failed.
    Failed(Fault),
}

/// Creates the bucket. The caller has seen to it that the Bucket carries the finalizer.
pub async fn create(s3: &S3Bucket, spec: &BucketSpec, place: &Place) -> Created {
    match request(spec, place).send_with(&s3.client).await {
        Ok(answer) => Created::Made { location: answer.location },
        Err(error) => match error.code() {
            Some("BucketAlreadyExists") => Created::Taken,
            Some("BucketAlreadyOwnedByYou") => prove(s3, spec, place).await,
            _ => Created::Failed(fault(CREATE, error)),
        },
    }
}

/// Tells a bucket whose creation was answered into the void from one that somebody else in the account made: ours carries the tags
/// that were sent. Reads may lag behind the creation, so a no is asked for twice: it gives the bucket up for good.
pub async fn prove(s3: &S3Bucket, spec: &BucketSpec, place: &Place) -> Created {
    let told = told_by_tags(s3, spec, place).await;
    if !matches!(told, Created::Foreign) {
        return told;
    }
    tokio::time::sleep(LAG).await;
    told_by_tags(s3, spec, place).await
}

async fn told_by_tags(s3: &S3Bucket, spec: &BucketSpec, place: &Place) -> Created {
    let found = match Box::pin(Tagging::read(s3)).await {
        Ok(Have::Value(found)) => Some(found),
        Ok(Have::Empty) => None,
        Ok(Have::Unsupported | Have::Unread) => return Created::Unproven(unreadable(&spec.name)),
        Err(fault) => return Created::Unproven(fault),
    };
    if carries(found, spec, place) { Created::Already } else { Created::Foreign }
}

/// Whether the tags on a bucket are those that were sent, perhaps by another version; AWS may have added its own, which the normal
/// form leaves out.
fn carries(found: Option<Tagging>, spec: &BucketSpec, place: &Place) -> bool {
    let telling = |tagging: Option<Tagging>| {
        let mut tags = tagging.and_then(Tagging::normalise).and_then(|tagging| tagging.tag_set).unwrap_or_default();
        tags.retain(|tag| tag.key.as_deref() != Some(OF_VERSION));
        tags
    };
    telling(found) == telling(Tagging::want(spec, place))
}

fn unreadable(name: &str) -> Fault {
    let message = format!(
        "the account has bucket {name:?} and this S3 store has no tags to tell by whether this Bucket made it; pick another name, or adopt it"
    );
    Fault { class: Class::Terminal, operation: Tagging::GET, code: UNSUPPORTED.to_owned(), message, source: None }
}

/// The request that creates this bucket. Pure.
#[must_use]
pub fn request(spec: &BucketSpec, place: &Place) -> CreateBucketInputBuilder {
    let request = CreateBucketInputBuilder::default()
        .bucket(&spec.name)
        .set_create_bucket_configuration(configuration(spec, place))
        .set_bucket_namespace(namespace(spec).map(BucketNamespace::from));
    // Directory buckets know neither ACLs, nor ownership, nor Object Lock.
    if BucketName::new(&spec.name).is_directory() { request } else { with_access(request, spec) }
}

/// The namespace of the name. One that ends as account-regional names do is refused without it: a Bucket that the peer made may lack
/// it and lose its bucket. Source: S3 API reference, CreateBucket, `x-amz-bucket-namespace`.
fn namespace(spec: &BucketSpec) -> Option<&str> {
    let regional = || BucketName::new(&spec.name).account_regional().map(|_| "account-regional");
    spec.namespace.as_deref().filter(|namespace| !namespace.is_empty()).or_else(regional)
}

/// Ownership and Object Lock. No ACL: S3 makes no bucket with a public one, and grants in headers would take the owner's own away.
/// Source: S3 API reference, CreateBucket and PutBucketAcl.
fn with_access(request: CreateBucketInputBuilder, spec: &BucketSpec) -> CreateBucketInputBuilder {
    request
        .object_ownership(ObjectOwnership::from(ownership_controls::effective(spec).as_str()))
        .set_object_lock_enabled_for_bucket(object_lock::is_asked_for(spec).then_some(true))
}

/// The region, the kind of bucket and the tags. us-east-1 is said by saying nothing.
/// Source: S3 API, CreateBucket, "CreateBucketConfiguration".
fn configuration(spec: &BucketSpec, place: &Place) -> Option<CreateBucketConfiguration> {
    let name = BucketName::new(&spec.name);
    let (section, directory) = (spec.create_bucket_configuration.clone().unwrap_or_default().completed(name), name.is_directory());
    let constraint = match section.location_constraint.as_deref() {
        Some(given) if !given.is_empty() => Some(given),
        _ if directory || place.region == "us-east-1" => None,
        _ => Some(place.region.as_str()),
    };
    let tags = tags(spec, place);
    let configuration = CreateBucketConfiguration::builder()
        .set_location_constraint(constraint.map(BucketLocationConstraint::from))
        .set_bucket(bucket_info(&section))
        .set_location(location_info(&section))
        .set_tags(Some(tags).filter(|tags| !tags.is_empty()))
        .build();
    (configuration != CreateBucketConfiguration::builder().build()).then_some(configuration)
}

fn bucket_info(section: &Section) -> Option<BucketInfo> {
    let bucket = section.bucket.as_ref()?;
    let redundancy = bucket.data_redundancy.as_deref().map(DataRedundancy::from);
    Some(BucketInfo::builder().set_data_redundancy(redundancy).set_type(bucket.type_.as_deref().map(BucketType::from)).build())
}

fn location_info(section: &Section) -> Option<LocationInfo> {
    let location = section.location.as_ref()?;
    Some(LocationInfo::builder().set_name(location.name.clone()).set_type(location.type_.as_deref().map(LocationType::from)).build())
}

/// All tags of the new bucket: the user's and the controller's.
fn tags(spec: &BucketSpec, place: &Place) -> Vec<Tag> {
    let wanted = Tagging::want(spec, place).and_then(Tagging::normalise).and_then(|tagging| tagging.tag_set).unwrap_or_default();
    let tag = |tag: shared::subconfig::tagging::Tag| {
        Tag::builder().key(tag.key.unwrap_or_default()).value(tag.value.unwrap_or_default()).build().ok()
    };
    wanted.into_iter().filter_map(tag).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::operation::create_bucket::CreateBucketInput;
    use serde_json::{Value, json};
    use shared::place::ControllerTag;

    use super::*;

    fn input(region: &str, spec: Value) -> CreateBucketInput {
        let place = Place { region: region.to_owned(), ..Place::default() };
        request(&of(spec), &place).build().unwrap()
    }

    fn of(mut spec: Value) -> BucketSpec {
        let spec_name = spec.get("name").cloned().unwrap_or_else(|| json!("logs"));
        spec["name"] = spec_name;
        serde_json::from_value(spec).unwrap()
    }

    fn constraint(input: &CreateBucketInput) -> Option<&str> {
        Some(input.create_bucket_configuration()?.location_constraint()?.as_str())
    }

    #[test]
    fn us_east_1_is_said_by_saying_nothing() {
        assert_eq!(input("us-east-1", json!({})).create_bucket_configuration, None);
        assert_eq!(constraint(&input("eu-west-1", json!({}))), Some("eu-west-1"));
        let given = json!({"createBucketConfiguration": {"locationConstraint": "EU"}});
        assert_eq!(constraint(&input("eu-west-1", given)), Some("EU"));
    }

    #[test]
    fn tags_ownership_and_object_lock_ride_along() {
        let tagging = json!({"tagSet": [{"key": "team", "value": "a"}]});
        let spec = of(json!({"tagging": tagging, "objectLockEnabledForBucket": true}));
        let tag = ControllerTag { key: "by".to_owned(), value: "cooper".to_owned() };
        let place = Place { region: "us-east-1".to_owned(), tags: vec![tag], ..Place::default() };
        let input = request(&spec, &place).build().unwrap();
        let tags: Vec<&str> = input.create_bucket_configuration().unwrap().tags().iter().map(Tag::key).collect();
        assert_eq!(tags, ["by", "team"]);
        assert_eq!(input.object_ownership, Some(ObjectOwnership::BucketOwnerEnforced));
        assert_eq!(input.object_lock_enabled_for_bucket, Some(true));
        assert_eq!((input.acl, input.grant_read), (None, None));
    }

    #[test]
    fn an_acl_relaxes_ownership_and_does_not_ride_along() {
        for spec in [json!({"acl": "public-read|authenticated-read"}), json!({"grantRead": "id=x", "grantWriteACP": "id=y"})] {
            let input = input("us-east-1", spec);
            assert_eq!((input.acl, input.grant_read, input.grant_write_acp), (None, None, None));
            assert_eq!(input.object_ownership, Some(ObjectOwnership::BucketOwnerPreferred));
        }
    }

    #[test]
    fn a_default_retention_asks_for_object_lock() {
        let rule = json!({"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}});
        assert_eq!(input("us-east-1", json!({"objectLockConfiguration": rule})).object_lock_enabled_for_bucket, Some(true));
        assert_eq!(input("us-east-1", json!({"objectLockEnabledForBucket": false})).object_lock_enabled_for_bucket, None);
    }

    #[test]
    fn a_directory_bucket_says_its_zone_and_no_region() {
        let section = json!({
            "bucket": {"type": "Directory", "dataRedundancy": "SingleAvailabilityZone"},
            "location": {"type": "AvailabilityZone", "name": "euw1-az1"},
        });
        let input = input("eu-west-1", json!({"name": "a--euw1-az1--x-s3", "createBucketConfiguration": section}));
        let configuration = input.create_bucket_configuration().unwrap();
        assert_eq!(configuration.location().and_then(LocationInfo::name), Some("euw1-az1"));
        assert_eq!(configuration.bucket().and_then(BucketInfo::r#type), Some(&BucketType::Directory));
        assert_eq!((configuration.location_constraint(), input.object_ownership.as_ref()), (None, None));
    }

    #[test]
    fn the_name_says_zone_and_namespace() {
        let input = |name: &str| input("eu-west-1", json!({ "name": name }));
        let directory = input("a--euw1-az1--x-s3");
        let configuration = directory.create_bucket_configuration().unwrap();
        assert_eq!(configuration.location().and_then(LocationInfo::r#type), Some(&LocationType::AvailabilityZone));
        assert_eq!(configuration.bucket().and_then(BucketInfo::data_redundancy), Some(&DataRedundancy::SingleAvailabilityZone));
        assert_eq!((directory.bucket_namespace, directory.object_lock_enabled_for_bucket), (None, None));
        let regional = input("a-123456789012-eu-west-1-an").bucket_namespace;
        assert_eq!(regional, Some(BucketNamespace::AccountRegional));
        assert_eq!(input("team-an").bucket_namespace, None);
    }

    #[test]
    fn a_bucket_of_the_account_is_ours_if_it_carries_what_was_sent() {
        let found = |tags: &[(&str, &str)]| {
            let tags = tags.iter().map(|(key, value)| shared::subconfig::tagging::Tag::new(key, value)).collect();
            Tagging { tag_set: Some(tags) }
        };
        let spec = of(json!({"tagging": {"tagSet": [{"key": "team", "value": "a"}]}}));
        let tag = ControllerTag { key: "services.k8s.aws/namespace".to_owned(), value: "team-a".to_owned() };
        let place = Place { tags: vec![tag], ..Place::default() };
        let (team, namespace) = (("team", "a"), ("services.k8s.aws/namespace", "team-a"));
        assert!(carries(Some(found(&[team, ("aws:x", "y"), namespace])), &spec, &place));
        let version = |version| (OF_VERSION, version);
        assert!(carries(Some(found(&[team, version("s3-1"), namespace])), &spec, &place), "another version's");
        assert!(!carries(Some(found(&[team, version("s3-1")])), &spec, &place));
        assert!(!carries(Some(found(&[team, (namespace.0, "team-b")])), &spec, &place), "another namespace's");
        assert!(!carries(None, &spec, &place) && !carries(Some(found(&[team, namespace, ("more", "x")])), &spec, &place));
        assert!(carries(None, &of(json!({})), &Place::default()), "nothing was sent");
    }
}
