//! The journal, the back door and the model's own HTTP interface.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tests::s3::S3Model;

use super::{ME, OTHER, REGION, model, refusal, refused, tagging};

#[tokio::test]
async fn every_call_is_noted_and_the_back_door_is_not() {
    let (model, client) = model();
    client.get_bucket_tagging().bucket("b").send().await.unwrap_err();
    client.put_bucket_tagging().bucket("b").tagging(tagging(&[("a", "1")])).send().await.unwrap();
    client.list_buckets().send().await.unwrap();
    model.set("b", "versioning", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>").unwrap();
    model.put_object("b", "k").unwrap();
    let calls = model.journal().calls();
    assert_eq!(calls.operations(), ["GetBucketTagging", "PutBucketTagging", "ListBuckets"]);
    assert_eq!(calls.of("b").writes().operations(), ["PutBucketTagging"]);
    assert_eq!((calls.failed()[0].status, calls.failed()[0].code.as_deref()), (404, Some("NoSuchTagSet")));
    assert_eq!((calls.by(ME).len(), calls.by(OTHER).len(), calls.named("ListBuckets").len()), (3, 0, 1));
    assert_eq!(model.journal().counts()["PutBucketTagging"], 1);
    model.journal().clear();
    assert_eq!((model.journal().calls().len(), model.journal().total()), (0, 0));
}

#[tokio::test]
async fn the_back_door_keeps_to_the_rules_unless_forced() {
    let (model, client) = model();
    let code = |result: Result<(), tests::s3::S3Error>| result.err().map(|error| error.code.into_owned());
    assert_eq!(code(model.set("b", "tagging", "<Tagging>")).as_deref(), Some("MalformedXML"));
    assert_eq!(code(model.set("none", "tagging", "<Tagging><TagSet/></Tagging>")).as_deref(), Some("NoSuchBucket"));
    assert_eq!(code(model.set("b", "somethingNew", "<x/>")).as_deref(), Some("NotImplemented"));
    assert_eq!(code(model.create_bucket("b", ME, REGION)).as_deref(), Some("BucketAlreadyExists"));
    let before = model.snapshot();
    assert_eq!(model.snapshot(), before);
    model.remove("b", "encryption").unwrap();
    assert_ne!(model.snapshot(), before);
    assert!(model.delete_bucket("b") && !model.delete_bucket("b"));
    assert_eq!(refusal(client.get_bucket_tagging().bucket("b").send().await), refused(404, "NoSuchBucket"));
}

fn http(model: &S3Model, method: &str, path: &str, body: &str) -> (u16, Value) {
    let answer = ask(model.endpoint().trim_start_matches("http://"), method, path, body).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap())
}

/// What whoever listens there answers, if anybody does.
fn ask(address: &str, method: &str, path: &str, body: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let length = body.len();
    write!(stream, "{method} /_model/{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[tokio::test]
async fn the_model_is_steered_over_http() {
    let (model, client) = model();
    let rules = json!([{ "operation": "HeadBucket", "times": 1, "act": { "kind": "answer", "status": 500, "code": "InternalError" } }]);
    assert_eq!(http(&model, "POST", "faults", &rules.to_string()), (200, json!({ "ids": [1] })));
    client.head_bucket().bucket("b").send().await.unwrap_err();
    assert_eq!(http(&model, "GET", "faults", "").1[0]["struck"], 1);
    assert_eq!(http(&model, "POST", "faults", "{\"act\":{\"kind\":\"nonsense\"}}").0, 400);
    assert_eq!(http(&model, "DELETE", "faults/1", "").0, 200);
    assert_eq!(http(&model, "DELETE", "faults/1", "").0, 404);
    client.list_buckets().send().await.unwrap();
    let (_, journal) = http(&model, "GET", "journal?bucket=b", "");
    assert_eq!((&journal["total"], &journal["calls"][0]["code"]), (&json!(2), &json!("InternalError")));
    assert_eq!(journal["calls"].as_array().unwrap().len(), 1);
    assert_eq!(http(&model, "GET", "state", "").1["buckets"]["b"]["account"], ME);
    assert_eq!(http(&model, "GET", "nothing", "").0, 404);
    assert_eq!(http(&model, "POST", "reset", ""), (200, json!({})));
    assert!(model.buckets().is_empty() && model.journal().calls().is_empty());
}

#[test]
fn a_model_needs_no_runtime_and_stops_when_it_is_dropped() {
    let (model, _client) = model();
    let address = model.endpoint().trim_start_matches("http://").to_owned();
    model.create_bucket("only-here", ME, REGION).unwrap();
    assert!(ask(&address, "GET", "state", "").unwrap().contains("only-here"));
    drop(model);
    // By now somebody else may have the port.
    assert!(!ask(&address, "GET", "state", "").is_ok_and(|answer| answer.contains("only-here")), "it still answers");
}
