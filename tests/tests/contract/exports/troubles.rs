//! What cannot be copied is told, and harms nobody.

use std::time::Duration;

use serde_json::json;
use tests::install::NAMESPACE;
use tests::world::{ACCOUNT, condition};

use super::{Exports, config_map, manifest, secret, together, world};
use crate::iam_roles::{define, replicating, role};
use crate::team::{Outcome, Team};

const TERMINAL: &str = "ACK.Terminal";
const RECOVERABLE: &str = "ACK.Recoverable";

#[tokio::test]
async fn a_query_that_gives_no_value_is_told() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("novalue").await?;
    exports.0.make("b", &json!({})).await?;
    let cases = [
        ("syntax", ".spec[", TERMINAL, "unable to parse path"),
        ("unknown", "env", TERMINAL, "unable to parse path"),
        ("fails", ".spec.name.x", TERMINAL, "unable to execute query"),
        ("null", ".status.nowhere", RECOVERABLE, "path does not exist in this object"),
        ("object", ".spec", RECOVERABLE, "gives an object"),
        ("array", ".status.conditions", RECOVERABLE, "gives an array"),
        ("fraction", "0.5", RECOVERABLE, "gives a fraction"),
        ("nothing", "empty", RECOVERABLE, "gives nothing"),
    ];
    for (name, path, ..) in cases {
        exports.apply(name, path, &config_map(name)).await?;
    }
    for (name, _, condition, part) in cases {
        exports.told(name, condition, part).await?;
    }
    assert_eq!(exports.data("configmap/app").await?, json!({ "other": "theirs" }));
    exports.apply("syntax", ".spec.name", &config_map("syntax")).await?;
    exports.content("syntax").await
}

#[tokio::test]
async fn a_query_without_end_is_ended_and_nobody_else_notices() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("hostile").await?;
    exports.0.make("b", &json!({})).await?;
    let hostile = [
        ("loop", "def f: f; f"),
        ("list", "[range(1e9)]"),
        ("count", "last(range(1e15))"),
        ("text", "reduce range(60) as $i (\"x\"; . + .)"),
        ("deep", "def f: [f]; f"),
        ("wide", "reduce range(60) as $i (1; [., .]) | tojson"),
        ("brackets", &"[".repeat(4000)),
    ];
    for (name, path) in hostile {
        exports.apply(name, path, &config_map(name)).await?;
    }
    for (name, path) in hostile {
        let part = if name == "brackets" { "unable to" } else { "unable to execute query" };
        let told = exports.told(name, TERMINAL, part).await?;
        assert!(name == "brackets" || told.contains("was ended"), "{path}: {told}");
    }
    exports.apply("good", ".spec.name", &config_map("good")).await?;
    exports.content("good").await?;
    exports.0.make("c", &json!({})).await?;
    let megabytes = world().await.controller().metrics().await?.value("process_resident_memory_bytes", &[]).unwrap_or_default() / 1e6;
    assert!(megabytes < 400.0, "the controller itself runs no query: {megabytes} MB");
    Ok(())
}

#[tokio::test]
async fn texts_that_would_lead_elsewhere_are_refused() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("elsewhere").await?;
    exports.0.make("b", &json!({})).await?;
    let cases = [
        ("name", json!({ "kind": "configmap", "name": "../secrets/app", "key": "k" }), "spec.to.name"),
        ("namespace", json!({ "kind": "secret", "name": "app", "namespace": "a/../b", "key": "k" }), "spec.to.namespace"),
        ("key", json!({ "kind": "configmap", "name": "app", "key": "a/b" }), "spec.to.key"),
        ("kube", json!({ "kind": "configmap", "name": "app", "namespace": "kube-system", "key": "k" }), "belongs to the cluster"),
        ("own", json!({ "kind": "configmap", "name": "app", "namespace": NAMESPACE, "key": "k" }), "or to the controller"),
    ];
    for (name, to, field) in &cases {
        exports.apply(name, ".spec.name", to).await?;
        exports.told(name, TERMINAL, field).await?;
    }
    let mut queue = manifest("queue", ".spec.name", &config_map("k"));
    queue["spec"]["from"]["resource"]["kind"] = json!("Queue");
    exports.0.kubectl.apply(&queue.to_string()).await?;
    exports.told("queue", TERMINAL, "write Bucket").await?;
    Ok(())
}

