//! Brings the world up, part by part.

use std::future::Future;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use kube::Api;
use kube::api::PostParams;
use shared::{Bucket, BucketSpec};

use super::launches::Site;
use super::options::{ACCOUNT, Elsewhere, Options};
use super::replicas::Called;
use super::{PATIENCE, World};
use crate::background::Background;
use crate::binaries::Binaries;
use crate::control_plane::ControlPlane;
use crate::error::{Error, Result};
use crate::install::Manifests;
use crate::s3::S3Model;

/// What is not installed where there is no webhook: with it and without a webhook, no Bucket could be written.
const CONFIGURATIONS: [&str; 2] = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];
/// No S3 takes this name, so the webhook refuses it.
const BAD_NAME: &str = "Not_A_Bucket_Name";

pub(super) async fn start(options: Options) -> Result<World> {
    let (plane, binaries) = tokio::try_join!(ControlPlane::start(), Binaries::build())?;
    let s3 = S3Model::start(options.s3.clone()).map_err(|source| Error::Program {
        program: "the S3 model".to_owned(),
        source,
        advice: "is there a free port?".to_owned(),
    })?;
    let storage = options.elsewhere.clone().unwrap_or_else(|| model(&s3));

    let called = Called::at(options.webhook_replicas)?;
    let mut manifests = Manifests::render(&plane.kubectl()).await?.with_webhook_at(called.port());
    if !options.webhook {
        manifests = manifests.without(&CONFIGURATIONS);
    }
    manifests.apply(&plane.kubectl()).await?;

    let site = Site { plane: &plane, manifests: &manifests, binaries };
    let certs = site.certs(&options).await?;
    let controller = site.controller("cooper-controller", &storage, &options).await?;
    let background = Background::start()?;
    let webhooks = called.replicas(&site, &background, &options).await?;

    let world = World {
        controller,
        webhooks,
        certs,
        _background: background,
        plane,
        s3,
        manifests,
        binaries,
        options: options.clone(),
        namespaces: AtomicU32::new(1),
    };
    let webhook = when(options.webhook, async {
        world.certs.start().await?;
        for webhook in world.webhooks() {
            webhook.start().await?;
        }
        refuses_bad_buckets(&world).await
    });
    let controller = when(options.controller, world.controller.start());
    let started = tokio::try_join!(webhook, controller).map(drop);
    started.map_err(|fault| with_logs(fault, &world))?;
    Ok(world)
}

fn model(s3: &S3Model) -> Elsewhere {
    let key = s3.credentials(ACCOUNT);
    Elsewhere::at(s3.endpoint(), Some(Credentials::new(key.id, key.secret, None, None, "s3-model")))
}

async fn when(wanted: bool, work: impl Future<Output = Result<()>>) -> Result<()> {
    if wanted { work.await } else { Ok(()) }
}

/// The API server learns of webhooks and their CA by watching, some moments after they are written.
async fn refuses_bad_buckets(world: &World) -> Result<()> {
    let buckets: Api<Bucket> = world.buckets("default").await?;
    let bad = Bucket::new("cooper-probe", BucketSpec { name: BAD_NAME.to_owned(), ..BucketSpec::default() });
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    let deadline = Instant::now() + PATIENCE;
    loop {
        let seen = match buckets.create(&dry_run, &bad).await {
            Err(kube::Error::Api(answer)) if answer.code == 422 => return Ok(()),
            Err(fault) => fault.to_string(),
            Ok(_) => "the API server accepts a Bucket with a bad name".to_owned(),
        };
        if Instant::now() >= deadline {
            let waiting_for = "the API server to ask the webhook".to_owned();
            return Err(Error::Timeout { waiting_for, within: PATIENCE, seen });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn with_logs(fault: Error, world: &World) -> Error {
    if let Error::Timeout { waiting_for, within, seen } = fault {
        return Error::Timeout { waiting_for, within, seen: format!("{seen}\n{}", world.logs()) };
    }
    fault
}
