//! Drift as the people at the alerts see it: nothing, pending, firing, resolved; then each panel of each dashboard has something to show.

use serde_json::json;
use tests::dashboard::filled;
use tests::prometheus::Prometheus;
use tests::s3::{Act, FaultRule};

use super::scraping::{over, prometheus, services, told};
use super::{DASHBOARDS, dashboard, lint, pictures, world};
use crate::modes::tagging;
use crate::team::{Outcome, Team};

const STANDS: &str = "BucketDriftStands";
/// Panels that have something to show only in other stories: with a queue of hints, roles whose sessions end, two writers that fight, and
/// Buckets whose unset sections are left alone.
const OF_OTHER_STORIES: [&str; 4] = [
    "Hints a second, by result",
    "Sessions of roles end in",
    "Fights with another writer",
    "Sections that specs leave out and S3 holds something in",
];

#[tokio::test]
async fn drift_that_cannot_be_put_right_is_told_until_it_can() -> Outcome {
    let world = world().await;
    let team = Team::of(world, "watched", &[]).await?;
    let prometheus = prometheus(world, &services(world)?).await?;
    let start = pictures::now()?;
    let tags = json!({ "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } });
    for name in ["logs", "reports", "site"] {
        team.make(name, &tags).await?;
        // What the first check of a new bucket finds is no drift.
        team.check(name).await?;
    }
    let logs = [("namespace", team.namespace.as_str()), ("name", "logs"), ("config", "tagging")];
    assert!(prometheus.alerts().await?.iter().all(|alert| alert.label("alertname") != STANDS), "nothing drifts yet");

    let denied = world.s3().faults().add(FaultRule::new(Act::Deny).on("PutBucketTagging").bucket(&team.s3_name("logs")));
    world.s3().set(&team.s3_name("logs"), "tagging", &tagging(&[("team", "somebody else")]))?;
    // The label `namespace` is that of the Bucket, though the target has one as well.
    let alert = told(world, &prometheus, STANDS, "firing", &logs).await?;
    let summary = format!("tagging of Bucket {}/logs differs in S3, and is not put right.", team.namespace);
    assert_eq!((alert.annotations["summary"].as_str(), alert.label("severity")), (summary.as_str(), "warning"));
    let pending = format!(r#"max_over_time(ALERTS{{alertname="{STANDS}", alertstate="pending", name="logs"}}[10m])"#);
    assert_eq!(prometheus.query(&pending).await?.len(), 1, "it was pending first");
    told(world, &prometheus, "AwsDenies", "firing", &[]).await?;
    told(world, &prometheus, "GuardrailViolated", "firing", &[("rule", "versioning"), ("guardrail", &guardrail(&team).await?)]).await?;
    refused(&team).await?;
    pictures::busy(&team, start).await?;

    assert!(world.s3().faults().remove(denied));
    team.touch("logs").await?;
    team.ready("logs").await?;
    over(world, &prometheus, STANDS, &logs).await?;
    // What stands open at the end.
    world.s3().faults().add(FaultRule::new(Act::Deny).on("PutBucketTagging").bucket(&team.s3_name("site")));
    world.s3().set(&team.s3_name("site"), "tagging", &tagging(&[("team", "somebody else")]))?;
    told(world, &prometheus, STANDS, "firing", &[("name", "site")]).await?;

    assert_eq!(prometheus.rule_errors().await?, Vec::<String>::new());
    each_panel_shows_something(&team, &prometheus, start).await?;
    lint::clean(world.controller()).await?;
    lint::clean(world.webhook()).await?;
    lint::names_are_there(&[world.controller().metrics().await?, world.webhook().metrics().await?])?;
    pictures::drawn(&team, &prometheus, start).await
}

/// A guardrail that all Buckets of the team were before, and do not meet.
async fn guardrail(team: &Team<'_>) -> Result<String, crate::team::Failure> {
    let name = format!("{}-versions", team.namespace);
    let spec = json!({ "match": { "namespaces": [team.namespace] }, "rules": { "versioning": { "state": "Enabled" } } });
    let manifest = json!({ "apiVersion": "cooper.dev/v1alpha1", "kind": "BucketGuardrail", "metadata": { "name": name }, "spec": spec });
    team.world.kubectl().apply(&manifest.to_string()).await?;
    Ok(name)
}

/// Somebody tries a bad Bucket a few times.
async fn refused(team: &Team<'_>) -> Outcome {
    let mut bad = team.manifest("bad", &json!({}), &json!({}));
    bad["spec"]["name"] = json!("Bad_Name");
    for _ in 0..3 {
        let output = team.kubectl.run_with(&["apply", "-f", "-"], &bad.to_string()).await?;
        assert!(!output.success() && output.stderr.contains("name-charset"), "{}", output.stderr);
    }
    Ok(())
}

/// Prometheus takes each expression, and each panel had something to show since the start.
async fn each_panel_shows_something(team: &Team<'_>, prometheus: &Prometheus, start: f64) -> Outcome {
    let mut empty = Vec::new();
    let variables = pictures::variables(team, "site");
    for name in DASHBOARDS {
        for panel in dashboard(name)?.panels.iter().filter(|panel| panel.kind != "row") {
            let mut series = 0;
            for target in &panel.targets {
                let expression = filled(&target.expr, &variables);
                series += match panel.kind.as_str() {
                    "stat" | "table" => prometheus.query(&expression).await?.len(),
                    _ => prometheus.range(&expression, start, pictures::now()?, 1.0).await?.len(),
                };
            }
            if series == 0 {
                empty.push(panel.title.clone());
            }
        }
    }
    assert_eq!(empty, OF_OTHER_STORIES, "on the left: panels without data");
    Ok(())
}
