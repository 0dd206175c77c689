//! Changes of the metadata tables of a bucket.
//! S3 API: UpdateBucketMetadataInventoryTableConfiguration, UpdateBucketMetadataJournalTableConfiguration.

use super::{Calls, Put, SubResource, metadata};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct InventoryTable;
pub(super) struct JournalTable;

static INVENTORY: Calls = Calls {
    query: "metadataInventoryTable",
    get: None,
    put: Some(Operation::write("UpdateBucketMetadataInventoryTableConfiguration", "s3:UpdateBucketMetadataInventoryTableConfiguration")),
    delete: None,
    list: None,
};
static JOURNAL: Calls = Calls {
    query: "metadataJournalTable",
    get: None,
    put: Some(Operation::write("UpdateBucketMetadataJournalTableConfiguration", "s3:UpdateBucketMetadataJournalTableConfiguration")),
    delete: None,
    list: None,
};

impl SubResource for InventoryTable {
    fn calls(&self) -> &'static Calls {
        &INVENTORY
    }

    fn kept_under(&self) -> &'static str {
        metadata::QUERY
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(S3Error::method_not_allowed())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let wanted = put.xml("InventoryTableConfiguration", &metadata::INVENTORY)?;
        changed(put.bucket, &metadata::inventory(Some(&wanted), put.bucket))
    }
}

impl SubResource for JournalTable {
    fn calls(&self) -> &'static Calls {
        &JOURNAL
    }

    fn kept_under(&self) -> &'static str {
        metadata::QUERY
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(S3Error::method_not_allowed())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let wanted = put.xml("JournalTableConfiguration", &metadata::JOURNAL)?;
        changed(put.bucket, &metadata::journal(&wanted, put.bucket)?)
    }
}

/// The document of the bucket's tables with one of them put in place of what was there.
fn changed(bucket: &Bucket, table: &Element) -> Result<Option<Doc>, S3Error> {
    let mut root = bucket.element(metadata::QUERY).ok_or_else(metadata::missing)?;
    for shown in root.children.iter_mut().flat_map(|result| &mut result.children).filter(|shown| shown.name == table.name) {
        shown.clone_from(table);
    }
    Ok(Some(Doc::xml(&root)))
}
