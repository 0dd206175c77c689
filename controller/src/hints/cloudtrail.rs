//! A record of CloudTrail about a call to S3. Pure.
//! Source: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element".

use jiff::Timestamp;
use serde::Deserialize;
use shared::arn::Arn;

use super::events;
use super::message::{Actor, Change, Message, Source, shown};

/// The longest name of an event and of a bucket that is taken for one. Names in S3 have at most 63 characters, and had 255 once.
const NAME: usize = 255;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: Option<String>,
    event_time: Option<String>,
    #[serde(rename = "eventID")]
    event_id: Option<String>,
    event_category: Option<String>,
    management_event: Option<bool>,
    read_only: Option<bool>,
    error_code: Option<String>,
    aws_region: Option<String>,
    user_agent: Option<String>,
    user_identity: Option<UserIdentity>,
    request_parameters: Option<RequestParameters>,
    resources: Option<Vec<Resource>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity {
    arn: Option<String>,
    invoked_by: Option<String>,
    principal_id: Option<String>,
    account_id: Option<String>,
    session_context: Option<SessionContext>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SessionContext {
    session_issuer: Option<SessionIssuer>,
}

#[derive(Deserialize)]
struct SessionIssuer {
    arn: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestParameters {
    bucket_name: Option<String>,
    /// Of TagResource and UntagResource.
    resource_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(rename = "type")]
    kind: Option<String>,
    account_id: Option<String>,
}

/// What the record says. `id` is the id that EventBridge gave the event.
pub(super) fn read(id: Option<String>, detail: &str) -> Message {
    let unreadable = || Message::Unreadable(Source::CloudTrail);
    let Ok(record) = serde_json::from_str::<Record>(detail) else { return unreadable() };
    let at = record.event_time.as_deref().and_then(|time| time.parse::<Timestamp>().ok());
    let (Some(event), Some(at)) = (record.event_name.as_deref().filter(|name| is_word(name)), at) else { return unreadable() };
    let of_objects = record.management_event == Some(false) || record.event_category.as_deref().is_some_and(|of| of != "Management");
    let reads = record.read_only.unwrap_or_else(|| events::reads(event));
    if of_objects || reads || record.error_code.is_some() {
        return Message::Ignored(Source::CloudTrail);
    }
    // Account-wide calls and those about access points name no bucket.
    let Some(bucket) = bucket(&record.request_parameters.unwrap_or_default()) else { return Message::Ignored(Source::CloudTrail) };
    let mut owner = record.resources.unwrap_or_default().into_iter().filter(|resource| is_bucket(resource.kind.as_deref()));
    Message::Changed(Box::new(Change {
        source: Source::CloudTrail,
        id: record.event_id.or(id),
        bucket,
        account: owner.find_map(|resource| resource.account_id),
        region: record.aws_region.filter(|_| !events::is_of_whole_bucket(event)),
        config: events::config(event),
        event: event.to_owned(),
        actor: actor(record.user_identity.unwrap_or_default(), record.user_agent),
        at,
    }))
}

fn is_word(name: &str) -> bool {
    (1..=NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_bucket(kind: Option<&str>) -> bool {
    matches!(kind, Some("AWS::S3::Bucket" | "AWS::S3Express::DirectoryBucket"))
}

fn bucket(parameters: &RequestParameters) -> Option<String> {
    let of_arn = || {
        let arn = Arn::parse(parameters.resource_arn.as_deref()?)?;
        match arn.service {
            "s3" if arn.account.is_empty() => Some(arn.resource),
            "s3express" => arn.resource.strip_prefix("bucket/"),
            _ => None,
        }
    };
    let name = parameters.bucket_name.as_deref().or_else(of_arn)?;
    (1..=NAME).contains(&name.len()).then_some(name).filter(|name| !name.contains('/')).map(str::to_owned)
}

fn actor(identity: UserIdentity, user_agent: Option<String>) -> Actor {
    let role = identity.session_context.and_then(|context| context.session_issuer).and_then(|issuer| issuer.arn);
    let names = [&identity.arn, &identity.invoked_by, &identity.principal_id, &identity.account_id];
    let principal = names.into_iter().flatten().find(|name| !name.is_empty()).map(|name| shown(name));
    Actor { principal, arn: identity.arn, role, user_agent }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// As the S3 User Guide shows one, "Example: CloudTrail log file entries", with names of our own.
    fn record() -> Value {
        json!({
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole", "principalId": "AROAEXAMPLE:alice", "arn": "arn:aws:sts::111122223333:assumed-role/admins/alice",
                "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE",
                "sessionContext": {
                    "sessionIssuer": { "type": "Role", "principalId": "AROAEXAMPLE", "arn": "arn:aws:iam::111122223333:role/it/admins",
                        "accountId": "111122223333", "userName": "admins" },
                    "attributes": { "creationDate": "2026-11-23T09:00:00Z", "mfaAuthenticated": "true" }
                }
            },
            "eventTime": "2026-11-23T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketVersioning",
            "awsRegion": "eu-central-1", "sourceIPAddress": "192.0.2.7", "userAgent": "[aws-cli/2.31.0]",
            "requestParameters": { "versioning": "", "bucketName": "logs", "Host": "logs.s3.eu-central-1.amazonaws.com",
                "VersioningConfiguration": { "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", "Status": "Suspended" } },
            "responseElements": null, "additionalEventData": { "SignatureVersion": "SigV4", "bytesTransferredOut": 0 },
            "requestID": "R", "eventID": "7d4e", "readOnly": false,
            "resources": [{ "accountId": "111122223333", "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::logs" }],
            "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "111122223333", "eventCategory": "Management"
        })
    }

    fn with(pointer: &str, value: Value) -> Message {
        let mut record = record();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        record.pointer_mut(parent).unwrap()[key] = value;
        read(Some("e".to_owned()), &record.to_string())
    }

    fn change(said: Message) -> Change {
        match said {
            Message::Changed(change) => *change,
            other @ (Message::Ignored(_) | Message::Unreadable(_)) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_write_says_what_where_who_and_when() {
        let expected = Change {
            source: Source::CloudTrail,
            id: Some("7d4e".to_owned()),
            bucket: "logs".to_owned(),
            account: Some("111122223333".to_owned()),
            region: Some("eu-central-1".to_owned()),
            config: Some("versioning"),
            event: "PutBucketVersioning".to_owned(),
            actor: Actor {
                principal: Some("arn:aws:sts::111122223333:assumed-role/admins/alice".to_owned()),
                arn: Some("arn:aws:sts::111122223333:assumed-role/admins/alice".to_owned()),
                role: Some("arn:aws:iam::111122223333:role/it/admins".to_owned()),
                user_agent: Some("[aws-cli/2.31.0]".to_owned()),
            },
            at: "2026-11-23T10:00:00Z".parse().unwrap(),
        };
        assert_eq!(change(read(None, &record().to_string())), expected);
    }

    #[test]
    fn failed_calls_reads_and_objects_are_ignored() {
        let ignored = Message::Ignored(Source::CloudTrail);
        for (pointer, value) in [
            ("/errorCode", json!("AccessDenied")),
            ("/readOnly", json!(true)),
            ("/managementEvent", json!(false)),
            ("/eventCategory", json!("Data")),
            ("/requestParameters", json!(null)),
            ("/requestParameters/bucketName", json!("")),
            ("/requestParameters/bucketName", json!("a/b")),
        ] {
            assert_eq!(with(pointer, value.clone()), ignored, "{pointer} {value}");
        }
    }

    #[test]
    fn what_lacks_name_or_time_cannot_be_read() {
        for (pointer, value) in [
            ("/eventName", json!(null)),
            ("/eventName", json!("Put Bucket")),
            ("/eventName", json!("P".repeat(300))),
            ("/eventTime", json!("yesterday")),
            ("/eventTime", json!("9999-99-99T00:00:00Z")),
            ("/requestParameters", json!("bucketName")),
        ] {
            assert_eq!(with(pointer, value.clone()), Message::Unreadable(Source::CloudTrail), "{pointer} {value}");
        }
    }

    #[test]
    fn an_event_that_came_after_this_table_is_a_change_of_something() {
        let said = change(with("/eventName", json!("PutBucketTelepathy")));
        assert_eq!((said.config, said.bucket.as_str()), (None, "logs"));
    }

    #[test]
    fn tags_of_a_resource_name_the_bucket_by_its_arn() {
        let tagged = |arn: &str| {
            let mut record = record();
            record["eventName"] = json!("TagResource");
            record["requestParameters"] = json!({ "resourceArn": arn, "tags": [{ "Key": "a", "Value": "b" }] });
            read(None, &record.to_string())
        };
        assert_eq!(change(tagged("arn:aws:s3:::logs")).config, Some("tagging"));
        let directory = change(tagged("arn:aws:s3express:eu-central-1:111122223333:bucket/logs--euc1-az1--x-s3"));
        assert_eq!(directory.bucket, "logs--euc1-az1--x-s3");
        let other = tagged("arn:aws:s3:eu-central-1:111122223333:accesspoint/logs");
        assert_eq!(other, Message::Ignored(Source::CloudTrail));
    }

    #[test]
    fn a_bucket_may_be_made_or_deleted_from_any_region() {
        assert_eq!(change(with("/eventName", json!("DeleteBucket"))).region, None);
    }

    #[test]
    fn who_did_it_is_told_as_well_as_the_event_can() {
        let who = |identity: Value| change(with("/userIdentity", identity)).actor.principal;
        assert_eq!(
            who(json!({ "type": "AWSService", "invokedBy": "cloudformation.amazonaws.com" })).unwrap(),
            "cloudformation.amazonaws.com"
        );
        assert_eq!(who(json!({ "type": "AWSAccount", "principalId": "AIDAX", "accountId": "444455556666" })).unwrap(), "AIDAX");
        assert_eq!(who(json!({ "type": "Unknown" })), None);
        assert_eq!(who(json!(null)), None);
    }
}
