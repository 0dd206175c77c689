//! The queue goes away and comes back. Checks are due every three seconds here: they are what is left meanwhile.

use serde_json::json;
use tests::hints::{Event, HintQueue};
use tests::localstack::LocalStack;
use tests::world::{Options, World};

use super::{Outcome, Team, count};

async fn until_up(team: &Team<'_>, up: f64, why: &str) -> Outcome {
    let is = || async { ((team.metric("cooper_hint_queue_up", &[]).await.ok()? - up).abs() < 0.5).then_some(()) };
    team.wait(why, is).await
}

#[tokio::test]
async fn without_the_queue_checks_go_on_and_it_is_found_again() -> Outcome {
    let server = LocalStack::start().await?;
    let queue = HintQueue::create(&server, "coming-and-going").await?;
    let options = Options { webhook: false, ..Options::default() }.check_every(3).controller_flag("--hint-queue-url", queue.url());
    let world = World::start(options).await?;
    let team = Team::of(&world, "outage", &[]).await?;
    until_up(&team, 1.0, "the queue to answer").await?;

    queue.delete().await?;
    until_up(&team, 0.0, "the loss of the queue").await?;
    team.make("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    world.s3().set(&team.s3_name("b"), "versioning", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>")?;
    let repaired = || async { team.in_s3("b", "versioning")?.contains("Enabled").then_some(()) };
    team.wait("a check that is due to find the change", repaired).await?;

    queue.make().await?;
    until_up(&team, 1.0, "the queue again").await?;
    let before = count(&world, "cloudtrail", "enqueued").await?;
    queue.send(&Event::new("PutBucketVersioning", &team.s3_name("b")).body()).await?;
    team.wait("a hint", || async { (count(&world, "cloudtrail", "enqueued").await.ok()? > before).then_some(()) }).await?;

    drop(server);
    until_up(&team, 0.0, "the loss of all of SQS").await?;
    team.make("c", &json!({})).await?;
    let log = world.controller().log();
    let told = |words: &str| log.lines().filter(|line| line.contains(words)).count();
    assert_eq!((told("no hints come"), told("hints come from the queue")), (2, 2), "each outage is told once, and its end");
    Ok(())
}
