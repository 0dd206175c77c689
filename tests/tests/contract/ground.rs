//! That the ground of these tests holds: a world starts with flags of its own, and a team works in it.

use serde_json::json;
use tests::world::{Options, World};

use super::team::{Outcome, Team};

#[tokio::test]
async fn a_controller_with_flags_of_its_own_looks_after_its_namespace_only() -> Outcome {
    let world = World::start(Options::default().controller_flag("--watch-namespace", "inside,elsewhere")).await?;
    world.kubectl().run(&["create", "namespace", "inside"]).await?.ok()?;
    let outside = Team::of(&world, "outside", &[]).await?;
    outside.apply("b", &json!({})).await?;
    let bucket = r#"{"apiVersion":"s3.services.k8s.aws/v1alpha1","kind":"Bucket","metadata":{"name":"b"},"spec":{"name":"inside-b"}}"#;
    world.kubectl().in_namespace("inside").apply(bucket).await?;
    world.bucket_ready("inside", "b").await?;
    assert!(world.s3().bucket("inside-b").is_some() && !outside.exists("b"));
    Ok(())
}
