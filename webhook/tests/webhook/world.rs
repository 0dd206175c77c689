//! A webhook with a small cluster in its caches, and reviews to send it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::{Value, json};
use shared::admission::Settings;
use shared::{Bucket, annotation};
use tower::ServiceExt as _;
use webhook::Phase;
use webhook::app::{App, router};
use webhook::caches::{Caches, Cluster};
use webhook::metrics::Metrics;

/// The controller's user name.
pub(crate) const CONTROLLER: &str = "system:serviceaccount:cooper-system:cooper-controller";
/// The role that the namespace `team` gives its Buckets.
pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/team";

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) metrics: Metrics,
    router: Router,
}

/// What an HTTP request was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) connection: Option<String>,
    pub(crate) body: Value,
}

impl World {
    /// Namespaces `team` (region eu-central-1, a role) and `default`; Bucket `team/taken` claims the S3 name `taken-bucket`.
    pub(crate) fn new() -> Self {
        let caches = Caches::new(Some("eu-west-1".to_owned()));
        let annotations = [(annotation::DEFAULT_REGION, "eu-central-1"), (annotation::ROLE_ARN, ROLE)];
        let team: BTreeMap<String, String> = annotations.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let mut taken: Bucket = serde_json::from_value(bucket("taken-bucket")).unwrap();
        taken.metadata.name = Some("taken".to_owned());
        taken.metadata.namespace = Some("team".to_owned());
        caches.fill([("team".to_owned(), team), ("default".to_owned(), BTreeMap::new())], [taken]);
        Self::in_phase(Phase::Enforce, Arc::new(caches))
    }

    /// With another view of the cluster.
    pub(crate) fn with(cluster: Arc<dyn Cluster>) -> Self {
        Self::in_phase(Phase::Enforce, cluster)
    }

    /// In a phase of the roll-out.
    pub(crate) fn in_phase(phase: Phase, cluster: Arc<dyn Cluster>) -> Self {
        let settings = Settings {
            default_region: Some("eu-west-1".to_owned()),
            controller_tags: 2,
            controllers: vec![CONTROLLER.to_owned()],
            ..Settings::default()
        };
        Self::of(settings, phase, cluster)
    }

    /// With settings of its own.
    pub(crate) fn of(settings: Settings, phase: Phase, cluster: Arc<dyn Cluster>) -> Self {
        let metrics = Metrics::new().unwrap();
        let app = App::new(settings, phase, cluster, metrics.clone());
        Self { router: router(Arc::clone(&app)), app, metrics }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let connection = parts.headers.get(header::CONNECTION).map(|value| value.to_str().unwrap().to_owned());
        Answer { code: parts.status.as_u16(), connection, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
    }

    pub(crate) async fn post(&self, uri: &str, body: impl Into<Body>) -> Answer {
        self.send(Request::post(uri).header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap()).await
    }

    /// The `response` of the review's answer.
    pub(crate) async fn ask(&self, uri: &str, review: &Value) -> Value {
        let answer = self.post(uri, review.to_string()).await;
        assert_eq!(answer.code, 200, "{answer:?}");
        assert_eq!((&answer.body["apiVersion"], &answer.body["kind"]), (&json!("admission.k8s.io/v1"), &json!("AdmissionReview")));
        let response = answer.body["response"].clone();
        assert_eq!(response["uid"], review["request"]["uid"]);
        response
    }

    /// The write passes without a word.
    pub(crate) async fn accepts(&self, review: &Value) {
        let response = self.ask("/validate", review).await;
        assert_eq!((&response["allowed"], response.get("warnings"), response.get("status")), (&json!(true), None, None), "{response}");
    }

    /// The write passes with warnings by these rules.
    pub(crate) async fn warns(&self, review: &Value, rules: &[&str]) -> Value {
        let response = self.ask("/validate", review).await;
        assert_eq!(response["allowed"], json!(true), "{response}");
        let texts: Vec<&str> = response["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let heads: Vec<&str> = texts.iter().filter_map(|text| text.strip_prefix('[')?.split(']').next()).collect();
        assert_eq!(heads, rules, "{response}");
        response
    }

    /// The write is refused by these rules.
    pub(crate) async fn rejects(&self, review: &Value, rules: &[&str]) -> Value {
        let response = self.ask("/validate", review).await;
        assert_eq!(response["allowed"], json!(false), "{response}");
        let causes = response["status"]["details"]["causes"].as_array().unwrap();
        let ids: Vec<&str> = causes.iter().filter_map(|cause| cause["message"].as_str()?.strip_prefix('[')?.split(']').next()).collect();
        assert_eq!(ids, rules, "{response}");
        response
    }

    /// How often rules broke off, in all areas.
    pub(crate) fn panics(&self) -> f64 {
        let text = prometheus::TextEncoder::new().encode_to_string(&self.metrics.registry().gather()).unwrap();
        text.lines()
            .filter(|line| line.starts_with("cooper_webhook_panics_total{"))
            .map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap())
            .sum()
    }

    /// The value of one series, given as in the text format.
    pub(crate) fn metric(&self, series: &str) -> Option<f64> {
        let text = prometheus::TextEncoder::new().encode_to_string(&self.metrics.registry().gather()).unwrap();
        text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
    }
}

/// A good Bucket `mine` in the namespace `team`, as the API server sends it.
pub(crate) fn bucket(name: &str) -> Value {
    json!({
        "apiVersion": "s3.services.k8s.aws/v1alpha1",
        "kind": "Bucket",
        "metadata": {
            "name": "mine",
            "namespace": "team",
            "annotations": {"services.k8s.aws/region": "eu-central-1"},
            "managedFields": [{"manager": "kubectl", "operation": "Apply", "fieldsV1": {"f:spec": {}}}],
        },
        "spec": {"name": name, "tagging": {"tagSet": [{"key": "team", "value": "a"}]}},
    })
}

/// The Bucket with something merged into it.
pub(crate) fn with(mut object: Value, more: &Value) -> Value {
    json_patch::merge(&mut object, more);
    object
}

/// A review by the user `jane`.
pub(crate) fn review(operation: &str, object: &Value, old: &Value) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "0b4d3f5c-1111-2222-3333-444455556666",
            "kind": {"group": "s3.services.k8s.aws", "version": "v1alpha1", "kind": "Bucket"},
            "resource": {"group": "s3.services.k8s.aws", "version": "v1alpha1", "resource": "buckets"},
            "requestKind": {"group": "s3.services.k8s.aws", "version": "v1alpha1", "kind": "Bucket"},
            "name": "mine",
            "namespace": "team",
            "operation": operation,
            "userInfo": {"username": "jane", "groups": ["system:authenticated"]},
            "object": object,
            "oldObject": old,
            "dryRun": false,
            "options": {"apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions"},
        },
    })
}

pub(crate) fn create(object: &Value) -> Value {
    review("CREATE", object, &Value::Null)
}

pub(crate) fn update(old: &Value, object: &Value) -> Value {
    review("UPDATE", object, old)
}
