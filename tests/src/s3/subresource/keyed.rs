//! What the sub-resources that are kept by id have in common.

use super::{Put, not_found};
use crate::s3::error::S3Error;
use crate::s3::shape::{Kind, Shape, TAG, Times};
use crate::s3::xml::Element;

const MOST: usize = 1000;

/// Several conditions at once.
pub(super) static AND: Shape = Shape(&[("Prefix", Times::Maybe, Kind::Text), ("Tag", Times::Any, Kind::Node(&TAG))]);
/// What a configuration applies to.
pub(super) static FILTER: Shape =
    Shape(&[("Prefix", Times::Maybe, Kind::Text), ("Tag", Times::Maybe, Kind::Node(&TAG)), ("And", Times::Maybe, Kind::Node(&AND))]);

/// The answer where no configuration has the id.
pub(super) fn missing() -> S3Error {
    not_found("NoSuchConfiguration", "The specified configuration does not exist.")
}

/// Refuses the empty prefix: a configuration for the whole bucket has no filter.
pub(super) fn no_empty_prefix(root: &Element) -> Result<(), S3Error> {
    let filter = root.child("Filter");
    let conditions = filter.and_then(|filter| filter.child("And")).or(filter);
    if conditions.and_then(|conditions| conditions.text_of("Prefix")) == Some("") { Err(S3Error::malformed_xml()) } else { Ok(()) }
}

/// Reads a configuration and holds its id against the one of the request.
pub(super) fn read(put: &Put<'_>, query: &str, root: &str, shape: &Shape) -> Result<Element, S3Error> {
    let element = put.xml(root, shape)?;
    let id = element.text_of("Id").unwrap_or_default();
    if id.is_empty() || id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        return Err(S3Error::malformed_xml());
    }
    if put.request.parameter("id") != Some(id) {
        return Err(S3Error::new(400, "IdMismatch", "Document ID does not match the specified configuration ID."));
    }
    let filter = element.child("Filter");
    let and = filter.and_then(|filter| filter.child("And"));
    if filter.is_some_and(|filter| filter.children.len() != 1) || and.is_some_and(|and| and.children.len() < 2) {
        return Err(S3Error::malformed_xml());
    }
    let others = put.bucket.docs(query).map_or(0, |docs| docs.keys().filter(|key| key.as_str() != id).count());
    if others >= MOST {
        let text = "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.";
        return Err(S3Error::new(400, "TooManyConfigurations", text));
    }
    Ok(element)
}
