//! Buckets that were there before the guardrail: they stay editable, unless it says otherwise, and can always go.

use serde_json::{Value, json};

use super::{Ground, tagged};
use crate::team::Outcome;

fn wants_versions(on_update: &str) -> Value {
    json!({ "enforcement": { "onUpdate": on_update }, "rules": { "versioning": { "state": "Enabled" } } })
}

const WARNED: &str = "Warning: [rails/versioning] spec.versioning.status: must be Enabled; set it\n";

#[tokio::test]
async fn what_a_bucket_had_before_warns_and_what_a_change_brings_is_refused() -> Outcome {
    let ground = Ground::new("ratchet").await?;
    ground.team.make("b", &json!({})).await?;
    ground.guard("rails", &wants_versions("Ratchet")).await?;
    let said = ground.team.apply("b", &tagged("1234")).await?;
    assert_eq!(ground.plain(&said.stderr), WARNED);
    ground.team.ready("b").await?;
    assert!(ground.team.in_s3("b", "tagging").is_some_and(|held| held.contains("1234")));

    // Suspended is another fault than none.
    let mut worse = tagged("1234");
    worse["versioning"] = json!({ "status": "Suspended" });
    let manifest = ground.team.manifest("b", &json!({}), &worse).to_string();
    let said = ground.plain(&ground.team.kubectl.apply_refused(&manifest).await?);
    assert!(said.contains("spec.versioning.status: [rails/versioning] is Suspended; must be Enabled"), "{said}");

    // Once it complies it cannot go back.
    let mut better = tagged("1234");
    better["versioning"] = json!({ "status": "Enabled" });
    let said = ground.team.apply("b", &better).await?;
    assert_eq!(said.stderr, "");
    let back = ground.team.manifest("b", &json!({}), &tagged("1234")).to_string();
    let said = ground.plain(&ground.team.kubectl.apply_refused(&back).await?);
    assert!(said.contains("[rails/versioning] must be Enabled; set it"), "{said}");
    Ok(())
}

#[tokio::test]
async fn always_refuses_changes_of_what_was_there_before() -> Outcome {
    let ground = Ground::new("always").await?;
    ground.team.make("b", &json!({})).await?;
    ground.guard("rails", &wants_versions("Always")).await?;
    let manifest = ground.team.manifest("b", &json!({}), &tagged("1234")).to_string();
    let said = ground.plain(&ground.team.kubectl.apply_refused(&manifest).await?);
    assert!(said.contains("[rails/versioning] must be Enabled; set it"), "{said}");
    // A note that means nothing to Cooper is no change of the Bucket.
    ground.team.touch("b").await?;
    Ok(())
}

#[tokio::test]
async fn deletions_and_finalizers_pass() -> Outcome {
    let ground = Ground::new("going").await?;
    for bucket in ["deleted", "freed"] {
        ground.team.make(bucket, &json!({})).await?;
    }
    ground.guard("rails", &wants_versions("Always")).await?;
    assert!(!ground.try_to_create("new", &json!({})).await?.success(), "the guardrail refuses");
    // The controller takes its finalizer off.
    ground.team.delete("deleted").await?;
    ground.team.gone("deleted").await?;
    assert!(!ground.team.exists("deleted"));
    // Somebody else does, who has given up on the controller.
    let free = r#"{"metadata":{"finalizers":null}}"#;
    ground.team.kubectl.run(&["patch", "bucket", "freed", "--type=merge", "--patch", free]).await?.ok()?;
    ground.team.kubectl.run(&["delete", "bucket", "freed"]).await?.ok()?;
    ground.team.gone("freed").await
}

#[tokio::test]
async fn the_controller_goes_on_with_buckets_that_do_not_comply() -> Outcome {
    let ground = Ground::new("going").await?;
    ground.team.make("b", &tagged("1234")).await?;
    ground.guard("rails", &wants_versions("Always")).await?;
    let _alone = crate::drift::alone().await;
    ground.team.world.s3().remove(&ground.team.s3_name("b"), "tagging")?;
    ground.team.check("b").await?;
    assert!(ground.team.in_s3("b", "tagging").is_some_and(|held| held.contains("1234")), "drift is put right");
    Ok(())
}
