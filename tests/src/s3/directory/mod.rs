//! Directory buckets (S3 Express One Zone): their names and zones, what they do not support, their list and their sessions.
//! Source: S3 User Guide, "Directory buckets" and "Directory bucket naming rules"; S3 API: CreateSession, ListDirectoryBuckets.

mod create;
mod zone;

use jiff::SignedDuration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::buckets::token;
use super::error::S3Error;
use super::identity::{Caller, Identities};
use super::reply::Reply;
use super::request::Request;
use super::world::{Bucket, World};
use super::xml::Element;

pub(crate) use create::{LOCATION, place};
pub(crate) use zone::Zone;

const SUFFIX: &str = "--x-s3";
const OWNER: &str = "x-amz-expected-bucket-owner";
/// A page of ListDirectoryBuckets.
const PAGE: usize = 1_000;
const SESSION_LASTS: SignedDuration = SignedDuration::from_mins(5);

/// Whether a name can only be a directory bucket's.
pub(crate) fn is_named(name: &str) -> bool {
    name.ends_with(SUFFIX)
}

/// Whether a directory bucket can have this name.
pub(crate) fn check_name(name: &str) -> Result<(), S3Error> {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let base = name.strip_suffix(SUFFIX).and_then(|stem| stem.rsplit_once("--")).map_or("", |(base, _)| base);
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let fits = plain(base) && edge(base.as_bytes().first()) && edge(base.as_bytes().last()) && (3..=63).contains(&name.len());
    if fits && Zone::of(name).is_some() {
        Ok(())
    } else {
        Err(S3Error::new(400, "InvalidBucketName", "The specified bucket is not valid."))
    }
}

/// Whether a call may be made if its bucket is a directory bucket.
pub(crate) fn supports(request: &Request, on_directories: bool, what: &str) -> Result<(), S3Error> {
    if !request.bucket.as_deref().is_some_and(is_named) {
        return Ok(());
    }
    if !on_directories {
        return Err(S3Error::not_implemented(what));
    }
    if request.header(OWNER).is_some() { Err(S3Error::not_implemented(OWNER)) } else { Ok(()) }
}

/// ListDirectoryBuckets, of the region that is asked.
pub(crate) fn list(world: &World, request: &Request, caller: &Caller) -> Result<Reply, S3Error> {
    let limit = match request.parameter("max-directory-buckets").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(limit)) if limit <= PAGE => limit,
        Some(_) => return Err(S3Error::invalid_argument("Argument max-directory-buckets must be an integer between 0 and 1000")),
    };
    let after = request.parameter("continuation-token").map(token).transpose()?.unwrap_or_default();
    let is_listed = |bucket: &&Bucket| {
        let own = bucket.owner == caller.account && bucket.region == caller.region;
        own && bucket.is_directory() && bucket.name.as_ref() > after.as_str()
    };
    let mut left = world.buckets.values().filter(is_listed);
    let page: Vec<_> = left.by_ref().take(limit).collect();
    let more = left.next().is_some();
    let mut root =
        Element::new("ListAllMyDirectoryBucketsResult").with(Element::new("Buckets").with_all(page.iter().map(|bucket| entry(bucket))));
    if let (true, Some(last)) = (more, page.last()) {
        root = root.leaf("ContinuationToken", URL_SAFE_NO_PAD.encode(last.name.as_bytes()));
    }
    Ok(Reply::xml(&root))
}

fn entry(bucket: &Bucket) -> Element {
    let created = bucket.created.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    Element::new("Bucket").leaf("Name", bucket.name.as_ref()).leaf("CreationDate", created).leaf("BucketArn", bucket.arn())
}

/// The credentials of CreateSession.
pub(crate) fn session(identities: &mut Identities, request: &Request, caller: &Caller) -> Reply {
    let issued = identities.issue_for_bucket(caller, request.bucket.as_deref().unwrap_or_default(), SESSION_LASTS);
    let credentials = Element::new("Credentials")
        .leaf("SessionToken", issued.session.token.as_ref())
        .leaf("SecretAccessKey", issued.known.secret.as_ref())
        .leaf("AccessKeyId", issued.id.as_str())
        .leaf("Expiration", issued.session.expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    Reply::xml(&Element::new("CreateSessionResult").with(credentials))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_with_a_zone_and_the_suffix() {
        for fine in ["logs--usw2-az1--x-s3", "a-b--use1-az10--x-s3", "0--usw2-lax1-az1--x-s3"] {
            assert_eq!(check_name(fine), Ok(()), "{fine}");
        }
        let long = format!("{}--usw2-az1--x-s3", "x".repeat(60));
        for bad in ["a--x-s3", "a.b--usw2-az1--x-s3", "a--us-west-2a--x-s3", "--usw2-az1--x-s3", "A--usw2-az1--x-s3", &long, "plain"] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_directory_buckets_lack_is_not_implemented() {
        let mut request = Request { bucket: Some("logs--usw2-az1--x-s3".to_owned()), ..Request::default() };
        assert_eq!(supports(&request, true, "policy"), Ok(()));
        assert_eq!(supports(&request, false, "cors").map_err(|error| error.status), Err(501));
        request.headers.insert(OWNER, "111111111111".parse().unwrap());
        assert_eq!(supports(&request, true, "policy").map_err(|error| error.status), Err(501));
        request.bucket = Some("plain".to_owned());
        assert_eq!(supports(&request, false, "cors"), Ok(()));
    }
}
