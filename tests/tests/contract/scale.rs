//! Many Buckets at once: who goes first, what a restart costs, and whom a throttled account slows down. The bench `scale` has the
//! figures; here is the order of things.

use std::collections::BTreeSet;

use k8s_openapi::jiff::{Timestamp, ToSpan as _};
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use shared::Bucket;
use tests::s3::{Act, FaultRule, Role};
use tests::world::{ACCOUNT, Options, World};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use super::team::{Failure, Outcome, Team};

const ROLE: &str = "s3.services.k8s.aws/iam-role-arn";
const OTHER: &str = "444455556666";
/// Reads a second, so few that a check of all takes a while.
const READS: &str = "30";

/// A turn in a world with few workers and few reads a second: these tests restart its controller.
async fn turn() -> Result<MutexGuard<'static, World>, Failure> {
    static WORLD: OnceCell<Mutex<World>> = OnceCell::const_new();
    let options = Options::default().controller_flag("--reconcile-default-max-concurrent-syncs", "3");
    let options = options.controller_flag("--aws-reads-per-second", READS);
    let world = WORLD.get_or_try_init(|| async { World::start(options).await.map(Mutex::new) }).await?.lock().await;
    world.s3().faults().clear();
    world.controller().start().await?;
    Ok(world)
}

/// Makes so many Buckets and waits until all are Ready.
async fn crowd(team: &Team<'_>, number: usize) -> Result<Vec<String>, Failure> {
    let names: Vec<String> = (0..number).map(|index| format!("b{index}")).collect();
    for name in &names {
        team.apply(name, &json!({})).await?;
    }
    for name in &names {
        team.ready(name).await?;
    }
    Ok(names)
}

async fn api(team: &Team<'_>) -> Result<Api<Bucket>, Failure> {
    Ok(team.world.buckets(&team.namespace).await?)
}

async fn set_status(api: &Api<Bucket>, name: &str, status: &Value) -> Outcome {
    let patch = Patch::Merge(json!({ "status": status }));
    api.patch_status(name, &PatchParams::default(), &patch).await?;
    Ok(())
}

/// The Buckets that S3 was asked about.
fn asked_about(team: &Team<'_>, names: &[String]) -> BTreeSet<String> {
    names.iter().filter(|name| !team.calls(name).is_empty()).cloned().collect()
}

