//! What is told of the Lease: log lines, metrics, readiness, and Events as client-go publishes them.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::api::events::v1::Event;
use kube::Client;
use kube::api::{Api, PostParams};
use prometheus::{IntCounter, IntGauge, Registry};
use shared::serve::Readiness;
use shared::telemetry::Chain;
use tokio::task::JoinHandle;

use super::keeper::Mode;
use super::{LeaseError, LeaseStore};
use crate::events::{self, Note};

/// The part of readiness that is the Lease.
pub const PART: &str = "lease";
/// How long the last Event may hold up the end of the process.
const LAST_EVENT: Duration = Duration::from_secs(1);

/// Where things are told.
pub struct Told {
    readiness: Readiness,
    leader: IntGauge,
    transitions: IntCounter,
    holder: Option<String>,
    is_news: bool,
    events: Option<Events>,
    publishing: Option<JoinHandle<()>>,
}

struct Events {
    api: Api<Event>,
    lease: ObjectReference,
    identity: String,
}

impl Told {
    /// Registers the metrics.
    ///
    /// # Errors
    /// The registry has them already.
    pub fn new(registry: &Registry, readiness: Readiness) -> prometheus::Result<Self> {
        let leader = IntGauge::new("cooper_leader", "1 while this process may write, by the Lease; 0 on standby.")?;
        let transitions = IntCounter::new("cooper_lease_transitions_total", "Changes of the Lease's holder that this process saw.")?;
        registry.register(Box::new(leader.clone()))?;
        registry.register(Box::new(transitions.clone()))?;
        Ok(Self { readiness, leader, transitions, holder: None, is_news: false, events: None, publishing: None })
    }

    pub(super) fn about(mut self, client: Client, store: &LeaseStore, identity: String) -> Self {
        let lease = ObjectReference {
            api_version: Some("coordination.k8s.io/v1".to_owned()),
            kind: Some("Lease".to_owned()),
            namespace: Some(store.namespace.clone()),
            name: Some(store.name.clone()),
            ..ObjectReference::default()
        };
        self.events = Some(Events { api: Api::namespaced(client, &store.namespace), lease, identity });
        self
    }

    /// Who holds the Lease now.
    pub(super) fn seen(&mut self, record: Option<&LeaseSpec>) {
        let holder = record.and_then(|record| record.holder_identity.clone()).unwrap_or_default();
        self.is_news = self.holder.as_ref() != Some(&holder);
        if self.is_news && self.holder.is_some() {
            self.transitions.inc();
        }
        self.holder = Some(holder);
    }

    pub(super) fn leads(&mut self, lease: &Lease) {
        tracing::info!(lease = lease.metadata.name, "leads now: passes start");
        self.works();
        self.publish("became leader");
    }

    /// May write from now on.
    pub(super) fn works(&mut self) {
        self.leader.set(1);
        self.readiness.set(PART, true);
    }

    pub(super) fn held_by_others(&mut self, holder: &str, mode: Mode, had: bool) {
        self.leader.set(0);
        // Who waits for the Lease does what it should.
        self.readiness.set(PART, mode == Mode::Hold);
        match (mode, had) {
            (Mode::Hold, true) => {
                tracing::error!(holder, "somebody else holds the Lease now; nothing more is written, standing by");
                self.publish("stopped leading");
            }
            (Mode::Hold, false) => tracing::debug!(holder, "standing by while somebody else leads"),
            (Mode::Respect, false) if !self.is_news => tracing::debug!(holder, "another controller still works, by the Lease"),
            (Mode::Respect, _) => tracing::warn!(
                holder,
                "another controller works, by the Lease: nothing is written and no pass starts until it ends; stop it, or run this one with --enable-leader-election"
            ),
        }
    }

    pub(super) fn lapsed(&mut self) {
        self.leader.set(0);
        tracing::error!("the Lease was not renewed in time; nothing is written until it is");
        self.publish("stopped leading");
    }

    /// Leases may not be read.
    pub(super) fn blind(&mut self, error: &LeaseError) {
        tracing::warn!(error = %Chain(error), "works without seeing whether another controller does; make sure that none does");
        self.works();
    }

    pub(super) fn let_go(&mut self) {
        self.leader.set(0);
        tracing::info!("let the Lease go");
        self.publish("stopped leading");
    }

    /// Waits for the last Event, not for long.
    pub(super) async fn finish(&mut self) {
        if let Some(publishing) = self.publishing.take() {
            let _ = tokio::time::timeout(LAST_EVENT, publishing).await;
        }
    }

    /// An Event in client-go's words. Nothing depends on it.
    fn publish(&mut self, what: &str) {
        let Some(told) = &self.events else { return };
        let note = Note::normal("LeaderElection", "LeaderElection", &format!("{} {what}", told.identity));
        let (api, event) = (told.api.clone(), events::about(told.lease.clone(), note, 0, jiff::Timestamp::now()));
        self.publishing = Some(tokio::spawn(async move {
            if let Err(error) = api.create(&PostParams::default(), &event).await {
                tracing::warn!(error = %Chain(&error), note = event.note, "an Event could not be published");
            }
        }));
    }
}
