//! Leadership in the life of the process: won before the first pass, let go after the last one.

use std::time::Duration;

use kube::Client;
use prometheus::Registry;
use shared::serve::Readiness;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::RunError;
use crate::lease::{Keeper, Leadership, LeaseStore, Told};
use crate::settings::leader::LeaderSettings;

/// How long letting the Lease go may hold up the end of the process.
const LET_GO: Duration = Duration::from_secs(3);

/// What keeps the Lease while passes run, and a little longer.
#[derive(Clone, Debug)]
pub(super) struct Office {
    leadership: Leadership,
    end: CancellationToken,
    keeping: TaskTracker,
}

impl Office {
    /// Of a process that has yet to stand for election.
    pub(super) fn vacant() -> Self {
        Self { leadership: Leadership::none(), end: CancellationToken::new(), keeping: TaskTracker::new() }
    }

    /// Whether this process may write: not before it [entered](Self::enter).
    pub(super) fn leadership(&self) -> Leadership {
        self.leadership.clone()
    }

    /// Stands for election; whether this process may write is known from then on.
    pub(super) async fn enter(
        &self,
        settings: &LeaderSettings,
        client: &Client,
        registry: &Registry,
        readiness: Readiness,
    ) -> Result<(), RunError> {
        let namespace = settings.namespace.clone().unwrap_or_else(|| client.default_namespace().to_owned());
        let store = LeaseStore::new(client.clone(), &namespace, &settings.lease);
        let told = Told::new(registry, readiness)?;
        let keeper = Keeper::start(settings.mode, client.clone(), store, settings.identity.clone(), self.leadership(), told).await?;
        self.keeping.spawn(keeper.run(self.end.clone()));
        Ok(())
    }

    /// Lets the Lease go, so that another process need not wait until it runs out.
    pub(super) async fn leave(self) {
        self.end.cancel();
        self.keeping.close();
        if tokio::time::timeout(LET_GO, self.keeping.wait()).await.is_err() {
            tracing::warn!("the Lease was not let go in time; others wait until it runs out");
        }
    }
}
