//! What a guardrail does where it is not met: Deny, Warn, Audit, Off, by date, and several at once.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Ground, in_time, tagged};
use crate::team::Outcome;

fn wants_a_tag(action: &str) -> Value {
    let rules = json!({ "tags": { "required": [{ "key": "cost-center", "pattern": "^[0-9]{4}$" }] } });
    json!({ "enforcement": { "action": action, "message": "Ask #platform" }, "rules": rules })
}

const MISSING: &str = r#"spec.tagging.tagSet: tag "cost-center" is missing; use a value that matches ^[0-9]{4}$"#;

#[tokio::test]
async fn deny_refuses_warn_warns_audit_counts_and_off_does_nothing() -> Outcome {
    let ground = Ground::new("weights").await?;
    ground.guard("rails", &wants_a_tag("Deny")).await?;
    let said = ground.try_to_create("b", &json!({})).await?;
    let told = format!("The Bucket \"b\" is invalid: {} (Ask #platform)\n", MISSING.replace(": tag", ": [rails/tags] tag"));
    assert!(!said.success() && said.stderr == told, "{}", said.stderr);
    let said = ground.try_to_create("b", &tagged("x")).await?;
    let told = r#"spec.tagging.tagSet[0].value: [rails/tags] tag "cost-center" is "x"; use a value that matches ^[0-9]{4}$"#;
    assert!(!said.success() && said.stderr.contains(told), "{}", said.stderr);
    assert!(ground.try_to_create("b", &tagged("1234")).await?.stderr.is_empty());

    ground.guard("rails", &wants_a_tag("Warn")).await?;
    let said = ground.try_to_create("b", &json!({})).await?;
    assert!(said.success() && said.stderr == format!("Warning: [rails/tags] {MISSING}\n"), "{}", said.stderr);

    for (action, counted) in [("Audit", Some(1.0)), ("Off", None)] {
        ground.guard("rails", &wants_a_tag(action)).await?;
        let said = ground.try_to_create("b", &json!({})).await?;
        assert!(said.success() && said.stderr.is_empty(), "{action}: {}", said.stderr);
        let labels = [("guardrail", &*ground.named("rails")), ("rule", "tags"), ("action", action), ("result", "fail")];
        assert_eq!(ground.metric("cooper_guardrail_results_total", &labels).await?, counted, "{action}");
    }
    ground.unguard("rails").await?;
    assert!(ground.try_to_create("b", &json!({})).await?.stderr.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_deny_that_waits_for_its_day_warns() -> Outcome {
    let ground = Ground::new("weights").await?;
    let mut spec = wants_a_tag("Deny");
    let day = in_time(SignedDuration::from_hours(24));
    spec["enforcement"]["enforceAfter"] = json!(day);
    ground.guard("rails", &spec).await?;
    let said = ground.try_to_create("b", &json!({})).await?;
    assert!(
        said.success()
            && said.stderr == format!("Warning: [rails/tags] {}\n", MISSING.replace("tag \"", &format!("refused from {day} on: tag \""))),
        "{}",
        said.stderr
    );

    // Some seconds ahead: nobody touches the guardrail, and it refuses.
    spec["enforcement"]["enforceAfter"] = json!(in_time(SignedDuration::from_secs(4)));
    ground.guard("rails", &spec).await?;
    let refused = || async { (!ground.try_to_create("b", &json!({})).await.ok()?.success()).then_some(()) };
    ground.team.wait("the guardrail to refuse from its day on", refused).await
}

#[tokio::test]
async fn several_guardrails_make_one_answer_and_the_strictest_speaks() -> Outcome {
    let ground = Ground::new("weights").await?;
    ground.guard("a", &wants_a_tag("Warn")).await?;
    ground.guard("b", &wants_a_tag("Deny")).await?;
    ground.guard("c", &json!({ "rules": { "accelerate": "Forbidden", "versioning": { "state": "Enabled", "action": "Warn" } } })).await?;
    let mut sections = json!({ "accelerate": { "status": "Enabled" } });
    let said = ground.try_to_create("b", &sections).await?;
    let told = [
        "Warning: [c/versioning] spec.versioning.status: must be Enabled; set it",
        "The Bucket \"b\" is invalid: ",
        "* spec.accelerate.status: [c/accelerate] Transfer Acceleration is not allowed; remove the section",
        r#"* spec.tagging.tagSet: [b/tags] tag "cost-center" is missing; use a value that matches ^[0-9]{4}$ (Ask #platform)"#,
    ];
    assert_eq!(said.stderr.lines().collect::<Vec<_>>(), told, "{}", said.stderr);

    // What S3 would refuse stands in the same answer.
    sections["tagging"] = json!({ "tagSet": [{ "key": "aws:x", "value": "y" }] });
    let said = ground.try_to_create("b", &sections).await?;
    assert!(said.stderr.contains("[tag-key-aws-prefix]") && said.stderr.contains("[c/accelerate]"), "{}", said.stderr);
    Ok(())
}

#[tokio::test]
async fn somebody_with_no_more_rights_than_to_edit_reads_the_same() -> Outcome {
    let ground = Ground::new("weights").await?;
    ground.guard("rails", &wants_a_tag("Deny")).await?;
    let group = format!("users-of-{}", ground.team.namespace);
    let plane = ground.team.world.plane();
    let alice = plane.kubectl_as(&plane.kubeconfig_for_user(&group, Some(&group))?).in_namespace(&ground.team.namespace);
    let bound = ["create", "rolebinding", "users", "--clusterrole=cooper-bucket-editor", &format!("--group={group}")];
    ground.team.kubectl.run(&bound).await?.ok()?;
    let said = alice.apply_refused(&ground.team.manifest("b", &json!({}), &json!({})).to_string()).await?;
    assert!(ground.plain(&said).contains("[rails/tags]"), "{said}");
    alice.apply(&ground.team.manifest("b", &json!({}), &tagged("1234")).to_string()).await?;
    ground.team.ready("b").await?;
    Ok(())
}
