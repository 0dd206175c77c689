//! Flags of the controller, in a world of its own: the period of the checks, and the deletion policy where nobody else says.

use serde_json::json;
use tests::world::{Options, World};

use super::sections::{Section, first, sections};
use super::team::{Outcome, Team};

#[tokio::test]
async fn checks_come_round_by_themselves_and_write_nothing_but_repairs() -> Outcome {
    let options = Options::default().check_every(2).controller_flag("--deletion-policy", "retain");
    let world = World::start(options).await?;
    let team = Team::of(&world, "period", &[]).await?;
    let all = sections(&team.s3_name("b"), &team.namespace);
    team.make("b", &first(&all)).await?;
    let created_with = team.calls("b").writes().len();

    let checks = |at_least: usize| {
        let team = &team;
        team.wait("checks", move || async move { (team.calls("b").named("GetBucketPolicy").len() >= at_least).then_some(()) })
    };
    checks(3).await?;
    assert_eq!(team.calls("b").writes().len(), created_with, "{:?}", team.calls("b").operations());

    // All at once, and nobody touches the Bucket.
    let meddled: Vec<&Section> = all.iter().filter(|section| section.apart.is_empty()).collect();
    for section in &meddled {
        world.s3().set(&team.s3_name("b"), section.sub_resource(), &section.meddled)?;
    }
    team.wait("the repair of all", || async {
        all.iter().all(|section| team.in_s3("b", section.query).as_deref() == Some(section.first.1.as_str())).then_some(())
    })
    .await?;
    for section in &meddled {
        let found = || async { team.metric("cooper_drift_detected_total", &[("config", section.config)]).await.ok() };
        team.wait("the count", || async { found().await.filter(|count| count.to_bits() == 1.0_f64.to_bits()) }).await?;
    }

    flag_says_retain(&team).await
}

/// The flag counts where neither Bucket nor namespace says anything.
async fn flag_says_retain(team: &Team<'_>) -> Outcome {
    let other = Team::of(team.world, "policy", &[("s3.services.k8s.aws/deletion-policy", "delete")]).await?;
    let deleted = json!({ "services.k8s.aws/deletion-policy": "delete" });
    team.apply_annotated("own-policy", &deleted, &json!({})).await?;
    other.apply("by-namespace", &json!({})).await?;
    for (team, bucket, stays) in [(team, "b", true), (team, "own-policy", false), (&other, "by-namespace", false)] {
        team.ready(bucket).await?;
        team.delete(bucket).await?;
        team.gone(bucket).await?;
        assert_eq!(team.exists(bucket), stays, "{bucket}");
    }
    Ok(())
}
