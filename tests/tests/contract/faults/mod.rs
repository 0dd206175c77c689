//! S3 refuses, fails, lags or talks nonsense: what people are told, that what heals heals by itself, and that nothing is written
//! because of it.

mod absence;
mod answers;
mod healing;
mod lag;
mod owners;
mod permissions;

use tests::world::{Options, World};
use tokio::sync::OnceCell;

use super::team::{Failure, Team};

/// The one world of these tests. A Bucket in a terminal condition is looked at again every twenty seconds, and a call that hangs is
/// given up soon.
async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    let options = || Options::default().check_every(20).controller_flag("--http-client-timeout", "2s");
    WORLD.get_or_init(|| async { World::start(options()).await.unwrap_or_else(|fault| panic!("{fault}")) }).await
}

/// A team in that world.
async fn team(name: &str) -> Result<Team<'static>, Failure> {
    Team::of(world().await, name, &[]).await
}

/// A team whose buckets are in another region: what S3 says there about too many requests is not about anybody else.
async fn team_in(name: &str, region: &str) -> Result<Team<'static>, Failure> {
    Team::of(world().await, name, &[("services.k8s.aws/default-region", region)]).await
}
