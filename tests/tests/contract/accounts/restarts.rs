//! What the flags change: IAMRoleSelectors, a single namespace, another default region. One world, started again with other flags.

use serde_json::{Value, json};
use tests::install::NAMESPACE;
use tests::s3::{Act, FaultRule, Role};
use tests::world::{Options, REGION, World, override_flags};

use super::{no_call, observed, only_by, owner, said};
use crate::team::{Failure, Outcome, Team};

const THEIRS: &str = "444455556666";

#[tokio::test]
async fn flags_change_who_chooses_and_nothing_that_was_chosen() -> Outcome {
    // Without the webhook, which would write the region onto each Bucket.
    let options = Options { webhook: false, ..Options::default() };
    let options = options.controller_flag("--enable-carm", "false").controller_flag("--feature-gates", "IAMRoleSelector=true");
    let world = World::start(options).await?;
    one_selector_chooses(&world).await?;
    several_choose_nothing(&world).await?;
    labels_choose_anew(&world).await?;
    a_selector_that_cannot_be_used_stops_its_buckets(&world).await?;
    nothing_is_created_by_what_a_namespace_no_longer_says(&world).await?;
    conflicting_flags_end_the_start(&world).await?;
    another_region_strands_nobody(&world).await
}

async fn one_selector_chooses(world: &World) -> Outcome {
    let team = Team::of(world, "chosen", &[]).await?;
    let plain = Team::of(world, "plain", &[]).await?;
    let arn = selector(world, "chosen", json!({ "namespaceSelector": { "names": [team.namespace] } })).await?;
    let bucket = team.make("b", &json!({})).await?;
    let (status, message, reason) = said(&bucket, "ACK.IAMRoleSelected").ok_or("no condition")?;
    assert_eq!((status.as_str(), reason.as_str()), ("True", "Selected"));
    assert!(message.starts_with(&format!("roleARN: {arn}, selectorName: chosen, selectorResourceVersion: ")), "{message}");
    assert_eq!(owner(&bucket), Some(THEIRS));
    only_by(&team, "b", &arn);

    let other = plain.make("b", &json!({})).await?;
    assert_eq!(said(&other, "ACK.IAMRoleSelected"), None, "nobody chose");
    assert_eq!(owner(&other), Some(tests::world::ACCOUNT));
    Ok(())
}

async fn several_choose_nothing(world: &World) -> Outcome {
    let team = Team::of(world, "torn", &[]).await?;
    let names = json!({ "namespaceSelector": { "names": [team.namespace] } });
    let (first, _) = (selector(world, "torn-a", names.clone()).await?, selector(world, "torn-b", names.clone()).await?);
    team.apply("b", &json!({})).await?;
    let is_torn = |bucket: &shared::Bucket| said(bucket, "ACK.IAMRoleSelected").is_some_and(|(status, ..)| status == "False");
    let torn = team.until("b", "torn", is_torn).await?;
    let (status, message, reason) = said(&torn, "ACK.IAMRoleSelected").ok_or("no condition")?;
    assert_eq!((status.as_str(), reason.as_str()), ("False", "Conflict"));
    assert!(message.contains("torn-a, torn-b"), "{message}");
    no_call(&team, "b");
    world.kubectl().run(&["delete", "iamroleselector", "torn-b"]).await?.ok()?;
    team.ready("b").await?;
    only_by(&team, "b", &first);

    // One that comes later stops a Bucket that was in sync; nothing is called by either.
    world.s3().journal().clear();
    selector(world, "torn-c", names).await?;
    let torn = team.until("b", "torn again", is_torn).await?;
    let told = said(&torn, "ACK.IAMRoleSelected").map(|(_, message, _)| message).unwrap_or_default();
    assert!(told.contains("torn-a, torn-c"), "{told}");
    assert_eq!(said(&torn, "Ready").map(|(status, ..)| status).as_deref(), Some("False"));
    team.apply("b", &json!({ "versioning": { "status": "Enabled" } })).await?;
    team.until("b", "looked at", |bucket| is_torn(bucket) && observed(bucket) == bucket.metadata.generation).await?;
    assert_eq!(team.calls("b").operations(), [""; 0]);
    assert!(team.exists("b"));
    world.kubectl().run(&["delete", "iamroleselector", "torn-c"]).await?.ok()?;
    team.ready("b").await?;
    only_by(&team, "b", &first);
    Ok(())
}

