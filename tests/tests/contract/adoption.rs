//! Buckets that were there before: shown first, approved where something is overwritten, and only then taken over.

use serde_json::{Value, json};
use shared::Bucket;
use shared::bucket::AdoptionPlan;
use tests::s3::FaultRule;
use tests::world::{ACCOUNT, Options, REGION, World, condition};
use tokio::sync::OnceCell;

use super::sections::{first, sections};
use super::team::{Failure, Outcome, Team};

const POLICY: &str = "services.k8s.aws/adoption-policy";
const FIELDS: &str = "services.k8s.aws/adoption-fields";
const ADOPTED: &str = "services.k8s.aws/adopted";
const READ_ONLY: &str = "services.k8s.aws/read-only";
const APPROVE: &str = "s3.services.k8s.aws/approve-plan";
const SUSPENDED: &str = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
const CORS: &str =
    "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>";

async fn team(name: &str) -> Result<Team<'static>, Failure> {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    let start = || async { World::start(Options::default()).await.unwrap_or_else(|fault| panic!("{fault}")) };
    Team::of(WORLD.get_or_init(start).await, name, &[]).await
}

/// The manifest of a Bucket that only says which bucket to adopt.
fn adopting(team: &Team<'_>, bucket: &str) -> String {
    let fields = json!({ "name": team.s3_name(bucket) }).to_string();
    let mut manifest = team.manifest(bucket, &json!({ POLICY: "adopt", FIELDS: fields }), &json!({}));
    manifest.as_object_mut().map(|manifest| manifest.remove("spec"));
    manifest.to_string()
}

fn plan(bucket: &Bucket) -> Option<&AdoptionPlan> {
    bucket.status.as_ref()?.plan.as_ref()
}

fn is_adopted(bucket: &Bucket) -> bool {
    bucket.owns_bucket() && bucket.annotation(ADOPTED) == Some("true")
}

/// The Bucket once its pass ended for this reason.
async fn ended(team: &Team<'_>, bucket: &str, reason: &str) -> Result<Bucket, Failure> {
    let is_so = |found: &Bucket| {
        let conditions = found.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
        conditions.iter().any(|known| known.type_ == "ACK.Recoverable" && known.reason.as_deref() == Some(reason))
    };
    team.until(bucket, reason, is_so).await
}

async fn annotate(team: &Team<'_>, bucket: &str, annotation: &str) -> Outcome {
    team.kubectl.run(&["annotate", "--overwrite", "bucket", bucket, annotation]).await?.ok()?;
    Ok(())
}

