//! The control plane is a real one: versions, objects, rights, tokens, aggregated roles, the end of a namespace.

#![cfg(test)]

use std::time::Duration;

use k8s_openapi::api::authorization::v1::{ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::api::{ListParams, PostParams};
use kube::{Api, Client};
use tests::control_plane::ControlPlane;
use tokio::sync::OnceCell;

static CONTROL_PLANE: OnceCell<ControlPlane> = OnceCell::const_new();

async fn control_plane() -> &'static ControlPlane {
    CONTROL_PLANE.get_or_init(|| async { ControlPlane::start().await.unwrap_or_else(|fault| panic!("{fault}")) }).await
}

async fn may(client: &Client, verb: &str, resource: &str, namespace: &str) -> bool {
    let attributes = ResourceAttributes {
        verb: Some(verb.to_owned()),
        group: Some("s3.services.k8s.aws".to_owned()),
        resource: Some(resource.to_owned()),
        namespace: Some(namespace.to_owned()),
        ..ResourceAttributes::default()
    };
    let spec = SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..SelfSubjectAccessReviewSpec::default() };
    let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
    let answer = Api::all(client.clone()).create(&PostParams::default(), &review).await.expect("everybody may ask about himself");
    answer.status.is_some_and(|status| status.allowed)
}

#[tokio::test]
async fn kubectl_sees_a_server_with_a_version() {
    let output = control_plane().await.kubectl().run(&["version", "-o", "json"]).await.expect("kubectl runs").ok().expect("it answers");
    let versions: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    let version = versions["serverVersion"]["gitVersion"].as_str().expect("a server version");
    assert!(version.starts_with("v1.") && version != "v1.0.0", "{version}");
}

#[tokio::test]
async fn a_namespace_comes_and_goes_with_what_is_in_it() {
    let plane = control_plane().await;
    let kubectl = plane.kubectl();
    kubectl.run(&["create", "namespace", "short-lived"]).await.expect("kubectl runs").ok().expect("made");
    let inside = kubectl.in_namespace("short-lived");
    inside.run(&["create", "configmap", "note", "--from-literal=a=b"]).await.expect("kubectl runs").ok().expect("made");
    assert_eq!(inside.get_json("configmap/note").await.expect("it is there")["data"]["a"], "b");
    // Needs the namespace controller.
    kubectl.run(&["delete", "namespace", "short-lived", "--timeout=60s"]).await.expect("kubectl runs").ok().expect("deleted");
    let left = Api::<Namespace>::all(plane.client().await.expect("a client")).get_opt("short-lived").await.expect("an answer");
    assert!(left.is_none());
}

#[tokio::test]
async fn a_service_account_without_rights_is_refused() {
    let plane = control_plane().await;
    let kubectl = plane.kubectl();
    kubectl.run(&["create", "namespace", "poor"]).await.expect("kubectl runs").ok().expect("made");
    kubectl.in_namespace("poor").run(&["create", "serviceaccount", "nobody"]).await.expect("kubectl runs").ok().expect("made");
    let kubeconfig = plane.kubeconfig_for_service_account("poor", "nobody").await.expect("a token");

    let client = plane.client_as(&kubeconfig).await.expect("a client");
    let fault = Api::<ConfigMap>::namespaced(client, "poor").list(&ListParams::default()).await.expect_err("it has no rights");
    let text = fault.to_string();
    assert!(text.contains("system:serviceaccount:poor:nobody"), "the token works and names its account: {text}");
    assert!(matches!(fault, kube::Error::Api(answer) if answer.code == 403), "{text}");

    let output = plane.kubectl_as(&kubeconfig).in_namespace("poor").run(&["get", "configmaps"]).await.expect("kubectl runs");
    assert!(!output.success() && output.stderr.contains("forbidden"), "{output:?}");
}

#[tokio::test]
async fn a_token_for_an_account_that_does_not_exist_is_an_error() {
    let fault = control_plane().await.kubeconfig_for_service_account("default", "ghost").await.expect_err("there is none");
    assert!(fault.to_string().contains("default/ghost"), "{fault}");
}

#[tokio::test]
async fn a_user_gets_rights_by_group_and_by_aggregated_role() {
    let plane = control_plane().await;
    let kubectl = plane.kubectl();
    let alice = plane.kubeconfig_for_user("alice", Some("team-a")).expect("a certificate");
    let client = plane.client_as(&alice).await.expect("a client");
    kubectl.run(&["create", "namespace", "team-a"]).await.expect("kubectl runs").ok().expect("made");
    assert!(!may(&client, "get", "buckets", "team-a").await);

    let bind = ["create", "rolebinding", "viewers", "--clusterrole=view", "--group=team-a"];
    kubectl.in_namespace("team-a").run(&bind).await.expect("kubectl runs").ok().expect("bound");
    let role = r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": "bucket-viewer", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
        "rules": [{"apiGroups": ["s3.services.k8s.aws"], "resources": ["buckets"], "verbs": ["get", "list", "watch"]}]}"#;
    kubectl.apply(role).await.expect("the role is made");
    // The aggregation controller needs a moment.
    for _ in 0..200 {
        if may(&client, "get", "buckets", "team-a").await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(may(&client, "get", "buckets", "team-a").await, "view takes the new role in");
    assert!(!may(&client, "delete", "buckets", "team-a").await);
    assert!(!may(&client, "get", "buckets", "default").await);
}

#[tokio::test]
async fn writes_are_audited() {
    let plane = control_plane().await;
    plane.kubectl().run(&["create", "namespace", "audited"]).await.expect("kubectl runs").ok().expect("made");
    let log = plane.audit_log().expect("a log");
    let events = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("one JSON object per line"));
    let mut made = events.filter(|event| event["verb"] == "create" && event["objectRef"]["name"] == "audited");
    assert_eq!(made.next().expect("the write is there")["user"]["username"], "admin");
}

#[tokio::test]
async fn dropping_a_control_plane_ends_it_and_removes_its_files() {
    let plane = ControlPlane::start().await.expect("a second one runs beside the first");
    let (url, folder) = (plane.url().to_owned(), plane.scratch().path().to_path_buf());
    assert!(folder.is_dir());
    drop(plane);
    assert!(!folder.exists());
    let address = url.trim_start_matches("https://").to_owned();
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
}
