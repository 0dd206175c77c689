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
    get: Operation::read("GetBucketMetricsConfiguration", "s3:GetMetricsConfiguration"),
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

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(keyed::missing())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        keyed::read(put, QUERY, "MetricsConfiguration", &SHAPE).map(|root| Some(Doc::xml(&root)))
    }
}
