//! Whether a caller gets at a bucket: it is there, in this region, and the caller's own.

use super::error::S3Error;
use super::identity::Caller;
use super::request::Request;
use super::world::World;

/// Looks at the bucket of a request before anything is done with it.
pub(crate) fn admit(world: &World, request: &Request, caller: &Caller, anywhere: bool) -> Result<(), S3Error> {
    let bucket = world.bucket(request.bucket.as_deref().unwrap_or_default())?;
    let service = if bucket.is_directory() { "s3express" } else { "s3" };
    if caller.service.as_ref() != service {
        let text = format!("The authorization header is malformed; the service '{}' is wrong; expecting '{service}'", caller.service);
        return Err(S3Error::new(400, "AuthorizationHeaderMalformed", text));
    }
    if bucket.region != caller.region && !anywhere {
        let text = "The bucket you are attempting to access must be addressed using the specified endpoint. \
                    Please send all future requests to this endpoint.";
        return Err(S3Error::new(301, "PermanentRedirect", text).with_region(&bucket.region));
    }
    let expected = request.header("x-amz-expected-bucket-owner");
    if expected.is_some_and(|owner| owner.len() != 12 || !owner.bytes().all(|byte| byte.is_ascii_digit())) {
        let text = "The value of the expected bucket owner parameter must be an AWS Account ID";
        return Err(S3Error::new(400, "InvalidBucketOwnerAWSAccountID", text));
    }
    if bucket.owner != caller.account || expected.is_some_and(|owner| owner != bucket.owner.as_ref()) {
        return Err(S3Error::access_denied().with_region(&bucket.region));
    }
    Ok(())
}

/// What a caller is told whose signature did not hold: even then S3 tells the region.
pub(crate) fn refused(world: &World, request: &Request, error: S3Error) -> S3Error {
    match request.bucket.as_deref().and_then(|name| world.buckets.get(name)) {
        Some(bucket) => error.with_region(&bucket.region),
        None => error,
    }
}
