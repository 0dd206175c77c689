//! Request metrics.
//! S3 API: GetBucketMetricsConfiguration, PutBucketMetricsConfiguration, DeleteBucketMetricsConfiguration,
//! ListBucketMetricsConfigurations.

use super::{Calls, List, Put, SubResource, keyed};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, TAG, Times};
use crate::s3::world::{Bucket, Doc};

pub(super) struct Metrics;

const QUERY: &str = "metrics";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketMetricsConfiguration", "s3:GetMetricsConfiguration")),
    put: Some(Operation::write("PutBucketMetricsConfiguration", "s3:PutMetricsConfiguration")),
    delete: Some(Operation::write("DeleteBucketMetricsConfiguration", "s3:PutMetricsConfiguration")),
    list: Some(List {
        operation: Operation::read("ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration"),
        root: "ListMetricsConfigurationsResult",
    }),
};
static AND: Shape =
    Shape(&[("Prefix", Times::Maybe, Kind::Text), ("Tag", Times::Any, Kind::Node(&TAG)), ("AccessPointArn", Times::Maybe, Kind::Text)]);
static FILTER: Shape = Shape(&[
    ("Prefix", Times::Maybe, Kind::Text),
    ("Tag", Times::Maybe, Kind::Node(&TAG)),
    ("AccessPointArn", Times::Maybe, Kind::Text),
    ("And", Times::Maybe, Kind::Node(&AND)),
]);
static SHAPE: Shape = Shape(&[("Id", Times::One, Kind::Text), ("Filter", Times::Maybe, Kind::Node(&FILTER))]);

impl SubResource for Metrics {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn on_directories(&self) -> bool {
        true
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(keyed::missing())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let root = keyed::read(put, QUERY, "MetricsConfiguration", &SHAPE)?;
        keyed::no_empty_prefix(&root)?;
        let filter = root.child("Filter");
        let conditions = filter.and_then(|filter| filter.child("And")).or(filter);
        let point = conditions.and_then(|conditions| conditions.text_of("AccessPointArn"));
        if point.is_some_and(|arn| !arn.starts_with("arn:") || !arn.contains(":accesspoint/")) {
            return Err(S3Error::malformed_xml());
        }
        if put.bucket.is_directory() && conditions.is_some_and(|conditions| conditions.has("Tag")) {
            return Err(S3Error::invalid_request("Tag filters are not supported for directory buckets."));
        }
        Ok(Some(Doc::xml(&root)))
    }
}
