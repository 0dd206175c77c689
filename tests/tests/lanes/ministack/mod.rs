//! Cooper on MiniStack, which has regions, accounts, and users whose rights and signatures it checks.
//!
//! What it has otherwise than S3, beside the list: a new bucket has no public access block and no blocked encryption types, bad
//! policies and most other bad documents are kept as they are sent, and it is always of one mind: no 409 OperationAborted, no 503.

mod denied;
mod foreign;
mod identities;
mod regions;

use tests::ministack::MiniStack;
use tests::world::{ACCOUNT, Options};

use super::lane::Lack;
use super::queue;
use super::run::Server;
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
    let (endpoint, credentials) = (server.endpoint(), server.credentials(ACCOUNT));
    let queue = queue::create(endpoint, &credentials).await?;
    let acls = ["log-delivery-write", "private"];
    Server { name: "MiniStack", endpoint, credentials, queue, acls, lacks: LACKS }.run(Options::default()).await
}
