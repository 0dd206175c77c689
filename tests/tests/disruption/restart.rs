//! A restart asks S3 nothing that is not due.

use serde_json::json;
use tests::error::Result;
use tests::world::World;

use crate::buckets::{bare, check_now, complete, create, delete_all, patch};
use crate::turn;

const BUCKETS: usize = 24;

#[tokio::test]
async fn buckets_in_sync_are_left_alone() -> Result<()> {
    let world = turn::at_the_controller().await?;
    let namespace = world.namespace("restart", &[]).await?;
    let names: Vec<_> = (0..BUCKETS).map(|index| format!("restart-{index}")).collect();
    for (index, name) in names.iter().enumerate() {
        create(&world, &namespace, &if index % 2 == 0 { complete(name) } else { bare(name) }).await?;
    }
    for name in &names {
        world.bucket_ready(&namespace, name).await?;
    }
    check_now(&world, &namespace, &names).await?;

    world.s3().journal().clear();
    world.controller().restart().await?;
    asked_nothing(&world).await?;
    world.s3().journal().clear();
    world.controller().kill().await;
    world.controller().start().await?;
    asked_nothing(&world).await?;

    // What changed while it was down is worked on, and nothing else.
    world.controller().stop().await?;
    world.s3().journal().clear();
    let tags = json!({ "spec": { "tagging": { "tagSet": [{ "key": "team", "value": "b" }] } } });
    patch(&world.buckets(&namespace).await?, &names[0], &tags).await?;
    world.controller().start().await?;
    world.bucket_ready(&namespace, &names[0]).await?;
    looked_at(&world, BUCKETS - 1).await?;
    assert!(world.s3().get(&names[0], "tagging").is_some_and(|tags| tags.contains("<Value>b</Value>")));
    assert_eq!(world.s3().journal().of(&names[0]).writes().operations(), ["PutBucketTagging"]);
    for name in &names[1..] {
        assert_eq!(world.s3().journal().of(name).operations(), Vec::<&str>::new(), "{name}");
    }
    delete_all(&world, &namespace).await
}

/// Every Bucket was looked at, and S3 was not: STS only told the controller who it is.
async fn asked_nothing(world: &World) -> Result<()> {
    looked_at(world, BUCKETS).await?;
    let calls = world.s3().journal().calls().operations();
    assert!(!calls.is_empty() && calls.iter().all(|call| *call == "GetCallerIdentity"), "{calls:?}");
    Ok(())
}

/// Waits until the controller looked at so many Buckets and found nothing due.
async fn looked_at(world: &World, buckets: usize) -> Result<()> {
    let all = f64::from(u32::try_from(buckets).unwrap_or(u32::MAX));
    let passes = || async { world.controller().metrics().await.ok()?.value("cooper_reconcile_total", &[("result", "not_due")]) };
    world.until("a look at every Bucket", || async { passes().await.filter(|passes| *passes >= all).map(drop) }).await
}
