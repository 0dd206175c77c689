//! Metadata tables of the second version: a journal table and, on demand, an inventory table.
//! S3 API: CreateBucketMetadataConfiguration, GetBucketMetadataConfiguration, DeleteBucketMetadataConfiguration.

use hyper::Method;

use super::{Calls, Put, SubResource, not_found};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc, partition};
use crate::s3::xml::Element;

pub(super) struct Metadata;

pub(super) const QUERY: &str = "metadataConfiguration";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketMetadataConfiguration", "s3:GetBucketMetadataTableConfiguration")),
    put: Some(Operation::write("CreateBucketMetadataConfiguration", "s3:CreateBucketMetadataTableConfiguration")),
    delete: Some(Operation::write("DeleteBucketMetadataConfiguration", "s3:DeleteBucketMetadataTableConfiguration")),
    list: None,
};
const SWITCH: Kind = Kind::Word(&["ENABLED", "DISABLED"]);
static EXPIRATION: Shape = Shape(&[("Expiration", Times::One, SWITCH), ("Days", Times::Maybe, Kind::Number)]);
static ENCRYPTION: Shape =
    Shape(&[("SseAlgorithm", Times::One, Kind::Word(&["AES256", "aws:kms"])), ("KmsKeyArn", Times::Maybe, Kind::Text)]);
/// The journal table, as it is asked for.
pub(super) static JOURNAL: Shape =
    Shape(&[("RecordExpiration", Times::One, Kind::Node(&EXPIRATION)), ("EncryptionConfiguration", Times::Maybe, Kind::Node(&ENCRYPTION))]);
/// The inventory table, as it is asked for.
pub(super) static INVENTORY: Shape =
    Shape(&[("ConfigurationState", Times::One, SWITCH), ("EncryptionConfiguration", Times::Maybe, Kind::Node(&ENCRYPTION))]);
static SHAPE: Shape = Shape(&[
    ("JournalTableConfiguration", Times::One, Kind::Node(&JOURNAL)),
    ("InventoryTableConfiguration", Times::Maybe, Kind::Node(&INVENTORY)),
]);
const FEWEST_DAYS: i64 = 7;

impl SubResource for Metadata {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn put_method(&self) -> Method {
        Method::POST
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(missing())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let root = put.xml("MetadataConfiguration", &SHAPE)?;
        if put.bucket.doc(QUERY).is_some() {
            let text = "A metadata configuration already exists for this bucket.";
            return Err(S3Error::new(409, "MetadataConfigurationAlreadyExists", text));
        }
        let inner = Element::new("MetadataConfigurationResult")
            .with(destination(put.bucket))
            .with(journal(root.child("JournalTableConfiguration").ok_or_else(S3Error::malformed_xml)?, put.bucket)?)
            .with(inventory(root.child("InventoryTableConfiguration"), put.bucket));
        Ok(Some(Doc::xml(&Element::new("GetBucketMetadataConfigurationResult").with(inner))))
    }
}

/// 404 where there are no tables.
pub(super) fn missing() -> S3Error {
    not_found("MetadataConfigurationNotFound", "The metadata configuration does not exist.")
}

/// The journal table as GET shows it.
pub(super) fn journal(wanted: &Element, bucket: &Bucket) -> Result<Element, S3Error> {
    let expiration = wanted.child("RecordExpiration").ok_or_else(S3Error::malformed_xml)?;
    let days = expiration.number("Days");
    if (expiration.text_of("Expiration") == Some("ENABLED")) != days.is_some() || days.is_some_and(|days| days < FEWEST_DAYS) {
        return Err(S3Error::invalid_request("RecordExpiration needs Days, at least 7, where it is ENABLED, and none where it is not"));
    }
    Ok(table(Element::new("JournalTableConfigurationResult"), "journal", bucket).with(expiration.clone()))
}

/// The inventory table as GET shows it; there is none until it is asked for.
pub(super) fn inventory(wanted: Option<&Element>, bucket: &Bucket) -> Element {
    let state = wanted.and_then(|wanted| wanted.text_of("ConfigurationState")).unwrap_or("DISABLED");
    let shown = Element::new("InventoryTableConfigurationResult").leaf("ConfigurationState", state);
    if state == "ENABLED" { table(shown, "inventory", bucket) } else { shown }
}

fn table(shown: Element, name: &str, bucket: &Bucket) -> Element {
    let arn = format!("{}/table/{}-{name}", table_bucket(bucket), bucket.name);
    shown.leaf("TableStatus", "ACTIVE").leaf("TableName", name).leaf("TableArn", arn)
}

fn destination(bucket: &Bucket) -> Element {
    Element::new("DestinationResult")
        .leaf("TableBucketType", "aws")
        .leaf("TableBucketArn", table_bucket(bucket))
        .leaf("TableNamespace", format!("b_{}", bucket.name))
}

fn table_bucket(bucket: &Bucket) -> String {
    format!("arn:{}:s3tables:{}:{}:bucket/aws-s3", partition(&bucket.region), bucket.region, bucket.owner)
}
