//! What `deploy/iam/` allows is what the controller needs for all that a bucket can have, and no more.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use tests::places;
use tests::world::{ACCOUNT, REGION};

use super::sections::{Section, first, sections};
use super::team::{Failure, Outcome, Team};

/// A section that directory buckets have.
const IN_DIRECTORIES: [&str; 5] = ["encryption", "tagging", "lifecycle", "inventory", "metrics"];

#[tokio::test]
async fn the_policies_allow_what_buckets_take_in_their_lives_and_nothing_else() -> Outcome {
    let team = Team::new("iam", &[]).await?;
    let (plain, labelled) = (team.s3_name("all"), team.s3_name("abac"));
    let directory = format!("{}--euc1-az1--x-s3", team.namespace);
    let all = sections(&plain, &team.namespace);
    // Everything is declared, one tag changes, everything but the lock (which nobody can take back) is taken away.
    let whole = first(&all);
    live(&team, "all", &plain, &[whole.clone(), retagged(whole), json!({ "objectLockEnabledForBucket": true })]).await?;
    // S3 takes tags under ABAC by other calls.
    let abac = json!({ "abac": { "status": "Enabled" }, "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } });
    live(&team, "abac", &labelled, &[abac.clone(), retagged(abac), json!({ "abac": { "status": "Enabled" } })]).await?;
    let express = in_directory(all, &directory);
    live(&team, "express", &directory, &[express.clone(), retagged(express), json!({})]).await?;

    let (mut taken, mut reading) = (BTreeSet::new(), BTreeSet::new());
    for bucket in [&plain, &labelled, &directory] {
        let calls = team.world.s3().journal().of(bucket);
        taken.extend(calls.actions().into_iter().map(str::to_owned));
        reading.extend(calls.reads().actions().into_iter().map(str::to_owned));
    }
    let differ = |file: &str, taken: &BTreeSet<String>| -> Result<(Vec<String>, Vec<String>), Failure> {
        let allowed = allowed(file)?;
        Ok((taken.difference(&allowed).cloned().collect(), allowed.difference(taken).cloned().collect()))
    };
    assert_eq!(differ("policy.json", &taken)?, (vec![], vec![]), "missing in the policy, and too much in it");
    assert_eq!(differ("read-only.json", &reading)?, (vec![], vec![]), "missing in the policy, and too much in it");
    Ok(())
}

/// A Bucket becomes one spec after the other, is checked each time, and is deleted.
async fn live(team: &Team<'_>, name: &str, s3_name: &str, specs: &[Value]) -> Outcome {
    for spec in specs {
        let mut manifest = team.manifest(name, &json!({}), spec);
        manifest["spec"]["name"] = json!(s3_name);
        team.kubectl.apply(&manifest.to_string()).await?;
        team.check(name).await?;
    }
    team.delete(name).await?;
    team.gone(name).await
}

fn retagged(mut spec: Value) -> Value {
    spec["tagging"] = json!({ "tagSet": [{ "key": "cost-center", "value": "42" }] });
    spec
}

/// What a directory bucket can have.
fn in_directory(all: Vec<Section>, name: &str) -> Value {
    let kept: Vec<Section> = all.into_iter().filter(|section| IN_DIRECTORIES.contains(&section.config)).collect();
    let mut spec = first(&kept);
    let own = format!("arn:aws:s3express:{REGION}:{ACCOUNT}:bucket/{name}");
    let writing = json!({ "StringNotEquals": { "s3express:SessionMode": "ReadOnly" } });
    let statement = json!({ "Effect": "Deny", "Principal": { "AWS": ACCOUNT }, "Action": "s3express:CreateSession",
        "Resource": own, "Condition": writing });
    spec["policy"] = json!(json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string());
    spec
}

/// All actions that a policy of `deploy/iam/` allows.
fn allowed(file: &str) -> Result<BTreeSet<String>, Failure> {
    let policy: Value = serde_json::from_str(&fs::read_to_string(places::workspace().join("deploy/iam").join(file))?)?;
    let statements = policy["Statement"].as_array().ok_or("no statements")?;
    let actions = statements.iter().flat_map(|statement| statement["Action"].as_array().into_iter().flatten());
    Ok(actions.filter_map(Value::as_str).map(str::to_owned).collect())
}
