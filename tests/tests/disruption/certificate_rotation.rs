//! The webhook's certificate is renewed, and its CA exchanged, while people write: not one write fails.

use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use rustls::pki_types::CertificateDer;
use serde_json::Value;
use tests::error::{Error, Result};
use tests::handshake::{certificates, shown};
use tests::install::{MUTATING, NAMESPACE, SECRET, VALIDATING};
use tests::world::World;

use crate::buckets::{bare, create, delete_all, mistakes_are_refused, unexpected};
use crate::turn;
use crate::writes::Writes;

/// How many writes prove that a state is a good one.
const SOME: u64 = 15;
/// How long the next CA is in the configurations before it signs: a moment for the one API server to see them, in place of a minute.
const SETTLE: &str = "--settle=4s";

#[tokio::test]
async fn no_write_fails_while_certificate_and_ca_are_renewed() -> Result<()> {
    let world = turn::at_the_webhook().await?;
    let namespace = world.namespace("rotation", &[]).await?;
    create(&world, &namespace, &bare("rotation-written")).await?;
    world.bucket_ready(&namespace, "rotation-written").await?;
    let writes = Writes::start(&world, &namespace, "rotation-written").await?;
    writes.more(&world, SOME).await?;

    renew_the_certificate(&world).await?;
    writes.more(&world, SOME).await?;
    exchange_the_ca(&world, &writes).await?;
    writes.more(&world, SOME).await?;

    let (made, failures) = writes.end();
    assert!(failures.is_empty(), "in {made} rounds {} writes or handshakes failed, such as: {:?}", failures.len(), failures.first());

    // The API server may have kept old connections; now it has to make new ones.
    world.webhook().restart().await?;
    assert!(mistakes_are_refused(&world).await?);
    create(&world, &namespace, &bare("rotation-after")).await?;
    delete_all(&world, &namespace).await
}

async fn renew_the_certificate(world: &World) -> Result<()> {
    let (old, trusted) = stored(world).await?;
    assert_eq!(shown(world, &trusted).await?, Ok(old.clone()));
    rotate(world, &["--force=leaf"]).await?;
    let (new, still_trusted) = stored(world).await?;
    assert_ne!(new, old);
    assert_eq!(still_trusted, trusted, "the CA stays");
    let is_shown = || async { (shown(world, &trusted).await.ok()? == Ok(new.clone())).then_some(()) };
    world.until("the webhook to show the new certificate", is_shown).await
}

async fn exchange_the_ca(world: &World, writes: &Writes) -> Result<()> {
    let (leaf, old) = stored(world).await?;
    rotate(world, &["--force=ca", SETTLE]).await?;
    let (signed_by_old, both) = stored(world).await?;
    assert_eq!((signed_by_old, both.len()), (leaf, old.len() + 1), "the next CA is trusted before it signs");
    assert_eq!(bundles(world).await?, vec![both.clone(); 5], "every webhook of both configurations trusts both");
    writes.more(world, SOME).await?;

    let new: Vec<_> = both.into_iter().filter(|authority| !old.contains(authority)).collect();
    let next_step = || async {
        rotate(world, &[SETTLE]).await.ok()?;
        shown(world, &new).await.ok()?.ok()
    };
    let shown_now = world.until("a certificate of the new CA", next_step).await?;
    assert_eq!(shown_now, stored(world).await?.0);
    assert!(shown(world, &old).await?.is_err(), "the old CA did not sign it");
    Ok(())
}

/// One step of `cooper-certs rotate`, as a user makes it by hand.
async fn rotate(world: &World, flags: &[&str]) -> Result<()> {
    let (secret, validating, mutating) =
        (format!("--secret={NAMESPACE}/{SECRET}"), format!("--validating={VALIDATING}"), format!("--mutating={MUTATING}"));
    let args = [&["rotate", &secret, &validating, &mutating], flags].concat();
    world.cooper_certs(&args).await?.ok().map(drop)
}

/// The server certificate and the CAs to trust, as they are stored.
async fn stored(world: &World) -> Result<(CertificateDer<'static>, Vec<CertificateDer<'static>>)> {
    let secrets: Api<Secret> = Api::namespaced(world.client().await?, NAMESPACE);
    let data = secrets.get(SECRET).await.map_err(Error::kubernetes(format!("read the Secret {SECRET}")))?.data.unwrap_or_default();
    let read = |key: &str| data.get(key).map(|pem| certificates(&pem.0)).unwrap_or_default();
    let leaf = read("tls.crt").into_iter().next().ok_or_else(|| unexpected(SECRET, "it has no certificate"))?;
    Ok((leaf, read("ca.crt")))
}

/// The CAs that each webhook of both configurations trusts.
async fn bundles(world: &World) -> Result<Vec<Vec<CertificateDer<'static>>>> {
    let mut bundles = Vec::new();
    for resource in [format!("validatingwebhookconfiguration/{VALIDATING}"), format!("mutatingwebhookconfiguration/{MUTATING}")] {
        let configuration = world.kubectl().get_json(&resource).await?;
        for webhook in configuration["webhooks"].as_array().map(Vec::as_slice).unwrap_or_default() {
            bundles.push(certificates(&bundle(&webhook["clientConfig"])));
        }
    }
    Ok(bundles)
}

fn bundle(client: &Value) -> Vec<u8> {
    use base64::Engine as _;
    let text = client["caBundle"].as_str().unwrap_or_default();
    base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default()
}
