//! A webhook that is not there, or that is passed by, is told, and the alerts end when it is back.

use serde_json::json;
use tests::world::{Options, World};

use super::scraping::{api_server, over, prometheus, services, told};
use crate::team::{Outcome, Team};

#[tokio::test]
async fn a_webhook_that_is_away_or_passed_by_is_told() -> Outcome {
    let world = World::start(Options::default()).await?;
    let team = Team::of(&world, "unwatched", &[]).await?;
    let mut targets = services(&world)?;
    targets.push(api_server(&world).await?);
    let prometheus = prometheus(&world, &targets).await?;
    assert!(prometheus.alerts().await?.iter().all(|alert| !alert.label("alertname").starts_with("Webhook")));

    world.webhook().kill().await;
    let manifest = team.manifest("b", &json!({}), &json!({}));
    let output = team.kubectl.run_with(&["apply", "-f", "-"], &manifest.to_string()).await?;
    assert!(!output.success() && output.stderr.contains("failed calling webhook"), "{}", output.stderr);
    told(&world, &prometheus, "WebhookAbsent", "firing", &[]).await?;
    told(&world, &prometheus, "WebhookNotReached", "firing", &[("name", "validate.buckets.s3.services.k8s.aws")]).await?;
    told(&world, &prometheus, "WebhookFailsOpen", "firing", &[("name", "default.buckets.s3.services.k8s.aws")]).await?;

    world.webhook().start().await?;
    over(&world, &prometheus, "WebhookAbsent", &[]).await?;

    world.kubectl().run(&["delete", "validatingwebhookconfiguration", "cooper-validation"]).await?.ok()?;
    let mut bad = manifest;
    bad["spec"]["name"] = json!("Bad_Name");
    let stored = || async { team.kubectl.apply(&bad.to_string()).await.ok() };
    team.wait("the API server to ask nobody", stored).await?;
    told(&world, &prometheus, "AdmissionBypassed", "firing", &[("rule", "name-charset")]).await?;
    Ok(())
}
