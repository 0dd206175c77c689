//! Exceptions: who is let off, and that it ends.

use jiff::SignedDuration;
use serde_json::json;

use super::Ground;
use crate::team::{Failure, Outcome};

async fn passes(ground: &Ground, bucket: &str) -> Result<bool, Failure> {
    Ok(ground.try_to_create(bucket, &json!({})).await?.success())
}

#[tokio::test]
async fn an_exception_lets_one_bucket_off_one_rule_until_it_ends() -> Outcome {
    let ground = Ground::new("excepted").await?;
    ground.guard("rails", &json!({ "rules": { "versioning": { "state": "Enabled" }, "lifecycle": { "required": true } } })).await?;
    assert!(!passes(&ground, "b").await?);
    let lasts = SignedDuration::from_secs(25);
    ground.platform.apply(&ground.exception("one", "rails", &["versioning"], "b", lasts).to_string()).await?;
    let heard = || async {
        let said = ground.try_to_create("b", &json!({})).await.ok()?;
        (said.stderr.contains("[rails/lifecycle]") && !said.stderr.contains("[rails/versioning]")).then_some(())
    };
    ground.team.wait("one rule to be let off", heard).await?;
    assert!(ground.try_to_create("other", &json!({})).await?.stderr.contains("[rails/versioning]"), "another Bucket");
    // Nobody touches anything: the time passes.
    let ended = || async { ground.try_to_create("b", &json!({})).await.ok()?.stderr.contains("[rails/versioning]").then_some(()) };
    ground.team.wait("the exception to end", ended).await?;

    let stored = ground.platform.get_json(&format!("bgx/{}", ground.named("one"))).await?;
    assert!(stored["spec"]["expiresAt"].is_string(), "it is still there, and does nothing: {stored}");
    let later = ground.exception("one", "rails", &["*"], "b", SignedDuration::from_hours(1));
    ground.platform.apply(&later.to_string()).await?;
    let heard = || async { passes(&ground, "b").await.ok()?.then_some(()) };
    ground.team.wait("all rules to be let off", heard).await?;
    let labels = [("guardrail", &*ground.named("rails")), ("rule", "lifecycle"), ("result", "exempt")];
    assert!(ground.metric("cooper_guardrail_results_total", &labels).await?.is_some_and(|count| count > 0.0));

    ground.platform.run(&["delete", "bgx", &ground.named("one")]).await?.ok()?;
    let heard = || async { (!passes(&ground, "b").await.ok()?).then_some(()) };
    ground.team.wait("a deleted exception to count no more", heard).await
}

#[tokio::test]
async fn the_audit_log_names_the_exception_that_was_used() -> Outcome {
    let ground = Ground::new("excepted").await?;
    ground.guard("rails", &json!({ "rules": { "versioning": { "state": "Enabled" } } })).await?;
    ground.platform.apply(&ground.exception("all", "rails", &["*"], "b", SignedDuration::from_hours(1)).to_string()).await?;
    let heard = || async { passes(&ground, "b").await.ok()?.then_some(()) };
    ground.team.wait("the exception to count", heard).await?;
    ground.team.apply("b", &json!({})).await?;
    let of_bucket = |entry: &serde_json::Value| {
        let about = &entry["objectRef"];
        let annotations = &entry["annotations"];
        about["namespace"] == ground.team.namespace.as_str()
            && entry["requestURI"].as_str().is_some_and(|uri| !uri.contains("dryRun"))
            && annotations["validate.buckets.s3.services.k8s.aws/exceptions"] == ground.named("all").as_str()
    };
    let logged = || async {
        let log = ground.team.world.plane().audit_log().ok()?;
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).any(|entry| of_bucket(&entry)).then_some(())
    };
    ground.team.wait("the audit log to name the exception", logged).await
}
