//! A job against what the model knows. No time passes here.

use super::access;
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
        Job::HeadBucket | Job::ListObjects | Job::PutObject | Job::DeleteObject | Job::StartUpload => {
            access::admit(world, request, caller, false)
        }
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
        | Job::ListObjects
        | Job::PutObject
        | Job::DeleteObject
        | Job::StartUpload => false,
    }
}

/// Does the job. `stale` is the number of reads that do not see it yet.
pub(crate) fn run(world: &mut World, route: Route, request: &Request, caller: &Caller, stale: u32) -> Result<Reply, S3Error> {
    admit(world, route.job, request, caller)?;
    let name = request.bucket.as_deref().unwrap_or_default();
    if route.operation.access == Access::Read
        && let Some(bucket) = world.buckets.get_mut(name).filter(|bucket| bucket.unseen > 0)
    {
        bucket.unseen -= 1;
        return Err(S3Error::no_such_bucket());
    }
    match route.job {
        Job::ListBuckets => buckets::list(world, request, caller),
        Job::ListDirectoryBuckets => directory::list(world, request, caller),
        // The engine hands out the credentials.
        Job::CreateSession => Ok(Reply::empty(200)),
        Job::Control(job) => control::run(world, job, request, caller, stale),
        Job::CreateBucket => create::run(world, request, caller, stale),
        Job::CreateByMistake => Ok(legacy::create(world, request, caller)),
        Job::HeadBucket => world.bucket(name).map(buckets::head),
        Job::DeleteBucket => buckets::delete(world, name),
        Job::GetLocation => world.bucket(name).map(buckets::location),
        Job::ListObjects => objects::list(world.bucket(name)?, request),
        Job::PutObject => world.bucket_mut(name).map(|bucket| objects::put(bucket, request)),
        Job::DeleteObject => world.bucket_mut(name).map(|bucket| objects::delete(bucket, request)),
        Job::StartUpload => Ok(objects::start_upload(request)),
        Job::Config(sub, verb) => config::run(world, request, sub, verb, stale),
    }
}
