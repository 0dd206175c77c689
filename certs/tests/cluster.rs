//! A Secret and the webhook configurations, against an API server of a few lines: it keeps objects, counts versions, refuses stale writes
//! and does server-side apply of a list by name.

#![cfg(test)]

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex},
};

use certs::{
    Job, Reached, Trust, converge,
    error::Result,
    inject::{Kind, Targets},
    material::{Demand, Files, Force, Serving, read},
    store::{SecretStore, Store},
};
use http::{Method, Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use kube::{Client, client::Body};
use serde_json::{Value, json};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Objects by path, and the calls that changed them.
type Kept = (BTreeMap<String, Value>, Vec<String>);

#[derive(Clone, Default)]
struct Cluster(Arc<Mutex<Kept>>);

impl Cluster {
    fn client(&self) -> Client {
        let cluster = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let cluster = cluster.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect_bytes().await.unwrap();
                // Let others in between a read and the write that follows it.
                tokio::task::yield_now().await;
                let (status, answer) = cluster.answer(&parts.method, parts.uri.path(), &serde_json::from_slice(&body).unwrap_or_default());
                let answer = Body::from(serde_json::to_vec(&answer).unwrap());
                Ok::<_, Infallible>(Response::builder().status(status).body(answer).unwrap())
            }
        });
        Client::new(service, "default")
    }

    fn answer(&self, method: &Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let mut guard = self.0.lock().unwrap();
        let (objects, calls) = &mut *guard;
        let failure = |code: StatusCode, reason: &str| {
            (code, json!({"kind": "Status", "status": "Failure", "code": code.as_u16(), "reason": reason, "message": path}))
        };
        if method == Method::GET {
            return objects.get(path).map_or_else(|| failure(StatusCode::NOT_FOUND, "NotFound"), |found| (StatusCode::OK, found.clone()));
        }
        let name = body.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        let path = if method == Method::POST { format!("{path}/{name}") } else { path.to_owned() };
        let before = objects.get(&path);
        let mut after = match before {
            Some(_) if method == Method::POST => return failure(StatusCode::CONFLICT, "AlreadyExists"),
            None if method == Method::PUT => return failure(StatusCode::NOT_FOUND, "NotFound"),
            Some(before) if method == Method::PUT && before["metadata"]["resourceVersion"] != body["metadata"]["resourceVersion"] => {
                return failure(StatusCode::CONFLICT, "Conflict");
            }
            Some(before) if method == Method::PATCH => applied(before, body),
            _ => body.clone(),
        };
        calls.push(format!("{method} {path}"));
        after["metadata"]["resourceVersion"] = json!(calls.len().to_string());
        objects.insert(path, after.clone());
        (StatusCode::OK, after)
    }

    fn put(&self, path: &str, object: Value) {
        self.0.lock().unwrap().0.insert(path.to_owned(), object);
    }

    fn get(&self, path: &str) -> Value {
        self.0.lock().unwrap().0[path].clone()
    }

    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().1)
    }
}

/// What server-side apply does with our patch.
fn applied(before: &Value, patch: &Value) -> Value {
    let mut after = before.clone();
    for webhook in patch["webhooks"].as_array().unwrap() {
        let all = after["webhooks"].as_array_mut().unwrap();
        let one = all.iter_mut().find(|one| one["name"] == webhook["name"]).unwrap();
        one["clientConfig"]["caBundle"] = webhook["clientConfig"]["caBundle"].clone();
    }
    after
}

const SECRET: &str = "/api/v1/namespaces/cooper-system/secrets/cooper-webhook-tls";
const VALIDATING: &str = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/cooper-validation";
const MUTATING: &str = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/cooper-defaults";

/// A cluster on which deploy/ was applied.
fn cluster() -> Cluster {
    let cluster = Cluster::default();
    let webhook = |name: &str| json!({"name": name, "clientConfig": {"service": {"name": "cooper-webhook", "namespace": "cooper-system"}}});
    let configuration = |kind: &str, name: &str, webhooks: Value| {
        let labels = json!({"app.kubernetes.io/part-of": "cooper"});
        json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": name, "labels": labels}, "webhooks": webhooks})
    };
    let (one, two) = (webhook("validate.example.org"), webhook("delete.example.org"));
    cluster.put(VALIDATING, configuration("ValidatingWebhookConfiguration", "cooper-validation", json!([one, two])));
    cluster.put(MUTATING, configuration("MutatingWebhookConfiguration", "cooper-defaults", json!([webhook("default.example.org")])));
    cluster
}

fn job(cluster: &Cluster, force: Option<Force>, after: SignedDuration) -> Job {
    let now = Timestamp::now() + after;
    let names = vec![(Kind::Validating, "cooper-validation".to_owned()), (Kind::Mutating, "cooper-defaults".to_owned())];
    let hosts = ["cooper-webhook.cooper-system.svc".to_owned()].into();
    Job {
        store: Store::Secret(Box::new(SecretStore::new(cluster.client(), "cooper-system", "cooper-webhook-tls"))),
        demand: Demand { hosts, ca_life: SignedDuration::from_hours(24 * 365), leaf_life: SignedDuration::from_hours(24 * 90) },
        trust: Trust::Injected { targets: Targets::new(cluster.client(), names, false), settle: MINUTE },
        force,
        clock: Arc::new(move || now),
    }
}

async fn run(cluster: &Cluster, force: Option<Force>, after: SignedDuration) -> Result<Reached> {
    converge(&job(cluster, force, after), |_| {}).await
}

