//! The story, chapter by chapter. Every chapter proves what it tells.

use aws_sdk_s3::types::{BucketVersioningStatus, Tag, Tagging, VersioningConfiguration};

use super::held::Held;
use super::stage::Stage;
use super::theatre::{REGION, Theatre};
use crate::error::{Error, Result};
use crate::kubectl::{Kubectl, Output};
use crate::places;

const TEAM: &str = "tests/demo/team.yaml";
const GOOD: &str = "tests/demo/bucket.yaml";
const BAD: &str = "tests/demo/bad-bucket.yaml";
/// The rules that `tests/demo/bad-bucket.yaml` breaks.
const BROKEN: [&str; 4] = ["name-charset", "deletion-policy-enum", "tag-key-aws-prefix", "tag-key-duplicate"];

/// Tells all of it.
pub(super) async fn tell(stage: &mut Stage, theatre: &Theatre) -> Result<()> {
    let kubectl = theatre.world.kubectl().in_folder(&places::workspace());
    let team = kubectl.in_namespace("team-a");
    good(stage, theatre, &kubectl, &team).await?;
    refused(stage, theatre, &kubectl).await?;
    drift(stage, theatre, &team).await?;
    deletion(stage, theatre, &team).await
}

async fn good(stage: &mut Stage, theatre: &Theatre, kubectl: &Kubectl, team: &Kubectl) -> Result<()> {
    stage.chapter("A Bucket becomes a bucket");
    stage.kubectl(kubectl, &["apply", "-f", TEAM]).await?.ok()?;
    apply(stage, theatre, kubectl, GOOD).await?.ok()?;
    stage.kubectl(team, &["wait", "bucket/logs", "--for=condition=Ready", "--timeout=60s"]).await?.ok()?;
    stage.kubectl(team, &["get", "buckets"]).await?.ok()?;

    stage.tell("\nWhat S3 itself says:");
    let held = Held::ask(&theatre.s3, &theatre.bucket()).await;
    stage.output(&held.lines());
    let bucket = theatre.world.bucket_ready("team-a", "logs").await?;
    stage
        .check("the region of the namespace was filled in by the webhook", bucket.annotation("services.k8s.aws/region") == Some(REGION))?;
    stage.check("versioning is on in S3", held.versioning == "Enabled")?;
    stage.check("the tags are there", ["team=a", "cost-center=4711"].iter().all(|tag| held.tags.iter().any(|has| has == tag)))?;
    stage.check("logs expire after 30 days", held.expiry == ["expire-logs: after 30 days"])?;
    stage
        .check("what the Bucket leaves out is safe: encrypted, no public access", held.public_access_blocked && held.encryption == "AES256")
}

async fn refused(stage: &mut Stage, theatre: &Theatre, kubectl: &Kubectl) -> Result<()> {
    stage.chapter("A bad Bucket is refused, with all its mistakes at once");
    let refused = apply(stage, theatre, kubectl, BAD).await?;
    stage.check("kubectl apply failed", !refused.success())?;
    for rule in BROKEN {
        stage.check(&format!("it names the mistake {rule}"), refused.stderr.contains(&format!("[{rule}")))?;
    }
    stage.check("and warns of the region, which may only be new", refused.stderr.contains("Did you mean eu-west-1?"))?;
    let stored = kubectl.run(&["get", "bucket", "bad", "-n", "team-a", "--ignore-not-found", "-o", "name"]).await?.ok()?;
    stage.check("nothing was stored", stored.stdout.is_empty())
}

