//! The ACK S3 controller holds the Lease, as client-go writes it: nothing of ours works until it is gone.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::Api;
use kube::api::{ObjectMeta, Patch, PatchParams, PostParams};
use serde_json::json;
use tokio::task::JoinHandle;

use super::replica::{Replica, lease, leases, sections, world};
use crate::team::{Failure, Outcome, Team};

const PEER: &str = "ack-s3-controller-7d9f_0b9c54f8-5a3c-4f0e-9d0e-3b1f6d1f2a77";

/// The peer, as far as its Lease goes: it renews while this is held.
struct Peer(JoinHandle<()>);

impl Peer {
    /// Takes the Lease, whoever holds it, and keeps it.
    async fn hold(team: &Team<'_>) -> Result<Self, Failure> {
        let (api, name) = (leases(team.world).await?, team.namespace.clone());
        renew(&api, &name).await?;
        Ok(Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(2)).await;
                if let Err(error) = renew(&api, &name).await {
                    eprintln!("the peer could not renew: {error}");
                }
            }
        })))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn renew(api: &Api<Lease>, name: &str) -> kube::Result<()> {
    let now = MicroTime(Timestamp::now());
    let spec = LeaseSpec {
        acquire_time: Some(now.clone()),
        holder_identity: Some(PEER.to_owned()),
        lease_duration_seconds: Some(15),
        lease_transitions: Some(3),
        renew_time: Some(now),
        ..LeaseSpec::default()
    };
    if api.get_opt(name).await?.is_some() {
        return api.patch(name, &PatchParams::default(), &Patch::Merge(json!({ "spec": spec }))).await.map(drop);
    }
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    api.create(&PostParams::default(), &Lease { metadata, spec: Some(spec) }).await.map(drop)
}

/// The answer of `/readyz`.
async fn readyz(replica: &Replica) -> Option<(u16, String)> {
    tests::http::get(replica.service.ready_url()?).await.ok()
}

#[tokio::test]
async fn without_election_the_peers_lease_is_respected_and_readiness_says_so() -> Outcome {
    let team = Team::of(world().await, "respect", &[]).await?;
    let peer = Peer::hold(&team).await?;
    let ours = Replica::of(&team, "ours", &[("--enable-leader-election", "false")]).await?;
    ours.service.start_unready().await?;
    let blocked = || async { readyz(&ours).await.filter(|(status, text)| *status == 503 && text.trim_end().ends_with("missing:\nlease")) };
    team.wait("readiness to name the Lease, and nothing else", blocked).await?;
    ours.leads(&team, false).await?;
    team.apply("b", &sections()).await?;
    let seen = || async { (ours.service.metrics().await.ok()?.value("cooper_buckets", &[]) == Some(1.0)).then_some(()) };
    team.wait("the Bucket to be in the cache", seen).await?;
    let log = ours.service.log();
    assert!(log.contains("another controller works") && log.contains(PEER), "{log}");
    // Longer than the peer needs to renew: it is alive, not only there.
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(ours.calls(&team, "b"), []);
    assert!(lease(&team).await?.holder_identity.as_deref() == Some(PEER));

    drop(peer);
    ours.leads(&team, true).await?;
    team.ready("b").await?;
    team.wait("readiness", || async { readyz(&ours).await.filter(|(status, _)| *status == 200) }).await?;
    assert_eq!(lease(&team).await?.holder_identity.as_deref(), Some(PEER), "without election nobody writes the Lease");

    // It comes back: ours stops.
    let _peer = Peer::hold(&team).await?;
    ours.leads(&team, false).await?;
    let before = ours.writes(&team).len();
    team.apply("c", &sections()).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!((ours.calls(&team, "c"), ours.writes(&team).len()), (vec![], before));
    Ok(())
}

#[tokio::test]
async fn with_election_the_peer_and_ours_take_turns() -> Outcome {
    let team = Team::of(world().await, "share", &[]).await?;
    let peer = Peer::hold(&team).await?;
    let ours = Replica::of(&team, "ours", &[]).await?;
    ours.service.start().await?;
    ours.leads(&team, false).await?;
    team.apply("b", &sections()).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(ours.calls(&team, "b"), []);

    drop(peer);
    ours.leads(&team, true).await?;
    team.ready("b").await?;
    let taken = lease(&team).await?;
    assert_eq!(taken.lease_transitions, Some(4), "one more than the peer's");

    // Somebody takes it away by force.
    let peer = Peer::hold(&team).await?;
    ours.leads(&team, false).await?;
    team.apply("c", &sections()).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(ours.calls(&team, "c"), []);
    assert_eq!(readyz(&ours).await.map(|(status, _)| status), Some(200), "standing by is what it should do");
    drop(peer);
    ours.leads(&team, true).await?;
    team.ready("c").await?;
    Ok(())
}
