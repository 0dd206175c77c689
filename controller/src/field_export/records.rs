//! Writes of FieldExports: the finalizer with the note of what was written where, and the status.

use kube::api::{Api, Patch};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use shared::annotation::EXPORTED_TO;
use shared::bucket::Condition;
use shared::field_export::{FINALIZER, FieldExport};

use super::claims::has_finalizer;
use super::order::{self, Target};
use crate::objects::{ObjectError, params, within};

/// The FieldExports in the API server.
#[derive(Clone)]
pub struct Records(Client);

impl Records {
    /// Those behind this client.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// Notes, before it is done, that the key is written; from then on a deletion waits until the key is removed.
    ///
    /// # Errors
    /// The API server refused, with a conflict where the FieldExport changed in between.
    pub async fn claim(&self, export: &FieldExport, target: &Target) -> Result<(), ObjectError> {
        if has_finalizer(export) && order::written(export).as_ref() == Some(target) {
            return Ok(());
        }
        let others = export.finalizers().iter().map(String::as_str).filter(|name| *name != FINALIZER);
        let finalizers: Vec<&str> = others.chain([FINALIZER]).collect();
        let metadata = json!({ "finalizers": finalizers, "annotations": { EXPORTED_TO: target.to_string() } });
        self.patch("note the key on the FieldExport", export, metadata).await.map(drop)
    }

    /// Notes that nothing is written any more, and gives the FieldExport as it is then.
    ///
    /// # Errors
    /// The API server refused, with a conflict where the FieldExport changed in between.
    pub async fn unclaim(&self, export: &FieldExport) -> Result<FieldExport, ObjectError> {
        self.patch("note on the FieldExport that the key is removed", export, json!({ "annotations": { EXPORTED_TO: null } })).await
    }

    /// Whether the FieldExport is still stored.
    ///
    /// # Errors
    /// The API server did not say.
    pub async fn is_there(&self, export: &FieldExport) -> Result<bool, ObjectError> {
        let found = within("read the FieldExport", self.api(export).get_metadata_opt(&export.name_any())).await?;
        Ok(found.is_some_and(|found| found.metadata.uid == export.metadata.uid))
    }

    /// Takes the finalizer off, and the note of what was written.
    ///
    /// # Errors
    /// The API server refused, with a conflict where the FieldExport changed in between.
    pub async fn release(&self, export: &FieldExport) -> Result<(), ObjectError> {
        let others: Vec<&str> = export.finalizers().iter().map(String::as_str).filter(|name| *name != FINALIZER).collect();
        match self.patch("remove the finalizer", export, json!({ "finalizers": others, "annotations": { EXPORTED_TO: null } })).await {
            Err(ObjectError::Refused { source: kube::Error::Api(status), .. }) if status.code == 404 => Ok(()),
            other => other.map(drop),
        }
    }

    /// Writes the conditions, where they differ from those that are there.
    ///
    /// # Errors
    /// The API server refused.
    pub async fn report(&self, export: &FieldExport, conditions: &[Condition]) -> Result<(), ObjectError> {
        if !differ(export, conditions) {
            return Ok(());
        }
        let status = json!({ "status": { "conditions": conditions } });
        let (api, name, params, patch) = (self.api(export), export.name_any(), params(), Patch::Merge(&status));
        match within("write the status", api.patch_status(&name, &params, &patch)).await {
            Err(ObjectError::Refused { source: kube::Error::Api(status), .. }) if status.code == 404 => Ok(()),
            other => other.map(drop),
        }
    }

    async fn patch(&self, doing: &'static str, export: &FieldExport, mut metadata: Value) -> Result<FieldExport, ObjectError> {
        metadata["uid"] = json!(export.metadata.uid);
        metadata["resourceVersion"] = json!(export.metadata.resource_version);
        let patch = json!({ "metadata": metadata });
        within(doing, self.api(export).patch(&export.name_any(), &params(), &Patch::Merge(&patch))).await
    }

    fn api(&self, export: &FieldExport) -> Api<FieldExport> {
        Api::namespaced(self.0.clone(), export.metadata.namespace.as_deref().unwrap_or("default"))
    }
}

/// Whether the status says something else. Times do not count, and neither do generations: an older definition drops them.
fn differ(export: &FieldExport, conditions: &[Condition]) -> bool {
    let said = |condition: &Condition| {
        let Condition { type_, status, reason, message, .. } = condition;
        (type_.clone(), status.clone(), reason.clone(), message.clone())
    };
    let Some(status) = &export.status else { return true };
    !status.conditions.iter().map(said).eq(conditions.iter().map(said))
}

#[cfg(test)]
mod tests {
    use shared::field_export::FieldExportStatus;

    use super::*;

    #[test]
    fn a_status_is_written_where_it_says_something_new() {
        let condition = |message: &str| Condition { message: Some(message.to_owned()), status: "True".to_owned(), ..Condition::default() };
        let mut export = FieldExport::default();
        assert!(differ(&export, &[]), "the first status is written, empty or not");
        export.status = Some(FieldExportStatus { conditions: vec![condition("no")] });
        assert!(!differ(&export, &[Condition { observed_generation: Some(7), ..condition("no") }]));
        assert!(differ(&export, &[condition("still no")]) && differ(&export, &[]));
    }
}
