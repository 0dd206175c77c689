//! The least IAM policy, as `cooper-controller iam-policy` prints it: what the S3 calls of all sub-configurations and the
//! controller's own calls need, and nothing else.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};
use shared::fault::Operation;
use shared::subconfig::CALLS;

use crate::deletion::empty;
use crate::{create, deletion, observe};

/// What CreateBucket needs beside its own action for what rides on it: Object Lock, the ownership of objects, tags.
/// Source: S3 API reference, CreateBucket, "Permissions".
const WITH_CREATE: [&str; 4] =
    ["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning", "s3:PutBucketOwnershipControls", "s3:TagResource"];
/// The controller's own calls about directory buckets, and what rides on the creation of one.
/// Source: S3 API reference, CreateBucket and DeleteBucket, "Permissions".
const OF_DIRECTORIES: [&str; 3] = ["s3express:CreateBucket", "s3express:DeleteBucket", "s3express:TagResource"];
/// What only directory buckets need: of all others, GetBucketTagging reads the tags.
const NOT_OF_BUCKETS: &str = "s3:ListTagsForResource";
/// The actions of sub-configurations that directory buckets have too, under their own prefix.
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3 Express".
const EXPRESS: [&str; 14] = [
    "DeleteBucketPolicy",
    "GetBucketPolicy",
    "GetEncryptionConfiguration",
    "GetInventoryConfiguration",
    "GetLifecycleConfiguration",
    "GetMetricsConfiguration",
    "ListTagsForResource",
    "PutBucketPolicy",
    "PutEncryptionConfiguration",
    "PutInventoryConfiguration",
    "PutLifecycleConfiguration",
    "PutMetricsConfiguration",
    "TagResource",
    "UntagResource",
];

/// What asking the queue of hints takes. Source: SQS API reference, ReceiveMessage, DeleteMessageBatch, GetQueueAttributes.
const OF_HINTS: [&str; 3] = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];

/// What a policy is to allow, and where.
#[derive(Clone, Debug)]
pub struct Scope {
    /// What the names of the buckets start with; empty for all buckets.
    pub prefix: String,
    /// The partition of the ARNs, such as aws or aws-cn.
    pub partition: String,
    /// Only what reads.
    pub read_only: bool,
    /// What --enable-bucket-emptying takes besides.
    pub emptying: bool,
    /// The ARN of the queue that --hint-queue-url names, if there is one.
    pub hints: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: &'static str,
    effect: &'static str,
    action: Vec<String>,
    resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Value>,
}

/// The policy as JSON text.
///
/// # Errors
/// It cannot be said in JSON, which would be a bug.
pub fn policy(scope: &Scope) -> Result<String, serde_json::Error> {
    let Scope { prefix, partition, read_only, emptying, hints } = scope;
    let allow = |sid: &'static str, actions: BTreeSet<String>, resource: String| {
        let action = actions.into_iter().filter(|action| !read_only || reads(action)).collect();
        Statement { sid, effect: "Allow", action, resource, condition: None }
    };
    let directories = format!("arn:{partition}:s3express:*:*:bucket/{prefix}*");
    let mut statement = vec![
        allow("Buckets", of_buckets(), format!("arn:{partition}:s3:::{prefix}*")),
        allow("DirectoryBuckets", of_directory_buckets(), directories.clone()),
    ];
    // HeadBucket works in a session there. One that may only read is enough, and is what S3 gives where no other is allowed.
    // Source: S3 API reference, HeadBucket, "Permissions"; CreateSession, "x-amz-create-session-mode".
    let session = BTreeSet::from(["s3express:CreateSession".to_owned()]);
    let reading = json!({"StringEquals": {"s3express:SessionMode": "ReadOnly"}});
    statement.push(Statement { condition: Some(reading), ..allow("DirectoryBucketSessions", session, directories) });
    if !read_only {
        // A replication configuration hands a role to S3. Source: S3 API reference, PutBucketReplication, "Permissions".
        let pass = BTreeSet::from(["iam:PassRole".to_owned()]);
        let to_s3 = json!({"StringEquals": {"iam:PassedToService": "s3.amazonaws.com"}});
        statement.push(Statement { condition: Some(to_s3), ..allow("ReplicationRoles", pass, format!("arn:{partition}:iam::*:role/*")) });
    }
    if *emptying && !read_only {
        let all = || empty::OPERATIONS.iter().map(|operation| operation.action.to_owned());
        let lists = |action: &String| action.starts_with("s3:List");
        statement.push(allow("EmptyingLists", all().filter(lists).collect(), format!("arn:{partition}:s3:::{prefix}*")));
        let deletes = all().filter(|action| !lists(action)).chain(["s3:DeleteObject".to_owned()]).collect();
        statement.push(allow("Emptying", deletes, format!("arn:{partition}:s3:::{prefix}*/*")));
    }
    if let Some(queue) = hints {
        let action = OF_HINTS.map(str::to_owned).into();
        statement.push(Statement { sid: "Hints", effect: "Allow", action, resource: queue.clone(), condition: None });
    }
    Ok(serde_json::to_string_pretty(&Policy { version: "2012-10-17", statement })? + "\n")
}

