use serde_json::{Value, json};

use crate::BucketSpec;
use crate::fault::{Class, Fault};
use crate::place::Place;
use crate::subconfig::laws::{remote::runtime, store::Store};
use crate::subconfig::remote::Remote;
use crate::subconfig::{Analytics, Have, IntelligentTiering, Inventory, Metrics, Step};

/// What one pass over one section found and did.
pub(in crate::subconfig) struct Pass {
    /// The fields that differed.
    pub(in crate::subconfig) fields: Vec<String>,
    /// The calls that wrote.
    pub(in crate::subconfig) writes: Vec<String>,
    /// What became of them.
    pub(in crate::subconfig) outcome: Result<(), Fault>,
}

/// Reads the section, and writes what differs from the spec.
pub(in crate::subconfig) fn pass<S: Remote>(store: &Store, section: &Value) -> Pass {
    let spec: BucketSpec = serde_json::from_value(json!({"name": "laws", S::FIELD: section})).unwrap();
    let before = store.calls().len();
    let (step, outcome) = runtime().block_on(async {
        let s3 = store.bucket();
        let step = Step::<S>::plan(&spec, &S::read(&s3).await.unwrap(), &Place::default());
        let outcome = match &step {
            Step::Put { want, have } => S::put(&s3, want, have.as_ref()).await,
            Step::Remove { have } => S::remove(&s3, have).await,
            Step::None | Step::Unsupported | Step::Unmanaged { .. } => Ok(()),
        };
        (step, outcome)
    });
    let writes = store.calls().split_off(before).into_iter().filter(|call| !call.starts_with("GET")).collect();
    Pass { fields: step.differences().into_iter().map(|difference| difference.field).collect(), writes, outcome }
}

/// Nothing differs and nothing is written.
pub(in crate::subconfig) fn assert_settled<S: Remote>(store: &Store, section: &Value) {
    let pass = pass::<S>(store, section);
    assert!(pass.fields.is_empty() && pass.writes.is_empty(), "{:?} {:?} {section}", pass.fields, pass.writes);
}

fn read<S: Remote>(store: &Store) -> Result<Have<S>, Fault> {
    runtime().block_on(S::read(&store.bucket()))
}

fn metrics(id: &str, prefix: &str) -> Value {
    json!({"id": id, "filter": {"prefix": prefix}})
}

#[test]
fn what_lies_beyond_the_first_page_is_read_and_only_what_differs_is_written() {
    let store = Store::bare();
    let mut want: Vec<Value> = (0..150).rev().map(|n| metrics(&format!("c{n:03}"), "a/")).collect();
    assert_eq!(pass::<Metrics>(&store, &json!(want)).writes.len(), 150);
    want.reverse();
    assert_settled::<Metrics>(&store, &json!(want));

    want[20] = metrics("c020", "b/");
    want[149] = metrics("c149", "b/");
    want.push(metrics("new", "a/"));
    want.retain(|item| item["id"] != "c003" && item["id"] != "c140");
    let edited = pass::<Metrics>(&store, &json!(want));
    assert_eq!(edited.writes, ["DELETE metrics/c003", "DELETE metrics/c140", "PUT metrics/c020", "PUT metrics/c149", "PUT metrics/new"]);
    let fields = ["c003]", "c020].filter.prefix", "c140]", "c149].filter.prefix", "new]"].map(|field| format!("spec.metrics[{field}"));
    assert_eq!(edited.fields, fields);
    assert_settled::<Metrics>(&store, &json!(want));

    let gone = pass::<Metrics>(&store, &json!([]));
    assert_eq!((gone.fields, gone.writes.len()), (vec!["spec.metrics".to_owned()], 149));
    assert_eq!(read::<Metrics>(&store).unwrap(), Have::Empty);
}

#[test]
fn an_id_that_is_given_twice_or_not_at_all_is_a_fault_and_nothing_is_written() {
    let store = Store::bare();
    for (list, told) in [
        (json!([metrics("a", "x"), metrics("b", "x"), metrics("a", "y")]), "spec.metrics[2].id: \"a\" is the id of two configurations"),
        (json!([metrics("a", "x"), {"filter": {"prefix": "x"}}]), "spec.metrics[1].id: an id is required"),
        (json!([metrics("", "x")]), "spec.metrics[0].id: an id is required"),
    ] {
        let pass = pass::<Metrics>(&store, &list);
        let fault = pass.outcome.unwrap_err();
        assert!(fault.to_string().contains(told), "{fault}");
        assert_eq!((fault.class, pass.writes.len()), (Class::Terminal, 0), "{list}");
    }
}

#[test]
fn an_id_that_fails_does_not_keep_the_others_from_being_tried() {
    let store = Store::bare();
    let list = json!([metrics("a", "x"), metrics("b", "x"), metrics("c", "x")]);
    store.refuse("metrics/b");
    let first = pass::<Metrics>(&store, &list);
    assert_eq!(first.writes, ["PUT metrics/a", "PUT metrics/b", "PUT metrics/c"]);
    let fault = first.outcome.unwrap_err();
    assert_eq!(fault.class, Class::Denied);
    assert!(fault.to_string().contains("AccessDenied: spec.metrics[b]"), "{fault}");
    assert_eq!(pass::<Metrics>(&store, &list).writes, ["PUT metrics/b"]);
}

