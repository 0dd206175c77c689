//! What has to come before what, of the sections that copy and report what a bucket holds.

use serde_json::{Value, json};

use super::store::Store;
use super::whole::{outcomes, pass};
use crate::BucketSpec;

/// A spec of a bucket whose objects cannot be locked.
fn spec(members: &Value) -> BucketSpec {
    let mut spec = json!({"name": "laws"});
    spec.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    serde_json::from_value(spec).unwrap()
}

fn copies(priority: i64) -> Value {
    let rule = json!({"status": "Enabled", "filter": {}, "priority": priority, "destination": {"bucket": "arn:aws:s3:::copies"}});
    json!({"role": "arn:aws:iam::123456789012:role/copies", "rules": [rule]})
}

/// The writes of one pass, after which a second one finds nothing to do.
fn writes(store: &Store, spec: &BucketSpec) -> Vec<String> {
    let before = store.calls().len();
    pass(store, spec, None, true);
    let writes = store.calls().split_off(before).into_iter().filter(|call| !call.starts_with("GET")).collect();
    assert!(pass(store, spec, None, true).ran.is_empty(), "a second pass found more to do");
    writes
}

#[test]
fn versioning_comes_before_replication_and_goes_after_it() {
    let store = Store::new_bucket();
    let on = json!({"versioning": {"status": "Enabled"}, "replication": copies(1)});
    assert_eq!(writes(&store, &spec(&on)), ["PUT versioning", "PUT replication"]);
    assert_eq!(writes(&store, &spec(&json!({}))), ["DELETE replication", "PUT versioning"]);
    assert!(store.document("versioning").unwrap().contains("Suspended"));
}

#[test]
fn a_change_of_one_rewrites_only_that_one() {
    let store = Store::new_bucket();
    let of = |priority: i64| spec(&json!({"versioning": {"status": "Enabled"}, "replication": copies(priority)}));
    writes(&store, &of(1));
    assert_eq!(writes(&store, &of(2)), ["PUT replication"]);
    assert_eq!(writes(&store, &spec(&json!({"versioning": {"status": "Enabled"}}))), ["DELETE replication"]);
    assert_eq!(writes(&store, &spec(&json!({}))), ["PUT versioning"], "nothing is deleted that is not there");
}

#[test]
fn what_cannot_be_versioned_is_not_replicated_and_what_is_replicated_stays_versioned() {
    let on = spec(&json!({"versioning": {"status": "Enabled"}, "replication": copies(1), "website": {"indexDocument": {"suffix": "i"}}}));
    let store = Store::new_bucket();
    store.refuse("versioning");
    assert_eq!(outcomes(&pass(&store, &on, None, true)), ["versioning AccessDenied", "replication after versioning", "website done"]);

    let store = Store::new_bucket();
    writes(&store, &on);
    let unresolved = json!({"roleRef": {"from": {"name": "copies"}}, "rules": copies(2)["rules"]});
    let applied = outcomes(&pass(&store, &spec(&json!({"versioning": {"status": "Enabled"}, "replication": unresolved})), None, true));
    assert_eq!(applied, ["website done", "replication ReferenceNotResolved"], "the others go on");
}

#[test]
fn a_bucket_lets_itself_be_logged_to_before_it_is() {
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::laws/log/*"}]});
    let logging = json!({"loggingEnabled": {"targetBucket": "laws", "targetPrefix": "log/"}});
    let on = spec(&json!({"policy": policy.to_string(), "logging": logging}));
    let store = Store::new_bucket();
    assert_eq!(writes(&store, &on), ["PUT policy", "PUT logging"]);
    assert_eq!(writes(&store, &spec(&json!({}))), ["PUT logging", "DELETE policy"]);

    let by_acl = spec(&json!({"acl": "log-delivery-write", "ownershipControls": {"rules": [{"objectOwnership": "ObjectWriter"}]},
        "logging": logging}));
    assert_eq!(writes(&store, &by_acl), ["PUT ownershipControls", "PUT acl", "PUT logging"]);

    let store = Store::new_bucket();
    store.refuse("policy");
    assert_eq!(outcomes(&pass(&store, &on, None, true)), ["policy AccessDenied", "logging after policy"]);
}

#[test]
fn a_wrong_destination_of_events_holds_nothing_back() {
    let store = Store::new_bucket();
    store.refuse("notification");
    let topic = json!({"topicARN": "gone", "events": ["s3:ObjectCreated:*"]});
    let all = json!({"notification": {"topicConfigurations": [topic]}, "versioning": {"status": "Enabled"}, "replication": copies(1),
        "website": {"redirectAllRequestsTo": {"hostName": "example.com"}}, "logging": {"loggingEnabled": {"targetBucket": "logs"}}});
    let expected = ["versioning done", "logging done", "notification AccessDenied", "replication done", "website done"];
    assert_eq!(outcomes(&pass(&store, &spec(&all), None, true)), expected);
}
