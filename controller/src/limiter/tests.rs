use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use prometheus::{Registry, TextEncoder};
use tokio::time::Instant;

use super::*;
use crate::lease::{Leadership, Moment};

/// An S3 that gives one answer to everything, and counts.
#[derive(Debug)]
struct Store {
    status: AtomicU16,
    asked: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    takes: Duration,
}

impl Store {
    fn new(takes: Duration) -> Arc<Self> {
        let [asked, at_once, most_at_once] = std::array::from_fn(|_| AtomicUsize::new(0));
        Arc::new(Self { status: AtomicU16::new(200), asked, at_once, most_at_once, takes })
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

#[derive(Clone, Debug)]
struct Wire(Arc<Store>);

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let store = Arc::clone(&self.0);
        assert!(request.headers().get("authorization").is_some(), "it is signed");
        HttpConnectorFuture::new(async move {
            store.asked.fetch_add(1, Ordering::SeqCst);
            let at_once = store.at_once.fetch_add(1, Ordering::SeqCst) + 1;
            store.most_at_once.fetch_max(at_once, Ordering::SeqCst);
            tokio::time::sleep(store.takes).await;
            store.at_once.fetch_sub(1, Ordering::SeqCst);
            let status = store.status.load(Ordering::SeqCst);
            let body = if status == 200 { "" } else { "<Error><Code>SlowDown</Code></Error>" };
            Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body)))
        })
    }
}

fn metrics() -> LimiterMetrics {
    LimiterMetrics::new(&Registry::new()).unwrap()
}

fn limits(reads: Option<f64>, writes: Option<f64>, registry: &Registry) -> Limits {
    let metrics = LimiterMetrics::new(registry).unwrap();
    Limits::new(PerSecond { reads, writes }, Some(Duration::from_mins(1)), Leadership::forever(), metrics)
}

fn client(limit: &Limit, store: &Arc<Store>) -> Client {
    let wire = SharedHttpConnector::new(Wire(Arc::clone(store)));
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .http_client(limit.http_client(http_client_fn(move |_, _| wire.clone())))
        .interceptor(limit.clone())
        .retry_partition(limit.retry_partition());
    Client::from_conf(config.build())
}

async fn reads(client: &Client, number: usize) -> usize {
    let all = (0..number).map(|_| client.head_bucket().bucket("logs").send());
    futures::future::join_all(all).await.iter().filter(|answer| answer.is_ok()).count()
}

fn shows(registry: &Registry, line: &str) {
    let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    assert!(text.contains(line), "{line} is not in\n{text}");
}

