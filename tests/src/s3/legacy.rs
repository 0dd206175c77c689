//! The router of stores that look at the method alone: a sub-resource that they do not know is a call on the bucket itself.

use std::sync::Arc;

use hyper::Method;

use super::identity::Caller;
use super::objects;
use super::reply::Reply;
use super::request::Request;
use super::route::{Job, Verb};
use super::world::{Bucket, World};

/// The job that such a store makes of a job.
pub(crate) fn reroute(job: Job) -> Job {
    match job {
        Job::Config(_, Verb::Get | Verb::List) => Job::Objects(objects::Job::List),
        Job::Config(sub, Verb::Put) if sub.put_method() == Method::PUT => Job::CreateByMistake,
        Job::Config(_, Verb::Delete) => Job::DeleteBucket,
        Job::Config(_, Verb::Put)
        | Job::Control(_)
        | Job::CreateSession
        | Job::ListBuckets
        | Job::ListDirectoryBuckets
        | Job::CreateBucket
        | Job::HeadBucket
        | Job::DeleteBucket
        | Job::GetLocation
        | Job::Objects(_)
        | Job::CreateByMistake => job,
    }
}

/// Creates the bucket where there is none; answers success either way and keeps nothing of the body.
pub(crate) fn create(world: &mut World, request: &Request, caller: &Caller) -> Reply {
    let name = request.bucket.as_deref().unwrap_or_default();
    let new = || Bucket::new(name, &caller.account, &caller.region);
    world.buckets.entry(Arc::from(name)).or_insert_with(new);
    Reply::empty(200)
}
