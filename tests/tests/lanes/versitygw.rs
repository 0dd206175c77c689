//! Cooper on versitygw, which has the small half of the sub-configurations and says so of the others.
//!
//! It has no STS, so that the controller asks the S3 model's who it is, and knows one user, whose name is what it takes for an account.

use tests::s3::{AccessKey, S3Model, S3Options};
use tests::versitygw::VersityGw;
use tests::world::{ACCOUNT, Options, REGION};

use super::lane::Lack;
use super::queue;
use super::run::Server;
use tests::failure::Outcome;

const NOT_IMPLEMENTED: &str = "501 NotImplemented";
const LACKS: &[Lack] = &[
    Lack { config: "abac", why: "it takes PutBucketAbac for CreateBucket: 409 BucketAlreadyOwnedByYou" },
    Lack { config: "accelerate", why: NOT_IMPLEMENTED },
    Lack { config: "analytics", why: NOT_IMPLEMENTED },
    Lack { config: "encryption", why: NOT_IMPLEMENTED },
    Lack { config: "intelligent_tiering", why: NOT_IMPLEMENTED },
    Lack { config: "inventory", why: NOT_IMPLEMENTED },
    Lack { config: "lifecycle", why: NOT_IMPLEMENTED },
    Lack { config: "logging", why: NOT_IMPLEMENTED },
    Lack { config: "metrics", why: NOT_IMPLEMENTED },
    Lack { config: "notification", why: NOT_IMPLEMENTED },
    Lack { config: "public_access_block", why: NOT_IMPLEMENTED },
    Lack { config: "replication", why: NOT_IMPLEMENTED },
    Lack { config: "request_payment", why: NOT_IMPLEMENTED },
];

#[tokio::test]
async fn versitygw() -> Outcome {
    let server = VersityGw::start(ACCOUNT, REGION).await?;
    let (endpoint, credentials) = (server.endpoint(), server.credentials());
    let identities = S3Model::start(S3Options::default())?;
    let (id, secret) = (credentials.access_key_id().to_owned(), credentials.secret_access_key().to_owned());
    identities.add_key(&AccessKey { account: ACCOUNT.to_owned(), id, secret });
    let options = Options::default().controller_flag("--aws-identity-endpoint-url", identities.endpoint());
    let acls = ["private", "private"]; // its answer names the groups of canned ACLs in its own way
    Server { name: "versitygw", endpoint, credentials, queue: queue::arn(), acls, lacks: LACKS }.run(options).await
}
