//! From the ACK S3 controller to this one and back: what that one leaves behind, in the API server and in S3, is taken over with the
//! writes that each fixture lists and no other, and after this controller has run, the other finds nothing new to do.

mod fixture;
mod peer;
mod stage;

use std::collections::BTreeSet;

use tests::world::{Options, World, condition, is_ready};

use self::fixture::Fixture;
use self::stage::Taken;
use crate::team::{Outcome, Team};

#[tokio::test]
async fn what_the_peer_leaves_is_taken_over_with_the_writes_that_are_listed() -> Outcome {
    let world = World::start(Options { controller: false, webhook: false, ..Options::default() }).await?;
    let mut taken = Vec::new();
    for fixture in fixture::all()? {
        for (mode, annotation) in [("reset", None), ("ignore", Some("ignore"))] {
            let team = Team::of(&world, &format!("{}-{mode}", fixture.name), &[]).await?;
            taken.push(Taken::set(team, fixture.clone(), annotation).await?);
        }
    }
    // Somebody deleted it while nobody was there.
    let left = fixture::all()?.into_iter().find(|fixture| fixture.name == "keeps-and-sends").ok_or("no such fixture")?;
    let leaving = Taken::set(Team::of(&world, "leaving", &[]).await?, left, None).await?;
    leaving.team.delete("b").await?;
    world.s3().journal().clear();
    world.controller().start().await?;
    let mut wrong = Vec::new();
    for taken in &taken {
        let bucket = taken.team.until("b", "looked at", last_word).await?;
        if !is_ready(&bucket) {
            wrong.push(format!("{}: {:?}", taken.team.namespace, bucket.status));
            continue;
        }
        wrong.extend(taken.differences(&bucket).await?.into_iter().map(|text| format!("{}: {text}", taken.team.namespace)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let drift = world.controller().metrics().await?.value("cooper_drift_detected_total", &[]);
    assert_eq!(drift, Some(0.0), "what another controller left is no drift");

    leaving.team.gone("b").await?;
    assert_eq!((leaving.team.exists("b"), leaving.team.calls("b").writes().operations()), (false, vec!["DeleteBucket"]));

    // Once taken over, a restart does nothing more.
    world.s3().journal().clear();
    world.controller().restart().await?;
    for taken in &taken {
        taken.team.check("b").await?;
        assert_eq!(taken.team.calls("b").writes().operations(), [""; 0], "{}", taken.team.namespace);
    }
    Ok(())
}

/// Whether the controller has said how the Bucket stands.
fn last_word(bucket: &shared::Bucket) -> bool {
    let failed = ["ACK.Terminal", "ACK.Recoverable"].iter().any(|kind| condition(bucket, kind).is_some());
    bucket.status.as_ref().is_some_and(|status| status.observed_generation.is_some()) && (failed || is_ready(bucket))
}

#[test]
fn the_fixtures_say_what_they_are() {
    let all = fixture::all().unwrap_or_else(|fault| panic!("{fault:?}"));
    assert!(all.len() >= 10, "{}", all.len());
    let names: BTreeSet<&str> = all.iter().map(|fixture: &Fixture| fixture.name.as_str()).collect();
    assert_eq!(names.len(), all.len());
    for fixture in &all {
        assert!(!fixture.about.is_empty() && fixture.spec["name"] == "$NAME", "{}", fixture.name);
        let only_tags = fixture.ignore.iter().all(|call| call == "PutBucketTagging");
        assert!(only_tags || fixture.ignore == fixture.reset, "{}: nothing but the controller's own tag", fixture.name);
    }
}
