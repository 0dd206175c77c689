//! Cooper on LocalStack, which has nearly everything.
//!
//! What it has otherwise than S3, beside the list: it checks no signatures and no rights, its lists have one page only, a public
//! policy is not refused, and after DeleteBucketEncryption there is an answer without a rule, which counts as not implemented. The S3 model and MiniStack are for that.

use tests::localstack::LocalStack;
use tests::world::{ACCOUNT, Elsewhere, Options, REGION, World};

use super::lacking::{self, EVERY};
use super::lane::{Lack, Lane, client};
use super::queue;
use super::rows::Site;
use super::story;
use tests::failure::Outcome;

const LACKS: &[Lack] = &[Lack { config: "abac", why: "not emulated: 501 to GetBucketAbac and PutBucketAbac" }];

#[tokio::test]
async fn localstack() -> Outcome {
    let server = LocalStack::start().await?;
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
    let lane = Lane::new("LocalStack", owner, world, site, LACKS).await?;
    lane.tell_what_it_lacks();
    story::created_kept_changed_repaired_deleted(&lane).await?;
    lacking::named_and_nothing_is_lost(&lane).await
}
