//! The worlds, and whose turn it is to disturb them.

use tests::error::Result;
use tests::world::{Options, World};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

/// A world that tests take turns in. A static is never dropped; the harness ends its processes all the same.
type Shared = OnceCell<Mutex<World>>;

static WEBHOOK: Shared = Shared::const_new();
static CONTROLLER: Shared = Shared::const_new();

/// A turn in the world whose webhook may be disturbed.
pub(crate) async fn at_the_webhook() -> Result<MutexGuard<'static, World>> {
    turn(&WEBHOOK, Options::default()).await
}

/// A turn in the world whose controller may be disturbed. It works on many Buckets at once, so that one kill meets them all.
pub(crate) async fn at_the_controller() -> Result<MutexGuard<'static, World>> {
    turn(&CONTROLLER, Options::default().controller_flag("--reconcile-default-max-concurrent-syncs", "40")).await
}

async fn turn(shared: &'static Shared, options: Options) -> Result<MutexGuard<'static, World>> {
    let world = shared.get_or_try_init(|| async { World::start(options).await.map(Mutex::new) }).await?.lock().await;
    // A test that failed may have left something down.
    world.s3().faults().clear();
    world.certs().start().await?;
    world.webhook().start().await?;
    world.controller().start().await?;
    Ok(world)
}
