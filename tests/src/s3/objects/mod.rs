//! Objects, as far as a bucket's life depends on them: keys, their versions and unfinished uploads. Content is not kept.

mod delete;
mod list;
mod uploads;
mod versions;

use super::error::S3Error;
use super::reply::Reply;
use super::request::Request;
use super::world::{Bucket, World};

pub(crate) use versions::{Objects, Versioning};

/// A page of every list.
const PAGE: usize = 1000;

/// What is done with objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    List,
    ListVersions,
    ListUploads,
    Put,
    Delete,
    DeleteMany,
    StartUpload,
    AbortUpload,
}

/// Does the job.
pub(crate) fn run(world: &mut World, job: Job, request: &Request) -> Result<Reply, S3Error> {
    let name = request.bucket.as_deref().unwrap_or_default();
    match job {
        Job::List => list::objects(world.bucket(name)?, request),
        Job::ListVersions => list::versions(world.bucket(name)?, request),
        Job::ListUploads => uploads::list(world.bucket(name)?, request),
        Job::Put => world.bucket_mut(name).map(|bucket| put(bucket, request)),
        Job::Delete => delete::one(world.bucket_mut(name)?, request),
        Job::DeleteMany => delete::many(world.bucket_mut(name)?, request),
        Job::StartUpload => world.bucket_mut(name).map(|bucket| uploads::start(bucket, request)),
        Job::AbortUpload => uploads::abort(world.bucket_mut(name)?, request),
    }
}

/// PutObject.
fn put(bucket: &mut Bucket, request: &Request) -> Reply {
    let key = request.key.clone().unwrap_or_default();
    let decoded = request.header("x-amz-decoded-content-length").and_then(|length| length.parse().ok());
    let size = decoded.unwrap_or(request.body.len() as u64);
    let versioning = versioning(bucket);
    let version = bucket.objects.put(&key, size, versioning);
    told(Reply::empty(200).header("etag", format!("\"{size:032x}\"")), &version, versioning)
}

/// Which version it is; not told where versioning was never on.
fn told(reply: Reply, version: &str, versioning: Versioning) -> Reply {
    if versioning == Versioning::Never { reply } else { reply.header("x-amz-version-id", version) }
}

/// The bucket's versioning.
pub(crate) fn versioning(bucket: &Bucket) -> Versioning {
    match bucket.text_at("versioning", &["Status"]).as_deref() {
        Some("Enabled") => Versioning::Enabled,
        Some(_) => Versioning::Suspended,
        None => Versioning::Never,
    }
}

/// The most entries that the caller wants on a page.
fn limit(request: &Request, name: &str) -> Result<usize, S3Error> {
    match request.parameter(name).map(str::parse::<usize>) {
        None => Ok(PAGE),
        Some(Ok(limit)) => Ok(limit.min(PAGE)),
        Some(Err(_)) => Err(S3Error::invalid_argument(format!("Provided {name} not an integer or within integer range"))),
    }
}
