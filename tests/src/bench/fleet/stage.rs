//! One controller on a stage of its own: a control plane, an S3 and a namespace, with the questions that are asked of them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use kube::Client;

use super::Args;
use super::crowd::{Follower, create, name};
use crate::bench::buckets;
use crate::bench::passes::{self, Pass};
use crate::bench::process::Usage;
use crate::error::{Error, Result};
use crate::install::NAMESPACE;
use crate::s3::{Calls, S3Options};
use crate::world::{ACCOUNT, Options, REGION, World, override_flags};

/// The fleet whose life is measured.
pub(super) const FLEET: &str = "cooper-bench-fleet";
/// How long nothing has to happen in S3 until a controller counts as idle.
const SILENCE: Duration = Duration::from_secs(2);
/// What parts two passes over a bucket: more than a busy machine makes of a pass, less than any time between two checks.
const PAUSE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(200);
/// The flag for the time between two checks, as the ACK controller has it.
const PERIOD_FLAG: &str = "--reconcile-resource-resync-seconds";
const DRIFTED: &str =
    r#"<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Suspended</Status></VersioningConfiguration>"#;

pub(super) struct Stage<'a> {
    pub(super) args: &'a Args,
    pub(super) world: World,
    pub(super) client: Client,
    /// Whether it is the controller of this workspace.
    pub(super) is_ours: bool,
    namespace: String,
}

impl<'a> Stage<'a> {
    /// A world with a controller that does not run yet.
    pub(super) async fn set(args: &'a Args, program: Option<&Path>) -> Result<Self> {
        let s3 = S3Options { latency: args.latency(), journal_limit: 1_000_000, ..S3Options::default() };
        let options =
            Options { webhook: false, controller: false, s3, controller_program: program.map(Path::to_path_buf), ..Options::default() };
        let options = options.controller_flag("--reconcile-default-max-concurrent-syncs", &args.concurrency.to_string());
        let world = World::start(options).await?;
        let namespace = world.namespace("fleet", &[]).await?;
        let client = world.client().await?;
        let stage = Self { args, world, client, is_ours: program.is_none(), namespace };
        if program.is_some() {
            stage.make_room().await?;
        }
        Ok(stage)
    }

    /// Another controller may ask for rights that ours does not need, and wants to know its namespace.
    async fn make_room(&self) -> Result<()> {
        let account = format!("--serviceaccount={NAMESPACE}:cooper-controller");
        let binding = ["create", "clusterrolebinding", "fleet-bench", "--clusterrole=cluster-admin", &account];
        self.world.kubectl().run(&binding).await?.ok()?;
        self.world.controller().restart_with(|launch| launch.env.push((OsString::from("ACK_SYSTEM_NAMESPACE"), NAMESPACE.into()))).await?;
        self.world.controller().stop().await.map(drop)
    }

    pub(super) async fn create(&self, fleet: &str) -> Result<()> {
        create(&self.client, &self.namespace, fleet, self.args.buckets, buckets::full).await
    }

    /// Creates Buckets that declare everything, and the buckets that theirs send logs and copies to.
    pub(super) async fn create_everything(&self, fleet: &str, number: u32) -> Result<()> {
        let s3 = self.world.s3();
        for name in [buckets::LOGS, buckets::COPIES] {
            s3.create_bucket(name, ACCOUNT, REGION).map_err(|fault| unexpected(name, &fault.to_string()))?;
        }
        let set = |name: &str, query, document: &str| s3.set(name, query, document).map_err(|fault| unexpected(name, &fault.to_string()));
        set(buckets::LOGS, "policy", &buckets::log_delivery().to_string())?;
        set(buckets::COPIES, "versioning", &DRIFTED.replace("Suspended", "Enabled"))?;
        create(&self.client, &self.namespace, fleet, number, buckets::everything).await
    }

    pub(super) fn follow(&self) -> Follower {
        Follower::start(self.client.clone(), &self.namespace)
    }

