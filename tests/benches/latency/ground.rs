//! One API server with three namespaces: one that nobody judges, one of the webhooks, one of the baseline policy.

use std::time::{Duration, Instant};

use kube::Api;
use kube::api::PostParams;
use serde_json::{Value, json};
use shared::{Bucket, BucketSpec};
use tests::install::{MUTATING, VALIDATING};
use tests::places;
use tests::world::{Options, PATIENCE, World};

use crate::Fault;

/// The label that says who judges the Buckets of a namespace.
const LABEL: &str = "cooper-latency";
/// The judges, in the order of the table.
const JUDGES: [&str; 3] = ["nobody", "webhooks", "policy"];

/// The API server and its namespaces.
pub(crate) struct Ground {
    world: World,
    namespaces: Vec<(&'static str, String)>,
}

impl Ground {
    pub(crate) async fn start() -> Result<Self, Fault> {
        let world = World::start(Options { controller: false, ..Options::default() }).await?;
        let mut namespaces = Vec::new();
        for judge in JUDGES {
            let namespace = world.namespace(judge, &[]).await?;
            world.kubectl().run(&["label", "namespace", &namespace, &format!("{LABEL}={judge}")]).await?.ok()?;
            namespaces.push((judge, namespace));
        }
        let ground = Self { world, namespaces };
        ground.webhooks_for_some().await?;
        ground.policy_for_some().await?;
        ground.settled().await?;
        Ok(ground)
    }

    /// Who judges, and where.
    pub(crate) fn namespaces(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.namespaces.iter().map(|(judge, namespace)| (*judge, namespace.as_str()))
    }

    /// The Buckets of a namespace.
    pub(crate) async fn buckets(&self, namespace: &str) -> Result<Api<Bucket>, Fault> {
        Ok(self.world.buckets(namespace).await?)
    }

    async fn webhooks_for_some(&self) -> Result<(), Fault> {
        let but = json!({ "matchExpressions": [{ "key": LABEL, "operator": "NotIn", "values": ["nobody", "policy"] }] });
        for (kind, name) in [("validatingwebhookconfiguration", VALIDATING), ("mutatingwebhookconfiguration", MUTATING)] {
            let mut configuration = self.world.kubectl().get_json(&format!("{kind}/{name}")).await?;
            for webhook in configuration["webhooks"].as_array_mut().into_iter().flatten() {
                webhook["namespaceSelector"] = but.clone();
            }
            self.world.kubectl().run_with(&["replace", "-f", "-"], &configuration.to_string()).await?.ok()?;
        }
        Ok(())
    }

    async fn policy_for_some(&self) -> Result<(), Fault> {
        let text = std::fs::read_to_string(places::workspace().join("deploy/baseline/policy.yaml"))?;
        let mut manifests: Vec<Value> = serde_saphyr::from_multiple(&text)?;
        for binding in manifests.iter_mut().filter(|manifest| manifest["kind"] == "ValidatingAdmissionPolicyBinding") {
            binding["spec"]["matchResources"] = json!({ "namespaceSelector": { "matchLabels": { LABEL: "policy" } } });
        }
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": manifests });
        self.world.kubectl().apply(&list.to_string()).await?;
        Ok(())
    }

    /// The API server learns of all that by watching: waits until each namespace is judged as it should be.
    async fn settled(&self) -> Result<(), Fault> {
        let bad = Bucket::new("bad", BucketSpec { name: "Not_A_Bucket_Name".to_owned(), ..BucketSpec::default() });
        let dry_run = PostParams { dry_run: true, ..PostParams::default() };
        let deadline = Instant::now() + PATIENCE;
        for (judge, namespace) in self.namespaces() {
            let buckets = self.buckets(namespace).await?;
            loop {
                let judged_by = match buckets.create(&dry_run, &bad).await {
                    Ok(_) => "nobody",
                    Err(kube::Error::Api(status)) if status.message.contains("ValidatingAdmissionPolicy") => "policy",
                    Err(kube::Error::Api(status)) if status.code == 422 => "webhooks",
                    Err(fault) => return Err(fault.into()),
                };
                if judged_by == judge {
                    break;
                }
                if Instant::now() > deadline {
                    return Err(format!("Buckets of {namespace} are judged by {judged_by}").into());
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }
}
