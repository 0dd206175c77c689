//! The whole process: what is started in which order, and how it ends.

mod caches;
mod election;
mod error;
mod hints;
mod listen;

use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn;
use futures::future::OptionFuture;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::{self, ObjectRef, Store};
use prometheus::Registry;
use shared::drift_mode::DriftModes;
use shared::serve::{Readiness, health_router, metrics_router, run as serve, shutdown_on_signal};
use shared::subconfig::carry::Carry;
use shared::telemetry::Chain;
use shared::{Bucket, admission, annotation, telemetry};
use tokio_util::sync::CancellationToken;

pub(crate) use self::caches::probe;
use self::election::Office;
pub use self::error::RunError;
use self::listen::{in_background, listener};
use crate::accounts::{Accounts, Surroundings};
use crate::admin;
use crate::audit::{self, Policies};
use crate::aws::Aws;
use crate::calls::Counting;
use crate::context::Context;
use crate::deletion::{Breaker, Deletions, resume};
use crate::events::Events;
use crate::field_export::{self, BucketChanges, Reach};
use crate::gauges::{Gauges, View};
use crate::limiter::{LimiterMetrics, Limits};
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::mode::Mode;
use crate::objects::Objects;
use crate::page::{Pages, Sources};
use crate::queue::{self, Command, QueueMetrics};
use crate::references::{self, Callers, Roles};
use crate::settings::Settings;
use crate::trigger::Triggers;
use crate::watch::{self, Scope, Tracker};
use crate::{lease, local, pass, paused};

/// How long passes under way may take once the process is asked to stop.
const DRAIN: Duration = Duration::from_secs(8);

/// What operators look at and turn, at the admin address.
struct Front {
    breaker: Breaker,
    pages: Pages,
}

/// Runs the controller until it is asked to stop.
///
/// # Errors
/// Something that it cannot do without is missing.
pub async fn run(settings: Settings) -> Result<(), RunError> {
    let log = telemetry::init(&settings.serve.log_filter, settings.serve.log_format)?;
    let stop = shutdown_on_signal().map_err(RunError::Signals)?;
    let registry = Registry::new();
    let metrics = Metrics::new(&registry)?;
    let readiness = Readiness::new(&["identity", "namespaces", "buckets", lease::PART]);
    let metrics_listener = listener("metrics-addr", settings.serve.metrics_addr).await?;
    in_background("metrics-addr", serve(metrics_listener, metrics_router(registry.clone()), stop.clone()));
    let health_listener = listener("healthz-addr", settings.serve.healthz_addr).await?;
    in_background("healthz-addr", serve(health_listener, health_router(readiness.clone()), stop.clone()));
    let front = Front { breaker: Breaker::register(settings.safety.max_deletions_per_minute, &registry)?, pages: Pages::default() };
    let office = Office::vacant();
    if let Some(address) = settings.serve.admin_addr {
        let admin_listener = listener("admin-addr", address).await?;
        let mut asked = admin::router(log).merge(resume::router(front.breaker.clone(), office.leadership()));
        if settings.serve.admin_page {
            asked = asked.merge(front.pages.router());
        }
        let asked = asked.layer(from_fn(local::only));
        in_background("admin-addr", serve(admin_listener, asked, stop.clone()));
    }
    if settings.serve.webhook_server {
        tracing::warn!("--enable-webhook-server does nothing here: admission is a service of its own, cooper-webhook");
    }

    metrics.dry_run.set(i64::from(settings.safety.dry_run));
    if settings.safety.dry_run {
        tracing::warn!("--dry-run: everything is read and planned, and nothing is written to S3");
    }

    let ended = tokio::select! {
        ended = work(settings, metrics, registry, readiness, front, office.clone(), stop.clone()) => ended,
        () = late(&stop) => {
            tracing::warn!("passes under way did not end in time; their Buckets are looked at again after the next start");
            Ok(())
        }
    };
    office.leave().await;
    ended
}

async fn late(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(DRAIN).await;
}

