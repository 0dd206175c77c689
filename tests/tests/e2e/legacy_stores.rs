//! S3 stores that lack sub-configurations: what they lack is skipped where nobody declares it and named where somebody does, and a
//! call about it never hits the bucket itself.

use serde_json::json;
use tests::s3::{Act, FaultRule};
use tests::world::condition;

use super::sections::{beside, first, sections};
use super::team::{Outcome, Team};

#[tokio::test]
async fn a_store_that_takes_sub_configurations_for_the_bucket_itself_loses_no_bucket() -> Outcome {
    let team = Team::new("legacy", &[]).await?;
    let names = sections("", "").into_iter().map(|section| section.config.replace('_', "-")).collect::<Vec<_>>();
    for (name, section) in names.iter().zip(sections("", "")) {
        let fault = FaultRule::new(Act::LegacyRouter).sub_resource(section.sub_resource()).bucket(&team.s3_name(name));
        team.world.s3().faults().add(fault);
        team.apply(name, &first(&beside(section.config, &team.s3_name(name), &team.namespace))).await?;
    }
    for (name, section) in names.iter().zip(sections("", "")) {
        // The put is answered with 200, so that only the first check finds out.
        team.until(name, "worked on", |bucket| bucket.status.is_some()).await?;
        let created = team.world.s3().bucket(&team.s3_name(name)).ok_or("no bucket")?.created;
        team.touch(name).await?;
        let told = team.told(name, "ACK.Terminal").await?;
        assert!(told.contains("does not implement") && told.contains(&format!("spec.{}", section.field)), "{name}: {told}");
        for other in beside(section.config, &team.s3_name(name), &team.namespace).iter().filter(|other| other.config != section.config) {
            assert_eq!(team.in_s3(name, other.query).as_deref(), Some(other.first.1.as_str()), "{name}: {}", other.config);
        }

        // Nothing is declared any more: what the store lacks is passed over, and no call takes the bucket away.
        // Versioning cannot be suspended under a lock, which nobody can read here.
        let left = if section.config == "object_lock" { json!({ "versioning": { "status": "Enabled" } }) } else { json!({}) };
        team.make(name, &left).await?;
        team.check(name).await?;
        let held = team.world.s3().bucket(&team.s3_name(name)).ok_or_else(|| format!("{name}: the bucket is gone"))?;
        assert_eq!(held.created, created, "{name}: the bucket was made anew");
        assert_eq!(team.calls(name).named("CreateBucket").len(), 1, "{name}");
        assert!(team.calls(name).named("DeleteBucket").is_empty(), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn no_sub_configuration_call_makes_a_bucket_again_that_somebody_deleted() -> Outcome {
    let _alone = super::drift::alone().await;
    let team = Team::new("unmade", &[]).await?;
    let all = sections(&team.s3_name("b"), &team.namespace);
    team.make("b", &first(&all)).await?;
    team.check("b").await?;
    for section in &all {
        team.world.s3().faults().add(FaultRule::new(Act::LegacyRouter).sub_resource(section.sub_resource()).bucket(&team.s3_name("b")));
    }
    // Nobody may create buckets: the only way to one would be a put that is taken for a creation.
    team.world.s3().faults().add(FaultRule::new(Act::Deny).on("CreateBucket").bucket(&team.s3_name("b")));
    assert!(team.world.s3().delete_bucket(&team.s3_name("b")));
    team.touch("b").await?;
    assert!(team.told("b", "ACK.Recoverable").await?.contains("s3:CreateBucket"));
    assert!(!team.exists("b"));
    Ok(())
}

#[tokio::test]
async fn a_store_without_a_sub_configuration_serves_buckets_that_do_not_declare_it() -> Outcome {
    let team = Team::new("without", &[]).await?;
    for bucket in ["silent", "declaring"] {
        for query in ["cors", "ownershipControls", "publicAccessBlock"] {
            team.world.s3().faults().add(FaultRule::new(Act::NotImplemented).sub_resource(query).bucket(&team.s3_name(bucket)));
        }
    }
    team.make("silent", &json!({ "versioning": { "status": "Enabled" } })).await?;
    let bucket = team.check("silent").await?;
    assert_eq!(condition(&bucket, "Ready").map(|(status, _)| status), Some("True"));

    let all = sections(&team.s3_name("declaring"), &team.namespace);
    team.apply("declaring", &first(&all)).await?;
    // Ownership rides on the creation, so that only a check finds out that the store lacks it.
    team.told("declaring", "ACK.Terminal").await?;
    team.touch("declaring").await?;
    let lacking = ["cors", "ownershipControls", "publicAccessBlock"];
    let names_all = |bucket: &shared::Bucket| {
        let told = condition(bucket, "ACK.Terminal").map(|(_, message)| message.to_owned()).unwrap_or_default();
        lacking.iter().all(|field| told.contains(&format!("spec.{field}")))
    };
    team.until("declaring", "terminal for all three", names_all).await?;
    for section in all.iter().filter(|section| !lacking.contains(&section.field)) {
        // What could open the bucket is not put before the block on it is, nor logging before the policy that may allow it.
        let expected = (!["acl", "policy", "logging"].contains(&section.config)).then_some(section.first.1.as_str());
        assert_eq!(team.in_s3("declaring", section.query).as_deref(), expected, "{}", section.config);
    }
    Ok(())
}
