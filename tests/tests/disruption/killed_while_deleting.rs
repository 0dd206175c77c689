//! The controller is killed in the middle of a deletion; and Buckets are deleted while it is down.

use std::time::Duration;

use tests::error::Result;
use tests::s3::FaultRule;

use crate::buckets::{bare, complete, create};
use crate::turn;

const FOR_EVER: Duration = Duration::from_hours(1);

#[tokio::test]
async fn no_deletion_is_forgotten_and_no_bucket_orphaned() -> Result<()> {
    let world = turn::at_the_controller().await?;
    let namespace = world.namespace("deleted", &[]).await?;
    let kubectl = world.kubectl().in_namespace(&namespace);
    let s3 = world.s3();
    let [undone, done, unborn, newborn, settled] = ["undone", "done", "unborn", "newborn", "settled"].map(|name| format!("deleted-{name}"));

    for name in [&undone, &done, &settled] {
        create(&world, &namespace, &bare(name)).await?;
    }
    for name in [&undone, &done, &settled] {
        world.bucket_ready(&namespace, name).await?;
    }
    let rules = [
        (&undone, FaultRule::delay(FOR_EVER, Duration::ZERO).on("DeleteBucket")),
        (&done, FaultRule::delay_after(FOR_EVER).on("DeleteBucket")),
        (&unborn, FaultRule::delay(FOR_EVER, Duration::ZERO).on("CreateBucket")),
        (&newborn, FaultRule::delay_after(FOR_EVER).on("CreateBucket")),
    ];
    let rules = rules.map(|(name, rule)| s3.faults().add(rule.bucket(name).times(1)));
    kubectl.run(&["delete", "buckets", "--wait=false", &undone, &done]).await?.ok()?;
    for name in [&unborn, &newborn] {
        create(&world, &namespace, &complete(name)).await?;
    }
    world.until("all four to hang", || async { rules.iter().all(|rule| s3.faults().struck(*rule) == 1).then_some(()) }).await?;
    world.controller().kill().await;

    let there: Vec<_> = [&undone, &done, &unborn, &newborn, &settled].iter().map(|name| s3.bucket(name).is_some()).collect();
    assert_eq!(there, [true, false, false, true, true]);
    kubectl.run(&["delete", "buckets", "--wait=false", &unborn, &newborn, &settled]).await?.ok()?;
    for name in [&undone, &done, &unborn, &newborn, &settled] {
        world.bucket_until(&namespace, name, "held by its finalizer", shared::Bucket::is_being_deleted).await?;
    }

    world.controller().start().await?;
    for name in [&undone, &done, &unborn, &newborn, &settled] {
        world.bucket_gone(&namespace, name).await?;
        assert!(s3.bucket(name).is_none(), "{name} is an orphan");
    }
    Ok(())
}