/// The operations that changed the bucket since so many.
fn writes_since(team: &Team<'_>, bucket: &str, before: usize) -> Vec<&'static str> {
    team.calls(bucket).writes().operations().split_off(before)
}

/// A bucket with everything configured, which a Bucket made and left behind.
async fn left_behind(team: &Team<'_>, bucket: &str) -> Result<Value, Failure> {
    let declared = first(&sections(&team.s3_name(bucket), &team.namespace));
    team.apply_annotated(bucket, &json!({ "services.k8s.aws/deletion-policy": "retain" }), &declared).await?;
    team.ready(bucket).await?;
    team.delete(bucket).await?;
    team.gone(bucket).await?;
    Ok(declared)
}

#[tokio::test]
async fn a_spec_is_filled_in_and_nothing_but_the_controllers_tags_is_written() -> Outcome {
    let team = team("filled").await?;
    let declared = left_behind(&team, "b").await?;
    // ABAC off: tags are set as on any bucket then.
    team.world.s3().set(&team.s3_name("b"), "abac", "<AbacStatus><Status>Disabled</Status></AbacStatus>")?;
    let tag = |key: &str| format!("<Tag><Key>{key}</Key><Value>x</Value></Tag>");
    let tags = format!("<Tagging><TagSet>{}{}</TagSet></Tagging>", tag("team"), tag("aws:cloudformation:stack-name"));
    team.world.s3().force(&team.s3_name("b"), "tagging", &tags)?;
    let before = team.calls("b").writes().len();

    let manifest = adopting(&team, "b");
    team.wait("the name to be free", || async { team.kubectl.apply(&manifest).await.ok() }).await?;
    let bucket = team.until("b", "adopted and ready", |found| is_adopted(found) && tests::world::is_ready(found)).await?;
    assert_eq!(plan(&bucket), None, "it was carried out");
    assert_eq!(writes_since(&team, "b", before), ["PutBucketTagging"]);
    let held = team.in_s3("b", "tagging").unwrap_or_default();
    for key in ["aws:cloudformation:stack-name", "services.k8s.aws/namespace", "team"] {
        assert!(held.contains(key), "{held}");
    }
    team.described("b", &["AdoptionPlanned", "Adopted", "took over S3 bucket"]).await?;

    let spec = serde_json::to_value(&bucket.spec)?;
    assert_eq!(spec["name"], json!(team.s3_name("b")));
    assert_eq!(spec["tagging"], json!({ "tagSet": [{ "key": "team", "value": "x" }] }));
    assert_eq!(spec["objectLockEnabledForBucket"], json!(true));
    for field in declared.as_object().into_iter().flat_map(|declared| declared.keys()) {
        assert!(spec.get(field).is_some(), "{field} is missing in {spec}");
    }
    team.check("b").await?;
    let bucket = team.check("b").await?;
    assert_eq!(writes_since(&team, "b", before), ["PutBucketTagging"], "no difference is left");
    assert_eq!(condition(&bucket, "Drifted").map(|(status, _)| status), Some("False"));
    let unmanaged = bucket.status.as_ref().and_then(|status| status.unmanaged.as_ref());
    assert_eq!(unmanaged, None, "all of it is in the spec");

    // What adoption wrote is a spec that people may write.
    let mut copy = team.manifest("copy", &json!({}), &spec);
    let text = copy["spec"].to_string().replace(&team.s3_name("b"), &team.s3_name("copy"));
    copy["spec"] = serde_json::from_str(&text)?;
    let said = team.kubectl.run_with(&["apply", "--dry-run=server", "-f", "-"], &copy.to_string()).await?;
    assert!(said.success(), "{}", said.stderr);
    Ok(())
}

#[tokio::test]
async fn what_a_bucket_left_behind_is_taken_over_again_without_a_write() -> Outcome {
    let team = team("again").await?;
    left_behind(&team, "b").await?;
    let before = team.calls("b").writes().len();
    let manifest = adopting(&team, "b");
    team.wait("the name to be free", || async { team.kubectl.apply(&manifest).await.ok() }).await?;
    team.until("b", "adopted and ready", |found| is_adopted(found) && tests::world::is_ready(found)).await?;
    assert_eq!(writes_since(&team, "b", before), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_spec_that_only_adds_is_shown_and_then_carried_out() -> Outcome {
    let team = team("added").await?;
    let s3 = team.world.s3();
    s3.create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    s3.set(&team.s3_name("b"), "cors", CORS)?;
    let spec = json!({ "versioning": { "status": "Enabled" }, "tagging": { "tagSet": [{ "key": "team", "value": "a" }] } });
    team.apply_annotated("b", &json!({ POLICY: "adopt-or-create" }), &spec).await?;
    let bucket = team.ready("b").await?;
    assert!(is_adopted(&bucket) && plan(&bucket).is_none());
    assert_eq!(writes_since(&team, "b", 0), ["PutBucketVersioning", "PutBucketTagging"]);
    assert!(team.in_s3("b", "cors").is_some(), "what the spec leaves out is left alone in an adopted bucket");
    let shown = bucket.status.as_ref().and_then(|status| status.unmanaged.as_deref()).unwrap_or_default();
    assert!(shown.iter().any(|entry| entry.config == "cors"), "{shown:?}");
    team.described("b", &["AdoptionPlanned", "2 changes in versioning, tagging, 0 to approve", "Adopted"]).await
}

#[tokio::test]
async fn what_overwrites_something_waits_for_exactly_its_hash() -> Outcome {
    let team = team("approved").await?;
    let s3 = team.world.s3();
    s3.create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    s3.set(&team.s3_name("b"), "versioning", SUSPENDED)?;
    let tags = json!({ "tagSet": [{ "key": "team", "value": "a" }] });
    let spec = json!({ "versioning": { "status": "Enabled" }, "tagging": tags });
    team.apply_annotated("b", &json!({ POLICY: "adopt-or-create" }), &spec).await?;
    let bucket = ended(&team, "b", "ApprovalRequired").await?;
    let shown = plan(&bucket).ok_or("no plan")?.clone();
    assert!(shown.approval_required && shown.total == 2 && !bucket.owns_bucket(), "{shown:?}");
    let change = shown.changes.iter().find(|change| change.config == "versioning").ok_or("no change of versioning")?;
    assert_eq!((change.desired.as_deref(), change.observed.as_deref()), (Some("Enabled"), Some("Suspended")));
    team.described("b", &[&shown.hash, "Approval Required:", "spec.versioning.status", "Suspended", APPROVE, "AdoptionPlanned"]).await?;
    let series = [("namespace", team.namespace.as_str()), ("name", "b")];
    let pending = || async { team.metric("cooper_bucket_plan_pending", &series).await.ok().filter(|value| *value > 0.0) };
    team.wait("the gauge of plans that wait", pending).await?;

    // Another hash than that of the plan as it is now.
    annotate(&team, "b", &format!("{APPROVE}=0123456789abcdef")).await?;
    let told = ended(&team, "b", "PlanStale").await?;
    let told = condition(&told, "ACK.Recoverable").map(|(_, message)| message.to_owned()).unwrap_or_default();
    assert!(told.contains("0123456789abcdef") && told.contains(&shown.hash), "{told}");
    // The plan of before, after somebody changed the bucket.
    let tagging = "<Tagging><TagSet><Tag><Key>team</Key><Value>b</Value></Tag></TagSet></Tagging>";
    s3.set(&team.s3_name("b"), "tagging", tagging)?;
    annotate(&team, "b", &format!("{APPROVE}={}", shown.hash)).await?;
    let bucket = team.until("b", "another plan", |found| plan(found).is_some_and(|now| now.hash != shown.hash)).await?;
    let now = plan(&bucket).ok_or("no plan")?.hash.clone();
    ended(&team, "b", "PlanStale").await?;
    assert_eq!(writes_since(&team, "b", 0), [""; 0], "nothing was written so far");
    assert!(!team.until("b", "there", |_| true).await?.owns_bucket());

    annotate(&team, "b", &format!("{APPROVE}={now}")).await?;
    let bucket = team.ready("b").await?;
    assert!(is_adopted(&bucket) && plan(&bucket).is_none());
    assert_eq!(writes_since(&team, "b", 0), ["PutBucketVersioning", "PutBucketTagging"]);
    assert!(team.in_s3("b", "versioning").is_some_and(|held| held.contains("Enabled")));
    assert!(team.in_s3("b", "tagging").is_some_and(|held| held.contains("<Key>team</Key><Value>a</Value>")));
    assert_eq!(team.metric("cooper_bucket_plan_pending", &series).await?.to_bits(), 0.0_f64.to_bits());
    Ok(())
}

#[tokio::test]
async fn who_only_looks_on_has_the_spec_filled_in_and_writes_nothing_to_s3() -> Outcome {
    let team = team("looking").await?;
    team.world.s3().create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    team.world.s3().set(&team.s3_name("b"), "cors", CORS)?;
    let mut manifest: Value = serde_json::from_str(&adopting(&team, "b"))?;
    manifest["metadata"]["annotations"][READ_ONLY] = json!("true");
    team.kubectl.apply(&manifest.to_string()).await?;
    let bucket = team.until("b", "adopted and ready", |found| is_adopted(found) && tests::world::is_ready(found)).await?;
    assert!(bucket.spec.is_some_and(|spec| spec.cors.is_some()));
    assert_eq!(writes_since(&team, "b", 0), [""; 0]);

    // What has an owner is not taken by looking at it.
    manifest["metadata"]["name"] = json!("twin");
    let said = team.kubectl.apply_refused(&manifest.to_string()).await?;
    assert!(said.contains("[bucket-claimed-twice]") && said.contains("/b already"), "{said}");
    annotate(&team, "b", &format!("{READ_ONLY}-")).await?;
    team.wait("the controller's tags", || async { team.in_s3("b", "tagging").filter(|held| held.contains(&team.namespace)) }).await?;
    assert_eq!(writes_since(&team, "b", 0), ["PutBucketTagging"], "all else is as S3 had it");
    Ok(())
}

#[tokio::test]
async fn a_bucket_whose_plan_waits_goes_without_a_trace() -> Outcome {
    let team = team("waiting").await?;
    let s3 = team.world.s3();
    s3.create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    s3.set(&team.s3_name("b"), "versioning", SUSPENDED)?;
    team.apply_annotated("b", &json!({ POLICY: "adopt-or-create" }), &json!({ "versioning": { "status": "Enabled" } })).await?;
    ended(&team, "b", "ApprovalRequired").await?;
    team.delete("b").await?;
    team.gone("b").await?;
    assert_eq!((team.exists("b"), writes_since(&team, "b", 0)), (true, Vec::new()));
    Ok(())
}

#[tokio::test]
async fn a_bucket_of_another_namespace_is_taken_over_only_with_approval() -> Outcome {
    let team = team("heir").await?;
    team.world.s3().create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    let tagging = "<Tagging><TagSet><Tag><Key>services.k8s.aws/namespace</Key><Value>somebody</Value></Tag></TagSet></Tagging>";
    team.world.s3().set(&team.s3_name("b"), "tagging", tagging)?;
    team.kubectl.apply(&adopting(&team, "b")).await?;
    let bucket = ended(&team, "b", "ApprovalRequired").await?;
    let changes = &plan(&bucket).ok_or("no plan")?.changes;
    assert!(changes.iter().any(|change| change.destructive && change.observed.as_deref() == Some("somebody")), "{changes:?}");

    // Also where it only looks on for now: it would be written once it no longer does.
    team.world.s3().create_bucket(&team.s3_name("looks"), ACCOUNT, REGION)?;
    team.world.s3().set(&team.s3_name("looks"), "tagging", tagging)?;
    let mut manifest: Value = serde_json::from_str(&adopting(&team, "looks"))?;
    manifest["metadata"]["annotations"][READ_ONLY] = json!("true");
    team.kubectl.apply(&manifest.to_string()).await?;
    let bucket = ended(&team, "looks", "ApprovalRequired").await?;
    assert!(!bucket.owns_bucket() && bucket.spec.is_none(), "{bucket:?}");
    team.described("looks", &["AdoptionPlanned", "this Bucket is read-only"]).await?;
    annotate(&team, "looks", &format!("{READ_ONLY}-")).await?;
    let told = |found: &Bucket| condition(found, "ACK.Recoverable").is_some_and(|(_, message)| !message.contains("read-only"));
    let bucket = team.until("looks", "told that it waits all the same", told).await?;
    let hash = plan(&bucket).ok_or("no plan")?.hash.clone();
    assert!(!bucket.owns_bucket() && writes_since(&team, "looks", 0).is_empty());
    annotate(&team, "looks", &format!("{READ_ONLY}=true")).await?;
    annotate(&team, "looks", &format!("{APPROVE}={hash}")).await?;
    team.until("looks", "adopted and ready", |found| is_adopted(found) && tests::world::is_ready(found)).await?;
    assert_eq!(writes_since(&team, "looks", 0), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_is_missing_is_neither_made_nor_made_again() -> Outcome {
    let team = team("missing").await?;
    let s3 = team.world.s3();
    team.kubectl.apply(&adopting(&team, "b")).await?;
    ended(&team, "b", "AdoptionNotFound").await?;
    s3.create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    team.touch("b").await?;
    team.until("b", "adopted and ready", |found| is_adopted(found) && tests::world::is_ready(found)).await?;

    let failed = [("config", "bucket"), ("result", "failed")];
    let before = team.metric("cooper_drift_remediated_total", &failed).await?;
    s3.delete_bucket(&team.s3_name("b"));
    team.touch("b").await?;
    let bucket = ended(&team, "b", "AdoptedNotFound").await?;
    assert_eq!(condition(&bucket, "Drifted").map(|(status, _)| status), Some("True"));
    assert!(!team.exists("b"));
    assert!((team.metric("cooper_drift_remediated_total", &failed).await? - before).abs() < 0.1, "nobody tries");
    annotate(&team, "b", &format!("{READ_ONLY}=true")).await?;
    let stays = |found: &Bucket| condition(found, "Drifted").is_some_and(|(_, message)| message.contains("it stays so, as this Bucket is"));
    team.until("b", "told that it stays so", stays).await?;
    annotate(&team, "b", &format!("{READ_ONLY}-")).await?;
    annotate(&team, "b", &format!("{ADOPTED}-")).await?;
    team.ready("b").await?;
    assert!(team.exists("b"), "somebody said that it may be created anew");
    Ok(())
}

#[tokio::test]
async fn adopt_or_create_creates_what_is_not_there() -> Outcome {
    let team = team("created").await?;
    team.apply_annotated("b", &json!({ POLICY: "adopt-or-create" }), &json!({})).await?;
    let bucket = team.ready("b").await?;
    assert!(bucket.owns_bucket() && bucket.annotation(ADOPTED).is_none() && team.exists("b"));
    assert_eq!(writes_since(&team, "b", 0), ["CreateBucket"]);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_read_whole_is_not_adopted() -> Outcome {
    let team = team("unread").await?;
    let s3 = team.world.s3();
    s3.create_bucket(&team.s3_name("b"), ACCOUNT, REGION)?;
    let denied = s3.faults().add(FaultRule::answer(403, "AccessDenied").on("GetBucketPolicy").bucket(&team.s3_name("b")));
    team.kubectl.apply(&adopting(&team, "b")).await?;
    let told = team.told("b", "ACK.Recoverable").await?;
    assert!(told.contains("not adopted") && told.contains("policy") && told.contains("s3:GetBucketPolicy"), "{told}");
    let bucket = team.until("b", "there", |_| true).await?;
    assert!(!bucket.owns_bucket() && plan(&bucket).is_none() && writes_since(&team, "b", 0).is_empty());
    s3.faults().remove(denied);
    team.touch("b").await?;
    team.until("b", "adopted and ready", |found| is_adopted(found) && tests::world::is_ready(found)).await?;
    Ok(())
}

#[tokio::test]
async fn a_bucket_of_another_account_is_never_written() -> Outcome {
    let team = team("foreign").await?;
    for (bucket, policy) in [("a", "adopt"), ("b", "adopt-or-create")] {
        team.world.s3().create_bucket(&team.s3_name(bucket), "999988887777", REGION)?;
        team.apply_annotated(bucket, &json!({ POLICY: policy }), &json!({})).await?;
        let told = team.told(bucket, "ACK.Recoverable").await?;
        assert!(told.contains("belongs to another account"), "{told}");
        let found = team.until(bucket, "there", |_| true).await?;
        assert!(!found.owns_bucket() && plan(&found).is_none());
        team.delete(bucket).await?;
        team.gone(bucket).await?;
        assert_eq!((team.exists(bucket), writes_since(&team, bucket, 0)), (true, Vec::new()));
    }
    Ok(())
}

#[tokio::test]
async fn a_bucket_that_another_one_has_is_not_adopted() -> Outcome {
    let team = team("claimed").await?;
    team.make("b", &json!({})).await?;
    let fields = json!({ "name": team.s3_name("b") }).to_string();
    let mut twin = team.manifest("twin", &json!({ POLICY: "adopt", FIELDS: fields }), &json!({}));
    twin.as_object_mut().map(|manifest| manifest.remove("spec"));
    let twin = twin.to_string();
    // The webhook's cache learns of the first Bucket some moments after it is stored.
    let refused = || async {
        let said = team.kubectl.run_with(&["apply", "--dry-run=server", "-f", "-"], &twin).await.ok()?;
        (!said.success()).then_some(said.stderr)
    };
    let said = team.wait("the second claim to be refused", refused).await?;
    assert!(said.contains("[bucket-claimed-twice]"), "{said}");

    // And a name that is to be adopted is a claim.
    team.kubectl.apply(&adopting(&team, "old")).await?;
    let mut other = team.manifest("other", &json!({}), &json!({}));
    other["spec"]["name"] = json!(team.s3_name("old"));
    let other = other.to_string();
    let refused = || async {
        let said = team.kubectl.run_with(&["apply", "--dry-run=server", "-f", "-"], &other).await.ok()?;
        (!said.success()).then_some(said.stderr)
    };
    let said = team.wait("a claim to what is to be adopted to be refused", refused).await?;
    assert!(said.contains("[bucket-claimed-twice]"), "{said}");
    Ok(())
}
