//! Somebody tells the controller of changes, through an SQS that nobody here wrote. Checks are due after ten hours, so whatever happens
//! here happens because of a hint.

mod kinds;
mod outage;
mod story;
mod turns;

use tests::hints::HintQueue;
use tests::localstack::LocalStack;
use tests::world::{Options, World};
use tokio::sync::OnceCell;

use super::flags;
use super::team::{Failure, Outcome, Team};

/// What the tests of hints share.
struct Ground {
    world: World,
    queue: HintQueue,
    server: LocalStack,
}

async fn ground() -> &'static Ground {
    static GROUND: OnceCell<Ground> = OnceCell::const_new();
    GROUND.get_or_init(|| async { Ground::lay().await.unwrap_or_else(|fault| panic!("{fault:?}")) }).await
}

impl Ground {
    async fn lay() -> Result<Self, Failure> {
        let server = LocalStack::start().await?;
        let queue = HintQueue::create(&server, "hints").await?;
        let world = World::start(Options::default().controller_flag("--hint-queue-url", queue.url())).await?;
        Ok(Self { world, queue, server })
    }

    async fn team(&'static self, name: &str) -> Result<Team<'static>, Failure> {
        Team::of(&self.world, name, &[]).await
    }
}

/// How many messages became that so far.
async fn count(world: &World, source: &str, result: &str) -> Result<f64, Failure> {
    let scrape = world.controller().metrics().await?;
    Ok(scrape.value("cooper_hints_total", &[("source", source), ("result", result)]).ok_or("no such series")?)
}

/// How often the controller read all of the bucket.
fn looks(team: &Team<'_>, bucket: &str) -> usize {
    team.calls(bucket).named("GetBucketVersioning").len()
}
