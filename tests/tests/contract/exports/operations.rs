//! What an operator does: rights, flags, restarts, a definition that is missing, other controllers of the family.

use serde_json::json;
use tests::install::NAMESPACE;
use tests::world::override_flags;

use super::{Exports, alone, config_map, secret, together, world};
use crate::team::{Outcome, Team};

const FINALIZER: &str = "finalizers.services.k8s.aws/FieldExport";

#[tokio::test]
async fn the_controller_may_not_read_a_secret() -> Outcome {
    let _quiet = together().await;
    let user = format!("--as=system:serviceaccount:{NAMESPACE}:cooper-controller");
    for (verb, resource, answer) in [
        ("get", "secrets", "no"),
        ("list", "secrets", "no"),
        ("watch", "secrets", "no"),
        ("create", "secrets", "no"),
        ("delete", "secrets", "no"),
        ("patch", "secrets", "yes"),
        ("patch", "configmaps", "yes"),
        ("create", "configmaps", "no"),
    ] {
        let said = world().await.kubectl().run(&["auth", "can-i", verb, resource, "--all-namespaces", &user]).await?;
        assert_eq!(said.stdout.trim(), answer, "{verb} {resource}: {said:?}");
    }
    Ok(())
}

#[tokio::test]
async fn another_namespace_is_forbidden_where_the_operator_says_so() -> Outcome {
    let _alone = alone().await;
    let exports = Exports::new("confined").await?;
    let other = Exports(Team::of(world().await, "spared", &[]).await?);
    other.make_targets("app").await?;
    exports.0.make("b", &json!({})).await?;
    let to = |key: &str| json!({ "kind": "secret", "name": "app", "namespace": other.0.namespace, "key": key });
    exports.apply("before", ".spec.name", &to("BEFORE")).await?;
    exports.told("before", "ACK.Advisory", "another namespace").await?;
    let flag = |value: &str| [("--enable-cross-namespace".to_owned(), value.to_owned())];
    world().await.controller().restart_with(|launch| override_flags(launch, &flag("false"))).await?;

    exports.apply("after", ".spec.name", &to("AFTER")).await?;
    let told = exports.told("after", "ACK.Terminal", "--enable-cross-namespace=false").await?;
    assert!(told.contains(&other.0.namespace), "{told}");
    exports.told("before", "ACK.Terminal", "--enable-cross-namespace=false").await?;
    exports.apply("within", ".spec.name", &config_map("k")).await?;
    exports.content("within").await?;
    // Neither written nor removed there, and the FieldExport can go all the same.
    exports.delete("before").await?;
    let kept = other.data("secret/app").await?;
    assert!(kept["BEFORE"].is_string() && kept["AFTER"].is_null(), "{kept}");

    world().await.controller().restart_with(|launch| override_flags(launch, &flag("true"))).await?;
    exports.told("after", "ACK.Advisory", "another namespace").await?;
    other.0.wait("the key to be written", || async { other.data("secret/app").await.ok()?["AFTER"].as_str().map(drop) }).await
}

#[tokio::test]
async fn a_restart_catches_up_and_cleans_up() -> Outcome {
    let _alone = alone().await;
    let exports = Exports::new("restarted").await?;
    exports.0.make("b", &json!({ "versioning": { "status": "Suspended" } })).await?;
    exports.apply("mode", ".spec.versioning.status", &config_map("MODE")).await?;
    exports.apply("moved", ".spec.name", &config_map("OLD")).await?;
    exports.apply("deleted", ".spec.name", &secret("NAME")).await?;
    for name in ["mode", "moved", "deleted"] {
        exports.content(name).await?;
    }
    let controller = world().await.controller();
    controller.stop().await?;
    exports.0.apply("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    exports.apply("moved", ".spec.name", &config_map("NEW")).await?;
    exports.0.kubectl.run(&["delete", "fieldexport", "deleted", "--wait=false"]).await?.ok()?;
    controller.start().await?;
    exports.holds("configmap/app", &json!({ "other": "theirs", "MODE": "Enabled", "NEW": exports.0.s3_name("b") })).await?;
    exports.holds("secret/app", &json!({ "other": "dGhlaXJz" })).await?;
    Ok(())
}

#[tokio::test]
async fn a_key_goes_even_if_another_controller_of_the_family_takes_the_finalizer_off() -> Outcome {
    let _quiet = together().await;
    let exports = Exports::new("stripped").await?;
    exports.0.make("b", &json!({})).await?;
    exports.apply("name", ".spec.name", &config_map("k")).await?;
    exports.content("name").await?;
    let stored = exports.0.kubectl.get_json("fieldexport/name").await?;
    assert_eq!(stored["metadata"]["finalizers"], json!([FINALIZER]));
    let strip = r#"{"metadata":{"finalizers":null}}"#;
    exports.0.kubectl.run(&["patch", "fieldexport", "name", "--type=merge", "--patch", strip]).await?.ok()?;
    exports.0.kubectl.run(&["delete", "fieldexport", "name"]).await?.ok()?;
    exports.holds("configmap/app", &json!({ "other": "theirs" })).await
}

#[tokio::test]
async fn a_cluster_without_the_definition_has_buckets_all_the_same() -> Outcome {
    let _alone = alone().await;
    let world = world().await;
    let exports = Exports::new("undefined").await?;
    exports.0.make("b", &json!({})).await?;
    let definition = world.kubectl().run(&["get", "crd", "fieldexports.services.k8s.aws", "-o", "json"]).await?.ok()?.stdout;
    world.kubectl().run(&["delete", "crd", "fieldexports.services.k8s.aws", "--timeout=60s"]).await?.ok()?;
    world.controller().restart().await?;
    exports.0.make("c", &json!({})).await?;
    let active = || async { world.controller().metrics().await.ok()?.value("cooper_field_exports_active", &[]) };
    assert!(active().await.is_some_and(|active| active < 1.0));
    assert!(world.controller().log().contains("FieldExports are not carried out"));

    let mut definition: serde_json::Value = serde_json::from_str(&definition)?;
    definition["metadata"] = json!({ "name": "fieldexports.services.k8s.aws", "annotations": definition["metadata"]["annotations"] });
    definition["status"] = json!(null);
    world.kubectl().apply(&definition.to_string()).await?;
    exports.0.wait("FieldExports to be carried out", || async { active().await.filter(|active| *active > 0.0) }).await?;
    exports.apply("name", ".spec.name", &config_map("k")).await?;
    exports.content("name").await
}
