//! Lifecycle. S3 API: GetBucketLifecycleConfiguration, PutBucketLifecycleConfiguration, DeleteBucketLifecycle.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Calls, Put, SubResource, lifecycle_directory, lifecycle_rules, not_found};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{self, Kind, SWITCH, Shape, TAG, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Lifecycle;

static CALLS: Calls = Calls {
    query: "lifecycle",
    get: Some(Operation::read("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration")),
    put: Some(Operation::write("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration")),
    delete: Some(Operation::write("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration")),
    list: None,
};
/// The smallest object that transitions, where a rule does not say; it travels in a header.
const MINIMUM: &str = "x-amz-transition-default-minimum-object-size";
const MINIMUMS: [&str; 2] = ["all_storage_classes_128K", "varies_by_storage_class"];

const CLASS: Kind = Kind::Word(&[
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "INTELLIGENT_TIERING",
    "ONEZONE_IA",
    "GLACIER_IR",
    "GLACIER",
    "DEEP_ARCHIVE",
]);
static AND: Shape = Shape(&[
    ("Prefix", Times::Maybe, Kind::Text),
    ("Tag", Times::Any, Kind::Node(&TAG)),
    ("ObjectSizeGreaterThan", Times::Maybe, Kind::Number),
    ("ObjectSizeLessThan", Times::Maybe, Kind::Number),
]);
static FILTER: Shape = Shape(&[
    ("Prefix", Times::Maybe, Kind::Text),
    ("Tag", Times::Maybe, Kind::Node(&TAG)),
    ("ObjectSizeGreaterThan", Times::Maybe, Kind::Number),
    ("ObjectSizeLessThan", Times::Maybe, Kind::Number),
    ("And", Times::Maybe, Kind::Node(&AND)),
]);
static EXPIRATION: Shape = Shape(&[
    ("Date", Times::Maybe, Kind::Date),
    ("Days", Times::Maybe, Kind::Number),
    ("ExpiredObjectDeleteMarker", Times::Maybe, Kind::Bool),
]);
static TRANSITION: Shape =
    Shape(&[("Date", Times::Maybe, Kind::Date), ("Days", Times::Maybe, Kind::Number), ("StorageClass", Times::One, CLASS)]);
static NONCURRENT_TRANSITION: Shape = Shape(&[
    ("NoncurrentDays", Times::One, Kind::Number),
    ("NewerNoncurrentVersions", Times::Maybe, Kind::Number),
    ("StorageClass", Times::One, CLASS),
]);
static NONCURRENT_EXPIRATION: Shape =
    Shape(&[("NoncurrentDays", Times::One, Kind::Number), ("NewerNoncurrentVersions", Times::Maybe, Kind::Number)]);
static ABORT: Shape = Shape(&[("DaysAfterInitiation", Times::One, Kind::Number)]);
static RULE: Shape = Shape(&[
    ("ID", Times::Maybe, Kind::Text),
    ("Prefix", Times::Maybe, Kind::Text),
    ("Filter", Times::Maybe, Kind::Node(&FILTER)),
    ("Status", Times::One, SWITCH),
    ("Expiration", Times::Maybe, Kind::Node(&EXPIRATION)),
    ("Transition", Times::Any, Kind::Node(&TRANSITION)),
    ("NoncurrentVersionTransition", Times::Any, Kind::Node(&NONCURRENT_TRANSITION)),
    ("NoncurrentVersionExpiration", Times::Maybe, Kind::Node(&NONCURRENT_EXPIRATION)),
    ("AbortIncompleteMultipartUpload", Times::Maybe, Kind::Node(&ABORT)),
]);
pub(super) static SHAPE: Shape = Shape(&[("Rule", Times::Some, Kind::Node(&RULE))]);
pub(super) const ROOT: &str = "LifecycleConfiguration";

impl SubResource for Lifecycle {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn on_directories(&self) -> bool {
        true
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(not_found("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let is_directory = put.bucket.is_directory();
        let minimum = put.request.header(MINIMUM);
        if is_directory && minimum.is_some() {
            return Err(S3Error::not_implemented(MINIMUM));
        }
        let minimum = minimum.unwrap_or(MINIMUMS[0]);
        if !MINIMUMS.contains(&minimum) {
            return Err(S3Error::invalid_request(format!("Invalid value for header {MINIMUM}: {minimum}")));
        }
        let mut root = put.xml(ROOT, &SHAPE)?;
        lifecycle_rules::check(&root.children)?;
        if is_directory {
            root.children.iter().try_for_each(lifecycle_directory::check)?;
        }
        root.children.iter_mut().for_each(canonicalise);
        let doc = Doc::xml(&root);
        Ok(Some(if is_directory { doc } else { doc.with_header(MINIMUM, minimum) }))
    }
}

/// A rule without an id gets one, and dates are written to the millisecond.
fn canonicalise(rule: &mut Element) {
    let id = rule.text_of("ID").filter(|id| !id.is_empty()).map_or_else(random_id, str::to_owned);
    rule.children.retain(|child| child.name != "ID");
    rule.children.insert(0, Element { name: "ID".to_owned(), text: id, ..Element::default() });
    for action in &mut rule.children {
        for date in action.children.iter_mut().filter(|child| child.name == "Date") {
            if let Some(day) = shape::date(&date.text) {
                date.text = day.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
            }
        }
    }
}

/// Another id each time, as S3's.
pub(super) fn random_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let seed = format!("{}-{}", NEXT.fetch_add(1, Ordering::Relaxed), jiff::Timestamp::now());
    STANDARD.encode(Sha256::digest(seed.as_bytes())).chars().filter(char::is_ascii_alphanumeric).take(36).collect()
}
