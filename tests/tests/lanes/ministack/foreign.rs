//! A bucket that another account has is never written; a new bucket without a public access block gets one, and nobody calls that drift.

use std::time::Duration;

use serde_json::json;
use tests::ministack::MiniStack;
use tests::world::{ACCOUNT, Elsewhere, Options, REGION, World};

use crate::lane::{Lane, client, create};
use crate::rows::{Site, done, table};
use tests::failure::Outcome;

const STRANGER: &str = "222222222222";
const TAKEN: &str = "cooper-mini-taken";
const BARE: &str = "cooper-mini-bare";

#[tokio::test]
async fn other_accounts_are_left_alone_and_new_buckets_made_safe() -> Outcome {
    let server = MiniStack::start().await?;
    let stranger = client(server.endpoint(), REGION, server.credentials(STRANGER));
    create(&stranger, TAKEN).await?;

    let place = Elsewhere::at(server.endpoint(), Some(server.credentials(ACCOUNT)));
    let world = World::start(Options::default().on(place).check_every(2)).await?;
    let owner = client(server.endpoint(), REGION, server.credentials(ACCOUNT));
    let site = Site {
        bucket: TAKEN.to_owned(),
        target: "cooper-mini-target".to_owned(),
        account: ACCOUNT,
        queue: String::new(),
        acls: ["private"; 2],
    };
    let lane = Lane::new("MiniStack", owner, world, site.clone(), super::LACKS).await?;
    let rows: Vec<_> = table(&site).into_iter().filter(|row| !lane.lacks(row)).collect();
    let mut before = Vec::new();
    for row in &rows {
        before.push((row.read)(&stranger, &site).await);
    }

    for bucket in [TAKEN, BARE] {
        lane.apply(bucket, &json!({ "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } })).await?;
    }
    let told = |bucket: &shared::Bucket| {
        let conditions = bucket.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
        conditions.iter().any(|condition| condition.message.as_deref().is_some_and(|text| text.contains("belongs to another account")))
    };
    lane.world.bucket_until(&lane.namespace, TAKEN, "refused by its owner", told).await?;
    lane.kubectl.wait_for(&format!("bucket/{TAKEN}"), "condition=Ready=False", Duration::from_mins(1)).await?;

    lane.world.bucket_ready(&lane.namespace, BARE).await?;
    let bare = lane.site(BARE);
    let block = rows.iter().find(|row| row.config == "public_access_block").ok_or("the table has it")?;
    let is_safe = || async { (block.read)(&lane.owner, &bare).await.is_ok_and(|held| held == "on on on on").then_some(()) };
    lane.world.until("public access to be blocked", is_safe).await?;
    assert_eq!(lane.count("cooper_drift_detected_total", &[]).await?, 0);

    lane.kubectl.run(&["delete", "buckets", "--all"]).await?.ok()?;
    for (row, before) in rows.iter().zip(before) {
        assert_eq!((row.read)(&stranger, &site).await, before, "{} of the other account's bucket", row.config);
    }
    done(stranger.head_bucket().bucket(TAKEN).send().await)?;
    assert!(!lane.exists(BARE).await?);
    Ok(())
}
