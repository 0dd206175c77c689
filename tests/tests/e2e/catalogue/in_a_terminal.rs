//! One refusal and one warning of each area as kubectl prints them, for somebody with no more rights than to edit Buckets.

use std::collections::BTreeMap;

use shared::admission::{Verdict, find};
use tests::kubectl::Output;

use super::examples::{Example, all, moved, verdict};
use crate::team::{Outcome, Team};

#[tokio::test]
async fn kubectl_prints_every_area_with_rule_and_field() -> Outcome {
    let team = Team::new("terminal", &[]).await?;
    let group = format!("alice-of-{}", team.namespace);
    let alice = team.world.plane().kubeconfig_for_user(&group, Some(&group))?;
    let alice = team.world.plane().kubectl_as(&alice).in_namespace(&team.namespace);
    let group = format!("--group={group}");
    team.kubectl.run(&["create", "rolebinding", "alice", "--clusterrole=cooper-bucket-editor", &group]).await?.ok()?;

    let mut areas: BTreeMap<(char, bool), Example> = BTreeMap::new();
    for example in all()?.into_iter().filter(|example| example.bad.is_a_users() && example.bad.namespace == Some(BTreeMap::new())) {
        let area = find(&example.rule).ok_or("a rule of no list")?.area;
        areas.entry((area, example.denied)).or_insert(example);
    }
    assert!(areas.len() > 30, "{}", areas.len());
    for example in areas.values() {
        let manifest = moved(&example.bad.object, &team.namespace).to_string();
        let said = alice.run_with(&["create", "--dry-run=server", "-f", "-"], &manifest).await?;
        println!("{}{}", said.stdout, said.stderr);
        check(example, &said)?;
    }
    Ok(())
}

fn check(example: &Example, said: &Output) -> Outcome {
    let verdict = verdict(&example.bad.object, &BTreeMap::new())?;
    assert_eq!(said.success(), !example.denied, "{}: {said:?}", example.rule);
    if example.denied {
        assert!(said.stderr.ends_with(&refusal(&verdict)), "{}\n{}", said.stderr, refusal(&verdict));
    } else {
        assert_eq!(said.stdout, "bucket.s3.services.k8s.aws/logs created (server dry run)\n");
    }
    let warned = said.stderr.lines().any(|line| line.starts_with(&format!("Warning: [{}] ", example.rule)));
    assert_eq!(warned, !example.denied, "{}: {}", example.rule, said.stderr);
    Ok(())
}

/// What is printed of a refusal: kubectl puts several mistakes on a line each.
fn refusal(verdict: &Verdict) -> String {
    let lines: Vec<String> =
        verdict.denials().map(|finding| format!("{}: [{}] {}", finding.field, finding.rule, finding.message)).collect();
    let head = "The Bucket \"logs\" is invalid: ";
    match lines.as_slice() {
        [one] => format!("{head}{one}\n"),
        several => format!("{head}\n{}\n", several.iter().map(|line| format!("* {line}")).collect::<Vec<_>>().join("\n")),
    }
}
