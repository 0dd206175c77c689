//! Whose account a bucket is in and with which role it is reached: the ConfigMaps of accounts and teams, IAMRoleSelectors, endpoints
//! of namespaces, sessions of STS. In every case that fails, no call is made with another identity.

mod endpoints;
mod maps;
mod restarts;
mod sessions;

use serde_json::json;
use shared::Bucket;
use tests::install::NAMESPACE;
use tests::kubectl::Kubectl;
use tests::world::{Options, World};
use tokio::sync::OnceCell;

use super::team::{Failure, Outcome, Team};

const OWNER: &str = "services.k8s.aws/owner-account-id";
const ROLE: &str = "s3.services.k8s.aws/iam-role-arn";
const ACCOUNTS: &str = "ack-role-account-map";
const TEAMS: &str = "ack-role-team-map";

/// A world in which teams and keys for S3 alone count, with a map of accounts that is empty so far. Sessions are short, so that every
/// Bucket outlives some.
async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    let start = async || -> Result<World, Failure> {
        let options = Options::default().controller_flag("--feature-gates", "TeamLevelCARM=true,ServiceLevelCARM=true");
        let world = World::start(options).await?;
        world.s3().let_sessions_last(10);
        system(&world).run(&["create", "configmap", ACCOUNTS]).await?.ok()?;
        Ok(world)
    };
    WORLD.get_or_init(|| async { start().await.unwrap_or_else(|fault| panic!("{fault:?}")) }).await
}

/// A team in that world.
async fn team(name: &str, annotations: &[(&str, &str)]) -> Result<Team<'static>, Failure> {
    Team::of(world().await, name, annotations).await
}

/// kubectl where the ConfigMaps of roles are.
fn system(world: &World) -> Kubectl {
    world.kubectl().in_namespace(NAMESPACE)
}

/// Sets one key of a ConfigMap of roles.
async fn put(map: &str, key: &str, role: &str) -> Outcome {
    let patch = json!({ "data": { key: role } }).to_string();
    system(world().await).run(&["patch", "configmap", map, "--type=merge", "--patch", &patch]).await?.ok()?;
    Ok(())
}

/// Every call about the bucket was made by a session of this role, and there was one.
fn only_by(team: &Team<'_>, bucket: &str, role: &str) {
    let (account, name) = (role.split(':').nth(4).unwrap_or_default(), role.rsplit('/').next().unwrap_or_default());
    let session = format!("arn:aws:sts::{account}:assumed-role/{name}/cooper-controller");
    let calls = team.calls(bucket);
    assert!(!calls.is_empty(), "{bucket}");
    for call in calls.iter() {
        assert_eq!((call.caller.as_deref(), call.account.as_deref()), (Some(session.as_str()), Some(account)), "{call:?}");
    }
}

/// No call was made about the bucket, under any identity.
fn no_call(team: &Team<'_>, bucket: &str) {
    assert_eq!(team.calls(bucket).operations(), [""; 0], "{bucket}");
    assert!(!team.exists(bucket));
}

/// The Bucket, once it waits for a role, as the peer words it; and why it waits.
async fn waiting(team: &Team<'_>, bucket: &str) -> Result<String, Failure> {
    let is = |bucket: &Bucket| said(bucket, "ACK.ResourceSynced").is_some_and(|(_, message, _)| message == "IAM Role is not available");
    let found = team.until(bucket, "without a role", is).await?;
    let (status, _, reason) = said(&found, "ACK.ResourceSynced").ok_or("no condition")?;
    assert_eq!(status, "False");
    assert_eq!(said(&found, "Ready").map(|(status, ..)| status), Some("False".to_owned()));
    Ok(reason)
}

/// Status, message and reason of a condition.
fn said(bucket: &Bucket, type_: &str) -> Option<(String, String, String)> {
    let condition = bucket.status.as_ref()?.conditions.as_ref()?.iter().find(|condition| condition.type_ == type_)?;
    Some((condition.status.clone(), condition.message.clone().unwrap_or_default(), condition.reason.clone().unwrap_or_default()))
}

/// The account that the status names.
fn owner(bucket: &Bucket) -> Option<&str> {
    Some(bucket.status.as_ref()?.ack_resource_metadata.as_ref()?.owner_account_id.as_str())
}

/// The generation that the status speaks of.
fn observed(bucket: &Bucket) -> Option<i64> {
    bucket.status.as_ref()?.conditions.as_ref()?.iter().find(|condition| condition.type_ == "Ready")?.observed_generation
}
