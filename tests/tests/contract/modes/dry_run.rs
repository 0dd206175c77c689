//! A controller with --dry-run says what it would do and does none of it.

use serde_json::json;
use shared::bucket::PlannedChange;
use tests::world::{ACCOUNT, Options, REGION, World};

use super::super::team::{Outcome, Team};
use super::{fields, says};

const READY: &str = r#"{"metadata":{"finalizers":["finalizers.s3.services.k8s.aws/Bucket"]}}"#;

#[tokio::test]
async fn everything_is_planned_and_nothing_is_written() -> Outcome {
    let world = World::start(Options::default().controller_flag("--dry-run", "true")).await?;
    let team = Team::of(&world, "dry", &[]).await?;
    assert!((team.metric("cooper_dry_run", &[]).await? - 1.0).abs() < 0.1);
    let before = world.s3().journal().calls().writes().len();

    // A bucket that would be made.
    team.apply("new", &json!({ "versioning": { "status": "Enabled" } })).await?;
    let bucket = team.until("new", "planned", |bucket| says(bucket, "ACK.Recoverable", "True", "DryRun")).await?;
    assert!(!bucket.owns_bucket() && !team.exists("new"));
    let plan = bucket.status.as_ref().and_then(|status| status.plan.as_ref()).ok_or("no plan")?;
    assert!(
        !plan.approval_required && plan.changes.iter().any(|change| change.field == "spec.name" && change.config == "bucket"),
        "{plan:?}"
    );
    assert!(plan.changes.iter().any(|change| change.field.starts_with("spec.versioning")), "{plan:?}");
    team.described("new", &["would create S3 bucket", "write versioning", "the controller runs with --dry-run and writes nothing"]).await?;

    // A bucket of somebody else's stays so.
    world.s3().create_bucket(&team.s3_name("theirs"), ACCOUNT, REGION)?;
    team.apply("theirs", &json!({})).await?;
    team.until("theirs", "refused", |bucket| says(bucket, "ACK.Terminal", "True", "AlreadyExists")).await?;

    // A bucket of our own, as an earlier controller left it: the finalizer and the tags say whose it is.
    let version = concat!("s3-", env!("CARGO_PKG_VERSION"));
    let own = [("services.k8s.aws/controller-version", version), ("services.k8s.aws/namespace", team.namespace.as_str())];
    world.s3().create_bucket(&team.s3_name("ours"), ACCOUNT, REGION)?;
    world.s3().set(&team.s3_name("ours"), "tagging", &super::tagging(&own))?;
    let spec = json!({ "requestPayment": { "payer": "Requester" } });
    let mut manifest = team.manifest("ours", &json!({}), &spec);
    manifest["metadata"]["finalizers"] = serde_json::from_str::<serde_json::Value>(READY)?["metadata"]["finalizers"].clone();
    team.kubectl.apply(&manifest.to_string()).await?;
    let bucket = team.until("ours", "planned", |bucket| says(bucket, "ACK.Recoverable", "True", "DryRun")).await?;
    let plan = bucket.status.as_ref().and_then(|status| status.plan.as_ref()).ok_or("no plan")?;
    assert!(plan.changes.iter().any(|change| change.field.starts_with("spec.requestPayment")), "{plan:?}");
    team.described("ours", &["would write request_payment", "spec.requestPayment"]).await?;
    assert_eq!(super::events(&team, "Created").await?, 0, "nothing was");

    // A Bucket in sync, and then not: shown as drift, and left.
    let mut settled = team.manifest("settled", &json!({}), &json!({ "versioning": { "status": "Enabled" } }));
    settled["metadata"]["finalizers"] = manifest["metadata"]["finalizers"].clone();
    world.s3().create_bucket(&team.s3_name("settled"), ACCOUNT, REGION)?;
    let enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    world.s3().set(&team.s3_name("settled"), "versioning", enabled)?;
    world.s3().set(&team.s3_name("settled"), "tagging", &super::tagging(&own))?;
    team.kubectl.apply(&settled.to_string()).await?;
    team.check("settled").await?;
    let drifts = [("config", "versioning")];
    assert!(team.metric("cooper_drift_detected_total", &drifts).await?.abs() < 0.1);
    world.s3().set(&team.s3_name("settled"), "versioning", &enabled.replace("Enabled", "Suspended"))?;
    team.touch("settled").await?;
    let bucket = team.until("settled", "drifted", |bucket| says(bucket, "Drifted", "True", "DriftDetected")).await?;
    assert!(says(&bucket, "Ready", "False", "ACK.Recoverable"), "{bucket:?}");
    assert_eq!(fields(bucket.status.and_then(|status| status.drift).as_ref()), ["spec.versioning.status"]);
    team.described("settled", &["it stays so, as the controller runs with --dry-run"]).await?;
    assert!((team.metric("cooper_drift_detected_total", &drifts).await? - 1.0).abs() < 0.1);
    for result in ["success", "failed"] {
        let tried = [("config", "versioning"), ("result", result)];
        assert!(team.metric("cooper_drift_remediated_total", &tried).await?.abs() < 0.1, "nobody tried");
    }

    // What is to be adopted is read and planned, and not marked.
    world.s3().create_bucket(&team.s3_name("adopts"), ACCOUNT, REGION)?;
    world.s3().set(&team.s3_name("adopts"), "versioning", &enabled.replace("Enabled", "Suspended"))?;
    let policy = json!({ "services.k8s.aws/adoption-policy": "adopt-or-create" });
    team.apply_annotated("adopts", &policy, &json!({ "versioning": { "status": "Enabled" } })).await?;
    let bucket = team.until("adopts", "planned", |bucket| says(bucket, "ACK.Recoverable", "True", "DryRun")).await?;
    assert!(!bucket.owns_bucket() && bucket.annotation("services.k8s.aws/adopted").is_none(), "{bucket:?}");
    let plan = bucket.status.as_ref().and_then(|status| status.plan.as_ref()).ok_or("no plan")?;
    let overwritten = |change: &PlannedChange| change.destructive && change.observed.as_deref() == Some("Suspended");
    assert!(!plan.approval_required && plan.changes.iter().any(overwritten), "{plan:?}");

    // A deletion waits; one that would leave the bucket where it is goes on.
    team.delete("settled").await?;
    team.described("settled", &["would delete S3 bucket"]).await?;
    team.kubectl.run(&["annotate", "bucket", "ours", "services.k8s.aws/deletion-policy=retain"]).await?.ok()?;
    team.delete("ours").await?;
    team.gone("ours").await?;
    assert!(team.exists("ours") && team.exists("settled"));

    assert_eq!(world.s3().journal().calls().writes().len(), before, "{:?}", world.s3().journal().calls().writes().operations());
    Ok(())
}