    /// How long anything may take with this many Buckets.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_mins(2) + self.args.latency() * 100 * self.args.buckets
    }

    /// Starts the controller, with this time between checks where one is given.
    pub(super) async fn start(&self, period: Option<Duration>) -> Result<()> {
        let flags = period.map(|period| (PERIOD_FLAG.to_owned(), format!("Bucket={}", period.as_secs())));
        self.world.controller().restart_with(|launch| override_flags(launch, flags.as_slice())).await
    }

    /// Changes an annotation of the namespace: every Bucket in it is looked at.
    pub(super) async fn ask_for_all(&self) -> Result<()> {
        let annotate = ["annotate", "--overwrite", "namespace", &self.namespace, "example.com/look=now"];
        self.world.kubectl().run(&annotate).await?.ok().map(drop)
    }

    pub(super) async fn stop(&self) -> Result<()> {
        self.world.controller().stop().await.map(drop)
    }

    pub(super) async fn usage(&self) -> Result<Usage> {
        Usage::of_service(self.world.controller()).await
    }

    /// Every call on a bucket so far.
    pub(super) fn calls(&self) -> Calls {
        self.world.s3().journal().calls()
    }

    /// The passes over the buckets of the fleet in these calls.
    pub(super) fn passes<'c>(&self, calls: &'c Calls) -> BTreeMap<&'c str, Vec<Pass>> {
        passes::of_buckets(calls, PAUSE + self.args.latency() * 10)
    }

    /// Waits for this long at least, and then until no call reaches S3 for a while.
    pub(super) async fn quiet(&self, at_least: Duration) -> Result<()> {
        tokio::time::sleep(at_least).await;
        let deadline = Instant::now() + self.patience();
        let (mut seen, mut since) = (self.world.s3().journal().total(), Instant::now());
        while since.elapsed() < SILENCE {
            if Instant::now() >= deadline {
                let (waiting_for, within) = ("the controller to come to rest".to_owned(), self.patience());
                return Err(Error::Timeout { waiting_for, within, seen: self.world.logs() });
            }
            tokio::time::sleep(POLL).await;
            let total = self.world.s3().journal().total();
            if total != seen {
                (seen, since) = (total, Instant::now());
            }
        }
        Ok(())
    }

    /// Changes some buckets as somebody at a console would; gives their names.
    pub(super) fn drift(&self) -> Result<Vec<String>> {
        let names: Vec<String> = (0..self.args.drifting()).map(|index| name(FLEET, index)).collect();
        for name in &names {
            self.world.s3().set(name, "versioning", DRIFTED).map_err(|fault| unexpected(name, &fault.to_string()))?;
        }
        Ok(names)
    }

    /// Waits until every bucket of the fleet was looked at and these were put right.
    pub(super) async fn swept(&self, drifted: &[String]) -> Result<()> {
        let deadline = Instant::now() + self.patience();
        let all = usize::try_from(self.args.buckets).unwrap_or(usize::MAX);
        loop {
            let calls = self.calls();
            let looked_at = self.passes(&calls).len();
            let repaired = drifted.iter().filter(|name| self.is_repaired(name)).count();
            if looked_at >= all && repaired == drifted.len() {
                // The last of them may still be at its last calls.
                tokio::time::sleep(SILENCE).await;
                return Ok(());
            }
            if Instant::now() >= deadline {
                let seen = format!("{looked_at} were looked at, {repaired} put right\n{}", self.world.logs());
                return Err(Error::Timeout { waiting_for: format!("{all} buckets to be checked"), within: self.patience(), seen });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn is_repaired(&self, name: &str) -> bool {
        self.world.s3().get(name, "versioning").is_some_and(|document| document.contains("Enabled"))
    }
}

pub(super) fn unexpected(what: &str, reason: &str) -> Error {
    Error::Unexpected { what: what.to_owned(), reason: reason.to_owned() }
}
