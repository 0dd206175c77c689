//! How often STS is asked, against a server that counts.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_sdk_sts::config::Region;
use aws_sdk_sts::error::SdkError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use prometheus::Registry;

use super::*;

const ARN: &str = "arn:aws:iam::111122223333:role/buckets";
const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>";

/// An STS that counts, and answers what it is told to.
struct Sts {
    role: AssumedRole,
    asked: Arc<AtomicU32>,
    answer: Arc<Mutex<(u16, String)>>,
}

/// Credentials that last so many seconds; in the test's answer the number of the answer stands for the key's id.
fn granted(seconds: u64) -> (u16, String) {
    let end = jiff::Timestamp::now() + Duration::from_secs(seconds);
    let end = end.strftime("%Y-%m-%dT%H:%M:%SZ");
    let credentials = format!(
        "<AccessKeyId>NUMBER</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{end}</Expiration>"
    );
    (200, format!("<AssumeRoleResponse><AssumeRoleResult><Credentials>{credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>"))
}

async fn sts(first: (u16, String)) -> Sts {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (asked, answer) = (Arc::new(AtomicU32::new(0)), Arc::new(Mutex::new(first)));
    let (count, say) = (Arc::clone(&asked), Arc::clone(&answer));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !String::from_utf8_lossy(&request).contains("RoleSessionName=cooper-controller") {
                assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "{}", String::from_utf8_lossy(&request));
            }
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            let (status, body) = say.lock().unwrap().clone();
            let body = body.replace("NUMBER", &number.to_string());
            let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        }
    });
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(Credentials::new("a", "b", None, None, "test"))
        .http_client(Builder::new().build_http())
        .retry_config(RetryConfig::disabled())
        .endpoint_url(endpoint)
        .build();
    Sts { role: AssumedRole::new(ARN, aws_sdk_sts::Client::from_conf(config), Expiry::new(&Registry::new()).unwrap()), asked, answer }
}

impl Sts {
    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    async fn key(&self) -> String {
        self.role.credentials().await.unwrap().access_key_id().to_owned()
    }