#[tokio::test]
async fn an_edit_is_worked_on_before_the_rest_of_a_sweep() -> Outcome {
    let world = turn().await?;
    let team = Team::of(&world, "sweep", &[]).await?;
    let names = crowd(&team, 24).await?;
    let api = api(&team).await?;
    world.controller().stop().await?;
    // As the ACK S3 controller leaves them: each is checked once, and nobody waits for it.
    for name in &names {
        set_status(&api, name, &json!({ "observedGeneration": null, "lastChecked": null })).await?;
    }
    world.s3().journal().clear();
    world.controller().start().await?;
    team.wait("the sweep", || async { (!asked_about(&team, &names).is_empty()).then_some(()) }).await?;

    let edited = names.last().ok_or("no Bucket")?;
    let before = asked_about(&team, &names);
    assert!(!before.contains(edited), "the last one is not the first: {before:?}");
    let tags = json!({ "spec": { "tagging": { "tagSet": [{ "key": "team", "value": "b" }] } } });
    api.patch(edited, &PatchParams::default(), &Patch::Merge(tags)).await?;
    team.wait("the edit", || async { (!team.calls(edited).named("PutBucketTagging").is_empty()).then_some(()) }).await?;
    let rest: Vec<&String> = names.iter().filter(|name| team.calls(name).is_empty()).collect();
    assert!(!rest.is_empty(), "the sweep was over before the edit");

    team.wait("the rest of the sweep", || async { (asked_about(&team, &names).len() == names.len()).then_some(()) }).await?;
    for name in &names {
        team.until(name, "checked", |bucket| bucket.status.as_ref().is_some_and(|status| status.last_checked.is_some())).await?;
    }
    assert_eq!(team.metric("cooper_queue_depth", &[]).await?.to_bits(), 0.0_f64.to_bits());
    for name in names.iter().filter(|name| *name != edited) {
        assert_eq!(team.calls(name).writes().operations(), Vec::<&str>::new(), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_restart_makes_up_for_overdue_checks_bit_by_bit_and_the_longest_overdue_goes_first() -> Outcome {
    let world = turn().await?;
    let team = Team::of(&world, "overdue", &[]).await?;
    let names = crowd(&team, 12).await?;
    let api = api(&team).await?;
    world.controller().stop().await?;
    let (now, mut hours) = (Timestamp::now(), 20);
    for name in &names {
        set_status(&api, name, &json!({ "lastChecked": (now - hours.hours()).to_string() })).await?;
        // Due times are spread over two hours: further apart, the one that was checked first is also the one that was due first.
        hours += 3;
    }
    world.s3().journal().clear();
    world.controller().start().await?;
    let oldest = names.last().ok_or("no Bucket")?;
    // Statuses hold whole seconds, so that a check in this very second is told as before it.
    let recently = now - 1.hours();
    let is_checked = |bucket: &Bucket| {
        bucket.status.as_ref().and_then(|status| status.last_checked.as_ref()).is_some_and(|checked| checked.0 >= recently)
    };
    team.until(oldest, "checked", is_checked).await?;
    assert_eq!(asked_about(&team, &names), BTreeSet::from([oldest.clone()]), "the next one has its turn minutes later");

    // An edit does not wait for that.
    let tags = json!({ "spec": { "tagging": { "tagSet": [{ "key": "team", "value": "b" }] } } });
    api.patch(&names[0], &PatchParams::default(), &Patch::Merge(tags)).await?;
    team.wait("the edit", || async { team.in_s3(&names[0], "tagging").filter(|tags| tags.contains("<Value>b</Value>")) }).await?;
    assert_eq!(asked_about(&team, &names), BTreeSet::from([oldest.clone(), names[0].clone()]));
    Ok(())
}

#[tokio::test]
async fn an_account_that_is_throttled_slows_down_alone_and_nothing_is_created_again() -> Outcome {
    let world = turn().await?;
    let role = format!("arn:aws:iam::{OTHER}:role/throttled");
    world.s3().add_role(Role::open(&role));
    let (slow, quick) = (Team::of(&world, "slow", &[(ROLE, &role)]).await?, Team::of(&world, "quick", &[]).await?);
    let names = crowd(&slow, 6).await?;
    world.s3().journal().clear();
    let limit = FaultRule::new(Act::RateLimit { per_second: 8.0, burst: 4.0 }).account(OTHER);
    let storm = world.s3().faults().add(limit);
    for name in &names {
        slow.touch(name).await?;
    }
    let quick = &quick;
    let throttled = async |account: &str| quick.metric("cooper_aws_throttled_total", &[("account", account)]).await;
    quick.wait("the first refusals", || async { throttled(OTHER).await.ok().filter(|number| *number > 0.0) }).await?;

    let rate = async |account: &str| quick.metric("cooper_aws_limit_rate", &[("account", account), ("kind", "read")]).await;
    quick.make("b", &json!({})).await?;
    assert!(rate(OTHER).await? < 30.0, "that account is asked less: {}", rate(OTHER).await?);
    assert_eq!((throttled(ACCOUNT).await?.to_bits(), rate(ACCOUNT).await?.to_bits()), (0.0_f64.to_bits(), 30.0_f64.to_bits()));

    let checks = |name: &str| slow.calls(name).named("GetBucketPolicy").iter().filter(|call| call.status != 503).count();
    slow.wait("the checks of all", || async { names.iter().all(|name| checks(name) > 0).then_some(()) }).await?;
    assert!(world.s3().faults().remove(storm));
    for name in &names {
        slow.ready(name).await?;
        assert_eq!(slow.calls(name).writes().operations(), Vec::<&str>::new(), "{name}");
    }
    Ok(())
}
