//! Configurations that stand in each other's way, and the order in which they go.

use super::step::{Step, delete, get, put};
use super::wire::OTHER;

const HERE: &str = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
const ENABLED: &str = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const SUSPENDED: &str = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
const LOCK: &str = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
const REPLICATION: &str = "<ReplicationConfiguration><Role>arn:aws:iam::111111111111:role/r</Role><Rule><ID>r</ID><Status>Enabled</Status>\
                           <Prefix/><Destination><Bucket>arn:aws:s3:::target</Bucket></Destination></Rule></ReplicationConfiguration>";
const TO_ITSELF: &str = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>b</TargetBucket><TargetPrefix>l/</TargetPrefix></LoggingEnabled>\
                         </BucketLoggingStatus>";
const TO_LISTED: &str = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>listed</TargetBucket><TargetPrefix/></LoggingEnabled>\
                         </BucketLoggingStatus>";
const DELIVERY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},
     "Action":"s3:PutObject","Resource":"arn:aws:s3:::b/l/*","Condition":{"StringEquals":{"aws:SourceAccount":"111111111111"}}}]}"#;

const fn logs_to(document: &'static str) -> Step {
    put("/b?logging", document)
}

pub(crate) static STEPS: &[Step] = &[
    // Replication: both ends are versioned and stay so.
    put("/target", HERE),
    put("/b?replication", REPLICATION).refused(400, "InvalidRequest"),
    put("/b?versioning", ENABLED),
    put("/b?replication", REPLICATION).refused(400, "InvalidRequest"),
    put("/target?versioning", ENABLED),
    put("/b?replication", REPLICATION),
    put("/b?versioning", SUSPENDED).refused(409, "InvalidBucketState"),
    delete("/b?replication"),
    put("/b?versioning", SUSPENDED),
    // Object Lock: versioned, and for ever.
    put("/b?object-lock", LOCK).refused(409, "InvalidBucketState"),
    put("/b?versioning", ENABLED),
    put("/b?object-lock", LOCK),
    put("/b?versioning", SUSPENDED).refused(409, "InvalidBucketState"),
    delete("/b?object-lock").refused(405, "MethodNotAllowed"),
    put("/b?object-lock", "<ObjectLockConfiguration/>").refused(400, "MalformedXML"),
    get("/b?object-lock").holds(&["<ObjectLockEnabled>Enabled<"]),
    // Logging: the target is there, in the same place, and lets the logs in.
    logs_to(TO_ITSELF).refused(400, "InvalidTargetBucketForLogging"),
    put("/b?policy", DELIVERY).is(204),
    logs_to(TO_ITSELF),
    logs_to("<BucketLoggingStatus><LoggingEnabled><TargetBucket>b</TargetBucket><TargetPrefix>other/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>")
        .refused(400, "InvalidTargetBucketForLogging"),
    logs_to("<BucketLoggingStatus><LoggingEnabled><TargetBucket>none</TargetBucket><TargetPrefix/></LoggingEnabled></BucketLoggingStatus>")
        .refused(400, "InvalidTargetBucketForLogging"),
    put("/theirs", HERE).by(OTHER),
    logs_to("<BucketLoggingStatus><LoggingEnabled><TargetBucket>theirs</TargetBucket><TargetPrefix/></LoggingEnabled></BucketLoggingStatus>")
        .refused(400, "InvalidTargetBucketForLogging"),
    put("/far", "").to("us-east-1"),
    logs_to("<BucketLoggingStatus><LoggingEnabled><TargetBucket>far</TargetBucket><TargetPrefix/></LoggingEnabled></BucketLoggingStatus>")
        .refused(403, "CrossLocationLoggingProhibitted"),
    logs_to(
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>b</TargetBucket><TargetPrefix>l/</TargetPrefix><TargetGrants><Grant><Grantee>\
         <URI>http://acs.amazonaws.com/groups/global/AuthenticatedUsers</URI></Grantee><Permission>READ</Permission></Grant>\
         </TargetGrants></LoggingEnabled></BucketLoggingStatus>",
    )
    .refused(400, "AccessControlListNotSupported"),
    put("/listed", HERE).with(&[("x-amz-object-ownership", "BucketOwnerPreferred")]),
    logs_to(TO_LISTED).refused(400, "InvalidTargetBucketForLogging"),
    put("/listed?acl", "").with(&[("x-amz-acl", "log-delivery-write")]),
    logs_to(TO_LISTED),
    logs_to("<BucketLoggingStatus/>"),
];
