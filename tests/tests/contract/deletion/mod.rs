//! What keeps data from harm when Buckets are deleted: many at once, with objects in them, or with the definition of Buckets itself.

pub(crate) mod breaker;
mod definition;
mod emptying;

use shared::Bucket;
use tests::port;
use tests::world::{Options, World, override_flags};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use super::team::{Failure, Team};

/// The bound of the breaker's own test.
const MOST: usize = 3;

/// The world of this subject. Its tests take turns, as each wants the controller to have other flags.
struct Turn {
    world: &'static World,
    _turn: MutexGuard<'static, ()>,
}

impl Turn {
    /// A turn with these flags.
    async fn with(flags: &[(&str, &str)]) -> Result<Self, Failure> {
        static WORLD: OnceCell<World> = OnceCell::const_new();
        static TURN: Mutex<()> = Mutex::const_new(());
        let turn = TURN.lock().await;
        let start = || async { World::start(Options::default()).await.unwrap_or_else(|fault| panic!("{fault}")) };
        let world = WORLD.get_or_init(start).await;
        let flags: Vec<_> = flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        world.controller().restart_with(|launch| override_flags(launch, &flags)).await?;
        Ok(Self { world, _turn: turn })
    }
}

/// The message of the condition DeletionBlocked, if it has this reason.
fn blocked(bucket: &Bucket, reason: &str) -> Option<String> {
    let conditions = bucket.status.as_ref()?.conditions.as_ref()?;
    let found = conditions.iter().find(|condition| condition.type_ == "DeletionBlocked" && condition.status == "True")?;
    found.message.clone().filter(|_| found.reason.as_deref() == Some(reason))
}

/// The same, once it is there.
async fn until_blocked(team: &Team<'_>, bucket: &str, reason: &str) -> Result<String, Failure> {
    let found = team.until(bucket, reason, |found| blocked(found, reason).is_some()).await?;
    Ok(blocked(&found, reason).unwrap_or_default())
}

/// An address on loopback that nobody listens on.
pub(crate) fn free_address() -> Result<String, Failure> {
    Ok(format!("127.0.0.1:{}", port::free()?))
}
