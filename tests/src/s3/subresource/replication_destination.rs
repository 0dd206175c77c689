//! What S3 refuses in the destination of a replication rule.
//! Source: S3 API, Destination, ReplicationTime, Metrics, SourceSelectionCriteria; error texts as S3 gives them.

use super::Put;
use super::replication::is_versioned;
use crate::s3::error::S3Error;
use crate::s3::xml::Element;

/// The one threshold that there is, in minutes.
const MINUTES: i64 = 15;

/// Checks the destination of a rule that has the right shape.
pub(super) fn check(rule: &Element, put: &Put<'_>) -> Result<(), S3Error> {
    let destination = rule.child("Destination").ok_or_else(S3Error::malformed_xml)?;
    bucket(destination.text_of("Bucket").unwrap_or_default(), put)?;
    time(destination)?;
    if destination.has("AccessControlTranslation") && !destination.has("Account") {
        let text = "Account must be specified if the Owner in AccessControlTranslation has a value";
        return Err(S3Error::invalid_request(text));
    }
    keys(rule, destination)
}

fn bucket(arn: &str, put: &Put<'_>) -> Result<(), S3Error> {
    let is_arn = arn.starts_with("arn:aws") && arn.matches(':').count() == 5 && arn.contains(":s3:::");
    if !is_arn {
        return Err(S3Error::invalid_argument("Invalid bucket ARN"));
    }
    match put.bucket_of_arn(arn) {
        Some(there) if there.name == put.bucket.name => {
            Err(S3Error::invalid_request("Destination bucket cannot be the same as the source bucket."))
        }
        Some(there) if there.is_directory() => Err(S3Error::invalid_request("Destination bucket must be a general purpose bucket.")),
        Some(there) if !is_versioned(there) => Err(S3Error::invalid_request("Destination bucket must have versioning enabled.")),
        Some(_) => Ok(()),
        None => Err(S3Error::invalid_request("Destination bucket must exist.")),
    }
}

/// Replication in time and its metrics go together.
fn time(destination: &Element) -> Result<(), S3Error> {
    let minutes = |parent: &str, member: &str| destination.at(&[parent, member, "Minutes"]).and_then(|text| text.text.parse::<i64>().ok());
    let on = |member: &str| destination.at(&[member, "Status"]).is_some_and(|status| status.text == "Enabled");
    let threshold = minutes("Metrics", "EventThreshold");
    if destination.has("ReplicationTime") && !destination.has("Metrics") {
        return Err(S3Error::invalid_request("Replication destination must contain both ReplicationTime and Metrics or neither."));
    }
    if destination.has("ReplicationTime") && minutes("ReplicationTime", "Time") != Some(MINUTES) {
        return Err(S3Error::invalid_argument("Invalid time minute value"));
    }
    match (on("ReplicationTime"), threshold) {
        (true, None) => Err(S3Error::invalid_argument("ReplicationMetrics must contain an event threshold")),
        (true, Some(minutes)) if minutes != MINUTES => Err(S3Error::invalid_argument("Invalid event threshold minute value")),
        (false, Some(_)) => {
            let text = "Metrics cannot contain an event threshold when ReplicationTime is not specified or Disabled";
            Err(S3Error::invalid_argument(text))
        }
        _ => Ok(()),
    }
}

/// A key for the replicas, and the wish to replicate what is encrypted with KMS, go together.
fn keys(rule: &Element, destination: &Element) -> Result<(), S3Error> {
    let wish = rule.at(&["SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status"]).map(|status| status.text.as_str());
    let key = destination.at(&["EncryptionConfiguration", "ReplicaKmsKeyID"]).map(|key| key.text.as_str());
    if destination.has("EncryptionConfiguration") && wish.is_none() {
        let text = "SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.";
        return Err(S3Error::invalid_request(text));
    }
    match (wish, key) {
        (Some("Enabled"), None) => {
            Err(S3Error::invalid_request("ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present."))
        }
        (_, Some(key)) if !key.starts_with("arn:") || !key.contains(":kms:") => {
            Err(S3Error::invalid_argument("Invalid ReplicaKmsKeyID ARN."))
        }
        _ => Ok(()),
    }
}
