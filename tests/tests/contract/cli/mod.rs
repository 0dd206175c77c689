//! What people run by hand: `plan` and `export`, as the binary that is shipped, against S3 and the cluster.

mod ends;
mod export;
mod plan;
mod sdk;

use tests::kubectl::Output;
use tests::world::{ACCOUNT, Options, World};
use tokio::sync::OnceCell;

use crate::team::Failure;

/// The world of these tests.
async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    WORLD.get_or_init(|| async { World::start(Options::default()).await.unwrap_or_else(|fault| panic!("{fault}")) }).await
}

/// Runs a command with a text on standard input, as the account's administrator.
async fn cooper(command: &str, args: &[&str], stdin: &str) -> Result<Output, Failure> {
    let world = world().await;
    let endpoint = format!("--aws-endpoint-url={}", world.s3().endpoint());
    let region = format!("--aws-region={}", tests::world::REGION);
    let all = [&[command, &endpoint, &region, "--allow-unsafe-aws-endpoint-urls", "--aws-endpoint-use-path-style"], args].concat();
    let key = world.s3().credentials(ACCOUNT);
    let env = [("AWS_ACCESS_KEY_ID", key.id.as_str()), ("AWS_SECRET_ACCESS_KEY", key.secret.as_str())];
    Ok(world.cooper_controller_with(&all, &env, stdin).await?)
}
