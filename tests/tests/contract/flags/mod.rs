//! The command line in the hands of an operator: what is wrong is said before anything starts, what is right is what the ACK S3
//! controller takes, and what is logged changes while the process runs.

mod bad;
mod check;
mod log;
mod reports;

use tests::world::{ACCOUNT, Options, World};
use tokio::sync::OnceCell;

/// The world of these tests.
async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    let options = Options { webhook: false, ..Options::default() };
    WORLD.get_or_init(|| async { World::start(options).await.unwrap_or_else(|fault| panic!("{fault}")) }).await
}

/// Flags with which the controller would run on the model, on ports of its own.
pub(crate) fn sound(world: &World) -> Vec<String> {
    let endpoint = format!("--aws-endpoint-url={}", world.s3().endpoint());
    let rest = [
        "--aws-region=eu-central-1",
        "--allow-unsafe-aws-endpoint-urls",
        "--aws-endpoint-use-path-style",
        "--metrics-addr=127.0.0.1:0",
        "--healthz-addr=127.0.0.1:0",
        "--admin-addr=127.0.0.1:0",
        "--leader-election-namespace=cooper-system",
    ];
    rest.iter().map(|flag| (*flag).to_owned()).chain([endpoint]).collect()
}

/// The identity that the model knows, as variables.
pub(crate) fn identity(world: &World) -> [(&'static str, String); 2] {
    let key = world.s3().credentials(ACCOUNT);
    [("AWS_ACCESS_KEY_ID", key.id), ("AWS_SECRET_ACCESS_KEY", key.secret)]
}
