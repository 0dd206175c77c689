//! The tags of a bucket by its ARN: the same tags that GetBucketTagging reads.

use std::collections::BTreeSet;

use super::answer;
use crate::s3::behind::Behind;
use crate::s3::config;
use crate::s3::error::S3Error;
use crate::s3::reply::Reply;
use crate::s3::request::Request;
use crate::s3::shape::{Kind, Shape, TAG, Times};
use crate::s3::subresource::tagging;
use crate::s3::world::{Held, World};
use crate::s3::xml::Element;

static TAGS: Shape = Shape(&[("Tag", Times::Some, Kind::Node(&TAG))]);
static SHAPE: Shape = Shape(&[("Tags", Times::One, Kind::Node(&TAGS))]);

/// ListTagsForResource. A bucket without tags has an empty list.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Reply, S3Error> {
    let tags = match config::seen(world, name(request), tagging::QUERY)? {
        Some(Held::One(doc)) => tagging::tags(&doc),
        Some(Held::Many(_)) | None => Vec::new(),
    };
    Ok(answer(&Element::new("ListTagsForResourceResult").with(Element::new("Tags").with_all(tags))))
}

/// TagResource: what has the same key is written over, the rest stays.
pub(super) fn add(world: &mut World, request: &Request, behind: Behind) -> Result<Reply, S3Error> {
    let root = SHAPE.read("TagResourceRequest", &request.body)?;
    let new: Vec<&Element> = root.at(&["Tags"]).into_iter().flat_map(|tags| tags.all("Tag")).collect();
    if tagging::has_twins(&new) {
        return Err(tagging::invalid("Cannot provide multiple Tags with the same key"));
    }
    let keys: BTreeSet<_> = new.iter().map(|tag| tag.text_of("Key")).collect();
    let mut tags = kept(world, request)?;
    let system: Vec<Element> = tags.iter().filter(|tag| tagging::is_system(tag)).cloned().collect();
    tags.retain(|tag| !keys.contains(&tag.text_of("Key")));
    tags.extend(new.into_iter().cloned());
    tagging::check(&tags.iter().collect::<Vec<_>>(), &system)?;
    write(world, request, tags, behind)
}

/// UntagResource.
pub(super) fn take_away(world: &mut World, request: &Request, behind: Behind) -> Result<Reply, S3Error> {
    let keys: BTreeSet<&str> = request.query.iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key.as_str()).collect();
    if keys.is_empty() {
        return Err(S3Error::invalid_request("tagKeys must have at least one member"));
    }
    let (gone, stay): (Vec<_>, Vec<_>) =
        kept(world, request)?.into_iter().partition(|tag| tag.text_of("Key").is_some_and(|key| keys.contains(key)));
    if gone.iter().any(tagging::is_system) {
        return Err(tagging::invalid("System tags cannot be removed by requester"));
    }
    write(world, request, stay, behind)
}

fn kept(world: &World, request: &Request) -> Result<Vec<Element>, S3Error> {
    world.bucket(name(request)).map(|bucket| bucket.doc(tagging::QUERY).map(tagging::tags).unwrap_or_default())
}

fn write(world: &mut World, request: &Request, tags: Vec<Element>, behind: Behind) -> Result<Reply, S3Error> {
    config::store(world, name(request), (tagging::QUERY, None), tagging::document(tags.into_iter()), behind)?;
    Ok(Reply::empty(204))
}

fn name(request: &Request) -> &str {
    request.bucket.as_deref().unwrap_or_default()
}
