//! FieldExports: fields of Buckets in ConfigMaps and Secrets; and what leads into other namespaces.

mod operations;
mod troubles;
mod values;

use serde_json::{Value, json};
use tests::world::{Options, World};
use tokio::sync::{OnceCell, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::team::{Failure, Outcome, Team};

static QUIET: RwLock<()> = RwLock::const_new(());

/// The one world of this subject, where other namespaces may be reached.
async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    let options = || Options::default().controller_flag("--enable-cross-namespace", "true");
    WORLD.get_or_init(|| async { World::start(options()).await.unwrap_or_else(|fault| panic!("{fault}")) }).await
}

/// Held by tests that go on side by side.
async fn together() -> RwLockReadGuard<'static, ()> {
    QUIET.read().await
}

/// Held by tests that stop or start the controller.
async fn alone() -> RwLockWriteGuard<'static, ()> {
    QUIET.write().await
}

/// What one team does with FieldExports.
struct Exports<'a>(Team<'a>);

impl Exports<'static> {
    /// A new team with a ConfigMap and a Secret, both called app, that hold a key `other` already.
    async fn new(name: &str) -> Result<Self, Failure> {
        let team = Team::of(world().await, name, &[]).await?;
        let made = Self(team);
        made.make_targets("app").await?;
        Ok(made)
    }
}

impl Exports<'_> {
    async fn make_targets(&self, name: &str) -> Outcome {
        for kind in ["configmap", "secret"] {
            let words = if kind == "secret" { &["create", "secret", "generic"][..] } else { &["create", "configmap"] };
            self.0.kubectl.run(&[words, &[name, "--from-literal=other=theirs"]].concat()).await?.ok()?;
        }
        Ok(())
    }

    async fn apply(&self, name: &str, path: &str, to: &Value) -> Outcome {
        self.0.kubectl.apply(&manifest(name, path, to).to_string()).await?;
        Ok(())
    }

    async fn delete(&self, name: &str) -> Outcome {
        self.0.kubectl.run(&["delete", "fieldexport", name, "--timeout=30s"]).await?.ok()?;
        Ok(())
    }

    /// The data of the ConfigMap or Secret, as it stands in the API.
    async fn data(&self, object: &str) -> Result<Value, Failure> {
        Ok(self.0.kubectl.get_json(object).await?["data"].clone())
    }

    /// Waits until the ConfigMap or Secret holds this data, all of it.
    async fn holds(&self, object: &str, data: &Value) -> Outcome {
        let what = format!("{object} of {} to hold {data}", self.0.namespace);
        self.0.wait(&what, || async { (self.data(object).await.ok()? == *data).then_some(()) }).await
    }

    /// The message of a FieldExport's condition, once it is there.
    async fn told(&self, name: &str, condition: &str, part: &str) -> Result<String, Failure> {
        let resource = format!("fieldexport/{name}");
        let found = || async {
            let export = self.0.kubectl.get_json(&resource).await.ok()?;
            let conditions = export["status"]["conditions"].as_array()?;
            let found = conditions.iter().find(|found| found["type"] == condition && found["status"] == "True")?;
            found["message"].as_str().filter(|message| message.contains(part)).map(str::to_owned)
        };
        self.0.wait(&format!("{condition} of {resource} to say {part:?}"), found).await
    }

    /// Waits until the FieldExport says that all is well.
    async fn content(&self, name: &str) -> Outcome {
        let resource = format!("fieldexport/{name}");
        let fine = || async { (self.0.kubectl.get_json(&resource).await.ok()?["status"]["conditions"] == json!([])).then_some(()) };
        self.0.wait(&format!("{resource} to have no conditions"), fine).await
    }
}

/// A FieldExport: the query, of the Bucket `b`, to this target.
fn manifest(name: &str, path: &str, to: &Value) -> Value {
    let resource = json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": "b" });
    json!({ "apiVersion": "services.k8s.aws/v1alpha1", "kind": "FieldExport", "metadata": { "name": name },
        "spec": { "from": { "path": path, "resource": resource }, "to": to } })
}

fn config_map(key: &str) -> Value {
    json!({ "kind": "configmap", "name": "app", "key": key })
}

fn secret(key: &str) -> Value {
    json!({ "kind": "secret", "name": "app", "key": key })
}
