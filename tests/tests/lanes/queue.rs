//! The queue that notifications go to. Servers look whether it is there, and whether S3 may send to it.

use aws_credential_types::Credentials;
use serde_json::json;
use tests::query::Query;
use tests::world::{ACCOUNT, REGION};

use tests::failure::Outcome;

const NAME: &str = "cooper-lane-events";

/// Makes it and returns its ARN.
pub(crate) async fn create(endpoint: &str, credentials: &Credentials) -> Outcome<String> {
    let arn = arn();
    let statement = json!({
        "Effect": "Allow", "Principal": { "Service": "s3.amazonaws.com" }, "Action": "sqs:SendMessage", "Resource": arn,
        "Condition": { "StringEquals": { "aws:SourceAccount": ACCOUNT } }
    });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let sqs = Query { endpoint, service: "sqs", version: "2012-11-05", region: REGION, credentials };
    sqs.call("CreateQueue", &[("QueueName", NAME), ("Attribute.1.Name", "Policy"), ("Attribute.1.Value", &policy)]).await?;
    Ok(arn)
}

/// The ARN that it has, or would have.
pub(crate) fn arn() -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}")
}
