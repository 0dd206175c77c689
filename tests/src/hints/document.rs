//! Events in the form that is documented for them.
//! Source: S3 User Guide, "Example: CloudTrail log file entries"; EventBridge User Guide, "AWS service events delivered via CloudTrail".

use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::world::{ACCOUNT, REGION};

/// A call that changed a bucket.
#[derive(Clone, Debug)]
pub struct Event {
    name: String,
    bucket: String,
    principal: String,
    user_agent: String,
    at: Timestamp,
    error: Option<String>,
}

impl Event {
    /// `alice`, with the rights of `admins`, made this call just now.
    #[must_use]
    pub fn new(name: &str, bucket: &str) -> Self {
        Self {
            name: name.to_owned(),
            bucket: bucket.to_owned(),
            principal: format!("arn:aws:sts::{ACCOUNT}:assumed-role/admins/alice"),
            user_agent: "[aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.12 lang/python#3.13.7]".to_owned(),
            at: Timestamp::now(),
            error: None,
        }
    }

    /// Somebody else made it, with another program.
    #[must_use]
    pub fn by(self, principal: &str, user_agent: &str) -> Self {
        Self { principal: principal.to_owned(), user_agent: user_agent.to_owned(), ..self }
    }

    /// It was made then.
    #[must_use]
    pub fn at(self, at: Timestamp) -> Self {
        Self { at, ..self }
    }

    /// It failed with this error.
    #[must_use]
    pub fn failed(self, code: &str) -> Self {
        Self { error: Some(code.to_owned()), ..self }
    }

    /// What EventBridge makes of CloudTrail's record. Each has an id of its own.
    #[must_use]
    pub fn body(&self) -> String {
        let arn = format!("arn:aws:s3:::{}", self.bucket);
        let parameters = match self.name.as_str() {
            "TagResource" | "UntagResource" => json!({ "resourceArn": arn }),
            _ => json!({ "bucketName": self.bucket, "Host": format!("{}.s3.{REGION}.amazonaws.com", self.bucket) }),
        };
        let mut detail = json!({
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole", "principalId": "AROAEXAMPLE:alice", "arn": self.principal, "accountId": ACCOUNT,
                "accessKeyId": "ASIAEXAMPLE",
                "sessionContext": {
                    "sessionIssuer": { "type": "Role", "principalId": "AROAEXAMPLE", "arn": format!("arn:aws:iam::{ACCOUNT}:role/admins"),
                        "accountId": ACCOUNT, "userName": "admins" },
                    "attributes": { "creationDate": "2026-01-01T00:00:00Z", "mfaAuthenticated": "false" }
                }
            },
            // CloudTrail tells whole seconds.
            "eventTime": self.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "eventSource": "s3.amazonaws.com", "eventName": self.name, "awsRegion": REGION, "sourceIPAddress": "192.0.2.7",
            "userAgent": self.user_agent, "requestParameters": parameters, "responseElements": null,
            "additionalEventData": { "SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "bytesTransferredIn": 0,
                "AuthenticationMethod": "AuthHeader", "bytesTransferredOut": 0 },
            "requestID": "EXAMPLE", "eventID": id(), "readOnly": false,
            "resources": [{ "accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": arn }],
            "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": ACCOUNT, "eventCategory": "Management"
        });
        if let Some(code) = &self.error {
            detail["errorCode"] = json!(code);
        }
        around("aws.s3", "AWS API Call via CloudTrail", &detail)
    }

    /// The same in a notification of SNS.
    #[must_use]
    pub fn notified(&self) -> String {
        json!({ "Type": "Notification", "MessageId": id(), "TopicArn": format!("arn:aws:sns:{REGION}:{ACCOUNT}:changes"),
            "Message": self.body(), "Timestamp": Timestamp::now().to_string(), "SignatureVersion": "1", "Signature": "EXAMPLE" })
        .to_string()
    }

    /// What AWS Config says of the change.
    #[must_use]
    pub fn recorded(&self) -> String {
        let item = json!({
            "resourceType": "AWS::S3::Bucket", "resourceName": self.bucket, "resourceId": self.bucket, "awsAccountId": ACCOUNT,
            "awsRegion": REGION, "configurationItemStatus": "OK", "configurationItemCaptureTime": self.at.to_string(),
            "ARN": format!("arn:aws:s3:::{}", self.bucket), "relatedEvents": [], "relationships": [], "configuration": {},
            "supplementaryConfiguration": {}, "tags": {}
        });
        let detail = json!({ "recordVersion": "1.3", "messageType": "ConfigurationItemChangeNotification", "configurationItem": item,
            "configurationItemDiff": { "changeType": "UPDATE", "changedProperties": {} },
            "notificationCreationTime": Timestamp::now().to_string() });
        around("aws.config", "Config Configuration Item Change", &detail)
    }
}

fn around(source: &str, kind: &str, detail: &Value) -> String {
    json!({ "version": "0", "id": id(), "detail-type": kind, "source": source, "account": ACCOUNT,
        "time": Timestamp::now().to_string(), "region": REGION, "resources": [], "detail": detail })
    .to_string()
}

fn id() -> String {
    format!("{:016x}", RandomState::new().hash_one(0))
}
