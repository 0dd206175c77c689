//! Cooper on LocalStack, which has nearly everything.
//!
//! What it has otherwise than S3, beside the list: it checks no signatures and no rights, its lists have one page only, a public
//! policy is not refused, and after DeleteBucketEncryption there is an answer without a rule, which counts as not implemented. The S3 model and MiniStack are for that.

use tests::localstack::LocalStack;
use tests::world::{ACCOUNT, Options};

use super::lane::Lack;
use super::queue;
use super::run::Server;
use tests::failure::Outcome;

const LACKS: &[Lack] = &[Lack { config: "abac", why: "not emulated: 501 to GetBucketAbac and PutBucketAbac" }];

#[tokio::test]
async fn localstack() -> Outcome {
    let server = LocalStack::start().await?;
    let (endpoint, credentials) = (server.endpoint(), server.credentials(ACCOUNT));
    let queue = queue::create(endpoint, &credentials).await?;
    let acls = ["log-delivery-write", "private"];
    Server { name: "LocalStack", endpoint, credentials, queue, acls, lacks: LACKS }.run(Options::default()).await
}