#[tokio::test(start_paused = true)]
async fn reads_and_writes_have_limits_of_their_own() {
    let registry = Registry::new();
    let (limits, store) = (limits(Some(10.0), None, &registry), Store::new(Duration::ZERO));
    let client = client(&limits.of(Some("111122223333"), "eu-west-1", None), &store);
    let began = Instant::now();
    assert_eq!(reads(&client, 31).await, 31);
    let took = began.elapsed().as_secs_f64();
    assert!((2.9..3.2).contains(&took), "30 waits of a tenth of a second took {took} s");
    let began = Instant::now();
    let writes = (0..50).map(|_| client.delete_bucket().bucket("logs").send());
    assert_eq!(futures::future::join_all(writes).await.len(), 50);
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    shows(&registry, "cooper_aws_limit_rate{account=\"111122223333\",kind=\"read\",region=\"eu-west-1\"} 10");
    shows(&registry, "cooper_aws_limit_rate{account=\"111122223333\",kind=\"write\",region=\"eu-west-1\"} inf");
    shows(&registry, "cooper_aws_limiter_wait_seconds_count{lane=\"edit\"} 81");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_throttled_slows_down_alone_and_comes_back() {
    let registry = Registry::new();
    let (limits, slow, quick) = (limits(None, None, &registry), Store::new(Duration::ZERO), Store::new(Duration::ZERO));
    let (one, other) = (limits.of(Some("1"), "eu-west-1", None), limits.of(Some("2"), "eu-west-1", None));
    let (throttled, free) = (client(&one, &slow), client(&other, &quick));
    assert_eq!(reads(&throttled, 40).await, 40);
    slow.asked();
    tokio::time::sleep(Duration::from_secs(1)).await;
    slow.answers(503);
    assert_eq!(reads(&throttled, 1).await, 0);
    assert_eq!(slow.asked(), 3, "the SDK's retries go on");
    assert!(one.was_throttled(Duration::from_mins(1)) && !other.was_throttled(Duration::from_mins(1)));
    shows(&registry, "cooper_aws_throttled_total{account=\"1\",kind=\"read\",region=\"eu-west-1\"} 3");
    shows(&registry, "cooper_aws_throttled_total{account=\"2\",kind=\"read\",region=\"eu-west-1\"} 0");

    slow.answers(200);
    let began = Instant::now();
    assert_eq!(reads(&throttled, 20).await, 20);
    assert!(began.elapsed() > Duration::from_millis(300), "it is careful: {:?}", began.elapsed());
    let began = Instant::now();
    assert_eq!(reads(&free, 200).await, 200);
    assert_eq!(began.elapsed(), Duration::ZERO);
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert!(!one.was_throttled(Duration::from_mins(1)));
    let began = Instant::now();
    assert_eq!(reads(&throttled, 200).await, 200);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_time_out_begins_with_the_turn() {
    let registry = Registry::new();
    let (limits, store) = (limits(Some(1.0), None, &registry), Store::new(Duration::from_secs(45)));
    let client = client(&limits.of(None, "eu-west-1", None), &store);
    let began = Instant::now();
    assert_eq!(reads(&client, 90).await, 90, "the last one waits for 89 s and then takes 45 s");
    assert!(began.elapsed() >= Duration::from_secs(134));
    let hanging = Store::new(Duration::from_hours(1));
    let limits = super::Limits::new(PerSecond::default(), Some(Duration::from_mins(1)), Leadership::forever(), metrics());
    let answer = self::client(&limits.of(None, "eu-west-1", None), &hanging).head_bucket().bucket("logs").send().await;
    assert!(format!("{answer:?}").contains("NoAnswer"), "{answer:?}");
    assert_eq!(hanging.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn so_many_are_under_way_at_once_and_no_account_takes_the_places_of_another() {
    let registry = Registry::new();
    let (limits, hangs, quick) = (limits(None, None, &registry), Store::new(Duration::from_secs(10)), Store::new(Duration::ZERO));
    let (slow, free) = (limits.of(Some("1"), "eu-west-1", None), limits.of(Some("2"), "eu-west-1", None));
    let (slow, free) = (client(&slow, &hangs), client(&free, &quick));
    let began = Instant::now();
    let other = async {
        assert_eq!(reads(&free, 200).await, 200);
        began.elapsed()
    };
    let (all, other) = tokio::join!(reads(&slow, 2 * IN_FLIGHT + 1), other);
    assert_eq!((all, hangs.most_at_once.load(Ordering::SeqCst)), (2 * IN_FLIGHT + 1, IN_FLIGHT));
    assert_eq!((began.elapsed().as_secs(), other), (30, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_place_is_free_again_once_its_request_was_given_up() {
    let registry = Registry::new();
    let (limits, hangs) = (limits(None, None, &registry), Store::new(Duration::from_hours(1)));
    let client = client(&limits.of(None, "eu-west-1", None), &hangs);
    let given_up = tokio::time::timeout(Duration::from_secs(1), reads(&client, IN_FLIGHT)).await;
    assert!(given_up.is_err() && hangs.asked() == IN_FLIGHT);
    let next = tokio::time::timeout(Duration::from_secs(1), reads(&client, 1)).await;
    assert!(next.is_err() && hangs.asked() == 1, "it was sent");
    // All places are taken for longer than a request waits.
    let (timeout, metrics) = (Some(Duration::from_mins(10)), metrics());
    let limits = super::Limits::new(PerSecond::default(), timeout, Leadership::forever(), metrics);
    let client = self::client(&limits.of(None, "eu-west-1", None), &hangs);
    let (_, late) = tokio::join!(tokio::time::timeout(Duration::from_mins(9), reads(&client, IN_FLIGHT)), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        client.head_bucket().bucket("logs").send().await
    });
    assert!(format!("{late:?}").contains("Late"), "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_waited_until_another_process_leads_does_not_leave() {
    let now = Moment::now();
    let leadership = Leadership::none();
    assert!(leadership.extend(now.after(Duration::from_secs(10))));
    let per_second = PerSecond { reads: Some(1.0), writes: Some(1.0) };
    let limits = Limits::new(per_second, Some(Duration::from_mins(1)), leadership, metrics());
    let store = Store::new(Duration::ZERO);
    let client = client(&limits.of(None, "eu-west-1", None), &store);
    let writes = (0..30).map(|_| client.delete_bucket().bucket("logs").send());
    let answers = futures::future::join_all(writes).await;
    assert_eq!(store.asked(), answers.iter().filter(|answer| answer.is_ok()).count());
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err()).map(|error| format!("{error:?}")).collect::<Vec<_>>();
    assert!(refused.len() > 15 && refused.iter().all(|error| error.contains("Fenced")), "{refused:?}");
    assert_eq!(reads(&client, 3).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_write_without_an_answer_is_given_up_soon_after_leadership_ends_and_a_read_is_not() {
    let leadership = Leadership::none();
    assert!(leadership.extend(Moment::now().after(Duration::from_secs(10))));
    let limits = Limits::new(PerSecond::default(), None, leadership.clone(), metrics());
    let hanging = Store::new(Duration::from_secs(25));
    let client = client(&limits.of(None, "eu-west-1", None), &hanging);
    let began = Instant::now();
    let renewed = async {
        tokio::time::sleep(Duration::from_secs(9)).await;
        assert!(!leadership.extend(Moment::now().after(Duration::from_secs(10))));
    };
    let (write, read, ()) = futures::join!(
        async { (client.delete_bucket().bucket("logs").send().await.map(drop), began.elapsed()) },
        client.head_bucket().bucket("logs").send(),
        renewed
    );
    assert!(format!("{:?}", write.0).contains("Fenced") && (23..25).contains(&write.1.as_secs()), "{write:?}");
    assert!(read.is_ok(), "{read:?}");
    assert_eq!(hanging.asked(), 2, "neither is tried again");
}

#[test]
fn a_limit_is_shared_by_all_who_ask_for_the_same_account_region_and_endpoint() {
    let limits = limits(None, None, &Registry::new());
    let of = |endpoint| limits.of(Some("1"), "eu-west-1", endpoint);
    assert!(Arc::ptr_eq(&of(None).0, &of(None).0));
    assert!(!Arc::ptr_eq(&of(None).0, &of(Some("https://s3.example.com")).0));
    for number in 0..2 * KEPT {
        drop(limits.of(Some(&number.to_string()), "eu-west-1", None));
    }
    assert!(limits.known.lock().unwrap().len() <= KEPT, "nobody uses those");
}

#[test]
fn what_counts_as_too_many_requests() {
    let xml = |code: &str| format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
    for (status, body, expected) in [
        (503, xml("SlowDown"), true),
        (503, String::new(), true),
        (429, String::new(), true),
        (400, xml("RequestLimitExceeded"), true),
        (400, xml("Throttling"), true),
        (400, xml("MalformedXML"), false),
        (500, xml("InternalError"), false),
        (403, String::new(), false),
        (200, xml("SlowDown"), false),
    ] {
        assert_eq!(is_refusal(status, body.as_bytes()), expected, "{status} {body}");
    }
    assert!(!is_refusal(400, &[0xff; 2000]));
}
