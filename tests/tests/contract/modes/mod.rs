//! Buckets that are looked at and not touched: read-only, paused, with fields that are ignored or drift that is only shown, or under a
//! controller with --dry-run.

mod drift;
mod dry_run;
mod ignore;
mod pause;
mod read_only;

use serde_json::Value;
use shared::Bucket;
use tests::world::{Options, World};
use tokio::sync::OnceCell;

use super::team::{Failure, Outcome, Team};

/// Where the controller writes as ever.
async fn team(name: &str, annotations: &[(&str, &str)]) -> Result<Team<'static>, Failure> {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    let start = || async { World::start(Options::default()).await.unwrap_or_else(|fault| panic!("{fault}")) };
    Team::of(WORLD.get_or_init(start).await, name, annotations).await
}

async fn annotate(team: &Team<'_>, bucket: &str, annotation: &str) -> Outcome {
    team.kubectl.run(&["annotate", "--overwrite", "bucket", bucket, annotation]).await?.ok()?;
    Ok(())
}

/// Status and reason of a condition; empty where there is none.
fn told(bucket: &Bucket, type_: &str) -> (String, String) {
    let conditions = bucket.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
    let found = conditions.iter().find(|known| known.type_ == type_);
    found.map(|known| (known.status.clone(), known.reason.clone().unwrap_or_default())).unwrap_or_default()
}

/// Whether the condition has this status and reason.
fn says(bucket: &Bucket, type_: &str, status: &str, reason: &str) -> bool {
    told(bucket, type_) == (status.to_owned(), reason.to_owned())
}

/// The fields of the entries of a list in the status.
fn fields<T: serde::Serialize>(entries: Option<&Vec<T>>) -> Vec<String> {
    let field = |entry: &T| serde_json::to_value(entry).ok()?.get("field").and_then(Value::as_str).map(str::to_owned);
    entries.into_iter().flatten().filter_map(field).collect()
}

/// How often an Event of this reason was published in the team's namespace.
async fn events(team: &Team<'_>, reason: &str) -> Result<usize, Failure> {
    let all = team.kubectl.run(&["get", "events.v1.events.k8s.io", "--output=jsonpath={.items[*].reason}"]).await?.ok()?.stdout;
    Ok(all.split(' ').filter(|told| *told == reason).count())
}

/// The tags of a bucket as S3 would be sent them.
pub(crate) fn tagging(tags: &[(&str, &str)]) -> String {
    let tag = |(key, value): &(&str, &str)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
    format!("<Tagging><TagSet>{}</TagSet></Tagging>", tags.iter().map(tag).collect::<String>())
}
