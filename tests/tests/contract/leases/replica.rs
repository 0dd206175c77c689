//! One of several controllers that share a Lease and look after one namespace.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use kube::Api;
use serde_json::json;
use tests::install::NAMESPACE;
use tests::s3::Entry;
use tests::service::Service;
use tests::world::{Options, World};
use tokio::sync::OnceCell;

use crate::team::{Failure, Outcome, Team};

/// How long others wait for a holder that is silent.
pub(crate) const DURATION: Duration = Duration::from_secs(15);

/// The world of these tests, without a controller: each test starts its own, on a Lease of its own.
pub(crate) async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    let options = Options { controller: false, webhook: false, ..Options::default() };
    WORLD.get_or_init(|| async { World::start(options).await.unwrap_or_else(|fault| panic!("{fault}")) }).await
}

/// A controller, and as whom it calls S3.
pub(crate) struct Replica {
    pub(crate) service: Service,
    pub(crate) caller: String,
}

impl Replica {
    /// A controller for the team's namespace and on the Lease of its name; it does not run yet.
    pub(crate) async fn of(team: &Team<'_>, name: &str, flags: &[(&str, &str)]) -> Result<Self, Failure> {
        let name = format!("{}-{name}", team.namespace);
        let own = [("--watch-namespace", team.namespace.as_str()), ("--leader-election-lease-name", team.namespace.as_str())];
        let service = team.world.controller_besides(&name, &[&own, flags].concat()).await?;
        Ok(Self { caller: World::caller(&name), service })
    }

    /// Waits until it says of itself that it leads, or does not.
    pub(crate) async fn leads(&self, team: &Team<'_>, leads: bool) -> Outcome {
        let wanted = if leads { 1.0 } else { 0.0_f64 };
        let asked = || async {
            let now = self.service.metrics().await.ok()?.value("cooper_leader", &[])?;
            (now.to_bits() == wanted.to_bits()).then_some(())
        };
        team.wait(&format!("{} to lead: {leads}\n{}", self.service.name(), self.service.log_tail()), asked).await
    }

    /// Waits until it says of itself that it carries out FieldExports, or does not.
    pub(crate) async fn carries_out_exports(&self, team: &Team<'_>, wanted: bool) -> Outcome {
        let asked = || async {
            let active = self.service.metrics().await.ok()?.value("cooper_field_exports_active", &[])?;
            ((active > 0.0) == wanted).then_some(())
        };
        team.wait(&format!("{} to carry out FieldExports: {wanted}", self.service.name()), asked).await
    }

    /// Its calls about the team's Bucket.
    pub(crate) fn calls(&self, team: &Team<'_>, bucket: &str) -> Vec<Entry> {
        team.calls(bucket).iter().filter(|call| call.caller.as_deref() == Some(self.caller.as_str())).cloned().collect()
    }

    /// Its writes to S3 about all of the team's buckets.
    pub(crate) fn writes(&self, team: &Team<'_>) -> Vec<Entry> {
        let calls = team.world.s3().journal().calls().writes();
        calls.iter().filter(|call| call.caller.as_deref() == Some(self.caller.as_str())).cloned().collect()
    }
}

/// The Leases.
pub(crate) async fn leases(world: &World) -> Result<Api<Lease>, Failure> {
    Ok(Api::namespaced(world.client().await?, NAMESPACE))
}

/// The team's Lease as it stands.
pub(crate) async fn lease(team: &Team<'_>) -> Result<LeaseSpec, Failure> {
    let lease = leases(team.world).await?.get(&team.namespace).await?;
    Ok(lease.spec.unwrap_or_default())
}

/// A Bucket with some sections to write.
pub(crate) fn sections() -> serde_json::Value {
    json!({
        "versioning": { "status": "Enabled" },
        "tagging": { "tagSet": [{ "key": "team", "value": "a" }] },
        "cors": { "corsRules": [{ "allowedMethods": ["GET"], "allowedOrigins": ["https://example.com"] }] },
        "requestPayment": { "payer": "Requester" },
        "accelerate": { "status": "Enabled" },
    })
}
