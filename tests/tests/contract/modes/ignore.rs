//! Fields that others look after: S3 keeps what it holds in them, and all else is enforced.

use serde_json::{Value, json};
use shared::Bucket;
use tests::s3::{Act, FaultRule};

use super::super::team::Outcome;
use super::{annotate, events, fields, says, tagging, team};

const IGNORE: &str = "services.k8s.aws/ignore-field-drift";

fn ignored(bucket: &Bucket) -> Vec<String> {
    fields(bucket.status.as_ref().and_then(|status| status.ignored.as_ref()))
}

fn tags(all: &[(&str, &str)]) -> Value {
    let tag = |(key, value): &(&str, &str)| json!({ "key": key, "value": value });
    json!({ "tagSet": all.iter().map(tag).collect::<Vec<_>>() })
}

#[tokio::test]
async fn one_tag_is_others_to_set_and_the_others_are_enforced() -> Outcome {
    let team = team("tags", &[]).await?;
    let path = "spec.tagging.tagSet[key=CostCenter]";
    let spec = json!({ "tagging": tags(&[("CostCenter", "1"), ("team", "a")]) });
    team.apply_annotated("b", &json!({ IGNORE: path }), &spec).await?;
    team.ready("b").await?;
    assert!(team.in_s3("b", "tagging").is_some_and(|held| held.contains("<Key>CostCenter</Key><Value>1</Value>")), "a new bucket gets it");
    team.check("b").await?;
    let writes = team.calls("b").writes().len();
    let own: Vec<(&str, &str)> = vec![("services.k8s.aws/controller-version", "x")];
    let of_tags = [("config", "tagging")];
    let (counted, drifted) =
        (team.metric("cooper_drift_ignored_total", &of_tags).await?, team.metric("cooper_drift_detected_total", &of_tags).await?);

    // Only the ignored tag changes.
    let held = team.in_s3("b", "tagging").ok_or("no tags")?;
    let meddled = held.replace("<Value>1</Value>", "<Value>2</Value>");
    team.world.s3().set(&team.s3_name("b"), "tagging", &meddled)?;
    for _ in 0..2 {
        let bucket = team.check("b").await?;
        assert_eq!(ignored(&bucket), ["spec.tagging.tagSet[CostCenter].value"]);
        assert!(says(&bucket, "Drifted", "False", "InSync") && says(&bucket, "Ready", "True", ""), "{bucket:?}");
    }
    assert_eq!(team.calls("b").writes().len(), writes, "{:?}", team.calls("b").writes().operations());
    team.described("b", &["DriftIgnored", "spec.tagging.tagSet[CostCenter].value is 2 in S3", "Ignored:"]).await?;
    assert_eq!(events(&team, "DriftIgnored").await?, 1, "told once");
    assert!((team.metric("cooper_drift_ignored_total", &of_tags).await? - counted - 1.0).abs() < 0.1);
    assert!((team.metric("cooper_drift_detected_total", &of_tags).await? - drifted).abs() < 0.1);

    // Another tag changes too: it is put right, and the ignored one stays as S3 has it.
    let meddled = tagging(&[&own[..], &[("CostCenter", "3"), ("team", "b"), ("stranger", "x")]].concat());
    team.world.s3().set(&team.s3_name("b"), "tagging", &meddled)?;
    let bucket = team.check("b").await?;
    assert!(says(&bucket, "Drifted", "False", "Remediated"), "{bucket:?}");
    let held = team.in_s3("b", "tagging").ok_or("no tags")?;
    for (kept, part) in [(true, "<Key>CostCenter</Key><Value>3</Value>"), (true, "<Key>team</Key><Value>a</Value>"), (false, "stranger")] {
        assert_eq!(held.contains(part), kept, "{part} in {held}");
    }

    // From now on it is the spec's again: that is work, not drift.
    let drifted = team.metric("cooper_drift_detected_total", &of_tags).await?;
    annotate(&team, "b", &format!("{IGNORE}-")).await?;
    team.until("b", "nothing ignored", |bucket| ignored(bucket).is_empty()).await?;
    assert!(team.in_s3("b", "tagging").is_some_and(|held| held.contains("<Key>CostCenter</Key><Value>1</Value>")));
    assert!((team.metric("cooper_drift_detected_total", &of_tags).await? - drifted).abs() < 0.1);
    Ok(())
}

#[tokio::test]
async fn a_member_of_a_rule_and_a_whole_section_are_kept_when_the_spec_changes() -> Outcome {
    let team = team("rules", &[]).await?;
    let rule = |days: u8| json!({ "id": "expire", "status": "Enabled", "filter": { "prefix": "a/" }, "expiration": { "days": days } });
    let spec = |days: u8, status: &str| json!({ "lifecycle": { "rules": [rule(days)] }, "versioning": { "status": status } });
    let paths = "spec.lifecycle.rules[id=expire].status, SPEC.versioning";
    team.apply_annotated("b", &json!({ IGNORE: paths }), &spec(7, "Enabled")).await?;
    team.ready("b").await?;
    team.check("b").await?;
    let held = team.in_s3("b", "lifecycle").ok_or("no rules")?;
    team.world.s3().set(&team.s3_name("b"), "lifecycle", &held.replace("<Status>Enabled", "<Status>Disabled"))?;
    let suspended = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    team.world.s3().set(&team.s3_name("b"), "versioning", suspended)?;
    let bucket = team.check("b").await?;
    assert_eq!(ignored(&bucket), ["spec.versioning.status", "spec.lifecycle.rules[expire].status"], "{bucket:?}");

    // The section is written because of another member, and keeps what S3 holds in the ignored one.
    team.apply_annotated("b", &json!({ IGNORE: paths }), &spec(9, "Enabled")).await?;
    team.ready("b").await?;
    let held = team.in_s3("b", "lifecycle").ok_or("no rules")?;
    assert!(held.contains("<Days>9</Days>") && held.contains("<Status>Disabled</Status>"), "{held}");
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Suspended")));
    assert!(team.calls("b").named("PutBucketVersioning").len() == 1, "the one of the creation");
    Ok(())
}

#[tokio::test]
async fn what_is_declared_is_written_whole_once_even_when_the_creation_is_cut_short() -> Outcome {
    let team = team("cut", &[]).await?;
    let spec = json!({ "versioning": { "status": "Enabled" }, "requestPayment": { "payer": "Requester" } });
    let fault = team.world.s3().faults().add(FaultRule::new(Act::Deny).on("PutBucketVersioning").bucket(&team.s3_name("b")));
    team.apply_annotated("b", &json!({ IGNORE: "spec.versioning.status" }), &spec).await?;
    team.told("b", "ACK.Recoverable").await?;
    team.world.s3().faults().remove(fault);
    team.ready("b").await?;
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")));
    Ok(())
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_refused_with_what_was_meant() -> Outcome {
    let team = team("paths", &[]).await?;
    for (path, told) in [
        ("spec.versoning.status", "Did you mean versioning?"),
        ("spec.tagging.tagSet.value", "spec.tagging.tagSet[key=x]"),
        ("spec.name", "fixed when the bucket is made"),
    ] {
        let manifest = team.manifest("b", &json!({ IGNORE: path }), &json!({}));
        let said = team.kubectl.apply_refused(&manifest.to_string()).await?;
        assert!(said.contains("[ignore-field-drift-path]") && said.contains(told), "{said}");
    }
    Ok(())
}
