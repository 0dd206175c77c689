//! Keeps the Lease, or keeps an eye on it: a try every two seconds until the process ends.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use kube::Client;
use shared::telemetry::Chain;
use tokio_util::sync::CancellationToken;

use super::told::Told;
use super::{Election, Leadership, LeaseError, LeaseStore, Moment, Standing};

/// How long this process leads after it last renewed. Others wait 15 s; the rest is for a write that is under way.
const LEAD: Duration = Duration::from_secs(10);
/// How long a process without election works on after it last saw that nobody else holds the Lease.
const UNSEEN: Duration = Duration::from_secs(30);
/// The time between two tries, and by how much it is spread so that those who wait do not all try together.
const RETRY: Duration = Duration::from_secs(2);
const SPREAD: f64 = 0.2;

/// What a process wants of the Lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To hold it, and to work only while it does.
    Hold,
    /// Not to work while somebody else holds it.
    Respect,
}

/// Keeps the Lease.
pub struct Keeper {
    mode: Mode,
    store: LeaseStore,
    election: Election,
    leadership: Leadership,
    told: Told,
}

impl Keeper {
    /// Stands for election under this identity, and keeps `leadership` up to date. The first try is made here, so that a missing right shows at the start.
    ///
    /// # Errors
    /// The controller may not read or write Leases, and is to hold one.
    pub async fn start(
        mode: Mode,
        client: Client,
        store: LeaseStore,
        identity: String,
        leadership: Leadership,
        told: Told,
    ) -> Result<Self, LeaseError> {
        tracing::info!(lease = store.name, namespace = store.namespace, identity, ?mode, "standing for election");
        let told = told.about(client, &store, identity.clone());
        let mut keeper = Self { mode, store, election: Election::new(identity), leadership, told };
        match keeper.round().await {
            Err(error @ LeaseError::Forbidden { .. }) if mode == Mode::Hold => return Err(error),
            ended => keeper.heard(ended),
        }
        Ok(keeper)
    }

    /// Keeps on until the end, then lets the Lease go so that another process need not wait.
    pub async fn run(mut self, end: CancellationToken) {
        loop {
            let next =
                tokio::time::Instant::now() + RETRY.mul_f64(crate::schedule::roll(Moment::now().wall.as_nanosecond()).mul_add(SPREAD, 1.0));
            loop {
                let lapse = self.leadership.deadline().filter(|deadline| *deadline < next);
                tokio::select! {
                    () = end.cancelled() => return self.let_go().await,
                    () = tokio::time::sleep_until(lapse.unwrap_or(next)) => {}
                }
                if lapse.is_none() {
                    break;
                }
                self.lapse();
            }
            tokio::select! {
                () = end.cancelled() => return self.let_go().await,
                ended = self.round() => self.heard(ended),
            }
        }
    }

    /// One look at the Lease, and the write that follows from it.
    async fn round(&mut self) -> Result<(), LeaseError> {
        let began = Moment::now();
        let lease = self.store.read().await?;
        let record = lease.as_ref().and_then(|lease| lease.spec.as_ref());
        let standing = self.election.see(record, began);
        self.told.seen(record);
        match (&standing, self.mode) {
            (Standing::Others { holder }, mode) => {
                let had = self.leadership.end();
                self.told.held_by_others(holder, mode, had);
            }
            (Standing::Free | Standing::Mine, Mode::Hold) => {
                let written = self.store.write(lease.as_ref(), self.election.claim(record, began)).await?;
                self.election.see(written.spec.as_ref(), began);
                self.told.seen(written.spec.as_ref());
                if self.leadership.extend(began.after(LEAD)) {
                    self.told.leads(&written);
                }
            }
            (Standing::Free | Standing::Mine, Mode::Respect) => {
                if self.leadership.extend(began.after(UNSEEN)) {
                    self.told.works();
                }
            }
        }
        Ok(())
    }

    fn heard(&mut self, ended: Result<(), LeaseError>) {
        let Err(error) = ended else { return };
        if matches!(error, LeaseError::Forbidden { .. }) && self.mode == Mode::Respect {
            // Whoever turns election off answers for being alone.
            if self.leadership.extend(Moment::now().after(UNSEEN)) {
                self.told.blind(&error);
            }
        } else if error.is_conflict() {
            tracing::debug!("somebody else wrote the Lease in between; looking again");
        } else {
            tracing::warn!(error = %Chain(&error), category = error.category(), "the Lease was not renewed or seen; trying again");
        }
    }

    /// The deadline came before the next renewal.
    fn lapse(&mut self) {
        if self.leadership.end() {
            self.told.lapsed();
        }
    }

    async fn let_go(mut self) {
        let had = self.leadership.end();
        if self.mode == Mode::Respect || !had {
            return;
        }
        match self.release().await {
            Ok(()) => self.told.let_go(),
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "the Lease could not be let go; others wait until it runs out");
            }
        }
        self.told.finish().await;
    }

    async fn release(&self) -> Result<(), LeaseError> {
        let lease: Option<Lease> = self.store.read().await?;
        let record = lease.as_ref().and_then(|lease| lease.spec.as_ref());
        match record.and_then(|record| self.election.release(record, Moment::now())) {
            Some(released) => self.store.write(lease.as_ref(), released).await.map(drop),
            None => Ok(()),
        }
    }
}
