//! Writes that no webhook saw: the controller refuses them in the same words, and asks S3 nothing.

use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use kube::Api;
use kube::api::{DeleteParams, PostParams};
use serde_json::{Value, json};
use shared::Bucket;
use tests::error::{Error, Result};
use tests::install::VALIDATING;
use tests::world::{World, condition};

use crate::buckets::{bare, complete, create, delete_all, mistakes_are_refused, patch, unexpected};
use crate::turn;

const TERMINAL: &str = "ACK.Terminal";

#[tokio::test]
async fn the_controller_says_what_the_webhook_would_have_said() -> Result<()> {
    let world = turn::at_the_webhook().await?;
    let namespace = world.namespace("bypassed", &[]).await?;
    let elsewhere = world.namespace("bypassed", &[]).await?;
    let buckets = world.buckets(&namespace).await?;
    create(&world, &namespace, &complete("bypassed-good")).await?;
    world.bucket_ready(&namespace, "bypassed-good").await?;

    let bad = two_mistakes();
    let claim = second_claim();
    let change = json!({ "spec": { "tagging": { "tagSet": [{ "key": "who?", "value": "x" }, { "key": "a", "value": "1" }] } } });
    let said_of_bad = refusal_of_creation(&world, &namespace, &bad).await?;
    let said_of_claim = refusal_of_creation(&world, &elsewhere, &claim).await?;
    let said_of_change = refusal_lines(&patch(&buckets, "bypassed-good", &change).await)?;
    assert!(said_of_bad.len() == 2, "{said_of_bad:?}");
    assert!(said_of_claim.iter().any(|line| line.starts_with("[bucket-claimed-twice]")), "{said_of_claim:?}");

    let configurations: Api<ValidatingWebhookConfiguration> = Api::all(world.client().await?);
    let failed = Error::kubernetes(format!("delete the ValidatingWebhookConfiguration {VALIDATING}"));
    configurations.delete(VALIDATING, &DeleteParams::default()).await.map_err(failed)?;
    let held = world.s3().bucket("bypassed-good");
    world.s3().journal().clear();
    let admitted = || async { create(&world, &namespace, &bad).await.ok() };
    world.until("a bad Bucket to be admitted", admitted).await?;
    create(&world, &elsewhere, &claim).await?;
    patch(&buckets, "bypassed-good", &change).await?;

    says(&world, &namespace, "bypassed-bad", &said_of_bad).await?;
    says(&world, &elsewhere, "bypassed-claim", &said_of_claim).await?;
    says(&world, &namespace, "bypassed-good", &said_of_change).await?;
    let seen = world.controller().metrics().await?;
    let counted = seen.value("cooper_admission_bypass_total", &[("rule", "bucket-claimed-twice")]);
    assert_eq!(counted, Some(1.0), "once, however often it is looked at");
    assert_eq!(world.s3().bucket("bypassed-good"), held, "what was declared before stays");
    assert_eq!(world.s3().journal().of("bypassed-bad").len(), 0);
    assert_eq!(world.s3().journal().of("bypassed-good").len(), 0, "neither its owner nor the second claim asked S3 anything");

    bring_back(&world).await?;
    put_right(&world, &namespace, &elsewhere).await?;
    delete_all(&world, &elsewhere).await?;
    delete_all(&world, &namespace).await
}

/// Waits until the Bucket is in a terminal condition, and compares its words with the webhook's.
async fn says(world: &World, namespace: &str, name: &str, said: &[String]) -> Result<()> {
    let settled = |bucket: &Bucket| {
        let speaks_of = bucket.status.as_ref().and_then(|status| status.observed_generation);
        condition(bucket, TERMINAL).is_some_and(|(status, _)| status == "True") && speaks_of == bucket.metadata.generation
    };
    let bucket = world.bucket_until(namespace, name, "in a terminal condition", settled).await?;
    assert_eq!(condition(&bucket, TERMINAL), Some(("True", said.join("; ").as_str())));
    assert_eq!(condition(&bucket, "Ready").map(|(status, _)| status), Some("False"));
    Ok(())
}

/// Installs everything again, as a user would, and waits until the webhook is asked.
async fn bring_back(world: &World) -> Result<()> {
    world.manifests().apply(&world.kubectl()).await?;
    // It looks when it starts, and else once a minute.
    world.certs().restart().await?;
    let refused = || async { mistakes_are_refused(world).await.ok()?.then_some(()) };
    world.until("the webhook to be asked again", refused).await
}

/// What got past the webhook can be corrected, and deleted without a call to S3.
async fn put_right(world: &World, namespace: &str, elsewhere: &str) -> Result<()> {
    let buckets = world.buckets(namespace).await?;
    let tags = json!({ "spec": { "tagging": { "tagSet": [{ "key": "team", "value": "b" }] } } });
    for name in ["bypassed-bad", "bypassed-good"] {
        patch(&buckets, name, &tags).await?;
        world.bucket_ready(namespace, name).await?;
        assert!(world.s3().get(name, "tagging").is_some_and(|tags| tags.contains("<Value>b</Value>")), "{name}");
    }
    world.s3().journal().clear();
    world.kubectl().in_namespace(elsewhere).run(&["delete", "bucket", "bypassed-claim"]).await?.ok()?;
    assert_eq!(world.s3().journal().of("bypassed-good").len(), 0, "the bucket is not the second claim's to delete");
    Ok(())
}

fn two_mistakes() -> Value {
    let mut bucket = bare("bypassed-bad");
    let tag = |key: &str| json!({ "key": key, "value": "x" });
    bucket["spec"]["tagging"] = json!({ "tagSet": [tag("who?"), tag("team"), tag("team")] });
    bucket
}

/// A Bucket of another namespace for the same S3 bucket.
fn second_claim() -> Value {
    let mut bucket = bare("bypassed-claim");
    bucket["spec"]["name"] = json!("bypassed-good");
    bucket
}

/// What the webhook says to this Bucket, a line for each mistake.
async fn refusal_of_creation(world: &World, namespace: &str, bucket: &Value) -> Result<Vec<String>> {
    let parsed = serde_json::from_value(bucket.clone()).map_err(|fault| unexpected("a manifest", &fault.to_string()))?;
    let created = world.buckets(namespace).await?.create(&PostParams::default(), &parsed).await;
    refusal_lines(&created.map_err(Error::kubernetes("create a bad Bucket")))
}

fn refusal_lines(answer: &Result<Bucket>) -> Result<Vec<String>> {
    let Err(Error::Kubernetes { source, .. }) = answer else { return Err(unexpected("a bad Bucket", "it was admitted")) };
    let kube::Error::Api(status) = &**source else { return Err(unexpected("a refusal", &source.to_string())) };
    assert_eq!(status.code, 422, "{status:?}");
    Ok(status.message.lines().filter(|line| line.starts_with('[')).map(str::to_owned).collect())
}
