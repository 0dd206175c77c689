//! What Prometheus sees of Buckets in the cache.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::runtime::reflector;
use kube::runtime::watcher::Event;
use prometheus::TextEncoder;
use shared::BucketSpec;
use shared::bucket::{BucketStatus, Condition, Drift, Unmanaged};

use super::*;

const NOW: i64 = 10_000;

fn view(store: Store<Bucket>) -> View {
    let now = || Timestamp::from_second(NOW).unwrap();
    View { store, is_checked: Box::new(|_| true), period: Duration::from_hours(10), series: BucketSeries::Drift, most: 100, now }
}

fn bucket(name: &str, conditions: &[&str]) -> Bucket {
    let mut bucket = Bucket::new(name, BucketSpec::default());
    bucket.metadata.namespace = Some("team-a".to_owned());
    let of = |kind: &&str| Condition { type_: (*kind).to_owned(), status: "True".to_owned(), ..Condition::default() };
    let conditions = Some(conditions.iter().map(of).collect());
    bucket.status = Some(BucketStatus { conditions, ..BucketStatus::default() });
    bucket
}

#[test]
fn sections_that_are_not_managed_are_counted_by_namespace() {
    let (store, mut writer) = reflector::store();
    let registry = Registry::new();
    Gauges::register(&registry, view(store)).unwrap();
    let entry = |config: &str, field: &str| Unmanaged { config: config.to_owned(), field: field.to_owned(), observed: None };
    for (name, entries) in [("a", vec![entry("cors", "x"), entry("cors", "y")]), ("b", vec![entry("cors", "x"), entry("policy", "x")])] {
        let mut bucket = bucket(name, &["Ready"]);
        bucket.status.as_mut().unwrap().unmanaged = Some(entries);
        writer.apply_watcher_event(&Event::Apply(bucket));
    }
    let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    assert!(text.contains("cooper_unmanaged_sections{config=\"cors\",namespace=\"team-a\"} 2"), "{text}");
    assert!(text.contains("cooper_unmanaged_sections{config=\"policy\",namespace=\"team-a\"} 1"), "{text}");
}

#[test]
fn a_pause_hides_what_was_known_before() {
    let (store, mut writer) = reflector::store();
    let registry = Registry::new();
    Gauges::register(&registry, view(store)).unwrap();
    writer.apply_watcher_event(&Event::Apply(bucket("a", &["Ready", "Drifted", "Paused"])));
    let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    assert!(text.contains("cooper_buckets{state=\"paused\"} 1"), "{text}");
    assert!(text.contains("cooper_bucket_paused{name=\"a\",namespace=\"team-a\"} 1"), "{text}");
    writer.apply_watcher_event(&Event::Apply(bucket("a", &["Ready"])));
    assert!(!TextEncoder::new().encode_to_string(&registry.gather()).unwrap().contains("cooper_bucket_paused{"));
}

#[test]
fn gauges_follow_the_cache() {
    let (store, mut writer) = reflector::store();
    let registry = Registry::new();
    Gauges::register(&registry, view(store)).unwrap();
    let text = || TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    assert!(text().contains("cooper_buckets{state=\"synced\"} 0"));
    assert!(!text().contains("cooper_bucket_drift{"));

    let mut drifted = bucket("a", &["ACK.Recoverable", "Drifted"]);
    let entry = Drift { config: "cors".to_owned(), ..Drift::default() };
    drifted.status.as_mut().unwrap().drift = Some(vec![entry]);
    writer.apply_watcher_event(&Event::Apply(drifted.clone()));
    for (name, conditions) in [("b", &["Ready"][..]), ("c", &["ACK.Terminal"]), ("d", &["ACK.Recoverable"]), ("e", &[])] {
        writer.apply_watcher_event(&Event::Apply(bucket(name, conditions)));
    }
    for state in ["drifted", "synced", "terminal", "recoverable", "pending"] {
        assert!(text().contains(&format!("cooper_buckets{{state=\"{state}\"}} 1")), "{state} in {}", text());
    }
    assert!(text().contains("cooper_bucket_drift{config=\"cors\",name=\"a\",namespace=\"team-a\"} 1"), "{}", text());

    writer.apply_watcher_event(&Event::Delete(drifted));
    assert!(!text().contains("cooper_bucket_drift{"), "{}", text());
}

