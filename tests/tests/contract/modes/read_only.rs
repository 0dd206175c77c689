//! Who only looks on finds and shows what differs, and writes nothing.

use serde_json::json;
use tests::world::{ACCOUNT, REGION};

use super::super::team::Outcome;
use super::{annotate, events, fields, says, tagging, team};

const READ_ONLY: &str = "services.k8s.aws/read-only";
const ENABLED: &str = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const SUSPENDED: &str = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
const CORS: &str =
    "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>";

#[tokio::test]
async fn a_bucket_of_others_is_read_compared_and_left_alone() -> Outcome {
    let team = team("looks", &[]).await?;
    let name = team.s3_name("b");
    team.world.s3().create_bucket(&name, ACCOUNT, REGION)?;
    team.world.s3().set(&name, "versioning", ENABLED)?;
    team.world.s3().set(&name, "cors", CORS)?;
    team.world.s3().set(&name, "tagging", &tagging(&[("services.k8s.aws/namespace", "elsewhere"), ("team", "a")]))?;
    let spec = json!({ "versioning": { "status": "Enabled" }, "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } });
    team.apply_annotated("b", &json!({ READ_ONLY: "true" }), &spec).await?;
    let bucket = team.ready("b").await?;
    assert!(says(&bucket, "ACK.ResourceSynced", "True", "") && says(&bucket, "Drifted", "False", "InSync"), "{bucket:?}");
    assert!(!bucket.owns_bucket(), "no finalizer");
    let status = bucket.status.as_ref().ok_or("no status")?;
    let place = status.ack_resource_metadata.as_ref().ok_or("no metadata")?;
    assert_eq!((place.arn.as_deref(), place.region.as_str()), (Some(format!("arn:aws:s3:::{name}").as_str()), REGION));
    assert_eq!(fields(status.unmanaged.as_ref()), ["spec.cors"], "what the spec leaves out is shown and no drift");

    let before = team.metric("cooper_drift_detected_total", &[("config", "versioning")]).await?;
    let failed = [("config", "versioning"), ("result", "failed")];
    let not_repaired = team.metric("cooper_drift_remediated_total", &failed).await?;
    team.world.s3().set(&name, "versioning", SUSPENDED)?;
    for _ in 0..2 {
        let bucket = team.check("b").await?;
        assert!(says(&bucket, "Drifted", "True", "DriftDetected") && says(&bucket, "Ready", "True", ""), "{bucket:?}");
        assert_eq!(fields(bucket.status.and_then(|status| status.drift).as_ref()), ["spec.versioning.status"]);
    }
    team.described("b", &["it stays so, as this Bucket is read-only", "DriftDetected", "spec.versioning.status is Suspended in S3"])
        .await?;
    assert_eq!(events(&team, "DriftDetected").await?, 1, "told once");
    assert!((team.metric("cooper_drift_detected_total", &[("config", "versioning")]).await? - before - 1.0).abs() < 0.1);
    assert!((team.metric("cooper_drift_remediated_total", &failed).await? - not_repaired).abs() < 0.1, "nobody tried");
    let gauge = [("namespace", team.namespace.as_str()), ("name", "b"), ("config", "versioning")];
    team.wait("the gauge of the drift", || async { team.metric("cooper_bucket_drift", &gauge).await.ok().filter(|value| *value > 0.0) })
        .await?;

    assert_eq!(team.calls("b").writes().len(), 0, "{:?}", team.calls("b").writes().operations());
    team.delete("b").await?;
    team.gone("b").await?;
    assert!(team.exists("b"));
    Ok(())
}

#[tokio::test]
async fn a_missing_bucket_is_not_created_before_the_annotation_goes() -> Outcome {
    let team = team("missing", &[]).await?;
    team.apply_annotated("b", &json!({ READ_ONLY: "True" }), &json!({})).await?;
    let bucket = team.until("b", "not found", |bucket| says(bucket, "ACK.Recoverable", "True", "NotFound")).await?;
    assert!(says(&bucket, "Ready", "False", "ACK.Recoverable") && !bucket.owns_bucket());
    assert!(!team.exists("b") && team.calls("b").writes().is_empty());

    annotate(&team, "b", &format!("{READ_ONLY}=false")).await?;
    assert!(team.ready("b").await?.owns_bucket() && team.exists("b"));
    Ok(())
}

#[tokio::test]
async fn a_bucket_of_our_own_is_left_alone_while_the_annotation_is_there() -> Outcome {
    let team = team("held", &[]).await?;
    team.make("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    team.check("b").await?;
    let writes = team.calls("b").writes().len();
    annotate(&team, "b", &format!("{READ_ONLY}=true")).await?;
    team.world.s3().set(&team.s3_name("b"), "versioning", SUSPENDED)?;
    let bucket = team.check("b").await?;
    assert!(says(&bucket, "Drifted", "True", "DriftDetected"), "{bucket:?}");
    let patch = r#"{"spec":{"requestPayment":{"payer":"Requester"}}}"#;
    team.kubectl.run(&["patch", "bucket", "b", "--type=merge", "--patch", patch]).await?.ok()?;
    let fields_of = |bucket: &shared::Bucket| fields(bucket.status.as_ref().and_then(|status| status.drift.as_ref()));
    team.until("b", "the change of the spec shown", |bucket| fields_of(bucket).len() == 2).await?;
    assert_eq!(team.calls("b").writes().len(), writes, "{:?}", team.calls("b").writes().operations());

    annotate(&team, "b", &format!("{READ_ONLY}-")).await?;
    team.until("b", "put right", |bucket| says(bucket, "Drifted", "False", "Remediated") || says(bucket, "Drifted", "False", "InSync"))
        .await?;
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")));
    assert!(team.in_s3("b", "requestPayment").is_some_and(|held| held.contains("Requester")));

    annotate(&team, "b", &format!("{READ_ONLY}=true")).await?;
    team.delete("b").await?;
    team.gone("b").await?;
    assert!(team.exists("b") && team.calls("b").named("DeleteBucket").is_empty());
    Ok(())
}