async fn labels_choose_anew(world: &World) -> Outcome {
    let team = Team::of(world, "labelled", &[]).await?;
    let label = async |tier: &str| world.kubectl().run(&["label", "--overwrite", "namespace", &team.namespace, tier]).await?.ok();
    label("tier=one").await?;
    let by_namespace = |tier: &str| json!({ "namespaceSelector": { "names": [], "labelSelector": { "matchLabels": { "tier": tier } } } });
    let one = selector(world, "tier-one", by_namespace("one")).await?;
    selector(world, "tier-two", by_namespace("two")).await?;
    team.make("b", &json!({})).await?;
    only_by(&team, "b", &one);

    label("tier=two").await?;
    let chosen = |name: &str| {
        let name = format!("selectorName: {name},");
        move |bucket: &shared::Bucket| said(bucket, "ACK.IAMRoleSelected").is_some_and(|(_, message, _)| message.contains(&name))
    };
    team.until("b", "chosen by tier-two", chosen("tier-two")).await?;
    let last = team.calls("b").iter().last().and_then(|call| call.caller.clone());
    assert!(last.as_ref().is_some_and(|caller| caller.contains(":assumed-role/tier-two/")), "{last:?}");

    // By the labels of the Bucket; the namespace's selector fits no longer.
    label("tier=three").await?;
    let by_bucket = json!({ "resourceLabelSelector": { "matchLabels": { "team": team.namespace } },
        "resourceTypeSelector": [{ "group": "s3.services.k8s.aws", "version": "", "kind": "Bucket" }] });
    selector(world, "of-the-bucket", by_bucket).await?;
    team.kubectl.run(&["label", "bucket", "b", &format!("team={}", team.namespace)]).await?.ok()?;
    team.until("b", "chosen by its own labels", chosen("of-the-bucket")).await?;
    Ok(())
}

async fn a_selector_that_cannot_be_used_stops_its_buckets(world: &World) -> Outcome {
    let team = Team::of(world, "broken", &[]).await?;
    let names = json!({ "arn": "arn:aws:iam::444455556666:user/nobody", "namespaceSelector": { "names": [team.namespace] } });
    selector(world, "broken", names).await?;
    team.apply("b", &json!({})).await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    assert!(told.contains("IAMRoleSelector broken") && told.contains("user/nobody"), "{told}");
    no_call(&team, "b");
    assert!(team.metric("cooper_iam_role_selectors", &[("state", "invalid")]).await? >= 1.0);
    world.kubectl().run(&["delete", "iamroleselector", "broken"]).await?.ok()?;
    let bucket = team.ready("b").await?;
    assert_eq!(owner(&bucket), Some(tests::world::ACCOUNT), "nobody chose any more");
    Ok(())
}

/// The watch of namespaces fails from the start, so that the controller knows what the namespace said then.
async fn nothing_is_created_by_what_a_namespace_no_longer_says(world: &World) -> Outcome {
    let team = Team::of(world, "behind", &[]).await?;
    let by_label = json!({ "namespaceSelector": { "names": [], "labelSelector": { "matchLabels": { "behind": "yes" } } } });
    let arn = selector(world, "behind", by_label).await?;
    let user = format!("--as=system:serviceaccount:{NAMESPACE}:cooper-controller");
    let verbs = async |verbs: &[&str], watch: &str| -> Outcome {
        let patch = json!([{ "op": "test", "path": "/rules/0/resources", "value": ["namespaces"] },
            { "op": "replace", "path": "/rules/0/verbs", "value": verbs }]);
        world.kubectl().run(&["patch", "clusterrole", "cooper-controller", "--type=json", "--patch", &patch.to_string()]).await?.ok()?;
        let asked = || async { world.kubectl().run(&["auth", "can-i", "watch", "namespaces", &user]).await.ok() };
        let said = || async { asked().await.filter(|said| said.stdout.trim() == watch).map(drop) };
        Ok(world.until("the right to change", said).await?)
    };
    verbs(&["get", "list"], "no").await?;
    world.controller().restart().await?;
    let namespace = format!("namespace/{}", team.namespace);
    world.kubectl().run(&["annotate", &namespace, "services.k8s.aws/default-region=us-west-2"]).await?.ok()?;
    world.kubectl().run(&["label", &namespace, "behind=yes"]).await?.ok()?;
    team.apply("b", &json!({})).await?;
    let waits = || async { world.controller().log().contains("the namespace says something else").then_some(()) };
    world.until("the creation to wait", waits).await?;
    assert_eq!(team.calls("b").writes().operations(), [""; 0]);

    verbs(&["get", "list", "watch"], "yes").await?;
    let bucket = team.ready("b").await?;
    assert_eq!((region(&bucket), owner(&bucket)), (Some("us-west-2"), Some(THEIRS)));
    let session = format!("arn:aws:sts::{THEIRS}:assumed-role/behind/cooper-controller");
    assert!(arn.ends_with("role/behind"));
    for call in team.calls("b").writes().iter() {
        assert_eq!(call.caller.as_deref(), Some(session.as_str()), "{call:?}");
    }
    Ok(())
}