#[tokio::test]
async fn a_target_that_comes_late_gets_its_value() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("late").await?;
    exports.0.make("b", &json!({})).await?;
    exports.apply("name", ".spec.name", &json!({ "kind": "secret", "name": "second", "key": "NAME" })).await?;
    let told = exports.told("name", RECOVERABLE, "is not there; create it").await?;
    assert!(told.contains(&format!("Secret {}/second", exports.0.namespace)), "{told}");
    exports.make_targets("second").await?;
    exports.content("name").await?;
    assert!(exports.data("secret/second").await?["NAME"].is_string());
    exports.0.kubectl.run(&["delete", "secret", "second"]).await?.ok()?;
    exports.delete("name").await
}

#[tokio::test]
async fn what_is_for_another_controller_is_left_to_it() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("foreign").await?;
    exports.0.make("b", &json!({})).await?;
    let mut foreign = manifest("foreign", ".spec.name", &secret("k"));
    foreign["spec"]["from"]["resource"]["group"] = json!("sqs.services.k8s.aws");
    exports.0.kubectl.apply(&foreign.to_string()).await?;
    // What comes after it is carried out; so that one was seen.
    exports.apply("ours", ".spec.name", &config_map("k")).await?;
    exports.content("ours").await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let stored = exports.0.kubectl.get_json("fieldexport/foreign").await?;
    assert!(stored["status"].is_null() && stored["metadata"]["finalizers"].is_null(), "{stored}");
    exports.delete("foreign").await?;

    // One that was carried out goes over to it, and leaves nothing behind that nobody would remove.
    let mut left = manifest("ours", ".spec.name", &config_map("k"));
    left["spec"]["from"]["resource"]["group"] = json!("sqs.services.k8s.aws");
    exports.0.kubectl.apply(&left.to_string()).await?;
    exports.holds("configmap/app", &json!({ "other": "theirs" })).await?;
    let bare = || async {
        let metadata = exports.0.kubectl.get_json("fieldexport/ours").await.ok()?["metadata"].clone();
        let note = metadata["annotations"].get("s3.services.k8s.aws/exported-to");
        (metadata["finalizers"].is_null() && note.is_none()).then_some(())
    };
    exports.0.wait("finalizer and note to go", bare).await?;
    exports.delete("ours").await?;

    // Edited and deleted while nobody looked: the key goes all the same.
    exports.apply("both", ".spec.name", &config_map("k")).await?;
    exports.content("both").await?;
    left["metadata"]["name"] = json!("both");
    exports.0.kubectl.apply(&left.to_string()).await?;
    exports.delete("both").await?;
    exports.holds("configmap/app", &json!({ "other": "theirs" })).await
}

#[tokio::test]
async fn another_namespace_is_written_to_and_that_is_said() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("crossing").await?;
    let other = Exports(Team::of(world().await, "crossed", &[]).await?);
    other.make_targets("app").await?;
    exports.0.make("b", &json!({})).await?;
    let to = json!({ "kind": "configmap", "name": "app", "namespace": other.0.namespace, "key": "k" });
    exports.apply("name", ".spec.name", &to).await?;
    let told = exports.told("name", "ACK.Advisory", "another namespace").await?;
    assert!(told.contains(&other.0.namespace) && told.contains("--enable-cross-namespace"), "{told}");
    other.holds("configmap/app", &json!({ "other": "theirs", "k": exports.0.s3_name("b") })).await?;
    exports.delete("name").await?;
    assert_eq!(other.data("configmap/app").await?, json!({ "other": "theirs" }));
    Ok(())
}

#[tokio::test]
async fn a_role_of_another_namespace_is_taken_and_that_is_said() -> Outcome {
    let _quiet = together().await;
    let world = world().await;
    define(world).await?;
    let (team, iam) = (Team::of(world, "roleref", &[]).await?, Team::of(world, "iam", &[]).await?);
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/shared");
    role(&iam, Some(&arn)).await?;
    let bucket = team.make("b", &replicating(&team, &json!({ "name": "copies", "namespace": iam.namespace }))?).await?;
    let advice = condition(&bucket, "ACK.Advisory");
    assert!(advice.is_some_and(|(status, message)| status == "True" && message.contains(&iam.namespace)), "{advice:?}");
    assert!(team.in_s3("b", "replication").is_some_and(|held| held.contains(&arn)));
    Ok(())
}
