//! The background audit: what guardrails say of Buckets that were there before them, and of what S3 holds.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::team::{Failure, Outcome, Team};

const VIOLATIONS: &str = "cooper_guardrail_violations";

/// A guardrail about the team's namespace.
async fn guard(team: &Team<'_>, spec: &Value) -> Result<String, Failure> {
    let (name, mut spec) = (format!("{}-audit", team.namespace), spec.clone());
    spec["match"] = json!({ "namespaces": [team.namespace] });
    let manifest = json!({ "apiVersion": "cooper.dev/v1alpha1", "kind": "BucketGuardrail", "metadata": { "name": name }, "spec": spec });
    team.world.kubectl().apply(&manifest.to_string()).await?;
    Ok(name)
}

/// Waits until the metric says so of a rule, the action and where it was seen.
async fn counted(team: &Team<'_>, guardrail: &str, series: (&str, &str, &str), wanted: Option<f64>) -> Outcome {
    let (rule, action, source) = series;
    let labels = [("guardrail", guardrail), ("rule", rule), ("action", action), ("source", source)];
    let is = || async { (team.world.controller().metrics().await.ok()?.value(VIOLATIONS, &labels) == wanted).then_some(()) };
    team.wait(&format!("{VIOLATIONS} of {series:?} to be {wanted:?}"), is).await
}

/// The status of the guardrail or exception, once it is as wanted.
async fn status(team: &Team<'_>, object: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value, Failure> {
    let look = || async {
        let status = team.world.kubectl().get_json(object).await.ok()?["status"].take();
        wanted(&status).then_some(status)
    };
    team.wait(&format!("the status of {object}"), look).await
}

#[tokio::test]
async fn buckets_older_than_a_guardrail_are_counted_and_named_and_go_on_working() -> Outcome {
    let team = Team::new("older", &[]).await?;
    team.make("bad", &json!({})).await?;
    team.make("good", &json!({ "versioning": { "status": "Enabled" } })).await?;
    let rules = json!({ "versioning": { "state": "Enabled" }, "publicAccess": { "blockAll": "Required" } });
    let guardrail = guard(&team, &json!({ "rules": rules })).await?;
    counted(&team, &guardrail, ("versioning", "Deny", "spec"), Some(1.0)).await?;
    counted(&team, &guardrail, ("versioning", "Deny", "observed"), Some(1.0)).await?;
    let told = status(&team, &format!("bgr/{guardrail}"), |status| status["violations"]["deny"] == 1).await?;
    assert_eq!((&told["matchedBuckets"], &told["conditions"][0]["reason"]), (&json!(2), &json!("Compiled")), "{told}");
    let samples = told["samples"].as_array().ok_or("no samples")?;
    assert_eq!(samples.len(), 1, "{told}");
    assert_eq!(
        (&samples[0]["name"], &samples[0]["namespace"], &samples[0]["rule"]),
        (&json!("bad"), &json!(team.namespace), &json!("versioning"))
    );
    assert!(samples[0]["message"].as_str().is_some_and(|message| message.starts_with("spec.versioning.status: ")), "{told}");
    let shown = team.world.kubectl().run(&["get", "bgr", &guardrail]).await?.ok()?.stdout;
    let row: Vec<&str> = shown.lines().nth(1).unwrap_or_default().split_whitespace().collect();
    assert_eq!(row[1..6], ["Deny", "2", "1", "0", "True"], "{shown}");

    // It is not the controller's to stop a Bucket that was admitted.
    team.check("bad").await?;
    // Corrected, it counts no more; nor does what is deleted.
    team.make("bad", &json!({ "versioning": { "status": "Enabled" } })).await?;
    counted(&team, &guardrail, ("versioning", "Deny", "spec"), None).await?;
    counted(&team, &guardrail, ("versioning", "Deny", "observed"), None).await?;
    Ok(())
}

#[tokio::test]
async fn what_s3_holds_is_judged_as_well_as_the_spec() -> Outcome {
    let team = Team::new("held", &[]).await?;
    team.make("b", &json!({})).await?;
    let guardrail =
        guard(&team, &json!({ "enforcement": { "action": "Audit" }, "rules": { "publicAccess": { "blockAll": "Required" } } })).await?;
    // From now on nobody looks after the section; somebody opens the bucket.
    team.apply_annotated("b", &json!({ "s3.services.k8s.aws/unset-fields": "ignore" }), &json!({})).await?;
    team.world.s3().remove(&team.s3_name("b"), "publicAccessBlock")?;
    team.check("b").await?;
    counted(&team, &guardrail, ("publicAccess", "Audit", "observed"), Some(1.0)).await?;
    counted(&team, &guardrail, ("publicAccess", "Audit", "spec"), None).await?;
    let told = status(&team, &format!("bgr/{guardrail}"), |status| status["violations"]["audit"] == 1).await?;
    assert_eq!(told["samples"][0]["source"], "observed", "{told}");

    // Put right by whoever looks after it: the next check sees it.
    team.apply_annotated("b", &json!({ "s3.services.k8s.aws/unset-fields": "reset" }), &json!({})).await?;
    counted(&team, &guardrail, ("publicAccess", "Audit", "observed"), None).await?;
    Ok(())
}

#[tokio::test]
async fn an_exception_lets_off_says_whom_and_all_series_go_with_the_guardrail() -> Outcome {
    let team = Team::new("excepted", &[]).await?;
    team.make("b", &json!({})).await?;
    let guardrail = guard(&team, &json!({ "rules": { "versioning": { "state": "Enabled" }, "website": "Forbidden" } })).await?;
    counted(&team, &guardrail, ("versioning", "Deny", "spec"), Some(1.0)).await?;
    let ends = Timestamp::now() + SignedDuration::from_hours(48);
    let spec = json!({
        "guardrails": [{ "name": guardrail, "rules": ["versioning"] }],
        "buckets": [{ "namespace": team.namespace, "name": "b" }],
        "reason": "being moved, ticket SEC-1234",
        "expiresAt": format!("{ends:.0}"),
    });
    let exception = format!("{guardrail}-b");
    let manifest =
        json!({ "apiVersion": "cooper.dev/v1alpha1", "kind": "BucketGuardrailException", "metadata": { "name": exception }, "spec": spec });
    team.world.kubectl().apply(&manifest.to_string()).await?;
    counted(&team, &guardrail, ("versioning", "Deny", "spec"), None).await?;
    let told = status(&team, &format!("bgx/{exception}"), |status| status["active"] == true && status["usedBy"].is_array()).await?;
    assert_eq!(told["usedBy"], json!([format!("{}/b", team.namespace)]), "{told}");
    assert!(team.metric("cooper_exceptions", &[("state", "expiring")]).await? >= 1.0);
    assert!(team.metric("cooper_audit_last_run_timestamp_seconds", &[]).await? > 1.0);

    team.world.kubectl().run(&["delete", "bgx", &exception]).await?.ok()?;
    counted(&team, &guardrail, ("versioning", "Deny", "spec"), Some(1.0)).await?;
    team.world.kubectl().run(&["delete", "bgr", &guardrail]).await?.ok()?;
    counted(&team, &guardrail, ("versioning", "Deny", "spec"), None).await?;
    Ok(())
}
