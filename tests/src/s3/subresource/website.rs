//! Static website hosting. S3 API: GetBucketWebsite, PutBucketWebsite, DeleteBucketWebsite.

use super::{Calls, Put, SubResource, not_found, website_routing};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Website;

static CALLS: Calls = Calls {
    query: "website",
    get: Some(Operation::read("GetBucketWebsite", "s3:GetBucketWebsite")),
    put: Some(Operation::write("PutBucketWebsite", "s3:PutBucketWebsite")),
    delete: Some(Operation::write("DeleteBucketWebsite", "s3:DeleteBucketWebsite")),
    list: None,
};
const MOST_BYTES: usize = 128 * 1024;
static HOST: Shape = Shape(&[("HostName", Times::One, Kind::Text), ("Protocol", Times::Maybe, Kind::Text)]);
static INDEX: Shape = Shape(&[("Suffix", Times::One, Kind::Text)]);
static ERROR: Shape = Shape(&[("Key", Times::One, Kind::Text)]);
static CONDITION: Shape =
    Shape(&[("KeyPrefixEquals", Times::Maybe, Kind::Text), ("HttpErrorCodeReturnedEquals", Times::Maybe, Kind::Number)]);
static REDIRECT: Shape = Shape(&[
    ("HostName", Times::Maybe, Kind::Text),
    ("HttpRedirectCode", Times::Maybe, Kind::Number),
    ("Protocol", Times::Maybe, Kind::Text),
    ("ReplaceKeyPrefixWith", Times::Maybe, Kind::Text),
    ("ReplaceKeyWith", Times::Maybe, Kind::Text),
]);
static RULE: Shape = Shape(&[("Condition", Times::Maybe, Kind::Node(&CONDITION)), ("Redirect", Times::One, Kind::Node(&REDIRECT))]);
static RULES: Shape = Shape(&[("RoutingRule", Times::Some, Kind::Node(&RULE))]);
static SHAPE: Shape = Shape(&[
    ("RedirectAllRequestsTo", Times::Maybe, Kind::Node(&HOST)),
    ("IndexDocument", Times::Maybe, Kind::Node(&INDEX)),
    ("ErrorDocument", Times::Maybe, Kind::Node(&ERROR)),
    ("RoutingRules", Times::Maybe, Kind::Node(&RULES)),
]);

impl SubResource for Website {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(not_found("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        if put.request.body.len() > MOST_BYTES {
            return Err(S3Error::new(400, "MaxMessageLengthExceeded", "Your request was too big."));
        }
        let root = put.xml("WebsiteConfiguration", &SHAPE)?;
        check(&root)?;
        website_routing::check(&root)?;
        Ok(Some(Doc::xml(&root)))
    }
}

fn check(root: &Element) -> Result<(), S3Error> {
    if root.has("RedirectAllRequestsTo") {
        let text = "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.";
        if root.at(&["RedirectAllRequestsTo", "HostName"]).is_some_and(|host| host.text.is_empty()) {
            return Err(S3Error::malformed_xml());
        }
        return if root.children.len() == 1 { Ok(()) } else { Err(S3Error::invalid_argument(text)) };
    }
    match root.at(&["IndexDocument", "Suffix"]).map(|suffix| suffix.text.as_str()) {
        None => {
            let text = "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty";
            Err(S3Error::invalid_argument(text))
        }
        Some(suffix) if suffix.is_empty() || suffix.contains('/') => {
            Err(S3Error::invalid_argument("The IndexDocument Suffix is not well formed"))
        }
        Some(_) if root.at(&["ErrorDocument", "Key"]).is_some_and(|key| key.text.is_empty()) => {
            Err(S3Error::invalid_argument("The ErrorDocument Key is not well formed"))
        }
        Some(_) => Ok(()),
    }
}
