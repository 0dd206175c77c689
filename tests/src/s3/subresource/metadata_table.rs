//! The metadata table of the first version. S3 API: CreateBucketMetadataTableConfiguration, GetBucketMetadataTableConfiguration,
//! DeleteBucketMetadataTableConfiguration.

use hyper::Method;

use super::{Calls, Put, SubResource, metadata};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct MetadataTable;

const QUERY: &str = "metadataTable";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketMetadataTableConfiguration", "s3:GetBucketMetadataTableConfiguration")),
    put: Some(Operation::write("CreateBucketMetadataTableConfiguration", "s3:CreateBucketMetadataTableConfiguration")),
    delete: Some(Operation::write("DeleteBucketMetadataTableConfiguration", "s3:DeleteBucketMetadataTableConfiguration")),
    list: None,
};
static DESTINATION: Shape = Shape(&[("TableBucketArn", Times::One, Kind::Text), ("TableName", Times::One, Kind::Text)]);
static SHAPE: Shape = Shape(&[("S3TablesDestination", Times::One, Kind::Node(&DESTINATION))]);
const NAMESPACE: &str = "aws_s3_metadata";

impl SubResource for MetadataTable {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn put_method(&self) -> Method {
        Method::POST
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(metadata::missing())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let root = put.xml("MetadataTableConfiguration", &SHAPE)?;
        let wanted = root.child("S3TablesDestination").ok_or_else(S3Error::malformed_xml)?;
        let (bucket, table) = (wanted.text_of("TableBucketArn").unwrap_or_default(), wanted.text_of("TableName").unwrap_or_default());
        if !bucket.starts_with("arn:") || !bucket.contains(":s3tables:") || table.is_empty() {
            return Err(S3Error::invalid_request("TableBucketArn has to be the ARN of a table bucket, and TableName a name"));
        }
        if put.bucket.doc(QUERY).is_some() || put.bucket.doc(metadata::QUERY).is_some() {
            let text = "A metadata configuration already exists for this bucket.";
            return Err(S3Error::new(409, "MetadataConfigurationAlreadyExists", text));
        }
        let shown = Element::new("S3TablesDestinationResult")
            .leaf("TableBucketArn", bucket)
            .leaf("TableName", table)
            .leaf("TableArn", format!("{bucket}/table/{}-{table}", put.bucket.name))
            .leaf("TableNamespace", NAMESPACE);
        let result = Element::new("MetadataTableConfigurationResult").with(shown);
        Ok(Some(Doc::xml(&Element::new("GetBucketMetadataTableConfigurationResult").with(result).leaf("Status", "ACTIVE"))))
    }
}
