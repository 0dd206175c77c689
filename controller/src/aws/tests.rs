//! What the clients send where the endpoint is not AWS's own.

use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::config::Credentials;
use aws_types::service_config::LoadServiceConfig;
use prometheus::Registry;
use shared::subconfig::remote::Remote;
use shared::subconfig::{Have, Tagging};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::metrics::Metrics;

const DIRECTORY: &str = "a--euw1-az1--x-s3";
const NO_TAGS: &str = "<ListTagsForResourceResult/>";

/// What the SDK's environment says of one service.
#[derive(Debug)]
struct Environment(&'static str, String);

impl LoadServiceConfig for Environment {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        (key.service_id() == self.0 && key.env() == "AWS_ENDPOINT_URL").then(|| self.1.clone())
    }
}

/// Where the endpoint is named.
#[derive(Clone, Copy, Debug)]
enum Named {
    Flag,
    Everything,
    Service(&'static str),
}

fn aws(named: Named, endpoint: String) -> Aws {
    let base = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "b", None, None, "test")))
        .timeout_config(TimeoutConfig::disabled())
        .retry_config(RetryConfig::disabled())
        .http_client(Builder::new().build_http());
    let mut settings = AwsSettings {
        region: "eu-west-1".to_owned(),
        endpoint: None,
        identity_endpoint: None,
        unsafe_endpoints: true,
        path_style: true,
        timeout: None,
    };
    let base = match named {
        Named::Flag => {
            settings.endpoint = Some(endpoint);
            base
        }
        Named::Everything => base.endpoint_url(endpoint),
        Named::Service(service) => base.service_config(Environment(service, endpoint)),
    };
    let base = app_name().into_iter().fold(base, aws_types::sdk_config::Builder::app_name);
    let counting = Counting(Metrics::new(&Registry::new()).unwrap());
    Aws::new(base.build(), settings, counting)
}

/// The first request that comes out of a call about the directory bucket, which is answered with this document.
async fn first<F: Future>(named: Named, answer: &'static str, call: impl FnOnce(S3Bucket) -> F) -> (String, F::Output) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 8192];
        let read = stream.read(&mut request).await.unwrap();
        let answer = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}", answer.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8_lossy(&request[..read]).to_lowercase()
    };
    let place =
        Place { region: "eu-west-1".to_owned(), partition: "aws".to_owned(), account: Some("123456789012".to_owned()), ..Place::default() };
    let aws = aws(named, format!("http://{host}"));
    let s3 = aws.bucket(&place, DIRECTORY);
    let (request, outcome) = tokio::join!(server, Box::pin(call(s3)));
    assert!(request.contains(&format!("host: {host}\r\n")), "{request}");
    (request, outcome)
}

#[tokio::test]
async fn s3_control_keeps_the_host_and_names_the_account_however_the_endpoint_is_named() {
    for named in [Named::Flag, Named::Everything, Named::Service("S3 Control")] {
        let (request, tags) = first(named, NO_TAGS, async |s3| Tagging::read(&s3).await).await;
        assert!(
            request.starts_with("get /v20180820/tags/arn%3aaws%3as3express%3aeu-west-1%3a123456789012%3abucket/"),
            "{named:?}: {request}"
        );
        assert!(request.contains("x-amz-account-id: 123456789012\r\n"), "{named:?}: {request}");
        assert_eq!(tags.unwrap(), Have::Empty, "{named:?}");
    }
}

#[tokio::test]
async fn no_session_is_asked_for_at_an_endpoint_of_ones_own() {
    for named in [Named::Flag, Named::Everything, Named::Service("S3")] {
        let (request, head) = first(named, "", async |s3| s3.client.head_bucket().bucket(DIRECTORY).send().await).await;
        assert!(request.starts_with(&format!("head /{DIRECTORY}")), "{named:?}: {request}");
        head.unwrap();
    }
}

#[tokio::test]
async fn each_request_names_the_program_as_own_changes_are_known_by() {
    let (request, _) = first(Named::Flag, "", async |s3| s3.client.head_bucket().bucket(DIRECTORY).send().await).await;
    for header in ["user-agent", "x-amz-user-agent"] {
        let told = request.lines().find_map(|line| line.strip_prefix(&format!("{header}: ")));
        assert!(told.is_some_and(|told| told.contains(APP)), "CloudTrail shows one of them: {request}");
    }
}

#[test]
fn an_empty_endpoint_is_none() {
    for service in ["S3", "S3 Control", "STS"] {
        let aws = aws(Named::Service(service), String::new());
        assert_eq!(named_endpoint(&aws.base, service), None, "{service}");
        let place = Place { region: "eu-west-1".to_owned(), ..Place::default() };
        assert_eq!(aws.bucket(&place, "logs").name, "logs", "clients are made");
        let everything = aws.base.into_builder().endpoint_url("https://all.example.com").build();
        assert_eq!(named_endpoint(&everything, service).as_deref(), Some("https://all.example.com"), "{service}");
    }
}