async fn conflicting_flags_end_the_start(world: &World) -> Outcome {
    let flags = [("--enable-carm".to_owned(), "true".to_owned())];
    world.controller().stop().await?;
    let failed = world.controller().restart_with(|launch| override_flags(launch, &flags)).await;
    assert!(failed.is_err() && world.controller().log_tail().contains("--feature-gates"), "{}", world.controller().log_tail());
    Ok(())
}

/// A single watched namespace without the maps: its annotations count all the same. And another default region leaves what exists
/// where it is.
async fn another_region_strands_nobody(world: &World) -> Outcome {
    let annotations = [("services.k8s.aws/default-region", "us-west-2"), ("s3.services.k8s.aws/deletion-policy", "retain")];
    let team = Team::of(world, "alone", &annotations).await?;
    let flags = |region: &str| {
        let flags = [("--enable-carm", "false"), ("--feature-gates", ""), ("--watch-namespace", &team.namespace), ("--aws-region", region)];
        flags.map(|(flag, value)| (flag.to_owned(), value.to_owned()))
    };
    world.controller().restart_with(|launch| override_flags(launch, &flags(REGION))).await?;
    let bucket = team.make("west", &json!({})).await?;
    assert_eq!(region(&bucket), Some("us-west-2"));

    // A creation that failed binds nobody to a region.
    let denied = world.s3().faults().add(FaultRule::new(Act::Deny).on("CreateBucket").bucket(&team.s3_name("late")));
    team.apply("late", &json!({})).await?;
    let failed = team.until("late", "refused", |bucket| said(bucket, "ACK.Recoverable").is_some()).await?;
    assert_eq!(region(&failed), None);
    let annotation = format!("namespace/{}", team.namespace);
    world.kubectl().run(&["annotate", &annotation, "services.k8s.aws/default-region-"]).await?.ok()?;
    world.s3().faults().remove(denied);
    assert_eq!(region(&team.ready("late").await?), Some(REGION));
    assert_eq!(region(&team.check("west").await?), Some("us-west-2"), "the namespace's region changed, the bucket's cannot");

    for name in ["west", "late"] {
        team.check(name).await?;
    }
    world.s3().journal().clear();
    world.controller().restart_with(|launch| override_flags(launch, &flags("ap-south-1"))).await?;
    for (name, expected) in [("west", "us-west-2"), ("late", REGION)] {
        assert_eq!(region(&team.check(name).await?), Some(expected));
        assert_eq!(team.calls(name).writes().operations(), [""; 0], "{name}");
        assert_eq!(team.calls(name).failed().iter().filter(|call| call.status == 301).count(), 0, "{name}");
    }
    assert_eq!(region(&team.make("new", &json!({})).await?), Some("ap-south-1"));

    // A region that the bucket is not in is refused in clear words, and nothing is called.
    world.s3().journal().clear();
    team.kubectl.run(&["annotate", "bucket", "west", "services.k8s.aws/region=eu-west-1"]).await?.ok()?;
    let told = team.told("west", "ACK.Terminal").await?;
    assert!(told.contains("us-west-2") && told.contains("eu-west-1"), "{told}");
    assert_eq!(team.calls("west").operations(), [""; 0]);
    team.kubectl.run(&["annotate", "bucket", "west", "services.k8s.aws/region-"]).await?.ok()?;
    team.ready("west").await?;

    // The namespace's deletion policy counts as well.
    team.delete("west").await?;
    team.gone("west").await?;
    assert!(team.exists("west"));
    Ok(())
}

/// Makes an IAMRoleSelector, and the role of the same name that it chooses; the role's ARN.
async fn selector(world: &World, name: &str, selectors: Value) -> Result<String, Failure> {
    let arn = format!("arn:aws:iam::{THEIRS}:role/{name}");
    world.s3().add_role(Role::open(&arn));
    let mut spec = json!({ "arn": arn });
    if let (Some(spec), Some(more)) = (spec.as_object_mut(), selectors.as_object()) {
        spec.extend(more.clone());
    }
    let object =
        json!({ "apiVersion": "services.k8s.aws/v1alpha1", "kind": "IAMRoleSelector", "metadata": { "name": name }, "spec": spec });
    world.kubectl().apply(&object.to_string()).await?;
    // The controller learns of it some moments later; a Bucket made at once might be looked at before.
    let known = format!("\"name\":\"{name}\"");
    world.until("the controller to know the selector", || async { world.controller().log().contains(&known).then_some(()) }).await?;
    Ok(arn)
}

fn region(bucket: &shared::Bucket) -> Option<&str> {
    Some(bucket.status.as_ref()?.ack_resource_metadata.as_ref()?.region.as_str())
}
