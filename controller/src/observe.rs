//! Whether the bucket exists, where, and whether it is ours: one HeadBucket answers all three, before anything else is asked.

use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::create_session::CreateSessionError;
use aws_sdk_s3::operation::head_bucket::HeadBucketError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use shared::Bucket;
use shared::fault::{Class, Fault, NO_ANSWER, Operation, classify};
use shared::place::{self, Place};
use shared::subconfig::remote::{S3Bucket, cause, fault};

use crate::absence::Doubt;

/// The call, and what allows it.
pub const HEAD: Operation = Operation { name: "HeadBucket", action: "s3:ListBucket" };
/// The call about a directory bucket.
const HEAD_DIRECTORY: Operation = Operation { name: "HeadBucket", action: "s3express:CreateSession" };
const ASSUME: Operation = Operation { name: "AssumeRole", action: "sts:AssumeRole" };
/// The code of an answer that says no and not why.
pub const FORBIDDEN: &str = "Forbidden";
/// The code of an answer that says that the request is bad and not why.
const BAD_REQUEST: &str = "BadRequest";
/// The header that names a bucket's region, in every answer about it.
const REGION: &str = "x-amz-bucket-region";

/// What is known of the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exists {
    /// Nobody has a bucket of this name.
    No,
    /// The account that was expected has it, in the region that was expected.
    Here,
    /// It is in another region.
    Elsewhere {
        /// The region, where S3 names it.
        region: Option<String>,
    },
    /// S3 says no of a bucket that was there, and that is not certain. Only [`crate::absence::exists`] doubts.
    Unsure(Doubt),
}

/// Asks S3.
///
/// # Errors
/// The call failed, or the bucket is somebody else's (which S3 does not tell apart from a lack of permission).
pub async fn exists(s3: &S3Bucket, place: &Place) -> Result<Exists, Fault> {
    match s3.client.head_bucket().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner()).send().await {
        Ok(answer) => Ok(found(answer.bucket_region(), place)),
        Err(error) => refused(s3, place, error),
    }
}

fn found(region: Option<&str>, place: &Place) -> Exists {
    match region.filter(|region| !region.is_empty() && *region != place.region) {
        Some(other) => Exists::Elsewhere { region: Some(other.to_owned()) },
        None => Exists::Here,
    }
}

/// A session that was refused says the same: a directory bucket is asked nothing without one.
fn refused(s3: &S3Bucket, place: &Place, error: SdkError<HeadBucketError, HttpResponse>) -> Result<Exists, Fault> {
    let session = cause::<SdkError<CreateSessionError, HttpResponse>>(&error);
    let answer = session.map_or_else(|| error.raw_response(), SdkError::raw_response);
    let status = answer.map_or(0, |answer| answer.status().as_u16());
    let region = answer.and_then(|answer| answer.headers().get(REGION)).map(str::to_owned);
    match (status, region) {
        (404, _) => Ok(Exists::No),
        (301, region) => Ok(Exists::Elsewhere { region }),
        // A signature for another region than the bucket's.
        (400, Some(region)) if !region.is_empty() && region != place.region => Ok(Exists::Elsewhere { region: Some(region) }),
        (400, _) if session.is_none() => Err(unreasoned(error)),
        (403, _) => Err(foreign(s3, error)),
        _ => Err(without_role(fault(HEAD, error))),
    }
}

/// The request is well formed, so that it is about who asks, and when: that passes. The answer to HEAD has no body that would say so.
/// Source: S3 API reference, HeadBucket, "a message body isn't included".
fn unreasoned(error: SdkError<HeadBucketError, HttpResponse>) -> Fault {
    let message = "S3 gave no reason; most often the credentials have expired, or the clock of the node is wrong".to_owned();
    Fault { class: Class::Transient, operation: HEAD, code: BAD_REQUEST.to_owned(), message, source: Some(std::sync::Arc::new(error)) }
}

/// The answer to HEAD has no body, so that it says nothing but 403.
fn foreign(s3: &S3Bucket, error: SdkError<HeadBucketError, HttpResponse>) -> Fault {
    let owner = s3.owner.as_deref().map(|owner| format!(" than {owner}")).unwrap_or_default();
    let message = format!("bucket {:?} belongs to another account{owner}, or its policy or IAM refuses access", s3.name);
    let operation = if s3.is_directory() { HEAD_DIRECTORY } else { HEAD };
    Fault { class: Class::Denied, operation, code: FORBIDDEN.to_owned(), message, source: Some(std::sync::Arc::new(error)) }
}

/// The fault of a call about a bucket that the Bucket had before: then a refusal says more than that somebody else has the name.
#[must_use]
pub fn lost(bucket: &Bucket, fault: Fault) -> Fault {
    if fault.code != FORBIDDEN || place::arn(bucket).is_none() {
        return fault;
    }
    let name = bucket.bucket_name().unwrap_or_default();
    let message = format!(
        "S3 bucket {name:?} was this Bucket's and refuses access now: if it was deleted, another account may have taken the name; else its \
         policy, a service control policy or IAM refuses. Nothing is written to it"
    );
    Fault { message, ..fault }
}

