//! What S3 refuses in replication.

use super::step::{Step, put};

const ARGUMENT: &str = "InvalidArgument";
const MALFORMED: &str = "MalformedXML";
const REQUEST: &str = "InvalidRequest";
const HERE: &str = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
const VERSIONED: &str = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

/// Replication by these rules.
macro_rules! replication {
    ($rules:expr) => {
        put(
            "/b?replication",
            concat!("<ReplicationConfiguration><Role>arn:aws:iam::111111111111:role/r</Role>", $rules, "</ReplicationConfiguration>"),
        )
    };
}

/// An enabled rule of this content.
macro_rules! rule {
    ($rest:expr) => {
        concat!("<Rule><Status>Enabled</Status>", $rest, "</Rule>")
    };
}

/// What a rule of the second version has beside its destination.
macro_rules! second {
    ($priority:literal) => {
        concat!("<Priority>", $priority, "</Priority><Filter/><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>")
    };
}

/// The destination `target` with this content.
macro_rules! target {
    ($rest:literal) => {
        concat!("<Destination><Bucket>arn:aws:s3:::target</Bucket>", $rest, "</Destination>")
    };
}

/// One rule of the second version with this content in its destination.
macro_rules! to {
    ($rest:literal) => {
        replication!(rule!(concat!(second!("1"), target!($rest))))
    };
}

/// One rule of the second version with this destination.
macro_rules! at {
    ($arn:literal) => {
        replication!(rule!(concat!(second!("1"), "<Destination><Bucket>", $arn, "</Bucket></Destination>")))
    };
}

pub(crate) static STEPS: &[Step] = &[
    put("/target", HERE),
    put("/other", HERE),
    put("/b?versioning", VERSIONED),
    put("/target?versioning", VERSIONED),
    put("/other?versioning", VERSIONED),
    replication!("").refused(400, MALFORMED),
    put(
        "/b?replication",
        "<ReplicationConfiguration><Role>arn:aws:iam::111111111111:user/u</Role><Rule><Status>Enabled</Status><Prefix/><Destination>\
         <Bucket>arn:aws:s3:::target</Bucket></Destination></Rule></ReplicationConfiguration>",
    )
    .refused(400, ARGUMENT),
    // Rules.
    replication!(concat!(rule!(concat!("<ID>a</ID>", second!("1"), target!(""))), rule!(concat!("<ID>a</ID>", second!("2"), target!("")))))
        .refused(400, ARGUMENT),
    replication!(concat!(rule!(concat!(second!("1"), target!(""))), rule!(concat!(second!("1"), target!(""))))).refused(400, REQUEST),
    replication!(rule!(concat!(second!("-1"), target!("")))).refused(400, REQUEST),
    replication!(rule!(concat!("<Filter/><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>", target!(""))))
        .refused(400, REQUEST),
    replication!(rule!(concat!("<Priority>1</Priority><Filter/>", target!("")))).refused(400, REQUEST),
    replication!(rule!(concat!("<Priority>1</Priority><Prefix/>", target!("")))).refused(400, REQUEST),
    replication!(concat!(rule!(concat!(second!("1"), target!(""))), rule!(concat!("<Prefix>a</Prefix>", target!("")))))
        .refused(400, REQUEST),
    replication!(concat!(rule!(concat!("<Prefix>a</Prefix>", target!(""))), rule!(concat!("<Prefix>ab</Prefix>", target!("")))))
        .refused(400, REQUEST),
    replication!(concat!(
        rule!(concat!("<Prefix>a</Prefix>", target!(""))),
        rule!("<Prefix>b</Prefix><Destination><Bucket>arn:aws:s3:::other</Bucket></Destination>")
    ))
    .refused(400, REQUEST),
    replication!(rule!(concat!("<Prefix>a</Prefix>", second!("1"), target!("")))).refused(400, MALFORMED),
    replication!(rule!(concat!(
        second!("1"),
        "<ExistingObjectReplication><Status>Enabled</Status></ExistingObjectReplication>",
        target!("")
    )))
    .refused(400, MALFORMED),
    replication!(rule!(concat!(
        "<Priority>1</Priority><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter><DeleteMarkerReplication><Status>Enabled</Status>\
         </DeleteMarkerReplication>",
        target!("")
    )))
    .refused(400, REQUEST),
    replication!(rule!(concat!(second!("1"), "<SourceSelectionCriteria/>", target!("")))).refused(400, REQUEST),
    replication!(rule!(concat!(
        second!("1"),
        "<SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects></SourceSelectionCriteria>",
        target!("")
    )))
    .refused(400, REQUEST),
    // Destinations.
    at!("target").refused(400, ARGUMENT),
    at!("arn:aws:s3:::none").refused(400, REQUEST),
    at!("arn:aws:s3:::b").refused(400, REQUEST),
    to!("<StorageClass>EXPRESS_ONEZONE</StorageClass>").refused(400, MALFORMED),
    to!("<AccessControlTranslation><Owner>Source</Owner></AccessControlTranslation>").refused(400, MALFORMED),
    to!("<AccessControlTranslation><Owner>Destination</Owner></AccessControlTranslation>").refused(400, REQUEST),
    to!("<EncryptionConfiguration><ReplicaKmsKeyID>arn:aws:kms:eu-west-1:111111111111:key/x</ReplicaKmsKeyID></EncryptionConfiguration>")
        .refused(400, REQUEST),
    to!("<ReplicationTime><Status>Enabled</Status><Time><Minutes>15</Minutes></Time></ReplicationTime>").refused(400, REQUEST),
    to!("<ReplicationTime><Status>Enabled</Status><Time><Minutes>30</Minutes></Time></ReplicationTime><Metrics><Status>Enabled</Status>\
         <EventThreshold><Minutes>15</Minutes></EventThreshold></Metrics>")
    .refused(400, ARGUMENT),
    to!("<ReplicationTime><Status>Enabled</Status><Time><Minutes>15</Minutes></Time></ReplicationTime><Metrics><Status>Enabled</Status>\
         </Metrics>")
    .refused(400, ARGUMENT),
    to!("<Metrics><Status>Enabled</Status><EventThreshold><Minutes>15</Minutes></EventThreshold></Metrics>").refused(400, ARGUMENT),
    to!("<Metrics><Status>Enabled</Status></Metrics>"),
];
