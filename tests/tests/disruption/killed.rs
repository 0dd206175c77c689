//! The controller is killed in the middle of a creation: at every call of it, before the call took effect and after.

use std::time::Duration;

use shared::bucket::FINALIZER;
use tests::error::Result;
use tests::s3::{Access, FaultRule};
use tests::world::{World, is_ready};

use crate::buckets::{check_now, complete, create, delete_all, held};
use crate::turn;

/// Longer than any test: a call that takes this long is under way until the controller dies.
const FOR_EVER: Duration = Duration::from_hours(1);
/// A Bucket that is created without trouble, to compare the others with.
const WHOLE: &str = "killed-never";

#[tokio::test]
async fn whatever_was_under_way_is_brought_to_its_end() -> Result<()> {
    let world = turn::at_the_controller().await?;
    let namespace = world.namespace("killed", &[]).await?;
    create(&world, &namespace, &complete(WHOLE)).await?;
    world.bucket_ready(&namespace, WHOLE).await?;
    let writes = world.s3().journal().of(WHOLE).writes().operations();
    assert_eq!(writes.first(), Some(&"CreateBucket"), "{writes:?}");
    assert!(writes.len() >= 7, "too few points to kill at: {writes:?}");

    let mut names = hang_at_every_call(&world, writes.len());
    let rules = world.s3().faults().rules();
    for name in &names {
        create(&world, &namespace, &complete(name)).await?;
    }
    let faults = world.s3().faults();
    world.until("every creation to hang", || async { rules.iter().all(|(rule, _)| faults.struck(*rule) == 1).then_some(()) }).await?;
    world.controller().kill().await;
    world.s3().faults().clear();

    let created = |name: &str| world.s3().bucket(name).map(|state| state.created);
    let before: Vec<_> = names.iter().map(|name| created(name)).collect();
    assert_eq!(before.iter().filter(|created| created.is_none()).count(), 2, "only a hung HeadBucket or CreateBucket leaves no bucket");
    for (name, created) in names.iter().zip(&before) {
        let bucket = world.bucket_until(&namespace, name, "there", |_| true).await?;
        assert!(!is_ready(&bucket), "{name}");
        let marked = bucket.metadata.finalizers.iter().flatten().any(|finalizer| finalizer == FINALIZER);
        assert!(marked || created.is_none(), "{name} has a bucket that its object does not know of");
    }

    world.controller().start().await?;
    for name in &names {
        let bucket = world.bucket_ready(&namespace, name).await?;
        assert_eq!(bucket.status.and_then(|status| status.drift), None, "{name}: what was left to do is no drift");
        assert_eq!(held(&world, name), held(&world, WHOLE), "{name}");
    }
    for (name, before) in names.iter().zip(before) {
        assert!(before.is_none() || created(name) == before, "{name} was created twice");
        let creations = world.s3().journal().of(name).named("CreateBucket");
        let answered = creations.iter().filter(|call| call.succeeded()).count();
        assert!(answered <= 1 && creations.failed().iter().all(|call| call.status == 0), "{name}: {creations:?}");
    }
    names.push(WHOLE.to_owned());
    finished(&world, &namespace, &names).await
}

/// Names of Buckets whose creation hangs, each at another call; all of them are of one kind, so that they can be compared.
fn hang_at_every_call(world: &World, writes: usize) -> Vec<String> {
    let hang = |name: String, rule: FaultRule| {
        world.s3().faults().add(rule.bucket(&name).times(1));
        name
    };
    let mut names = vec![hang("killed-looking".to_owned(), FaultRule::delay(FOR_EVER, Duration::ZERO).on("HeadBucket"))];
    for write in 0..writes {
        let nth = |rule: FaultRule| rule.access(Access::Write).after(u64::try_from(write).unwrap_or_default());
        names.push(hang(format!("killed-before-{write}"), nth(FaultRule::delay(FOR_EVER, Duration::ZERO))));
        names.push(hang(format!("killed-after-{write}"), nth(FaultRule::delay_after(FOR_EVER))));
    }
    names
}

/// Nothing is left to do: a second look writes nothing and finds no drift. Then everything goes, and nothing is left in S3.
async fn finished(world: &World, namespace: &str, names: &[String]) -> Result<()> {
    world.s3().journal().clear();
    check_now(world, namespace, names).await?;
    for name in names {
        let calls = world.s3().journal().of(name);
        assert_eq!(calls.writes().operations(), Vec::<&str>::new(), "{name}");
        assert!(!calls.is_empty(), "{name} was not looked at");
    }
    let metrics = world.controller().metrics().await?;
    assert_eq!(metrics.value("cooper_drift_detected_total", &[]), Some(0.0), "{metrics:?}");
    delete_all(world, namespace).await?;
    let left: Vec<_> = world.s3().buckets().into_iter().filter(|name| name.starts_with("killed-")).collect();
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}
