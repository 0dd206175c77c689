//! Of several controllers the one that leads asks the queue.

use serde_json::json;
use tests::hints::{Event, HintQueue};

use super::{Outcome, Team, ground};
use crate::leases::replica::{Replica, world};

#[tokio::test]
async fn the_leader_alone_asks_the_queue_and_the_next_one_goes_on() -> Outcome {
    let queue = HintQueue::create(&ground().await.server, "turns").await?;
    let team = Team::of(world().await, "hint-turns", &[]).await?;
    let flags = [("--hint-queue-url", queue.url())];
    let (first, second) = (Replica::of(&team, "a", &flags).await?, Replica::of(&team, "b", &flags).await?);
    first.service.start().await?;
    first.leads(&team, true).await?;
    second.service.start().await?;
    second.leads(&team, false).await?;
    team.make("b", &json!({})).await?;
    team.check("b").await?;

    let told = async |replica: &Replica| -> Option<(f64, f64)> {
        let scrape = replica.service.metrics().await.ok()?;
        Some((scrape.value("cooper_hint_queue_up", &[])?, scrape.value("cooper_hints_total", &[])?))
    };
    let said = async |replica: &Replica, wanted: (f64, f64), what: &str| {
        let is = || async { (format!("{:?}", told(replica).await?) == format!("{wanted:?}")).then_some(()) };
        team.wait(what, is).await
    };
    said(&first, (1.0, 0.0), "the leader to ask the queue").await?;
    for _ in 0..5 {
        queue.send(&Event::new("PutBucketCors", &team.s3_name("b")).body()).await?;
    }
    said(&first, (1.0, 5.0), "the leader to have all hints").await?;
    said(&second, (0.0, 0.0), "the standby to have none").await?;

    first.service.stop().await?;
    second.leads(&team, true).await?;
    queue.send(&Event::new("PutBucketCors", &team.s3_name("b")).body()).await?;
    said(&second, (1.0, 1.0), "the next leader to hear of it").await?;
    team.wait("the queue to be empty", || async { (queue.messages().await.ok()? == 0).then_some(()) }).await
}
