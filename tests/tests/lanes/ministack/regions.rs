//! Buckets of other regions than the controller's: made there, read there, kept there.

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use serde_json::json;
use tests::ministack::MiniStack;
use tests::world::{ACCOUNT, Elsewhere, Options, REGION, World};

use crate::lane::client;
use crate::rows::done;
use tests::failure::Outcome;

const FAR: &str = "us-west-2";

#[tokio::test]
async fn a_bucket_lives_in_the_region_that_it_names() -> Outcome {
    let server = MiniStack::start().await?;
    let near = client(server.endpoint(), REGION, server.credentials(ACCOUNT));
    let far = client(server.endpoint(), FAR, server.credentials(ACCOUNT));
    let place = Elsewhere::at(server.endpoint(), Some(server.credentials(ACCOUNT)));
    let world = World::start(Options::default().on(place).check_every(1)).await?;
    let namespace = world.namespace("mini", &[]).await?;
    let kubectl = world.kubectl().in_namespace(&namespace);
    let manifest = |name: &str| {
        let metadata = json!({ "name": name, "annotations": { "services.k8s.aws/region": FAR } });
        let spec = json!({ "name": name, "versioning": { "status": "Enabled" } });
        json!({ "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": metadata, "spec": spec }).to_string()
    };

    kubectl.apply(&manifest("cooper-mini-far")).await?;
    world.bucket_ready(&namespace, "cooper-mini-far").await?;
    let region = far.head_bucket().bucket("cooper-mini-far").send().await.map_err(|fault| format!("{fault:?}"))?.bucket_region;
    assert_eq!(region.as_deref(), Some(FAR));
    let elsewhere = done(near.get_bucket_versioning().bucket("cooper-mini-far").send().await).expect_err("it is not here");
    assert_eq!(elsewhere.status, 301, "{elsewhere}");
    done(far.delete_bucket_tagging().bucket("cooper-mini-far").send().await)?;
    let repaired = || async { far.get_bucket_tagging().bucket("cooper-mini-far").send().await.ok() };
    world.until("the tags of the far bucket to be back", repaired).await?;

    // Ours, but elsewhere than declared.
    let here = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(REGION)).build();
    done(near.create_bucket().bucket("cooper-mini-near").create_bucket_configuration(here).send().await)?;
    kubectl.apply(&manifest("cooper-mini-near")).await?;
    let told = |bucket: &shared::Bucket| {
        let conditions = bucket.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
        conditions.iter().any(|condition| condition.message.as_deref().is_some_and(|text| text.contains(REGION) && text.contains(FAR)))
    };
    world.bucket_until(&namespace, "cooper-mini-near", "told where the bucket is", told).await?;
    let untouched = near.get_bucket_versioning().bucket("cooper-mini-near").send().await.map_err(|fault| format!("{fault:?}"))?;
    assert_eq!(untouched.status, None);
    kubectl.run(&["delete", "buckets", "--all"]).await?.ok()?;
    let gone = done(far.head_bucket().bucket("cooper-mini-far").send().await).expect_err("it was ours");
    assert_eq!(gone.status, 404, "{gone}");
    done(near.head_bucket().bucket("cooper-mini-near").send().await)?;
    Ok(())
}