#[test]
fn what_waits_for_a_change_of_the_spec_does_not_hide_what_does_not() {
    let store = Store::bare();
    store.refuse("intelligent-tiering/b");
    let tierings = json!([{"accessTier": "ARCHIVE_ACCESS", "days": 90}]);
    let pass = pass::<IntelligentTiering>(
        &store,
        &json!([{"id": "a", "tierings": tierings}, {"id": "b", "status": "Enabled", "tierings": tierings}]),
    );
    let fault = pass.outcome.unwrap_err();
    assert!(fault.class == Class::Denied && fault.message.contains("[b]"), "{fault}");
}

#[test]
fn a_store_that_cannot_answer_now_is_left_alone() {
    let store = Store::answering(503, "<Error><Code>SlowDown</Code><Message>later</Message></Error>");
    let want: Metrics = serde_json::from_value(json!([metrics("a", "x"), metrics("b", "x")])).unwrap();
    let fault = runtime().block_on(Metrics::put(&store.bucket(), &want, None)).unwrap_err();
    assert_eq!((fault.class, fault.message.as_str()), (Class::Throttled, "spec.metrics[a]: later"));
    assert_eq!(store.calls(), ["PUT metrics/a"]);
}

#[test]
fn what_somebody_else_took_away_meanwhile_is_gone() {
    let store = Store::bare();
    let have: Metrics = serde_json::from_value(json!([metrics("a", "x")])).unwrap();
    runtime().block_on(Metrics::remove(&store.bucket(), &have)).unwrap();
    assert_eq!(store.calls(), ["DELETE metrics/a"]);
}

/// The answer of a list call, and the configuration in it.
const KINDS: [(&str, &str); 4] = [
    ("ListBucketAnalyticsConfigurationResult", "AnalyticsConfiguration"),
    ("ListBucketIntelligentTieringConfigurationsOutput", "IntelligentTieringConfiguration"),
    ("ListInventoryConfigurationsResult", "InventoryConfiguration"),
    ("ListMetricsConfigurationsResult", "MetricsConfiguration"),
];

/// What the read of each kind makes of such an answer: nothing, unsupported, or a fault.
fn answers(status: u16, body: impl Fn(&str, &str) -> String) -> Vec<String> {
    fn word<S: Remote>(store: &Store) -> String {
        match read::<S>(store) {
            Ok(Have::Value(_)) => "value".to_owned(),
            Ok(other) => format!("{other:?}"),
            Err(fault) => format!("{:?} {}", fault.class, fault.code),
        }
    }
    let [analytics, tiering, inventory, metrics] = KINDS.map(|(root, item)| Store::answering(status, &body(root, item)));
    vec![word::<Analytics>(&analytics), word::<IntelligentTiering>(&tiering), word::<Inventory>(&inventory), word::<Metrics>(&metrics)]
}

#[test]
fn nothing_is_told_from_no_answer() {
    assert_eq!(answers(200, |root, _| format!("<{root}><IsTruncated>false</IsTruncated></{root}>")), ["Empty"; 4]);
    assert_eq!(answers(404, |_, _| "<Error><Code>NoSuchConfiguration</Code></Error>".to_owned()), ["Empty"; 4]);
    assert_eq!(answers(200, |root, _| format!("<{root}/>")), ["Unsupported"; 4]);
    let without_id = |root: &str, item: &str| format!("<{root}><IsTruncated>false</IsTruncated><{item}/></{root}>");
    assert_eq!(answers(200, without_id), ["Unsupported"; 4]);
}

#[test]
fn a_list_without_an_end_is_a_fault() {
    let truncated = |token: &'static str| {
        move |root: &str, item: &str| format!("<{root}><IsTruncated>true</IsTruncated><{item}><Id>a</Id></{item}>{token}</{root}>")
    };
    let fault = "Transient UnreadableList";
    assert_eq!(answers(200, truncated("")), [fault; 4]);
    assert_eq!(answers(200, truncated("<NextContinuationToken>t</NextContinuationToken>")), [fault; 4]);

    let store = Store::bare();
    for n in 0..10_001 {
        store.set(&format!("metrics/{n}"), &format!("<MetricsConfiguration><Id>{n}</Id></MetricsConfiguration>"));
    }
    let fault = read::<Metrics>(&store).unwrap_err();
    assert!(fault.message.contains("more than 100 pages"), "{fault}");
}

#[test]
fn a_filter_of_a_kind_that_is_not_known_is_neither_kept_nor_replaced() {
    let body = |root: &str, item: &str| {
        format!("<{root}><IsTruncated>false</IsTruncated><{item}><Id>a</Id><Filter><Colour>red</Colour></Filter></{item}></{root}>")
    };
    let fault = "Terminal UnknownFilter";
    let told = answers(200, body);
    assert_eq!((told[0].as_str(), told[3].as_str()), (fault, fault));
}
