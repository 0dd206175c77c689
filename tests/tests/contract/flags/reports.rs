//! `--policy-reports`: what guardrails say of a Bucket, in an object beside it that policy dashboards read.

use std::path::Path;

use serde_json::{Value, json};
use tests::world::{Options, World};

use super::super::team::{Outcome, Team};

/// The kind as its own project defines it, as far as the API server has to know: what reports hold is not checked here.
fn definition(group: &str, version: &str, kind: &str, plural: &str) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("{plural}.{group}") },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": { "kind": kind, "plural": plural, "singular": kind.to_lowercase(), "listKind": format!("{kind}List") },
            "versions": [{
                "name": version, "served": true, "storage": true,
                "schema": { "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true } },
            }],
        },
    })
}

#[tokio::test]
async fn a_report_says_what_a_bucket_does_not_meet_and_goes_when_nobody_asks_any_more() -> Outcome {
    let world = World::start(Options::default().controller_flag("--policy-reports", "openreports")).await?;
    let rights = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/rbac/policy-reports.yaml");
    world.kubectl().run(&["apply", "-f", &rights.to_string_lossy()]).await?.ok()?;
    world.kubectl().apply(&definition("openreports.io", "v1alpha1", "Report", "reports").to_string()).await?;
    let team = Team::of(&world, "reported", &[]).await?;
    team.make("b", &json!({})).await?;
    let rules = json!({ "versioning": { "state": "Enabled" }, "website": "Forbidden" });
    let guardrail = json!({
        "apiVersion": "cooper.dev/v1alpha1", "kind": "BucketGuardrail", "metadata": { "name": "base" },
        "spec": { "enforcement": { "action": "Warn" }, "rules": rules },
    });
    world.kubectl().apply(&guardrail.to_string()).await?;
    let uid = team.ready("b").await?.metadata.uid.unwrap_or_default();
    let object = format!("reports.openreports.io/{uid}");
    let report = team.wait("the report", || async { team.kubectl.get_json(&object).await.ok() }).await?;
    assert_eq!((&report["scope"]["name"], &report["scope"]["kind"]), (&json!("b"), &json!("Bucket")), "{report}");
    // The spec and what S3 holds: versioning is off in both, and neither is a web site.
    assert_eq!(report["summary"], json!({ "pass": 2, "fail": 0, "warn": 2, "error": 0, "skip": 0 }), "{report}");
    assert_eq!((&report["results"][0]["policy"], &report["results"][0]["rule"]), (&json!("base"), &json!("versioning")), "{report}");
    assert_eq!(report["metadata"]["ownerReferences"][0]["uid"], json!(uid), "it goes with the Bucket");

    team.make("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    let clean = || async {
        let report = team.kubectl.get_json(&object).await.ok()?;
        (report["summary"]["warn"] == 0 && report["summary"]["pass"] == 4).then_some(())
    };
    team.wait("a clean report", clean).await?;
    world.kubectl().run(&["delete", "bgr", "base"]).await?.ok()?;
    let gone = || async { (!team.kubectl.run(&["get", &object]).await.ok()?.success()).then_some(()) };
    team.wait("the end of the report", gone).await?;
    Ok(())
}
