//! Cooper on MiniStack, which has regions, accounts, and users whose rights and signatures it checks.
//!
//! What it has otherwise than S3, beside the list: a new bucket has no public access block and no blocked encryption types, bad
//! policies and most other bad documents are kept as they are sent, and it is always of one mind: no 409 OperationAborted, no 503.

mod denied;
mod foreign;
mod identities;
mod regions;

use tests::ministack::MiniStack;
use tests::world::{ACCOUNT, Elsewhere, Options, REGION, World};

use super::lacking::{self, EVERY};
use super::lane::{Lack, Lane, client};
use super::queue;
use super::rows::Site;
use super::story;
use tests::failure::Outcome;

const MISROUTED: &str = "it takes these calls for calls on the bucket itself";
const LACKS: &[Lack] = &[
    Lack { config: "abac", why: MISROUTED },
    Lack { config: "analytics", why: MISROUTED },
    Lack { config: "intelligent_tiering", why: MISROUTED },
    Lack { config: "inventory", why: MISROUTED },
    Lack { config: "metrics", why: MISROUTED },
    Lack { config: "request_payment", why: MISROUTED },
];

#[tokio::test]
async fn ministack() -> Outcome {
    let server = MiniStack::start().await?;
    let credentials = server.credentials(ACCOUNT);
    let queue = queue::create(server.endpoint(), &credentials).await?;

    let place = Elsewhere::at(server.endpoint(), Some(credentials.clone()));
    let world = World::start(Options::default().on(place).check_every(u32::try_from(EVERY.as_secs())?)).await?;
    let owner = client(server.endpoint(), REGION, credentials);
    let site = Site {
        bucket: String::new(),
        target: "cooper-lane-target".to_owned(),
        account: ACCOUNT,
        queue,
        acls: ["log-delivery-write", "private"],
    };
    let lane = Lane::new("MiniStack", owner, world, site, LACKS).await?;
    lane.tell_what_it_lacks();
    story::created_kept_changed_repaired_deleted(&lane).await?;
    lacking::named_and_nothing_is_lost(&lane).await
}
