//! Sub-resources against what the model knows: read, put, take away, list.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::behind::Behind;
use super::error::S3Error;
use super::reply::Reply;
use super::request::Request;
use super::route::Verb;
use super::subresource::{List, Put, SubResource};
use super::world::{Doc, Held, World};
use super::xml::Element;

/// A page of a list.
const PAGE: usize = 100;

/// One call on one sub-resource. After a write, reads are `behind` it for a while.
pub(crate) fn run(
    world: &mut World,
    request: &Request,
    sub: &'static dyn SubResource,
    verb: Verb,
    behind: Behind,
) -> Result<Reply, S3Error> {
    let name = request.bucket.as_deref().unwrap_or_default();
    match verb {
        Verb::Get => get(world, name, request, sub),
        Verb::List => list(world, name, request, sub),
        Verb::Put => {
            let doc = sub.accept(&Put { bucket: world.bucket(name)?, world, request })?;
            let header = doc.as_ref().and_then(|doc| doc.header.clone());
            store(world, name, (sub.kept_under(), id_of(request, sub)), doc, behind)?;
            let reply = Reply::empty(sub.put_status());
            Ok(header.into_iter().fold(reply, |reply, (name, value)| reply.header(name, value)))
        }
        Verb::Delete => {
            let bucket = world.bucket(name)?;
            if let Some(id) = id_of(request, sub)
                && bucket.docs(sub.calls().query).is_none_or(|docs| !docs.contains_key(id))
            {
                return sub.missing(bucket).map(|_| Reply::empty(204));
            }
            let doc = sub.remove(bucket)?;
            store(world, name, (sub.kept_under(), id_of(request, sub)), doc, behind)?;
            Ok(Reply::empty(204))
        }
    }
}

/// Keeps or takes away a document under a query and, where there are several, an id.
pub(crate) fn store(
    world: &mut World,
    name: &str,
    (query, id): (&'static str, Option<&str>),
    doc: Option<Doc>,
    behind: Behind,
) -> Result<(), S3Error> {
    let bucket = world.bucket_mut(name)?;
    if !behind.is_none() {
        let before = bucket.config.get(query).cloned();
        bucket.stale.insert(query, (before, behind.beginning_now()));
    }
    bucket.store(query, id, doc);
    Ok(())
}

/// The id of a configuration that is kept by id.
fn id_of<'a>(request: &'a Request, sub: &'static dyn SubResource) -> Option<&'a str> {
    sub.calls().list.as_ref().and_then(|_| request.parameter("id"))
}

fn get(world: &mut World, name: &str, request: &Request, sub: &'static dyn SubResource) -> Result<Reply, S3Error> {
    let held = seen(world, name, sub.calls().query)?;
    let found = match (&held, id_of(request, sub)) {
        (Some(Held::One(doc)), None) => Some(doc.clone()),
        (Some(Held::Many(docs)), Some(id)) => docs.get(id).cloned(),
        _ => None,
    };
    let doc = match found {
        Some(doc) => doc,
        None => sub.missing(world.bucket(name)?)?,
    };
    let reply = Reply::body(doc.kind, doc.body);
    Ok(doc.header.into_iter().fold(reply, |reply, (name, value)| reply.header(name, value)))
}

/// What a read finds, which may be what was there before the last write.
pub(crate) fn seen(world: &mut World, name: &str, query: &'static str) -> Result<Option<Held>, S3Error> {
    let bucket = world.bucket_mut(name)?;
    if let Some((before, behind)) = bucket.stale.get_mut(query) {
        if behind.strikes() {
            return Ok(before.clone());
        }
        bucket.stale.remove(query);
    }
    Ok(bucket.config.get(query).cloned())
}

fn list(world: &mut World, name: &str, request: &Request, sub: &'static dyn SubResource) -> Result<Reply, S3Error> {
    let Some(List { root, .. }) = &sub.calls().list else { return Err(S3Error::method_not_allowed()) };
    let docs = match seen(world, name, sub.calls().query)? {
        Some(Held::Many(docs)) => docs,
        Some(Held::One(_)) | None => std::collections::BTreeMap::new(),
    };
    let token = request.parameter("continuation-token").filter(|token| !token.is_empty());
    let after = token.map(read_token).transpose()?;
    let mut left = docs.iter().filter(|(id, _)| after.as_ref().is_none_or(|after| *id > after));
    let page: Vec<_> = left.by_ref().take(PAGE).collect();
    let more = left.next().is_some();
    let mut answer = Element::new(root).leaf("IsTruncated", more.to_string());
    if let Some(token) = token {
        answer = answer.leaf("ContinuationToken", token);
    }
    if let (true, Some((last, _))) = (more, page.last()) {
        answer = answer.leaf("NextContinuationToken", URL_SAFE_NO_PAD.encode(last));
    }
    Ok(Reply::xml(&answer.with_all(page.iter().filter_map(|(_, doc)| doc.element()))))
}

fn read_token(token: &str) -> Result<String, S3Error> {
    let wrong = || S3Error::invalid_argument("The continuation token provided is incorrect");
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| wrong())?;
    String::from_utf8(bytes).map_err(|_| wrong())
}
