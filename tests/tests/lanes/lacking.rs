//! The story of what a server lacks: a Bucket that declares it is told so by name, everything else is kept, the bucket is never lost,
//! and nobody tries without end. A Bucket that does not declare it is as good as any.

use std::time::{Duration, Instant};

use aws_sdk_s3::primitives::DateTime;
use shared::subconfig::NAMES;
use tests::world::condition;

use super::lane::Lane;
use super::rows::{Row, Site, spec, table};
use tests::failure::{Failure, Outcome};

/// How often the world has Buckets checked, and how long it is watched for a loop.
pub(crate) const EVERY: Duration = Duration::from_secs(1);
const WATCHED: Duration = Duration::from_secs(4);
const REQUESTS: &str = "cooper_aws_requests_total";

/// A Bucket that declares one sub-configuration that the server lacks, and one that it has.
struct Subject {
    site: Site,
    lacking: Row,
    kept: Row,
}

/// Tells it, with one Bucket for each sub-configuration.
pub(crate) async fn named_and_nothing_is_lost(lane: &Lane) -> Outcome {
    let subjects = subjects(lane)?;
    for Subject { site, lacking, kept } in &subjects {
        lane.apply(&site.bucket, &spec(lacking.home, [lacking, kept], |row| &row.first.0)).await?;
    }
    for Subject { site, lacking, .. } in &subjects {
        let field = format!("spec.{}", lacking.field);
        let told = |bucket: &shared::Bucket| {
            condition(bucket, "ACK.Terminal").is_some_and(|(status, message)| status == "True" && message.contains(&field))
        };
        lane.world.bucket_until(&lane.namespace, &site.bucket, &format!("told that the server lacks {field}"), told).await?;
    }
    let born = born(lane, &subjects).await?;
    no_hot_loop(lane, subjects.len()).await?;
    for Subject { site, lacking, kept } in &subjects {
        let held = (lacking.read)(&lane.owner, site).await;
        assert_ne!(held.as_ref(), Ok(&lacking.first.1), "{} has {} after all", lane.name, lacking.config);
        assert_eq!((kept.read)(&lane.owner, site).await.as_ref(), Ok(&kept.first.1), "{}: {}", lane.name, site.bucket);
    }

    // What is no longer declared is passed over, and no call about it takes the bucket away.
    for Subject { site, lacking, kept } in &subjects {
        lane.apply(&site.bucket, &spec(lacking.home, [kept], |row| &row.second.0)).await?;
    }
    for Subject { site, kept, .. } in &subjects {
        lane.world.bucket_ready(&lane.namespace, &site.bucket).await?;
        assert_eq!((kept.read)(&lane.owner, site).await.as_ref(), Ok(&kept.second.1), "{}: {}", lane.name, site.bucket);
    }
    for Subject { site, lacking, .. } in &subjects {
        lane.apply(&site.bucket, &spec(lacking.home, [], |row| &row.first.0)).await?;
    }
    for Subject { site, .. } in &subjects {
        lane.world.bucket_ready(&lane.namespace, &site.bucket).await?;
    }
    lane.checked(2 * u64::try_from(subjects.len())?).await?;
    assert_eq!(self::born(lane, &subjects).await?, born, "{}: a bucket was made anew", lane.name);
    for Subject { site, .. } in &subjects {
        lane.delete(&site.bucket).await?;
    }
    Ok(())
}

fn subjects(lane: &Lane) -> Outcome<Vec<Subject>> {
    let configs = lane.lacking().into_iter().map(|lacking| {
        let site = lane.site(&format!("cooper-lane-no-{}", lacking.config.replace('_', "-")));
        let kept = table(&site).into_iter().find(|row| row.config == "tagging").ok_or("the table has tagging")?;
        Ok(Subject { site, lacking, kept })
    });
    configs.collect()
}

/// When S3 made the buckets; an error where it has not all of them.
async fn born(lane: &Lane, subjects: &[Subject]) -> Outcome<Vec<DateTime>> {
    let answer = lane.owner.list_buckets().send().await.map_err(|fault| format!("{fault:?}"))?;
    let of = |subject: &Subject| {
        let found = answer.buckets().iter().find(|bucket| bucket.name() == Some(&subject.site.bucket));
        Ok(found.and_then(|bucket| bucket.creation_date).ok_or_else(|| format!("{} is lost", subject.site.bucket))?)
    };
    subjects.iter().map(of).collect()
}

/// What cannot be done is tried at the pace of the checks, not faster, and a pass is a bounded number of requests.
async fn no_hot_loop(lane: &Lane, buckets: usize) -> Outcome {
    let so_far = async || Ok::<_, Failure>((lane.count("cooper_reconcile_total", &[]).await?, lane.count(REQUESTS, &[]).await?));
    let (started, before) = (Instant::now(), so_far().await?);
    tokio::time::sleep(WATCHED).await;
    let after = so_far().await?;
    let (passes, requests) = (after.0 - before.0, after.1 - before.1);
    // Waits are up to a tenth shorter than the period. One pass may have been under way at the start, one at the end.
    let most = (started.elapsed().as_millis() * 10 / (9 * EVERY.as_millis()) + 2) * u128::try_from(buckets)?;
    assert!(u128::from(passes) <= most, "{}: {passes} passes over {buckets} Buckets in {WATCHED:?}", lane.name);
    // A read and a write of each sub-configuration, and a look at the bucket.
    let most = most * u128::try_from(2 * NAMES.len() + 2)?;
    assert!(u128::from(requests) <= most, "{}: {requests} requests in {passes} passes", lane.name);
    Ok(())
}
