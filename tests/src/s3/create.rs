//! CreateBucket: name, place, and what rides on it.

use std::sync::Arc;

use super::behind::Behind;
use super::buckets::FIRST_REGION;
use super::directory;
use super::error::S3Error;
use super::identity::Caller;
use super::name;
use super::reply::Reply;
use super::request::Request;
use super::shape::{Kind, Shape, TAG, Times};
use super::subresource::{acl_grants as grants, object_lock, ownership_controls as ownership, tagging as tags, versioning};
use super::world::{Bucket, World};
use super::xml::Element;

static TAGS: Shape = Shape(&[("Tag", Times::Any, Kind::Node(&TAG))]);
static INFO: Shape = Shape(&[("DataRedundancy", Times::Maybe, Kind::Text), ("Type", Times::Maybe, Kind::Word(&["Directory"]))]);
static SHAPE: Shape = Shape(&[
    ("LocationConstraint", Times::Maybe, Kind::Text),
    ("Location", Times::Maybe, Kind::Node(&directory::LOCATION)),
    ("Bucket", Times::Maybe, Kind::Node(&INFO)),
    ("Tags", Times::Maybe, Kind::Node(&TAGS)),
]);
/// Beginnings of region names.
const AREAS: [&str; 10] = ["us-", "eu-", "ap-", "sa-", "ca-", "me-", "af-", "il-", "mx-", "cn-"];

/// CreateBucket. Reads that are `behind` do not find the new bucket yet.
pub(crate) fn run(world: &mut World, request: &Request, caller: &Caller, behind: Behind) -> Result<Reply, S3Error> {
    let name = request.bucket.as_deref().unwrap_or_default();
    let read = || if request.body.is_empty() { Ok(Element::default()) } else { SHAPE.read("CreateBucketConfiguration", &request.body) };
    let is_directory = directory::is_named(name);
    if !is_directory {
        name::check(request, caller)?;
    }
    let body = read()?;
    let location = if is_directory {
        directory::place(request, &body, caller)?;
        caller.region.as_ref()
    } else {
        general_place(&body, caller)?
    };
    let region = if location == "EU" { "eu-west-1" } else { location };
    let bucket = furnish(Bucket::new(name, &caller.account, region), request, &body)?;
    match world.buckets.get(name) {
        None => {
            let bucket = Bucket { location: location.into(), unseen: behind.beginning_now(), ..bucket };
            let arn = bucket.arn();
            world.buckets.insert(Arc::clone(&bucket.name), bucket);
            Ok(Reply::empty(200).header("location", format!("/{name}")).header("x-amz-bucket-arn", arn))
        }
        Some(there) if there.owner != caller.account => {
            let text = "The requested bucket name is not available. The bucket namespace is shared by all users of the system. \
                        Please select a different name and try again.";
            Err(S3Error::new(409, "BucketAlreadyExists", text))
        }
        // The oldest region alone answers as if the bucket were new.
        Some(there) if !is_directory && there.region.as_ref() == FIRST_REGION && region == FIRST_REGION => {
            Ok(Reply::empty(200).header("location", format!("/{name}")).header("x-amz-bucket-arn", there.arn()))
        }
        Some(there) => {
            let text = "Your previous request to create the named bucket succeeded and you already own it.";
            Err(S3Error::new(409, "BucketAlreadyOwnedByYou", text).with_region(&there.region))
        }
    }
}

fn general_place<'a>(body: &'a Element, caller: &'a Caller) -> Result<&'a str, S3Error> {
    if body.has("Location") || body.has("Bucket") {
        return Err(S3Error::invalid_request("Location and Bucket are for directory buckets, whose names end with --<zone>--x-s3"));
    }
    place(body.text_of("LocationConstraint").filter(|text| !text.is_empty()), &caller.region)
}

/// Where the bucket goes: the constraint has to name the region that the request was sent to, and the first region takes any.
fn place<'a>(constraint: Option<&'a str>, region: &'a str) -> Result<&'a str, S3Error> {
    let invalid = || Err(S3Error::new(400, "InvalidLocationConstraint", "The specified location-constraint is not valid"));
    match constraint {
        None if region == FIRST_REGION => Ok(region),
        Some(wanted) if wanted == FIRST_REGION && region == FIRST_REGION => invalid(),
        Some(wanted) if !is_region(wanted) && wanted != "EU" => invalid(),
        Some(wanted) if wanted == region || region == FIRST_REGION || (wanted == "EU" && region == "eu-west-1") => Ok(wanted),
        wanted => {
            let wanted = wanted.unwrap_or("unspecified");
            let text =
                format!("The {wanted} location constraint is incompatible for the region specific endpoint this request was sent to.");
            Err(S3Error::new(400, "IllegalLocationConstraintException", text))
        }
    }
}

fn is_region(text: &str) -> bool {
    AREAS.iter().any(|area| text.starts_with(area)) && text.ends_with(|last: char| last.is_ascii_digit())
}

/// Puts what the request carries onto the new bucket: ownership, ACL, Object Lock, tags.
fn furnish(mut bucket: Bucket, request: &Request, body: &Element) -> Result<Bucket, S3Error> {
    if let Some(wanted) = request.header("x-amz-object-ownership") {
        if !ownership::WORDS.contains(&wanted) {
            return Err(S3Error::invalid_argument(format!("Invalid x-amz-object-ownership header: {wanted}")));
        }
        bucket.store("ownershipControls", None, Some(ownership::document(wanted)));
    }
    if let Some(wanted) = grants::of_headers(request, &bucket.owner)?.filter(|wanted| *wanted != grants::private(&bucket.owner)) {
        if ownership::is_enforced(&bucket) {
            let text = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
            return Err(S3Error::new(400, "InvalidBucketAclWithObjectOwnership", text));
        }
        if grants::are_public(&wanted) {
            let text = "Bucket cannot have public ACLs set with BlockPublicAccess enabled";
            return Err(S3Error::new(400, "InvalidBucketAclWithBlockPublicAccessError", text));
        }
        bucket.store("acl", None, Some(grants::document(&bucket.owner, &wanted)));
    }
    if request.header("x-amz-bucket-object-lock-enabled").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        bucket.store("versioning", None, Some(versioning::enabled()));
        bucket.store("object-lock", None, Some(object_lock::enabled()));
    }
    let given: Vec<_> = body.child("Tags").into_iter().flat_map(|tags| tags.all("Tag")).collect();
    if tags::has_twins(&given) {
        return Err(S3Error::new(500, "InternalError", "We encountered an internal error. Please try again."));
    }
    tags::check(&given, &[])?;
    bucket.store("tagging", None, tags::document(given.into_iter().cloned()));
    Ok(bucket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_goes_with_the_region() {
        let code = |constraint, region| place(constraint, region).map_err(|error| error.code.into_owned());
        assert_eq!(code(None, "us-east-1"), Ok("us-east-1"));
        assert_eq!(code(Some("eu-west-1"), "us-east-1"), Ok("eu-west-1"));
        assert_eq!(code(Some("eu-west-1"), "eu-west-1"), Ok("eu-west-1"));
        assert_eq!(code(Some("EU"), "eu-west-1"), Ok("EU"));
        assert_eq!(code(Some("us-east-1"), "us-east-1"), Err("InvalidLocationConstraint".to_owned()));
        assert_eq!(code(Some("zz-none-9"), "eu-west-1"), Err("InvalidLocationConstraint".to_owned()));
        for constraint in [None, Some("ap-south-1"), Some("us-east-1")] {
            assert_eq!(code(constraint, "eu-west-1"), Err("IllegalLocationConstraintException".to_owned()));
        }
    }
}
