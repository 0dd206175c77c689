//! The pages at the admin address in a real browser: what they tell of drift, that they do without scripts, and how they look.

mod look;
mod off;
mod told;

use serde_json::json;
use tests::browser::Browser;
use tests::port;
use tests::s3::{Act, FaultRule};
use tests::world::{Options, World};
use tokio::sync::OnceCell;

use super::team::{Failure, Team};

const SUSPENDED: &str = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";

/// A world with pages.
struct Stage {
    world: World,
    /// Where they are, without a slash at the end.
    address: String,
}

async fn stage() -> &'static Stage {
    static STAGE: OnceCell<Stage> = OnceCell::const_new();
    let start = || async {
        let admin = format!("127.0.0.1:{}", port::free().unwrap_or_else(|fault| panic!("{fault}")));
        let options = Options { webhook: false, ..Options::default() };
        let options = options.controller_flag("--admin-addr", &admin).controller_flag("--admin-page", "true");
        let world = World::start(options).await.unwrap_or_else(|fault| panic!("{fault}"));
        Stage { world, address: format!("http://{admin}") }
    };
    STAGE.get_or_init(start).await
}

/// A team with drift that cannot be put right (`denied`), drift that waits for approval (`warned`), a paused Bucket (`paused`) and one
/// in sync (`well`).
async fn troubled(name: &str) -> Result<Team<'static>, Failure> {
    let team = Team::of(&stage().await.world, name, &[]).await?;
    let versioned = json!({ "versioning": { "status": "Enabled" } });
    team.make("well", &versioned).await?;
    team.make("denied", &versioned).await?;
    team.apply_annotated("warned", &json!({ "s3.services.k8s.aws/drift-mode": "warn" }), &versioned).await?;
    team.apply_annotated("paused", &json!({ "s3.services.k8s.aws/paused": "true" }), &versioned).await?;
    for bucket in ["denied", "warned"] {
        team.check(bucket).await?;
        team.world.s3().set(&team.s3_name(bucket), "versioning", SUSPENDED)?;
    }
    team.world.s3().faults().add(FaultRule::new(Act::Deny).on("PutBucketVersioning").bucket(&team.s3_name("denied")));
    for bucket in ["denied", "warned"] {
        team.touch(bucket).await?;
        team.told(bucket, "Drifted").await?;
    }
    team.told("denied", "ACK.Recoverable").await?;
    team.told("paused", "Paused").await?;
    Ok(team)
}

/// A browser that runs no scripts, with a window for people at a desk.
fn browser() -> Result<Browser, Failure> {
    let mut browser = Browser::start()?;
    browser.without_scripts()?;
    browser.window(1280, 900, "light")?;
    Ok(browser)
}

/// The page is whole: nothing was asked of anybody else, and the browser has nothing to complain about.
fn is_sound(browser: &Browser, address: &str) {
    let requests = browser.requests();
    assert!(requests.iter().any(|url| url.ends_with("/page.css")), "{requests:?}");
    assert!(requests.iter().all(|url| url.starts_with(&format!("{address}/"))), "{requests:?}");
    assert_eq!(browser.complaints(), [""; 0]);
}