/// A call that was never made because the role could not be assumed is a fault of AssumeRole.
fn without_role(fault: Fault) -> Fault {
    let source = fault.source.clone();
    let refused = source.as_deref().and_then(|source| cause::<SdkError<AssumeRoleError, HttpResponse>>(source));
    refused.and_then(of_assume_role).unwrap_or(fault)
}

fn of_assume_role(error: &SdkError<AssumeRoleError, HttpResponse>) -> Option<Fault> {
    let refusal = error.as_service_error()?.meta();
    let status = error.raw_response().map_or(0, |answer| answer.status().as_u16());
    let code = refusal.code().unwrap_or(NO_ANSWER).to_owned();
    let message = refusal.message().unwrap_or_default().to_owned();
    Some(Fault { class: classify(status, &code), operation: ASSUME, code, message, source: None })
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
    use aws_smithy_http_client::Builder;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Asks a server that gives this one answer.
    async fn ask(answer: &'static str) -> Result<Exists, Fault> {
        let (exists, request) = ask_about("logs", answer).await;
        assert!(request.contains("x-amz-expected-bucket-owner: 123456789012"), "{request}");
        exists
    }

    /// Asks about a bucket, and gives the request besides.
    async fn ask_about(name: &str, answer: &'static str) -> (Result<Exists, Fault>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request[..read]).to_lowercase()
        });
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "b", None, None, "test")))
            .http_client(Builder::new().build_http())
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .endpoint_url(endpoint)
            .force_path_style(true)
            .build();
        let client = aws_sdk_s3::Client::from_conf(config);
        let control =
            aws_sdk_s3control::Config::builder().behavior_version(BehaviorVersion::v2026_01_12()).http_client(Builder::new().build_http());
        let control = aws_sdk_s3control::Client::from_conf(control.build());
        let s3 = S3Bucket::new(client, control, name, Some("123456789012".to_owned()), format!("arn:aws:s3:::{name}"));
        let answer = exists(&s3, &Place { region: "eu-west-1".to_owned(), ..Place::default() }).await;
        (answer, server.await.unwrap())
    }

    #[tokio::test]
    async fn a_directory_bucket_that_refuses_a_session_is_told_by_that() {
        const MISSING: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 40\r\n\r\n<Error><Code>NoSuchBucket</Code></Error>";
        const DENIED: &str = "HTTP/1.1 403 Forbidden\r\ncontent-length: 40\r\n\r\n<Error><Code>AccessDenied</Code></Error>";
        let (exists, request) = ask_about("logs--euw1-az1--x-s3", MISSING).await;
        assert_eq!(exists.unwrap(), Exists::No);
        assert!(request.contains("?session"), "{request}");
        let fault = ask_about("logs--euw1-az1--x-s3", DENIED).await.0.unwrap_err();
        assert_eq!(fault.class, Class::Denied);
        assert!(fault.to_string().contains("s3express:CreateSession"), "{fault}");
    }

    #[tokio::test]
    async fn one_answer_tells_existence_region_and_owner() {
        let here = "HTTP/1.1 200 OK\r\nx-amz-bucket-region: eu-west-1\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(ask(here).await.unwrap(), Exists::Here);
        assert_eq!(ask("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap(), Exists::Here);
        assert_eq!(ask("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await.unwrap(), Exists::No);
        let elsewhere = Exists::Elsewhere { region: Some("us-east-1".to_owned()) };
        for status in ["200 OK", "301 Moved Permanently", "400 Bad Request"] {
            let answer = format!("HTTP/1.1 {status}\r\nx-amz-bucket-region: us-east-1\r\ncontent-length: 0\r\n\r\n");
            assert_eq!(ask(answer.leak()).await.unwrap(), elsewhere, "{status}");
        }
    }

    #[tokio::test]
    async fn credentials_that_expired_are_no_fault_of_the_bucket() {
        for region in ["", "x-amz-bucket-region: eu-west-1\r\n", "x-amz-bucket-region:\r\n"] {
            let answer = format!("HTTP/1.1 400 Bad Request\r\n{region}content-length: 0\r\n\r\n");
            let fault = ask(answer.leak()).await.unwrap_err();
            assert_eq!(fault.class, Class::Transient, "{region}");
            assert!(fault.to_string().contains("credentials have expired"), "{fault}");
        }
    }

    #[tokio::test]
    async fn a_403_is_a_denial_that_names_what_to_allow() {
        let fault = ask("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await.unwrap_err();
        assert_eq!(fault.class, Class::Denied);
        let text = fault.to_string();
        assert!(text.contains("s3:ListBucket") && text.contains("123456789012") && text.contains("\"logs\""), "{text}");
    }

    #[tokio::test]
    async fn what_is_neither_yes_nor_no_is_tried_again() {
        for (answer, class) in [
            ("HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\n\r\n", Class::Throttled),
            ("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n", Class::Transient),
            ("", Class::Transient),
        ] {
            assert_eq!(ask(answer).await.unwrap_err().class, class, "{answer:?}");
        }
    }
}