async fn drift(stage: &mut Stage, theatre: &Theatre, team: &Kubectl) -> Result<()> {
    stage.chapter("Somebody changes the bucket behind Cooper's back");
    let bucket = theatre.bucket();
    // Creation writes what S3 does not give a new bucket; the first check after it still belongs to it.
    theatre.world.until("the first check of the bucket", || async { (checks(theatre).await? >= 1.0).then_some(()) }).await?;
    let before = found(theatre).await?;
    stage.tell("With the AWS SDK, as any tool would: versioning suspended, the tags replaced by team=b.");
    let off = VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
    theatre.s3.put_bucket_versioning().bucket(&bucket).versioning_configuration(off).send().await.map_err(meddling)?;
    let tag = Tag::builder().key("team").value("b").build().map_err(meddling)?;
    let tags = Tagging::builder().tag_set(tag).build().map_err(meddling)?;
    theatre.s3.put_bucket_tagging().bucket(&bucket).tagging(tags).send().await.map_err(meddling)?;

    theatre
        .world
        .until("the drift to be found and repaired", || async { (repaired(theatre).await? >= before + 2.0).then_some(()) })
        .await?;
    let held = Held::ask(&theatre.s3, &bucket).await;
    stage.tell("\nWhat S3 says some seconds later:");
    stage.output(&held.lines());
    stage.check("versioning is on again", held.versioning == "Enabled")?;
    stage.check("the tags are as they were", ["team=a", "cost-center=4711"].iter().all(|tag| held.tags.iter().any(|has| has == tag)))?;

    let url = theatre.world.controller().metrics_url()?;
    stage.command(&format!("curl -s {url} | grep -E 'drift_(detected|remediated)_total.* [1-9]'"));
    let page = theatre.world.controller().metrics_page().await?;
    let counted = page.lines().filter(|line| line.contains("cooper_drift_") && line.contains("ed_total{") && !line.ends_with(" 0"));
    stage.output(&counted.collect::<Vec<_>>().join("\n"));
    stage.check("both were counted", found(theatre).await? >= before + 2.0)?;

    stage.kubectl(team, &["get", "buckets"]).await?.ok()?;
    let described = team.run(&["describe", "bucket", "logs"]).await?.ok()?;
    stage.command(&format!("{} | sed -n '/^Status/,$p'", described.command));
    stage.output(described.stdout.find("\nStatus:").map_or("", |at| &described.stdout[at + 1..]));
    let shows = |words: &[&str]| words.iter().all(|word| described.stdout.contains(word));
    stage.check("kubectl describe says what had changed", shows(&["Remediated At:", "spec.versioning", "spec.tagging"]))?;
    stage.check("and so do Events", shows(&["DriftDetected", "DriftRemediated"]))
}

async fn deletion(stage: &mut Stage, theatre: &Theatre, team: &Kubectl) -> Result<()> {
    stage.chapter("The Bucket goes, and the bucket with it");
    stage.kubectl(team, &["delete", "bucket", "logs", "--timeout=60s"]).await?.ok()?;
    let head = theatre.s3.head_bucket().bucket(theatre.bucket()).send().await;
    let gone =
        head.is_err_and(|fault| fault.as_service_error().is_some_and(aws_sdk_s3::operation::head_bucket::HeadBucketError::is_not_found));
    stage.check("S3 has no such bucket any more", gone)
}

/// `kubectl apply -f FILE`, with other bucket names where the S3 is shared with others.
async fn apply(stage: &Stage, theatre: &Theatre, kubectl: &Kubectl, file: &str) -> Result<Output> {
    let (manifest, differs) = theatre.manifest(file)?;
    if differs {
        let typed = format!("{} | kubectl apply -f -", theatre.sed(file));
        return stage.kubectl_with(kubectl, &typed, &["apply", "-f", "-"], &manifest).await;
    }
    stage.kubectl(kubectl, &["apply", "-f", file]).await
}

async fn found(theatre: &Theatre) -> Result<f64> {
    Ok(theatre.world.controller().metrics().await?.value("cooper_drift_detected_total", &[]).unwrap_or_default())
}

async fn checks(theatre: &Theatre) -> Option<f64> {
    theatre.world.controller().metrics().await.ok()?.value("cooper_drift_checks_total", &[("result", "in_sync")])
}

async fn repaired(theatre: &Theatre) -> Option<f64> {
    theatre.world.controller().metrics().await.ok()?.value("cooper_drift_remediated_total", &[("result", "success")])
}

fn meddling<F: std::error::Error + Send + Sync + 'static>(fault: F) -> Error {
    let reason = std::iter::successors(Some(&fault as &dyn std::error::Error), |fault| fault.source()).map(ToString::to_string);
    Error::Unexpected { what: "the change behind Cooper's back".to_owned(), reason: reason.collect::<Vec<_>>().join(": ") }
}