async fn work(
    settings: Settings,
    metrics: Metrics,
    registry: Registry,
    readiness: Readiness,
    front: Front,
    office: Office,
    stop: CancellationToken,
) -> Result<(), RunError> {
    let client = client().await.map_err(RunError::Kubeconfig)?;
    let scope = Scope { namespaces: settings.watch.namespaces.clone(), selector: settings.watch.selector.clone() };
    caches::probe(&client, &scope).await?;

    let (buckets, writer) = reflector::store();
    let (triggers, asked_for) = Triggers::new();
    let (memory, gates) = (Arc::new(Memory::default()), settings.accounts.gates);
    let policies = Policies::default();
    let hears =
        caches::Called { buckets: buckets.clone(), memory: Arc::clone(&memory), triggers: triggers.clone(), policies: policies.clone() };
    let namespaces = caches::watch_namespaces(client.clone(), hears, gates.iam_role_selector);
    let aws = Aws::load(settings.aws.clone(), Counting(metrics.clone())).await.carrying(Carry::new(&registry)?);
    let caller = aws.caller().await?;
    tracing::info!(account = caller.account, arn = caller.arn, region = settings.aws.region, "AWS knows the controller");
    readiness.set("identity", true);
    if namespaces.wait_until_ready().await.is_ok() {
        readiness.set("namespaces", true);
    }
    let around = Surroundings {
        buckets: buckets.clone(),
        namespaces: namespaces.clone(),
        triggers: triggers.clone(),
        own_account: Some(caller.account.clone()),
    };
    let accounts = Accounts::start(&client, &settings.accounts, around, &registry)?;
    accounts.read().await;
    // Last, so that a process that lacks something else does not hold the Lease.
    office.enter(&settings.leader, &client, &registry, readiness.clone()).await?;
    let limiter_metrics = LimiterMetrics::new(&registry)?;
    let aws = aws.limited(Limits::new(settings.reconcile.per_second, settings.aws.timeout, office.leadership(), limiter_metrics));

    Gauges::register(&registry, view(&settings, buckets.clone(), namespaces.clone()))?;
    let queue_metrics = QueueMetrics::new(&registry)?;
    tokio::spawn(resume::follow(front.breaker.clone(), buckets.clone(), triggers.clone()));
    let deletions = Deletions::new(client.clone(), &settings.safety, front.breaker.clone(), &registry)?;
    let tracker = Tracker::new(settings.reconcile.period, gates, Arc::clone(&memory));
    let roles = Roles::new(client.clone(), settings.exports.cross_namespace);
    let callers = Callers { buckets: buckets.clone(), memory: Arc::clone(&memory), triggers: triggers.clone() };
    tokio::spawn(references::follow(roles.clone(), scope.clone(), callers));
    let changes = BucketChanges::default();
    let watched = watch::buckets(client.clone(), scope.clone(), writer, metrics.clone(), tracker, changes.clone());
    caches::announce(buckets.clone(), readiness);
    let (events, publisher) = Events::start(client.clone());
    let context = Arc::new(Context {
        roles,
        objects: Objects::new(client.clone()),
        events,
        buckets: buckets.clone(),
        namespaces,
        aws,
        accounts,
        identity: caller.identity(&settings.aws, settings.reconcile.tags.clone()),
        admission: admission_settings(&settings),
        deletion_policy: settings.safety.deletion_policy,
        unset_fields: settings.reconcile.unset_fields,
        policies,
        dry_run: settings.safety.dry_run,
        gates,
        deletions,
        period: settings.reconcile.period,
        drift_mode: settings.reconcile.drift_mode,
        audit: settings.audit,
        metrics,
        memory,
        leadership: office.leadership(),
        stop: stop.clone(),
        now: Timestamp::now,
    });
    front.pages.open(|| Sources::of(&context, registry.clone(), front.breaker.clone()));
    forget_at_each_end(&context, office.leadership());

    audit::start(&client, &context, &changes, scope.is_whole(), &registry)?;
    let export_metrics = field_export::Parts::metrics(&registry)?;
    let exports = settings.exports.field_exports.then(|| {
        let guarded = vec![settings.accounts.system_namespace.clone(), client.default_namespace().to_owned()];
        let (context, reach) = (Arc::clone(&context), Reach { cross_namespace: settings.exports.cross_namespace, guarded });
        tokio::spawn(field_export::run(field_export::Parts { client, context, scope, reach, changes, metrics: export_metrics }))
    });

    hints::start(&settings.hints, &context, triggers, &caller.arn);
    let commands = stream::select(watched, asked_for.map(|(bucket, lane)| Command::Now(bucket.into(), lane)));
    queue::run(commands, settings.reconcile.concurrency, queue_metrics, stop, move |key| pass::reconcile(key, Arc::clone(&context))).await;
    if let Some(Err(error)) = OptionFuture::from(exports).await {
        tracing::warn!(error = %Chain(&error), "what carries out FieldExports ended early");
    }
    tracing::info!("all passes ended");
    if publisher.await.is_err() {
        tracing::warn!("publishing Events ended early; some may be lost");
    }
    Ok(())
}

/// What the operator set, as the admission rules ask for it.
fn admission_settings(settings: &Settings) -> admission::Settings {
    admission::Settings {
        default_region: Some(settings.aws.region.clone()),
        controller_tags: settings.reconcile.tags.len(),
        ignores_read_only: !settings.accounts.gates.read_only_resources,
        unset: settings.reconcile.unset_fields,
        ..admission::Settings::default()
    }
}

/// Has what is remembered of Buckets forgotten each time that this process ceases to lead.
fn forget_at_each_end(context: &Arc<Context>, leadership: lease::Leadership) {
    let context = Arc::clone(context);
    tokio::spawn(async move { leadership.at_each_end(context.stop.clone(), || context.forget()).await });
}

/// What the gauges look at.
fn view(settings: &Settings, store: Store<Bucket>, namespaces: Store<PartialObjectMeta<Namespace>>) -> View {
    let controller = settings.reconcile.drift_mode.clone();
    let gates = settings.accounts.gates;
    let is_checked = move |bucket: &Bucket| {
        let namespace = namespaces.get(&ObjectRef::new(bucket.metadata.namespace.as_deref().unwrap_or_default()));
        let of_namespace = namespace.as_ref().and_then(|namespace| namespace.metadata.annotations.as_ref()?.get(annotation::DRIFT_MODE));
        let is_ours = bucket.owns_bucket() || Mode::of(bucket, false, &gates) == Mode::ReadOnly;
        let is_off = || DriftModes::of(bucket, of_namespace.map(String::as_str), &controller).is_off();
        is_ours && !bucket.is_being_deleted() && !paused::is_told(bucket) && !is_off()
    };
    View {
        store,
        is_checked: Box::new(is_checked),
        period: settings.reconcile.period,
        series: settings.metrics.series,
        most: usize::try_from(settings.metrics.most).unwrap_or(usize::MAX),
        now: Timestamp::now,
    }
}

pub(crate) async fn client() -> Result<Client, kube::Error> {
    let mut config = kube::Config::infer().await.map_err(kube::Error::InferConfig)?;
    // The client's own retries wait up to 1,000 s between two tries and say nothing; watches and passes have their own back-off.
    config.default_retry = false;
    Client::try_from(config)
}
