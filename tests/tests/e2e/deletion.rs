//! What becomes of the S3 bucket of a deleted Bucket.

use serde_json::{Value, json};
use shared::Bucket;
use shared::bucket::Condition;
use tests::s3::{FaultRule, Role};
use tests::world::condition;

use super::team::{Failure, Outcome, Team};

const POLICY: &str = "services.k8s.aws/deletion-policy";
const NAMESPACE_POLICY: &str = "s3.services.k8s.aws/deletion-policy";
const PROTECTION: &str = "s3.services.k8s.aws/deletion-protection";
const DETACH: &str = "s3.services.k8s.aws/force-detach";
const ROLE: &str = "s3.services.k8s.aws/iam-role-arn";

fn policy(value: &str) -> Value {
    json!({ POLICY: value })
}

async fn annotate(team: &Team<'_>, bucket: &str, annotation: &str) -> Outcome {
    team.kubectl.run(&["annotate", "--overwrite", "bucket", bucket, annotation]).await?.ok()?;
    Ok(())
}

/// The condition that says why the Bucket cannot go yet, once it has this reason.
async fn blocked(team: &Team<'_>, bucket: &str, reason: &str) -> Result<String, Failure> {
    let of = |found: &Bucket| -> Option<Condition> {
        let conditions = found.status.as_ref()?.conditions.as_ref()?;
        conditions.iter().find(|known| known.type_ == "DeletionBlocked" && known.reason.as_deref() == Some(reason)).cloned()
    };
    let found = team.until(bucket, reason, |found| of(found).is_some()).await?;
    for told in ["Ready", "ACK.ResourceSynced"] {
        assert_eq!(condition(&found, told).map(|(status, _)| status), Some("False"), "{told} while it is being deleted");
    }
    assert!(found.is_being_deleted() && found.owns_bucket());
    Ok(of(&found).and_then(|blocked| blocked.message).unwrap_or_default())
}

#[tokio::test]
async fn the_buckets_policy_goes_before_the_namespaces_and_delete_is_the_default() -> Outcome {
    let silent = Team::new("silent", &[]).await?;
    let retaining = Team::new("retaining", &[(NAMESPACE_POLICY, "retain")]).await?;
    let cases = [
        (&silent, "by-default", json!({}), false),
        (&silent, "retained", policy("retain"), true),
        (&retaining, "by-namespace", json!({}), true),
        (&retaining, "deleted", policy("delete"), false),
    ];
    for (team, bucket, annotations, _) in &cases {
        team.apply_annotated(bucket, annotations, &json!({})).await?;
    }
    for (team, bucket, _, stays) in &cases {
        team.ready(bucket).await?;
        team.delete(bucket).await?;
        team.gone(bucket).await?;
        assert_eq!(team.exists(bucket), *stays, "{bucket}");
        assert_eq!(team.calls(bucket).named("DeleteBucket").is_empty(), *stays, "{bucket}");
    }
    Ok(())
}

