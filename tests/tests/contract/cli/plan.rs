//! `cooper-controller plan`: told by exit code, text and JSON, and nothing is written.

use serde_json::{Value, json};
use tests::kubectl::Output;
use tests::s3::FaultRule;
use tests::world::{ACCOUNT, REGION};

use super::{cooper, world};
use crate::team::{Failure, Outcome, Team};

const SUSPENDED: &str = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";

async fn plan(team: &Team<'_>, args: &[&str], manifest: &str) -> Result<Output, Failure> {
    let namespace = format!("--namespace={}", team.namespace);
    cooper("plan", &[&["-f", "-", &namespace], args].concat(), manifest).await
}

async fn as_json(team: &Team<'_>, args: &[&str], manifest: &str) -> Result<(Option<i32>, Value), Failure> {
    let said = plan(team, &[&["-o", "json"], args].concat(), manifest).await?;
    let told = serde_json::from_str(&said.stdout).map_err(|error| format!("{error}: {said:?}"))?;
    Ok((said.code, told))
}

#[tokio::test]
async fn the_exit_code_says_whether_something_would_change() -> Outcome {
    let team = Team::of(world().await, "codes", &[]).await?;
    let manifest = team.manifest("b", &json!({}), &json!({ "versioning": { "status": "Enabled" } })).to_string();
    let said = plan(&team, &[], &manifest).await?;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stdout.contains(&format!("+ spec.name: {}", team.s3_name("b"))) && said.stdout.contains("1 to change"), "{said:?}");
    assert!(!team.exists("b") && team.calls("b").writes().operations().is_empty(), "nothing is written");

    team.kubectl.apply(&manifest).await?;
    team.check("b").await?;
    let writes = team.calls("b").writes().len();
    for more in [&[][..], &["--cluster"]] {
        let said = plan(&team, more, &manifest).await?;
        assert_eq!(said.code, Some(0), "{more:?}: {said:?}");
        assert!(said.stdout.contains("no change") && said.stdout.ends_with("0 to change, 1 unchanged\n"), "{said:?}");
    }

    team.world.s3().set(&team.s3_name("b"), "versioning", SUSPENDED)?;
    let said = plan(&team, &["--cluster"], &manifest).await?;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stdout.contains("~ spec.versioning.status: Suspended -> Enabled"), "{said:?}");
    let held = json!({ "s3.services.k8s.aws/drift-mode": "warn" });
    let (_, told) = as_json(&team, &[], &team.manifest("b", &held, &json!({ "versioning": { "status": "Enabled" } })).to_string()).await?;
    assert!(told["buckets"][0]["notes"].to_string().contains("as drift-mode says: versioning"), "{told}");
    let (code, told) = as_json(&team, &[], &manifest).await?;
    assert_eq!((code, &told["summary"]["changed"]), (Some(2), &json!(1)));
    let bucket = &told["buckets"][0];
    assert_eq!((&bucket["namespace"], &bucket["region"]), (&json!(team.namespace), &json!(REGION)));
    let change = json!({ "config": "versioning", "field": "spec.versioning.status", "desired": "Enabled", "observed": "Suspended", "destructive": true });
    assert_eq!(bucket["changes"], json!([change]));
    assert_eq!(team.calls("b").writes().len(), writes, "nothing is written");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_worked_out_is_told_as_a_reconcile_would_end() -> Outcome {
    let team = Team::of(world().await, "unclear", &[]).await?;
    let s3 = team.world.s3();
    s3.create_bucket(&team.s3_name("ours"), ACCOUNT, REGION)?;
    s3.create_bucket(&team.s3_name("theirs"), "999988887777", REGION)?;
    s3.create_bucket(&team.s3_name("far"), ACCOUNT, "us-west-2")?;
    s3.create_bucket(&team.s3_name("partly"), ACCOUNT, REGION)?;
    s3.faults().add(FaultRule::answer(403, "AccessDenied").on("GetBucketCors").bucket(&team.s3_name("partly")));
    let mut bad = team.manifest("bad", &json!({}), &json!({}));
    bad["spec"]["name"] = json!("Bad");
    let names = ["ours", "theirs", "far"];
    let adopting = json!({ "services.k8s.aws/adoption-policy": "adopt-or-create" });
    let items: Vec<Value> = names
        .iter()
        .map(|name| team.manifest(name, &json!({}), &json!({})))
        .chain([bad, team.manifest("partly", &adopting, &json!({}))])
        .collect();
    let service = json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "s" } });
    let items = [items, vec![service]].concat();
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string();

    let said = plan(&team, &["--cluster"], &list).await?;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stderr.contains("left out 1 Service"), "{said:?}");
    for part in [
        "! AlreadyExists: Resource already exists",
        "! Denied: HeadBucket",
        "s3:ListBucket",
        "! RegionMismatch",
        "us-west-2",
        "error: Bucket",
        "[name-charset] spec.name",
        "! cors could not be read, Denied: GetBucketCors",
        "s3:GetBucketCORS",
        "5 Buckets: 0 to change, 0 unchanged, 5 not worked out",
    ] {
        assert!(said.stdout.contains(part), "{part}: {said:?}");
    }
    let (code, told) = as_json(&team, &["--cluster"], &list).await?;
    let faults = &told["buckets"][4]["faults"];
    assert_eq!((code, &faults[0]["action"], &faults[0]["class"]), (Some(1), &json!("s3:GetBucketCORS"), &json!("Denied")));
    for name in names {
        assert!(team.calls(name).writes().operations().is_empty(), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn the_hash_is_that_of_the_plan_which_an_adoption_shows() -> Outcome {
    let team = Team::of(world().await, "hashes", &[]).await?;
    team.world.s3().create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    team.world.s3().set(&team.s3_name("b"), "versioning", SUSPENDED)?;
    let annotations = json!({ "services.k8s.aws/adoption-policy": "adopt-or-create" });
    let spec = json!({ "versioning": { "status": "Enabled" }, "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } });
    let manifest = team.manifest("b", &annotations, &spec).to_string();
    let (code, before) = as_json(&team, &[], &manifest).await?;
    team.kubectl.apply(&manifest).await?;
    let waits = |found: &shared::Bucket| found.status.as_ref().is_some_and(|status| status.plan.is_some());
    let bucket = team.until("b", "a plan", waits).await?;
    let shown = bucket.status.and_then(|status| status.plan).ok_or("no plan")?;
    assert_eq!((code, &before["buckets"][0]["hash"]), (Some(2), &json!(shown.hash)), "{before}");
    let (_, after) = as_json(&team, &["--cluster"], &manifest).await?;
    assert_eq!(after["buckets"][0]["hash"], json!(shown.hash));
    assert!(after["buckets"][0]["notes"].to_string().contains("waits for approval"), "{after}");
    Ok(())
}

#[tokio::test]
async fn a_slip_on_the_command_line_is_no_difference() -> Outcome {
    let said = cooper("plan", &["--no-such-flag"], "").await?;
    assert_eq!(said.code, Some(1), "{said:?}");
    let said = cooper("plan", &["-f", "no-such-file.yaml"], "").await?;
    assert!(said.code == Some(1) && said.stderr.contains("no-such-file.yaml"), "{said:?}");
    let said = cooper("plan", &["-f", "-", "--unset-fields=x"], "").await?;
    assert!(said.code == Some(1) && said.stderr.contains("--unset-fields"), "{said:?}");
    let said = cooper("plan", &["-f", "-"], "").await?;
    assert!(said.code == Some(0) && said.stdout.contains("no Bucket"), "{said:?}");
    Ok(())
}