/// The bundle in the Secret, and the bundles in the configurations.
fn bundles(cluster: &Cluster) -> (Value, Vec<Value>) {
    let of =
        |path: &str| cluster.get(path)["webhooks"].as_array().unwrap().iter().map(|one| one["clientConfig"]["caBundle"].clone()).collect();
    let all: [Vec<Value>; 2] = [of(VALIDATING), of(MUTATING)];
    (cluster.get(SECRET)["data"]["ca.crt"].clone(), all.concat())
}

#[tokio::test]
async fn the_secret_is_made_and_every_webhook_trusts_it_and_then_nothing_is_written_any_more() {
    let cluster = cluster();
    run(&cluster, None, SignedDuration::ZERO).await.unwrap();
    let (bundle, injected) = bundles(&cluster);
    assert_eq!(injected, vec![bundle; 3]);
    assert_eq!(cluster.get(SECRET)["type"], "kubernetes.io/tls");
    assert_eq!(cluster.calls().len(), 3);
    run(&cluster, None, MINUTE).await.unwrap();
    assert_eq!(cluster.calls(), Vec::<String>::new());
    let mut emptied = cluster.get(MUTATING);
    emptied["webhooks"][0]["clientConfig"]["caBundle"] = Value::Null;
    cluster.put(MUTATING, emptied);
    run(&cluster, None, MINUTE).await.unwrap();
    assert_eq!(cluster.calls(), vec![format!("PATCH {MUTATING}")], "what somebody removed comes back");
}

#[tokio::test]
async fn a_next_ca_signs_only_after_its_bundle_was_there_for_the_settling_time() {
    let cluster = cluster();
    let first = run(&cluster, None, SignedDuration::ZERO).await.unwrap();
    let begun = run(&cluster, Some(Force::Ca), SignedDuration::ZERO).await.unwrap();
    assert_eq!(begun.leaf, first.leaf, "the old CA still signs");
    let (bundle, injected) = bundles(&cluster);
    assert_eq!(injected, vec![bundle; 3]);
    // The API server notes when we wrote.
    for path in [VALIDATING, MUTATING] {
        let mut object = cluster.get(path);
        object["metadata"]["managedFields"] =
            json!([{"manager": "cooper-certs", "operation": "Apply", "time": Timestamp::now().to_string()}]);
        cluster.put(path, object);
    }
    let early = run(&cluster, None, MINUTE / 2).await.unwrap();
    assert!(early.next.is_some() && early.again.is_some(), "{early:?}");
    let done = run(&cluster, None, MINUTE * 2).await.unwrap();
    assert!(done.next.is_none() && done.leaf != first.leaf && done.signer != first.signer, "{done:?}");
    assert_eq!(done.old, 1);
}

#[tokio::test]
async fn a_configuration_of_others_stops_it_and_is_not_touched() {
    let cluster = cluster();
    let mut theirs = cluster.get(MUTATING);
    theirs["metadata"]["labels"] = json!({});
    cluster.put(MUTATING, theirs.clone());
    let error = run(&cluster, None, SignedDuration::ZERO).await.unwrap_err();
    assert_eq!((error.category(), error.exit_code()), ("not-ours", 3));
    assert_eq!(cluster.get(MUTATING), theirs);
}

#[tokio::test]
async fn a_missing_configuration_is_named() {
    let cluster = cluster();
    cluster.0.lock().unwrap().0.remove(VALIDATING);
    let error = run(&cluster, None, SignedDuration::ZERO).await.unwrap_err();
    let text = error.chain();
    assert!(text.contains("ValidatingWebhookConfiguration cooper-validation") && text.contains("apply deploy/"), "{text}");
}

#[tokio::test]
async fn of_many_at_once_one_makes_the_secret_and_the_others_take_it() {
    let cluster = cluster();
    let mut all = Vec::new();
    for _ in 0..6 {
        let job = job(&cluster, None, SignedDuration::ZERO);
        all.push(tokio::spawn(async move { converge(&job, |_| {}).await.unwrap().leaf }));
    }
    let mut leaves = Vec::new();
    for one in all {
        leaves.push(one.await.unwrap());
    }
    leaves.dedup();
    assert_eq!(leaves.len(), 1);
    let writes = cluster.calls().iter().filter(|call| call.contains("/secrets/")).count();
    assert_eq!(writes, 1);
}

#[tokio::test]
async fn the_secret_of_others_is_left_alone() {
    let cluster = cluster();
    let theirs = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "cooper-webhook-tls", "resourceVersion": "7"},
        "type": "kubernetes.io/tls", "data": {"tls.crt": "eA==", "tls.key": "eA==", "ca.crt": ""}});
    cluster.put(SECRET, theirs.clone());
    let error = run(&cluster, None, SignedDuration::ZERO).await.unwrap_err();
    assert_eq!(error.category(), "material");
    assert!(error.to_string().contains("Secret cooper-system/cooper-webhook-tls"), "{error}");
    assert_eq!(cluster.get(SECRET), theirs);
}

#[tokio::test]
async fn an_empty_tls_secret_is_filled() {
    let cluster = cluster();
    cluster.put(
        SECRET,
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "cooper-webhook-tls", "resourceVersion": "7"},
            "type": "kubernetes.io/tls", "data": {"tls.crt": "", "tls.key": "", "theirs": "eA=="}}),
    );
    run(&cluster, None, SignedDuration::ZERO).await.unwrap();
    let secret = cluster.get(SECRET);
    assert_eq!(secret["data"]["theirs"], "eA==");
    let store = job(&cluster, None, SignedDuration::ZERO).store;
    let files: Files = store.load().await.unwrap();
    assert!(matches!(read(&files).unwrap().unwrap().serving, Serving::Pair(_)));
}
