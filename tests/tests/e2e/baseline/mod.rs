//! `deploy/baseline/policy.yaml` on an API server without webhooks: what it refuses, and that it never refuses more than the rules.

mod corpus;
mod edges;
mod odd;
mod policy;
mod rows;
mod stored;

use kube::Client;
use serde_json::{Value, json};
use tests::control_plane::ControlPlane;
use tests::install::Manifests;
use tests::kubectl::Kubectl;
use tests::places;
use tests::world::PATIENCE;
use tokio::sync::OnceCell;

use crate::catalogue::server::try_to_create;
use crate::team::{Failure, Outcome};

/// An API server that judges Buckets by the policy alone.
pub(crate) struct Ground {
    pub(crate) plane: ControlPlane,
}

/// The one that the tests share.
pub(crate) async fn ground() -> &'static Ground {
    static GROUND: OnceCell<Ground> = OnceCell::const_new();
    GROUND.get_or_init(|| async { Ground::start().await.unwrap_or_else(|fault| panic!("{fault:?}")) }).await
}

impl Ground {
    async fn start() -> Result<Self, Failure> {
        let plane = ControlPlane::start().await?;
        let kubectl = plane.kubectl();
        Manifests::render(&kubectl).await?.only(&["CustomResourceDefinition"]).apply(&kubectl).await?;
        let policy = places::workspace().join("deploy/baseline");
        kubectl.run(&["apply", "-f", &policy.display().to_string()]).await?.ok()?;
        let ground = Self { plane };
        ground.refuses().await?;
        Ok(ground)
    }

    /// The API server learns of policies by watching, some moments after they are written.
    async fn refuses(&self) -> Outcome {
        let client = self.client().await?;
        let bad = bucket(&json!({ "name": "Not_A_Bucket_Name" }));
        let deadline = std::time::Instant::now() + PATIENCE;
        while try_to_create(&client, &bad).await?.code == 201 {
            if std::time::Instant::now() > deadline {
                return Err("the policy is not heeded".into());
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// A client of somebody who may do everything and is no controller.
    pub(crate) async fn client(&self) -> Result<Client, Failure> {
        Ok(self.plane.client().await?)
    }

    pub(crate) fn kubectl(&self) -> Kubectl {
        self.plane.kubectl()
    }
}

/// A Bucket in the namespace `default` that is good but for this spec.
pub(crate) fn bucket(spec: &Value) -> Value {
    let metadata = json!({ "name": "b", "namespace": "default", "annotations": { "services.k8s.aws/region": "eu-west-1" } });
    json!({ "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": metadata, "spec": spec })
}