fn of_buckets() -> BTreeSet<String> {
    let own = [observe::HEAD, create::CREATE, deletion::DELETE].map(|operation| operation.action);
    let configured = CALLS.iter().flat_map(shared::subconfig::calls::Calls::all).map(|operation| operation.action);
    configured.filter(|action| *action != NOT_OF_BUCKETS).chain(own).chain(WITH_CREATE).map(str::to_owned).collect()
}

fn of_directory_buckets() -> BTreeSet<String> {
    let configured = CALLS.iter().flat_map(|calls| if calls.directory_buckets { calls.all() } else { Vec::new() });
    configured.filter_map(express).chain(OF_DIRECTORIES.map(str::to_owned)).collect()
}

/// The action of a call about a directory bucket; `None` where S3 Express has none.
fn express(operation: Operation) -> Option<String> {
    let name = operation.action.strip_prefix("s3:")?;
    EXPRESS.contains(&name).then(|| format!("s3express:{name}"))
}

fn reads(action: &str) -> bool {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    name.starts_with("Get") || name.starts_with("List") || name == "CreateSession"
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The bucket actions that IAM knows. Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon
    /// S3", and S3 API reference, PutBucketAbac, for the two of ABAC.
    const KNOWN: &str = "CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration \
        GetAnalyticsConfiguration GetBucketABAC GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketNotification \
        GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock \
        GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration \
        GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetMetricsConfiguration \
        GetReplicationConfiguration ListBucket ListTagsForResource PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketABAC \
        PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls \
        PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite \
        PutEncryptionConfiguration PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration \
        PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource";

    fn scope(read_only: bool) -> Scope {
        Scope { prefix: String::new(), partition: "aws".to_owned(), read_only, emptying: false, hints: None }
    }

    fn actions(policy: &str, sid: &str) -> Vec<String> {
        let policy: Value = serde_json::from_str(policy).unwrap();
        let statement = policy["Statement"].as_array().unwrap().iter().find(|statement| statement["Sid"] == sid).unwrap();
        serde_json::from_value(statement["Action"].clone()).unwrap()
    }

    #[test]
    fn the_deployed_policies_are_what_the_calls_need() {
        for (file, flag, read_only, emptying) in [
            ("policy.json", "", false, false),
            ("read-only.json", " --read-only", true, false),
            ("with-emptying.json", " --emptying", false, true),
        ] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/iam").join(file);
            let deployed = fs::read_to_string(&path).unwrap_or_else(|e| panic!("deploy/iam/{file}: {e}"));
            let command = format!("cargo run --package controller -- iam-policy{flag} > deploy/iam/{file}");
            assert!(deployed == policy(&Scope { emptying, ..scope(read_only) }).unwrap(), "deploy/iam/{file} is stale: run `{command}`");
        }
    }

    #[test]
    fn every_action_is_one_that_iam_knows() {
        let text = policy(&scope(false)).unwrap();
        for action in actions(&text, "Buckets") {
            let name = action.strip_prefix("s3:").unwrap();
            assert!(KNOWN.split_whitespace().any(|known| known == name), "{action}");
        }
        for action in actions(&text, "DirectoryBuckets") {
            let name = action.strip_prefix("s3express:").unwrap();
            let own = OF_DIRECTORIES.iter().any(|own| own.ends_with(&format!(":{name}")));
            assert!(own || EXPRESS.contains(&name), "{action}");
        }
    }

    #[test]
    fn nothing_that_the_calls_need_is_missing() {
        let text = policy(&scope(false)).unwrap();
        let (buckets, directories) = (actions(&text, "Buckets"), actions(&text, "DirectoryBuckets"));
        for calls in CALLS {
            for operation in calls.all() {
                let needed = operation.action != NOT_OF_BUCKETS;
                assert_eq!(buckets.contains(&operation.action.to_owned()), needed, "{}", operation.action);
            }
            let express = calls.all().into_iter().find_map(express);
            assert!(!calls.directory_buckets || directories.contains(&express.unwrap()), "{}", calls.name);
        }
        for action in ["s3:ListBucket", "s3:CreateBucket", "s3:DeleteBucket"] {
            assert!(buckets.contains(&action.to_owned()), "{action}");
        }
    }

    #[test]
    fn who_only_reads_is_allowed_no_write() {
        let text = policy(&scope(true)).unwrap();
        assert!(!text.contains(":Put") && !text.contains(":Delete") && !text.contains("PassRole") && !text.contains("TagResource\""));
        assert!(actions(&text, "Buckets").contains(&"s3:ListBucket".to_owned()));
    }

    #[test]
    fn objects_are_touched_only_where_emptying_is_asked_for() {
        let plain = policy(&scope(false)).unwrap();
        assert!(!plain.contains("DeleteObject") && !plain.contains("ListBucketVersions"), "{plain}");
        let text = policy(&Scope { prefix: "dev-".to_owned(), emptying: true, ..scope(false) }).unwrap();
        assert_eq!(actions(&text, "EmptyingLists"), ["s3:ListBucketMultipartUploads", "s3:ListBucketVersions"]);
        assert_eq!(actions(&text, "Emptying"), ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion"]);
        assert!(text.contains("\"arn:aws:s3:::dev-*/*\""), "{text}");
        assert_eq!(policy(&Scope { emptying: true, ..scope(true) }).unwrap(), policy(&scope(true)).unwrap());
    }

    #[test]
    fn the_queue_of_hints_is_read_and_nothing_else_of_sqs() {
        let arn = "arn:aws:sqs:eu-west-1:123456789012:cooper-hints";
        let text = policy(&Scope { hints: Some(arn.to_owned()), ..scope(true) }).unwrap();
        assert_eq!(actions(&text, "Hints"), ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]);
        assert!(text.contains(arn) && !policy(&scope(false)).unwrap().contains("sqs:"), "{text}");
    }

    #[test]
    fn a_prefix_and_a_partition_narrow_every_resource_of_s3() {
        let text = policy(&Scope { prefix: "team-a-".to_owned(), partition: "aws-cn".to_owned(), ..scope(false) }).unwrap();
        let policy: Value = serde_json::from_str(&text).unwrap();
        let resources: Vec<&str> = policy["Statement"].as_array().unwrap().iter().filter_map(|of| of["Resource"].as_str()).collect();
        let directories = "arn:aws-cn:s3express:*:*:bucket/team-a-*";
        assert_eq!(resources, ["arn:aws-cn:s3:::team-a-*", directories, directories, "arn:aws-cn:iam::*:role/*"]);
    }
}
