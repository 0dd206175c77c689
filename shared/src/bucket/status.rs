//! What the controller says about a bucket. The peer's members keep their meaning; `appliedSections`, `observedGeneration`,
//! `lastChecked`, `drift`, `ignored`, `lastHandledReconcileAt`, `pending`, `plan` and `unmanaged` are additions.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the controller last saw and did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketStatus {
    /// Where the bucket is and whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ack_resource_metadata: Option<AckResourceMetadata>,
    /// Of the sub-configurations whose drift is only shown (drift-mode warn): a digest of what the spec said when each was last carried
    /// out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_sections: Option<BTreeMap<String, String>>,
    /// What is known about the bucket, one entry per type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// What was found changed behind the controller's back since the spec last changed: what stands, and what was put right last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Vec<Drift>>,
    /// Where S3 differs from the spec in fields that annotation services.k8s.aws/ignore-field-drift names: it is shown here and left
    /// alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignored: Option<Vec<IgnoredDrift>>,
    /// When the controller last read all of the bucket's configuration from S3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_checked: Option<Time>,
    /// The value of annotation s3.services.k8s.aws/reconcile-requested-at that the last pass heeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
    /// The Location header of the answer to CreateBucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The sub-configurations that were not carried out yet for this generation of the spec. What differs in them is no drift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<Vec<String>>,
    /// What adopting the bucket would change in S3, until it was adopted; what would put right drift that drift-mode warn only shows;
    /// and, from a controller that runs with --dry-run, what it would write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<AdoptionPlan>,
    /// What S3 holds in sections that the spec leaves out and that are not managed (annotation s3.services.k8s.aws/unset-fields, or
    /// --unset-fields of the controller): it is shown here and left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmanaged: Option<Vec<Unmanaged>>,
}

/// Where the bucket is and whose it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AckResourceMetadata {
    /// The bucket's ARN; absent until the bucket exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The account that owns the bucket, 12 digits.
    #[serde(rename = "ownerAccountID")]
    pub owner_account_id: String,
    /// The partition of the region: aws, aws-cn, aws-us-gov and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// The region that the bucket is in.
    pub region: String,
}

/// One thing that is known about the bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// When the condition last changed its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Time>,
    /// What happened, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The generation of the spec that the condition speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// What happened, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// True, False or Unknown.
    pub status: String,
    /// What the condition is about, such as Ready or ACK.ResourceSynced.
    #[serde(rename = "type")]
    pub type_: String,
}

/// The condition types that the controller writes. The `ACK.` ones and `Ready` are the peer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConditionType {
    /// S3 holds what the spec says.
    Ready,
    /// As Ready, in the peer's words.
    ResourceSynced,
    /// Nothing more happens until the spec or something outside changes.
    Terminal,
    /// Something failed that will be tried again.
    Recoverable,
    /// Something that people should know and that stops nothing.
    Advisory,
    /// All that the API fills in late is filled in (always, once synced: nothing is).
    LateInitialized,
    /// S3 differs from the spec although the spec did not change.
    Drifted,
    /// The Role that the spec refers to was found, and its ARN is known.
    ReferencesResolved,
    /// An IAMRoleSelector chose the role.
    IamRoleSelected,
    /// The Bucket is being deleted and cannot go yet.
    DeletionBlocked,
    /// Nobody asks or writes S3 for the time being, as an annotation says.
    Paused,
}

impl ConditionType {
    /// The type as it stands in the status.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::ResourceSynced => "ACK.ResourceSynced",
            Self::Terminal => "ACK.Terminal",
            Self::Recoverable => "ACK.Recoverable",
            Self::Advisory => "ACK.Advisory",
            Self::LateInitialized => "ACK.LateInitialized",
            Self::Drifted => "Drifted",
            Self::ReferencesResolved => "ACK.ReferencesResolved",
            Self::IamRoleSelected => "ACK.IAMRoleSelected",
            Self::DeletionBlocked => "DeletionBlocked",
            Self::Paused => "Paused",
        }
    }
}

/// One field that S3 held otherwise than the spec says, although the spec had not changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Who changed it, as far as a hint told (CloudTrail, AWS Config).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<ChangedBy>,
    /// The sub-configuration, such as versioning.
    pub config: String,
    /// What the spec says, as JSON, shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<String>,
    /// The field, such as spec.versioning.status.
    pub field: String,
    /// When the difference was first found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Time>,
    /// When it was last found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Time>,
    /// What S3 held, as JSON, shortened; absent where it held nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// When S3 was made to hold what the spec says again; absent while the difference stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediated_at: Option<Time>,
    /// How often it was found again soon after it was put right, this time included; absent for the first time. From three on somebody
    /// else keeps writing it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounds: Option<i64>,
}

/// The change that led to drift, as the source of a hint told it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangedBy {
    /// The event, such as PutBucketVersioning.
    pub event: String,
    /// Who did it, such as the ARN of a role's session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
}

/// One field in which S3 differs from the spec and that is ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IgnoredDrift {
    /// The sub-configuration, such as tagging.
    pub config: String,
    /// What the spec says, as JSON, shortened; absent where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<String>,
    /// The field, such as spec.tagging.tagSet[CostCenter].value.
    pub field: String,
    /// What S3 holds, as JSON, shortened; absent where it holds nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
}

/// What would change in S3. Nothing of it is written before it was shown here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdoptionPlan {
    /// Whether it waits for annotation s3.services.k8s.aws/approve-plan with the hash: something that is in S3 would be overwritten or
    /// taken away, a change can cost data or access, or drift-mode says warn.
    pub approval_required: bool,
    /// The changes; of very many the first of each sub-configuration.
    pub changes: Vec<PlannedChange>,
    /// Stands for exactly these changes, those that are not listed too.
    pub hash: String,
    /// How many changes there are.
    pub total: i64,
}

/// One field of the bucket that adopting it would change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedChange {
    /// The sub-configuration, such as versioning.
    pub config: String,
    /// What it would become, as JSON, shortened; absent where it would be taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<String>,
    /// Whether the change is one to approve.
    pub destructive: bool,
    /// The field, such as spec.versioning.status.
    pub field: String,
    /// What S3 holds, as JSON, shortened; absent where it holds nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
}

/// One field of a section that the spec leaves out and that is not managed, in which S3 holds something else than a new bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unmanaged {
    /// The sub-configuration, such as cors.
    pub config: String,
    /// The field, such as spec.cors.corsRules.
    pub field: String,
    /// What S3 holds, as JSON, shortened; absent where it holds nothing and a new bucket would hold something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
}
