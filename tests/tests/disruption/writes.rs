//! People who go on writing Buckets while something happens to the webhook.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::json;
use shared::{Bucket, BucketSpec};
use tests::error::Result;
use tests::handshake::connect;
use tests::world::World;
use tokio::task::JoinHandle;

/// The pause between two writes.
const PAUSE: Duration = Duration::from_millis(10);

/// An endless row of writes: each time a change of one Bucket and, as a dry run, a new one. The API server goes on using connections
/// that it has, so each time there is a new one beside them, made as a second API server would make it.
pub(crate) struct Writes {
    tally: Arc<Tally>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Tally {
    done: AtomicU64,
    failures: Mutex<Vec<String>>,
}

impl Writes {
    /// Begins to write to this Bucket, which is there.
    pub(crate) async fn start(world: &World, namespace: &str, name: &str) -> Result<Self> {
        let (buckets, tally, name) = (world.buckets(namespace).await?, Arc::<Tally>::default(), name.to_owned());
        let configurations = Api::all(world.client().await?);
        let counted = Arc::clone(&tally);
        let task = tokio::spawn(async move {
            loop {
                let number = counted.done.load(Ordering::Relaxed);
                for outcome in [write(&buckets, &name, number).await, connect(&configurations).await.map(drop)] {
                    counted.failures.lock().unwrap_or_else(PoisonError::into_inner).extend(outcome.err());
                }
                counted.done.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(PAUSE).await;
            }
        });
        Ok(Self { tally, task })
    }

    /// Waits until so many more were made.
    pub(crate) async fn more(&self, world: &World, writes: u64) -> Result<()> {
        let enough = self.tally.done.load(Ordering::Relaxed) + writes;
        world.until("more writes", || async { (self.tally.done.load(Ordering::Relaxed) >= enough).then_some(()) }).await
    }

    /// How many were made, and why some failed.
    pub(crate) fn end(self) -> (u64, Vec<String>) {
        self.task.abort();
        let failures = self.tally.failures.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (self.tally.done.load(Ordering::Relaxed), failures)
    }
}

impl Drop for Writes {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn write(buckets: &Api<Bucket>, name: &str, number: u64) -> std::result::Result<(), String> {
    let tags = json!({ "spec": { "tagging": { "tagSet": [{ "key": "write", "value": number.to_string() }] } } });
    buckets.patch(name, &PatchParams::default(), &Patch::Merge(tags)).await.map_err(|fault| fault.to_string())?;
    let new = Bucket::new(&format!("new-{number}"), BucketSpec { name: format!("writes-new-{number}"), ..BucketSpec::default() });
    let dry_run = PostParams { dry_run: true, ..PostParams::default() };
    let made = buckets.create(&dry_run, &new).await.map_err(|fault| fault.to_string())?;
    // `/mutate` may fail without a word; what it adds tells whether it was asked.
    made.annotation("services.k8s.aws/region").map(drop).ok_or_else(|| "the new Bucket got no region".to_owned())
}
