//! Where a new directory bucket goes, and what it cannot be created with. S3 API: CreateBucket, LocationInfo, BucketInfo.

use super::{Zone, check_name};
use crate::s3::error::S3Error;
use crate::s3::identity::Caller;
use crate::s3::request::Request;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::xml::Element;

pub(crate) static LOCATION: Shape =
    Shape(&[("Type", Times::Maybe, Kind::Word(&["AvailabilityZone", "LocalZone"])), ("Name", Times::Maybe, Kind::Text)]);
/// Headers of CreateBucket that are about general purpose buckets.
const UNSUPPORTED: [&str; 8] = [
    "x-amz-acl",
    "x-amz-bucket-object-lock-enabled",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-object-ownership",
];

/// Checks the name, the headers and the place of a directory bucket that is to be created.
pub(crate) fn place(request: &Request, body: &Element, caller: &Caller) -> Result<(), S3Error> {
    let name = request.bucket.as_deref().unwrap_or_default();
    check_name(name)?;
    let zone = Zone::of(name).ok_or_else(S3Error::malformed_xml)?;
    if caller.service.as_ref() != "s3express" {
        let text = "Directory buckets are created at the regional endpoint of S3 Express One Zone";
        return Err(S3Error::new(400, "InvalidBucketName", text));
    }
    if let Some(header) = UNSUPPORTED.into_iter().find(|header| request.header(header).is_some()) {
        return Err(S3Error::not_implemented(header));
    }
    if request.header("x-amz-bucket-namespace").is_some() {
        return Err(S3Error::invalid_argument("x-amz-bucket-namespace is not supported for directory buckets"));
    }
    let text = |parent, member| body.at(&[parent, member]).map(|element| element.text.as_str());
    let wanted = [
        ("Location", "Type", zone.kind()),
        ("Location", "Name", zone.id),
        ("Bucket", "Type", "Directory"),
        ("Bucket", "DataRedundancy", zone.redundancy()),
    ];
    if body.has("LocationConstraint") {
        return Err(S3Error::invalid_request("LocationConstraint is not supported for directory buckets"));
    }
    if let Some((parent, member, value)) = wanted.into_iter().find(|(parent, member, value)| text(parent, member) != Some(value)) {
        return Err(S3Error::invalid_request(format!("{parent}.{member} of bucket {name} has to be {value}")));
    }
    if zone.is_in(&caller.region) {
        Ok(())
    } else {
        Err(S3Error::invalid_request(format!("Zone {} is not in region {}", zone.id, caller.region)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(kind: &str, name: &str, redundancy: &str) -> Element {
        let location = Element::new("Location").leaf("Type", kind).leaf("Name", name);
        let bucket = Element::new("Bucket").leaf("Type", "Directory").leaf("DataRedundancy", redundancy);
        Element::new("CreateBucketConfiguration").with(location).with(bucket)
    }

    fn code(name: &str, header: Option<&'static str>, body: &Element) -> Option<String> {
        let caller = Caller { region: "us-west-2".into(), service: "s3express".into(), ..Caller::default() };
        let mut request = Request { bucket: Some(name.to_owned()), ..Request::default() };
        if let Some(header) = header {
            request.headers.insert(header, "x".parse().unwrap());
        }
        place(&request, body, &caller).err().map(|error| error.code.into_owned())
    }

    #[test]
    fn the_place_is_the_zone_in_the_name() {
        let (name, right) = ("logs--usw2-az1--x-s3", body("AvailabilityZone", "usw2-az1", "SingleAvailabilityZone"));
        let refused = Some("InvalidRequest".to_owned());
        assert_eq!(code(name, None, &right), None);
        assert_eq!(code("l--usw2-lax1-az1--x-s3", None, &body("LocalZone", "usw2-lax1-az1", "SingleLocalZone")), None);
        assert_eq!(code(name, None, &Element::default()), refused);
        assert_eq!(code(name, None, &body("AvailabilityZone", "usw2-az2", "SingleAvailabilityZone")), refused);
        assert_eq!(code(name, None, &body("AvailabilityZone", "usw2-az1", "SingleLocalZone")), refused);
        assert_eq!(code(name, None, &right.clone().leaf("LocationConstraint", "us-west-2")), refused);
        assert_eq!(code("l--use1-az1--x-s3", None, &body("AvailabilityZone", "use1-az1", "SingleAvailabilityZone")), refused);
        assert_eq!(code("l--x-s3", None, &right).as_deref(), Some("InvalidBucketName"));
        assert_eq!(code(name, Some("x-amz-object-ownership"), &right).as_deref(), Some("NotImplemented"));
        assert_eq!(code(name, Some("x-amz-bucket-namespace"), &right).as_deref(), Some("InvalidArgument"));
    }
}
