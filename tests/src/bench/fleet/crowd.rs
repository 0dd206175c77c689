//! Many Buckets: made through the API server, and followed until they are in sync.

use std::collections::HashSet;
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use kube::api::PostParams;
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client, ResourceExt as _};
use shared::Bucket;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};

/// How many are created at once.
const AT_ONCE: usize = 16;
/// The condition that every controller of this API sets.
const SYNCED: &str = "ACK.ResourceSynced";

/// The name of a bucket of a fleet, for its Bucket as well.
#[must_use]
pub fn name(fleet: &str, index: u32) -> String {
    format!("{fleet}-{index:05}")
}

/// Creates so many Buckets, each as `bucket` makes it of its name.
///
/// # Errors
/// The API server refused one.
pub async fn create(
    client: &Client,
    namespace: &str,
    fleet: &str,
    number: u32,
    bucket: fn(&str) -> serde_json::Result<Bucket>,
) -> Result<()> {
    let api: &Api<Bucket> = &Api::namespaced(client.clone(), namespace);
    let made = stream::iter(0..number).map(|index| async move {
        let name = name(fleet, index);
        let bucket = bucket(&name).map_err(|fault| Error::Unexpected { what: name.clone(), reason: fault.to_string() })?;
        api.create(&PostParams::default(), &bucket).await.map_err(Error::kubernetes(format!("create the Bucket {name}")))
    });
    made.buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await
}

/// Knows how many Buckets of a namespace are in sync. It stops when it is dropped.
#[derive(Debug)]
pub struct Follower {
    synced: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Follower {
    /// Starts to follow.
    #[must_use]
    pub fn start(client: Client, namespace: &str) -> Self {
        let (sender, synced) = watch::channel(0);
        let api: Api<Bucket> = Api::namespaced(client, namespace);
        let mut known = HashSet::new();
        let events = watcher(api, watcher::Config::default()).default_backoff().applied_objects();
        let task = tokio::spawn(events.for_each(move |event| {
            // The watch starts anew after an error.
            if let Ok(bucket) = event {
                let name = bucket.name_any();
                if is_synced(&bucket) {
                    known.insert(name)
                } else {
                    known.remove(&name)
                };
                sender.send_replace(known.len());
            }
            std::future::ready(())
        }));
        Self { synced, task }
    }

    /// Waits until so many Buckets are in sync.
    ///
    /// # Errors
    /// They are not within that time.
    pub async fn synced(&self, number: u32, within: Duration) -> Result<()> {
        let mut synced = self.synced.clone();
        let enough = synced.wait_for(|now| u32::try_from(*now).is_ok_and(|now| now >= number));
        let in_time = matches!(tokio::time::timeout(within, enough).await, Ok(Ok(_)));
        if in_time {
            return Ok(());
        }
        let (waiting_for, seen) = (format!("{number} Buckets to be in sync"), format!("{} are", *self.synced.borrow()));
        Err(Error::Timeout { waiting_for, within, seen })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn is_synced(bucket: &Bucket) -> bool {
    crate::world::condition(bucket, SYNCED).is_some_and(|(status, _)| status == "True")
}
