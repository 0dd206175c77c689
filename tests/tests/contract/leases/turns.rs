//! The standby takes over: at once from a leader that ends as planned, after the Lease ran out from one that crashed.

use serde_json::{Value, json};
use tests::install::NAMESPACE;
use tests::s3::Entry;

use super::replica::{DURATION, Replica, lease, sections, world};
use crate::deletion::breaker::reset;
use crate::deletion::free_address;
use crate::team::{Outcome, Team};

#[tokio::test]
async fn a_leader_that_is_stopped_hands_over() -> Outcome {
    let team = Team::of(world().await, "turns", &[]).await?;
    let (one, two) = (free_address()?, free_address()?);
    let first = Replica::of(&team, "a", &[("--admin-addr", &one)]).await?;
    let second = Replica::of(&team, "b", &[("--admin-addr", &two)]).await?;
    first.service.start().await?;
    first.leads(&team, true).await?;
    second.service.start().await?; // it is ready: a standby is what it should be
    second.leads(&team, false).await?;
    let held = lease(&team).await?;
    assert_eq!((held.lease_duration_seconds, held.lease_transitions), (Some(15), Some(0)), "as client-go writes it");
    assert!(held.holder_identity.as_deref().is_some_and(|holder| holder.contains('_')), "{held:?}");

    team.make("one", &json!({})).await?;
    let warm = || async {
        let known = second.service.metrics().await.ok()?.value("cooper_buckets", &[("state", "synced")]);
        (known == Some(1.0)).then_some(())
    };
    team.wait("the standby to know the Bucket", warm).await?;
    assert_eq!(second.calls(&team, "one"), [], "a standby makes no call");
    assert_eq!(reset(&one).await?.0, 200);
    let (status, why) = reset(&two).await?;
    assert!(status == 409 && why.contains("holds the Lease"), "{status} {why}");
    export(&team, "one").await?;
    holds(&team, &json!(team.s3_name("one"))).await?;
    first.carries_out_exports(&team, true).await?;
    second.carries_out_exports(&team, false).await?;

    let status = first.service.stop().await?.ok_or("it did not run")?;
    assert!(status.success(), "{status}");
    second.leads(&team, true).await?;
    let taken = lease(&team).await?;
    assert_eq!(taken.lease_transitions, Some(1));
    assert_ne!(taken.holder_identity, held.holder_identity);
    let (before, after) = (first.service.log(), second.service.log());
    assert!(before.contains("let the Lease go") && !after.contains("not renewed"), "{before}\n{after}");
    team.make("two", &sections()).await?;
    assert_eq!(first.calls(&team, "two"), []);
    let changes = second.service.metrics().await?.value("cooper_lease_transitions_total", &[]);
    assert!(changes >= Some(1.0), "{changes:?}");
    told(&team, &["became leader", "stopped leading"]).await?;

    second.carries_out_exports(&team, true).await?;
    team.kubectl.run(&["delete", "fieldexport", "name", "--timeout=60s"]).await?.ok()?;
    holds(&team, &json!(null)).await
}

/// Has the name of the Bucket's bucket copied into key `k` of a new ConfigMap.
async fn export(team: &Team<'_>, bucket: &str) -> Outcome {
    team.kubectl.run(&["create", "configmap", "app"]).await?.ok()?;
    let resource = json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": bucket });
    let spec = json!({ "from": { "path": ".spec.name", "resource": resource }, "to": { "kind": "configmap", "name": "app", "key": "k" } });
    let export = json!({ "apiVersion": "services.k8s.aws/v1alpha1", "kind": "FieldExport", "metadata": { "name": "name" }, "spec": spec });
    team.kubectl.apply(&export.to_string()).await?;
    Ok(())
}

/// Waits until key `k` has this value.
async fn holds(team: &Team<'_>, value: &Value) -> Outcome {
    let held = || async { (team.kubectl.get_json("configmap/app").await.ok()?["data"]["k"] == *value).then_some(()) };
    team.wait(&format!("the key to be {value}"), held).await
}

/// Waits until Events about the Lease say all of this.
async fn told(team: &Team<'_>, parts: &[&str]) -> Outcome {
    let kubectl = team.world.kubectl().in_namespace(NAMESPACE);
    let field = format!("involvedObject.kind=Lease,involvedObject.name={}", team.namespace);
    let asked = || async {
        let told = kubectl.run(&["get", "events", "--field-selector", &field]).await.ok()?.ok().ok()?.stdout;
        parts.iter().all(|part| told.contains(part) && told.contains("LeaderElection")).then_some(())
    };
    team.wait("Events about the Lease", asked).await
}

#[tokio::test]
async fn a_leader_that_crashes_is_followed_once_its_lease_ran_out() -> Outcome {
    let team = Team::of(world().await, "crash", &[]).await?;
    let (first, second) = (Replica::of(&team, "a", &[]).await?, Replica::of(&team, "b", &[]).await?);
    first.service.start().await?;
    first.leads(&team, true).await?;
    second.service.start().await?;
    let names: Vec<String> = (0..12).map(|number| format!("b{number}")).collect();
    for name in &names {
        team.apply(name, &sections()).await?;
    }
    let busy = || async { (first.writes(&team).len() > 10).then_some(()) };
    team.wait("the leader to be at work", busy).await?;
    let renewed = lease(&team).await?.renew_time.ok_or("it was renewed")?;
    first.service.kill().await;
    for name in &names {
        team.apply(name, &json!({ "versioning": { "status": "Suspended" } })).await?;
    }
    for name in &names {
        team.ready(name).await?;
    }
    let taken = lease(&team).await?.acquire_time.ok_or("it was acquired")?;
    assert!(taken.0.duration_since(renewed.0) >= DURATION.try_into()?, "nobody takes a Lease that has not run out");
    let begins = |calls: &[Entry]| (calls.iter().map(|call| call.number).min(), calls.iter().map(|call| call.number).max());
    let ((_, last), (then, _)) = (begins(&first.writes(&team)), begins(&second.writes(&team)));
    assert!(last < then && then.is_some(), "writes of both: until {last:?}, from {then:?}");
    for name in &names {
        assert_eq!(team.calls(name).named("CreateBucket").iter().filter(|call| call.succeeded()).count(), 1, "{name}");
    }
    Ok(())
}