#[tokio::test]
async fn a_bucket_with_objects_waits_for_them_to_go_and_says_so() -> Outcome {
    let team = Team::new("full", &[]).await?;
    team.make("b", &json!({})).await?;
    team.world.s3().put_object(&team.s3_name("b"), "precious")?;
    team.delete("b").await?;

    let told = blocked(&team, "b", "BucketNotEmpty").await?;
    for part in ["is not empty", "unfinished uploads", "services.k8s.aws/deletion-policy=retain"] {
        assert!(told.contains(part), "{told}");
    }
    assert!(team.exists("b"), "the objects are safe");
    team.described("b", &["BucketNotEmpty"]).await?;
    let calls = team.calls("b");
    assert_eq!((calls.named("DeleteBucket").len(), calls.named("DeleteObjects").len()), (1, 0));

    // It is tried again every 5 min, or when somebody touches the Bucket. S3 is asked once then.
    let before = calls.len();
    team.touch("b").await?;
    team.wait("another try", || async { (team.calls("b").len() > before).then_some(()) }).await?;
    assert_eq!(team.calls("b").operations().split_off(before), ["DeleteBucket"]);
    team.world.s3().empty(&team.s3_name("b"))?;
    team.touch("b").await?;
    team.gone("b").await?;
    assert!(!team.exists("b"));
    assert_eq!(team.calls("b").named("DeleteBucket").len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_somebody_else_deleted_first_holds_nothing_up() -> Outcome {
    let team = Team::new("first", &[]).await?;
    team.make("b", &json!({})).await?;
    assert!(team.world.s3().delete_bucket(&team.s3_name("b")));
    team.delete("b").await?;
    team.gone("b").await?;
    Ok(())
}

#[tokio::test]
async fn a_namespace_goes_and_its_s3_buckets_stay_but_for_those_that_say_delete_themselves() -> Outcome {
    let team = Team::new("leaving", &[(NAMESPACE_POLICY, "delete")]).await?;
    let cases = [("silent", json!({})), ("says-delete", policy("delete")), ("protected", json!({ POLICY: "delete", PROTECTION: "true" }))];
    for (bucket, annotations) in &cases {
        team.apply_annotated(bucket, annotations, &json!({})).await?;
        team.ready(bucket).await?;
    }
    team.world.kubectl().run(&["delete", "namespace", &team.namespace, "--timeout=90s"]).await?.ok()?;
    assert_eq!(cases.map(|(bucket, _)| team.exists(bucket)), [true, false, true]);
    assert!(team.calls("silent").named("DeleteBucket").is_empty() && team.calls("protected").named("DeleteBucket").is_empty());
    Ok(())
}

#[tokio::test]
async fn a_protected_bucket_cannot_be_deleted_before_the_protection_is_cleared() -> Outcome {
    let team = Team::new("protected", &[]).await?;
    team.apply_annotated("b", &json!({ PROTECTION: "true" }), &json!({})).await?;
    team.ready("b").await?;
    let refused = team.kubectl.run(&["delete", "bucket", "b", "--wait=false"]).await?;
    assert!(!refused.success(), "{}", refused.stdout);
    for part in ["[deletion-protected]", PROTECTION, "=false on the Bucket first"] {
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
    assert!(!team.kubectl.run(&["delete", "buckets", "--all", "--wait=false"]).await?.success());
    assert!(!team.ready("b").await?.is_being_deleted());
    let slip = team.kubectl.run(&["annotate", "--overwrite", "bucket", "b", &format!("{PROTECTION}=no")]).await?;
    assert!(slip.stderr.contains("[deletion-protection-bool]"), "{}", slip.stderr);
    annotate(&team, "b", &format!("{PROTECTION}=false")).await?;
    team.delete("b").await?;
    team.gone("b").await?;
    assert!(!team.exists("b"));

    let guarded = Team::new("guarded", &[(PROTECTION, "true")]).await?;
    guarded.apply("kept", &json!({})).await?;
    guarded.apply_annotated("let-go", &json!({ PROTECTION: "false" }), &json!({})).await?;
    for bucket in ["kept", "let-go"] {
        guarded.ready(bucket).await?;
    }
    let refused = guarded.kubectl.run(&["delete", "bucket", "kept", "--wait=false"]).await?;
    assert!(refused.stderr.contains("its namespace's annotation"), "{}", refused.stderr);
    guarded.delete("let-go").await?;
    guarded.gone("let-go").await?;
    assert!(guarded.exists("kept") && !guarded.exists("let-go"));
    Ok(())
}

#[tokio::test]
async fn a_bucket_whose_role_is_gone_is_let_go_by_force_and_aws_is_not_asked() -> Outcome {
    let arn = "arn:aws:iam::444455556666:role/revoked";
    let team = Team::new("revoked", &[(ROLE, arn)]).await?;
    team.world.s3().add_role(Role::open(arn));
    team.make("b", &json!({})).await?;
    // Sessions go on after their role: a new process would have none, and here S3 refuses the old one.
    assert!(team.world.s3().remove_role(arn));
    team.world.s3().faults().add(FaultRule::answer(403, "InvalidAccessKeyId").bucket(&team.s3_name("b")));
    team.delete("b").await?;
    let told = blocked(&team, "b", "Denied").await?;
    for part in ["services.k8s.aws/deletion-policy=retain", "s3.services.k8s.aws/force-detach=true"] {
        assert!(told.contains(part), "{told}");
    }
    let (before, deleted) = (team.calls("b").len(), team.metric("cooper_deletions_total", &[("result", "detached")]).await?);
    annotate(&team, "b", &format!("{DETACH}=true")).await?;
    team.gone("b").await?;
    assert_eq!(team.calls("b").len(), before, "AWS was not asked");
    assert!(team.exists("b") && team.metric("cooper_deletions_total", &[("result", "detached")]).await? > deleted);
    let events = team.kubectl.run(&["get", "events", "--field-selector=reason=Detached"]).await?.ok()?.stdout;
    assert!(events.contains(DETACH), "{events}");
    Ok(())
}

#[tokio::test]
async fn force_detach_works_with_a_dead_s3_and_with_a_role_that_never_was() -> Outcome {
    let team = Team::new("dead", &[]).await?;
    team.make("b", &json!({})).await?;
    annotate(&team, "b", &format!("{DETACH}=true")).await?;
    let before = team.calls("b").len();
    team.world.s3().faults().add(FaultRule::new(tests::s3::Act::Cut).bucket(&team.s3_name("b")));
    team.delete("b").await?;
    team.gone("b").await?;
    assert!(team.exists("b"));
    assert!(!team.calls("b").operations().split_off(before).contains(&"DeleteBucket"));

    // No finalizer was ever put on: there is nothing to let go of.
    let never = Team::new("never", &[(ROLE, "arn:aws:iam::444455556666:role/never-was")]).await?;
    never.apply("b", &json!({})).await?;
    never.told("b", "ACK.Recoverable").await?;
    never.delete("b").await?;
    never.gone("b").await?;
    assert_eq!(never.calls("b").operations(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_paused_bucket_waits_until_it_is_detached() -> Outcome {
    let team = Team::new("resting", &[]).await?;
    team.make("b", &json!({})).await?;
    annotate(&team, "b", "s3.services.k8s.aws/paused=true").await?;
    let before = team.calls("b").len();
    team.delete("b").await?;
    let told = blocked(&team, "b", "Paused").await?;
    assert!(told.contains("s3.services.k8s.aws/paused"), "{told}");
    annotate(&team, "b", &format!("{DETACH}=true")).await?;
    team.gone("b").await?;
    assert!(team.exists("b"));
    assert!(!team.calls("b").operations().split_off(before).contains(&"DeleteBucket"));
    Ok(())
}
