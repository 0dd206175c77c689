//! A job against what the model knows. No time passes here.

use super::access;
use super::behind::Behind;
use super::error::S3Error;
use super::identity::Caller;
use super::operation::Access;
use super::reply::Reply;
use super::request::Request;
use super::route::{Job, Route, Verb};
use super::world::World;
use super::{buckets, config, control, create, directory, legacy, objects};

/// Whether the job may be begun: its bucket is there and the caller's own.
pub(crate) fn admit(world: &World, job: Job, request: &Request, caller: &Caller) -> Result<(), S3Error> {
    match job {
        Job::ListBuckets | Job::ListDirectoryBuckets | Job::CreateBucket | Job::CreateByMistake => Ok(()),
        Job::Control(job) => control::admit(world, job, request, caller),
        Job::CreateSession => {
            directory::check_name(request.bucket.as_deref().unwrap_or_default())?;
            access::admit(world, request, caller, false)
        }
        // Asked where a bucket is, S3 answers from every region.
        Job::GetLocation => {
            access::admit(world, request, caller, true)?;
            directory::supports(request, false, "location")
        }
        Job::Config(sub, _) => {
            access::admit(world, request, caller, false)?;
            directory::supports(request, sub.on_directories(), sub.calls().query)
        }
        Job::DeleteBucket => {
            access::admit(world, request, caller, false)?;
            directory::supports(request, true, "DeleteBucket")
        }
        Job::HeadBucket | Job::Objects(_) => access::admit(world, request, caller, false),
    }
}

/// Whether the job changes the configuration of a bucket, so that two at once collide.
pub(crate) fn collides(job: Job) -> bool {
    match job {
        Job::CreateBucket | Job::DeleteBucket | Job::CreateByMistake | Job::Config(_, Verb::Put | Verb::Delete) => true,
        Job::Control(job) => job.writes_on_a_bucket(),
        Job::Config(_, Verb::Get | Verb::List)
        | Job::ListBuckets
        | Job::ListDirectoryBuckets
        | Job::HeadBucket
        | Job::GetLocation
        | Job::CreateSession
        | Job::Objects(_) => false,
    }
}

/// Does the job. Reads are `behind` it for a while.
pub(crate) fn run(world: &mut World, route: Route, request: &Request, caller: &Caller, behind: Behind) -> Result<Reply, S3Error> {
    admit(world, route.job, request, caller)?;
    let name = request.bucket.as_deref().unwrap_or_default();
    if route.operation.access == Access::Read && world.buckets.get_mut(name).is_some_and(|bucket| bucket.unseen.strikes()) {
        return Err(S3Error::no_such_bucket());
    }
    match route.job {
        Job::ListBuckets => buckets::list(world, request, caller),
        Job::ListDirectoryBuckets => directory::list(world, request, caller),
        // The engine hands out the credentials.
        Job::CreateSession => Ok(Reply::empty(200)),
        Job::Control(job) => control::run(world, job, request, caller, behind),
        Job::CreateBucket => create::run(world, request, caller, behind),
        Job::CreateByMistake => Ok(legacy::create(world, request, caller)),
        Job::HeadBucket => world.bucket(name).map(buckets::head),
        Job::DeleteBucket => buckets::delete(world, name),
        Job::GetLocation => world.bucket(name).map(buckets::location),
        Job::Objects(job) => objects::run(world, job, request),
        Job::Config(sub, verb) => config::run(world, request, sub, verb, behind),
    }
}
