//! Storage class analysis.
//! S3 API: GetBucketAnalyticsConfiguration, PutBucketAnalyticsConfiguration, DeleteBucketAnalyticsConfiguration,
//! ListBucketAnalyticsConfigurations.

use super::{Calls, List, Put, SubResource, keyed};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};

pub(super) struct Analytics;

const QUERY: &str = "analytics";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketAnalyticsConfiguration", "s3:GetAnalyticsConfiguration")),
    put: Some(Operation::write("PutBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration")),
    delete: Some(Operation::write("DeleteBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration")),
    list: Some(List {
        operation: Operation::read("ListBucketAnalyticsConfigurations", "s3:GetAnalyticsConfiguration"),
        root: "ListBucketAnalyticsConfigurationResult",
    }),
};
static BUCKET: Shape = Shape(&[
    ("Format", Times::One, Kind::Word(&["CSV"])),
    ("BucketAccountId", Times::Maybe, Kind::Text),
    ("Bucket", Times::One, Kind::Text),
    ("Prefix", Times::Maybe, Kind::Text),
]);
static DESTINATION: Shape = Shape(&[("S3BucketDestination", Times::One, Kind::Node(&BUCKET))]);
static EXPORT: Shape =
    Shape(&[("OutputSchemaVersion", Times::One, Kind::Word(&["V_1"])), ("Destination", Times::One, Kind::Node(&DESTINATION))]);
static ANALYSIS: Shape = Shape(&[("DataExport", Times::Maybe, Kind::Node(&EXPORT))]);
static SHAPE: Shape = Shape(&[
    ("Id", Times::One, Kind::Text),
    ("Filter", Times::Maybe, Kind::Node(&keyed::FILTER)),
    ("StorageClassAnalysis", Times::One, Kind::Node(&ANALYSIS)),
]);

impl SubResource for Analytics {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(keyed::missing())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        keyed::read(put, QUERY, "AnalyticsConfiguration", &SHAPE).map(|root| Some(Doc::xml(&root)))
    }
}