fn drifting(name: &str, config: &str, since: i64, rounds: Option<i64>) -> Bucket {
    let mut bucket = bucket(name, &["Drifted"]);
    let first_seen = Some(Time(Timestamp::from_second(since).unwrap()));
    let drift = Drift { config: config.to_owned(), first_seen, rounds, ..Drift::default() };
    bucket.status.as_mut().unwrap().drift = Some(vec![drift]);
    bucket
}

fn scrape(series: BucketSeries, most: usize, buckets: Vec<Bucket>) -> String {
    let (store, mut writer) = reflector::store();
    let registry = Registry::new();
    Gauges::register(&registry, View { series, most, ..view(store) }).unwrap();
    for bucket in buckets {
        writer.apply_watcher_event(&Event::Apply(bucket));
    }
    TextEncoder::new().encode_to_string(&registry.gather()).unwrap()
}

#[test]
fn the_age_of_drift_is_told_by_bucket_and_in_all() {
    let text = scrape(BucketSeries::Drift, 100, vec![drifting("a", "cors", 9000, None), drifting("b", "cors", 9900, Some(3))]);
    for line in [
        "cooper_drift_open_seconds{config=\"cors\",name=\"a\",namespace=\"team-a\"} 1000",
        "cooper_drift_open_seconds{config=\"cors\",name=\"b\",namespace=\"team-a\"} 100",
        "cooper_bucket_drift_contested{config=\"cors\",name=\"b\",namespace=\"team-a\"} 1",
        "cooper_drift_oldest_open_seconds 1000",
        "cooper_drifted_buckets{config=\"cors\"} 2",
        "cooper_drifted_buckets{config=\"policy\"} 0",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("contested{config=\"cors\",name=\"a\"") && !text.contains("cooper_bucket_ready{"), "{text}");
}

#[test]
fn without_series_of_single_buckets_the_sums_remain() {
    let text = scrape(BucketSeries::None, 100, vec![drifting("a", "cors", 9000, Some(3))]);
    assert!(!text.contains("name=\"a\""), "{text}");
    assert!(text.contains("cooper_drifted_buckets{config=\"cors\"} 1") && text.contains("cooper_drift_oldest_open_seconds 1000"));
}

#[test]
fn of_too_many_buckets_always_the_same_have_series_and_the_rest_is_counted() {
    let all = || (0..5).map(|number| drifting(&format!("b{number}"), "cors", 9000, None)).collect();
    let text = scrape(BucketSeries::Drift, 3, all());
    assert_eq!(text.matches("cooper_bucket_drift{").count(), 3);
    assert!(text.contains("name=\"b0\"") && text.contains("name=\"b2\"") && !text.contains("name=\"b3\""), "{text}");
    assert!(text.contains("cooper_bucket_series_dropped 4"), "two of each of two metrics: {text}");
}

#[test]
fn all_buckets_have_series_where_somebody_wants_them() {
    let mut checked = bucket("a", &["Ready"]);
    checked.status.as_mut().unwrap().last_checked = Some(Time(Timestamp::from_second(9990).unwrap()));
    let text = scrape(BucketSeries::All, 100, vec![checked, bucket("b", &[])]);
    for line in [
        "cooper_bucket_ready{name=\"a\",namespace=\"team-a\"} 1",
        "cooper_bucket_ready{name=\"b\",namespace=\"team-a\"} 0",
        "cooper_bucket_last_check_timestamp_seconds{name=\"a\",namespace=\"team-a\"} 9990",
        "cooper_check_oldest_age_seconds 10",
        "cooper_checks_overdue 0",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
