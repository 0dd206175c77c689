//! The webhook notices by itself that the API server no longer trusts it.

use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use kube::Api;
use kube::api::{Patch, PatchParams};
use rcgen::generate_simple_self_signed;
use serde_json::json;
use tests::error::{Error, Result};
use tests::install::VALIDATING;
use tests::world::{World, override_flags};

use crate::buckets::{mistakes_are_refused, unexpected};
use crate::turn;

const FAILURES: &str = "cooper_certificate_selfcheck_failures_total";

#[tokio::test]
async fn a_ca_bundle_that_somebody_replaced_is_noticed() -> Result<()> {
    let world = turn::at_the_webhook().await?;
    calls_itself_every(&world, "0.2").await?;
    let ca_known = || async { metric(&world, "cooper_certificate_expiry_timestamp_seconds", "kind", "ca").await.filter(|end| *end > 1e9) };
    world.until("a self-check that passes", ca_known).await?;
    for reason in ["untrusted", "unreachable", "unreadable"] {
        assert_eq!(metric(&world, FAILURES, "reason", reason).await, Some(0.0), "{reason}");
    }

    world.certs().stop().await?;
    replace_the_bundle(&world).await?;
    let noticed = || async { metric(&world, FAILURES, "reason", "untrusted").await.filter(|failures| *failures >= 1.0) };
    world.until("the failed self-check", noticed).await?;
    assert!(world.webhook().log().contains("see whether cooper-certs"), "the log says what to do");

    world.certs().start().await?;
    world.until("the self-check to pass", || async { world.webhook().log().contains("passes again").then_some(()) }).await?;
    world.until("the API server to trust the webhook", || async { mistakes_are_refused(&world).await.ok()?.then_some(()) }).await?;
    calls_itself_every(&world, "60").await
}

async fn calls_itself_every(world: &World, seconds: &str) -> Result<()> {
    let flags = [("--selfcheck-seconds".to_owned(), seconds.to_owned())];
    world.webhook().restart_with(|launch| override_flags(launch, &flags)).await
}

async fn metric(world: &World, name: &str, label: &str, value: &str) -> Option<f64> {
    world.webhook().metrics().await.ok()?.value(name, &[(label, value)])
}

/// Another CA in every webhook of the configuration.
async fn replace_the_bundle(world: &World) -> Result<()> {
    let made = generate_simple_self_signed(["another".to_owned()]).map_err(|fault| unexpected("another CA", &fault.to_string()))?;
    let bundle = ByteString(made.cert.pem().into_bytes());
    let configurations: Api<ValidatingWebhookConfiguration> = Api::all(world.client().await?);
    let failed = || Error::kubernetes(format!("change {VALIDATING}"));
    let webhooks = configurations.get(VALIDATING).await.map_err(failed())?.webhooks.unwrap_or_default().len();
    let replace = |index| json!({ "op": "replace", "path": format!("/webhooks/{index}/clientConfig/caBundle"), "value": bundle });
    let patch = serde_json::from_value((0..webhooks).map(replace).collect()).map_err(|fault| unexpected("a patch", &fault.to_string()))?;
    let patch: Patch<()> = Patch::Json(patch);
    configurations.patch(VALIDATING, &PatchParams::default(), &patch).await.map(drop).map_err(failed())
}
