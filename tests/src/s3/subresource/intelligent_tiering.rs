//! Intelligent tiering.
//! S3 API: GetBucketIntelligentTieringConfiguration, PutBucketIntelligentTieringConfiguration, DeleteBucketIntelligentTieringConfiguration,
//! ListBucketIntelligentTieringConfigurations.

use super::{Calls, List, Put, SubResource, keyed};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, SWITCH, Shape, Times};
use crate::s3::world::{Bucket, Doc};

pub(super) struct IntelligentTiering;

const QUERY: &str = "intelligent-tiering";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Operation::read("GetBucketIntelligentTieringConfiguration", "s3:GetIntelligentTieringConfiguration"),
    put: Some(Operation::write("PutBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration")),
    delete: Some(Operation::write("DeleteBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration")),
    list: Some(List {
        operation: Operation::read("ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration"),
        root: "ListBucketIntelligentTieringConfigurationsOutput",
    }),
};
static TIERING: Shape =
    Shape(&[("AccessTier", Times::One, Kind::Word(&["ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS"])), ("Days", Times::One, Kind::Number)]);
static SHAPE: Shape = Shape(&[
    ("Id", Times::One, Kind::Text),
    ("Filter", Times::Maybe, Kind::Node(&keyed::FILTER)),
    ("Status", Times::One, SWITCH),
    ("Tiering", Times::Some, Kind::Node(&TIERING)),
]);

impl SubResource for IntelligentTiering {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(keyed::missing())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        keyed::read(put, QUERY, "IntelligentTieringConfiguration", &SHAPE).map(|root| Some(Doc::xml(&root)))
    }
}