    /// Returns once no renewal is under way.
    async fn renewed(&self) {
        while self.role.kept().renewing {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Has the kept credentials reach this part of their life.
    fn age(&self, renew: bool, end: bool) {
        let mut kept = self.role.kept();
        let session = kept.session.as_mut().unwrap();
        let now = Instant::now();
        let at = |due: bool| if due { now } else { now + LASTS };
        (session.renew, session.end) = (at(renew), at(end));
    }

    /// An S3 that refuses a call of the role with this code; HEAD has none.
    async fn refused_by_s3(&self, code: Option<&str>) {
        let refuse = aws_smithy_http_client::Builder::new().build_http();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(self.role.clone())
            .interceptor(self.role.clone())
            .http_client(refuse)
            .retry_config(RetryConfig::disabled())
            .force_path_style(true)
            .endpoint_url(format!("http://{}", listener.local_addr().unwrap()));
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 8192];
            assert_ne!(stream.read(&mut request).await.unwrap(), 0);
            let body = code.map_or_else(String::new, |code| format!("<Error><Code>{code}</Code></Error>"));
            let head = format!("HTTP/1.1 400 X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        };
        let client = aws_sdk_s3::Client::from_conf(config.build());
        let call = async {
            if code.is_some() {
                client.get_bucket_acl().bucket("logs").send().await.map(drop).unwrap_err();
            } else {
                client.head_bucket().bucket("logs").send().await.map(drop).unwrap_err();
            }
        };
        tokio::join!(call, server);
    }
}

#[tokio::test]
async fn all_who_need_the_role_at_once_are_one_call() {
    let sts = sts(granted(3600)).await;
    let keys = futures::future::join_all((0..1000).map(|_| sts.key())).await;
    assert!(keys.iter().all(|key| key == "1") && sts.asked() == 1);
    let kept = sts.role.kept();
    let session = kept.session.as_ref().unwrap();
    let left = |at: Instant| at.duration_since(Instant::now()).as_secs();
    assert!((2800..=2880).contains(&left(session.renew)) && (3500..=3590).contains(&left(session.end)), "80 % and the margin");
    assert!(!format!("{:?}", sts.role).contains("AccessKey"));
}

#[tokio::test]
async fn credentials_are_renewed_beside_those_who_use_them() {
    let sts = sts(granted(3600)).await;
    assert_eq!(sts.key().await, "1");
    sts.age(true, false);
    assert_eq!(sts.key().await, "1", "nobody waits for the renewal");
    while sts.asked() < 2 || sts.role.kept().renewing {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((sts.key().await.as_str(), sts.asked()), ("2", 2));
}

#[tokio::test]
async fn a_renewal_that_fails_costs_nobody_the_credentials_before_they_end() {
    let sts = sts(granted(3600)).await;
    sts.key().await;
    *sts.answer.lock().unwrap() = (403, DENIED.to_owned());
    sts.age(true, false);
    for _ in 0..3 {
        assert_eq!(sts.key().await, "1");
        sts.renewed().await;
    }
    assert_eq!(sts.asked(), 2, "the refusal counts for renewals too");
    sts.age(true, true);
    sts.role.credentials().await.unwrap_err();
    assert_eq!(sts.asked(), 2);
}

#[tokio::test]
async fn a_refusal_counts_for_all_for_a_while_and_is_told_to_each() {
    let sts = sts((403, DENIED.to_owned())).await;
    for _ in 0..100 {
        let error = sts.role.credentials().await.unwrap_err();
        let mut chain = std::iter::successors(Some(&error as &(dyn std::error::Error + 'static)), |error| error.source());
        let refusal = chain.find_map(|error| error.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>());
        assert!(refusal.is_some_and(|refusal| refusal.as_service_error().is_some()), "{}", Chain(&error));
        assert!(Chain(&error).to_string().contains("sts:AssumeRole"), "{}", Chain(&error));
    }
    assert_eq!(sts.asked(), 1);

    let mut waits = Vec::new();
    for _ in 0..6 {
        sts.role.kept().refused.as_mut().unwrap().until = Instant::now();
        sts.role.credentials().await.unwrap_err();
        let until = sts.role.kept().refused.as_ref().unwrap().until;
        waits.push(until.duration_since(Instant::now()).as_secs() + 1);
    }
    assert_eq!(waits, [10, 20, 40, 80, 120, 120]);

    *sts.answer.lock().unwrap() = granted(3600);
    sts.role.kept().refused.as_mut().unwrap().until = Instant::now();
    assert_eq!(sts.key().await, "8");
    assert!(sts.role.kept().refused.is_none(), "the next refusal starts anew");
}

#[tokio::test]
async fn credentials_that_s3_refuses_are_asked_for_anew_unless_they_are_new() {
    let sts = sts(granted(3600)).await;
    assert_eq!(sts.key().await, "1");
    sts.refused_by_s3(Some("ExpiredToken")).await;
    assert_eq!(sts.key().await, "1", "a young session is not to blame");
    for (code, number) in [(None, "2"), (Some("AccessDenied"), "3")] {
        sts.role.kept().session.as_mut().unwrap().began -= DOUBTFUL;
        let before = sts.key().await;
        sts.refused_by_s3(code).await;
        assert_eq!(sts.key().await, before, "nobody waits for the renewal");
        sts.renewed().await;
        assert_eq!(sts.key().await, number);
    }
}

#[tokio::test]
async fn one_refused_bucket_takes_the_credentials_from_nobody_while_sts_is_down() {
    let sts = sts(granted(3600)).await;
    sts.key().await;
    sts.role.kept().session.as_mut().unwrap().began -= DOUBTFUL;
    *sts.answer.lock().unwrap() = (503, String::new());
    for code in [None, Some("AccessDenied")] {
        sts.refused_by_s3(code).await;
        assert_eq!(sts.key().await, "1");
        sts.renewed().await;
    }
    // What S3 calls over is not used again.
    for code in ["ExpiredToken", "InvalidToken"] {
        sts.refused_by_s3(Some(code)).await;
        sts.role.credentials().await.unwrap_err();
        sts.age(false, false);
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_stops_nobody() {
    let sts = sts(granted(0)).await;
    assert_eq!(sts.key().await, "1");
    assert_eq!((sts.key().await.as_str(), sts.asked()), ("1", 1), "a session that looks over is new all the same");
}
