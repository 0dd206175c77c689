//! Intelligent tiering.
//! S3 API: GetBucketIntelligentTieringConfiguration, PutBucketIntelligentTieringConfiguration, DeleteBucketIntelligentTieringConfiguration,
//! ListBucketIntelligentTieringConfigurations.

use super::{Calls, List, Put, SubResource, keyed};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, SWITCH, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct IntelligentTiering;

const QUERY: &str = "intelligent-tiering";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketIntelligentTieringConfiguration", "s3:GetIntelligentTieringConfiguration")),
    put: Some(Operation::write("PutBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration")),
    delete: Some(Operation::write("DeleteBucketIntelligentTieringConfiguration", "s3:PutIntelligentTieringConfiguration")),
    list: Some(List {
        operation: Operation::read("ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration"),
        root: "ListBucketIntelligentTieringConfigurationsOutput",
    }),
};
/// The tiers and the fewest days after which an object can go there.
const TIERS: [(&str, i64); 2] = [("ARCHIVE_ACCESS", 90), ("DEEP_ARCHIVE_ACCESS", 180)];
const MOST_DAYS: i64 = 730;
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
        let root = keyed::read(put, QUERY, "IntelligentTieringConfiguration", &SHAPE)?;
        keyed::no_empty_prefix(&root)?;
        check(&root)?;
        Ok(Some(Doc::xml(&root)))
    }
}

/// Each tier once, after so many days, and the deeper one later. S3 API: Tiering; the code is the one of
/// PutBucketIntelligentTieringConfiguration for a wrong argument.
fn check(root: &Element) -> Result<(), S3Error> {
    let of = |tier: &str| root.all("Tiering").filter(|tiering| tiering.text_of("AccessTier") == Some(tier)).collect::<Vec<_>>();
    let mut days = Vec::new();
    for (tier, least) in TIERS {
        let tierings = of(tier);
        if tierings.len() > 1 {
            return Err(S3Error::invalid_argument("All Access Tiers in a configuration must be unique."));
        }
        let after = tierings.first().and_then(|tiering| tiering.number("Days"));
        if after.is_some_and(|after| after < least) {
            return Err(S3Error::invalid_argument(format!("Days specified in {tier} tier should not be less than {least}.")));
        }
        if after.is_some_and(|after| after > MOST_DAYS) {
            return Err(S3Error::invalid_argument(format!("Days specified in {tier} tier should not be more than {MOST_DAYS}.")));
        }
        days.extend(after);
    }
    if matches!(days[..], [archive, deep] if deep <= archive) {
        let text = "Days specified in DEEP_ARCHIVE_ACCESS should be greater than days specified in ARCHIVE_ACCESS";
        return Err(S3Error::invalid_argument(text));
    }
    Ok(())
}
