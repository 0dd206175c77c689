//! Cross-origin resource sharing. S3 API: GetBucketCors, PutBucketCors, DeleteBucketCors.

use super::{Calls, Put, SubResource, not_found};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

pub(super) struct Cors;

static CALLS: Calls = Calls {
    query: "cors",
    get: Some(Operation::read("GetBucketCors", "s3:GetBucketCORS")),
    put: Some(Operation::write("PutBucketCors", "s3:PutBucketCORS")),
    delete: Some(Operation::write("DeleteBucketCors", "s3:PutBucketCORS")),
    list: None,
};
static RULE: Shape = Shape(&[
    ("ID", Times::Maybe, Kind::Text),
    ("AllowedMethod", Times::Some, Kind::Text),
    ("AllowedOrigin", Times::Some, Kind::Text),
    ("AllowedHeader", Times::Any, Kind::Text),
    ("ExposeHeader", Times::Any, Kind::Text),
    ("MaxAgeSeconds", Times::Maybe, Kind::Number),
]);
static SHAPE: Shape = Shape(&[("CORSRule", Times::Some, Kind::Node(&RULE))]);
const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];
const MOST_RULES: usize = 100;
const MOST_BYTES: usize = 64 * 1024;

impl SubResource for Cors {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(not_found("NoSuchCORSConfiguration", "The CORS configuration does not exist"))
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        if put.request.body.len() > MOST_BYTES {
            return Err(S3Error::new(400, "MaxMessageLengthExceeded", "Your request was too big."));
        }
        let root = put.xml("CORSConfiguration", &SHAPE)?;
        if root.children.len() > MOST_RULES {
            return Err(S3Error::malformed_xml());
        }
        root.children.iter().try_for_each(check)?;
        Ok(Some(Doc::xml(&root)))
    }
}

fn check(rule: &Element) -> Result<(), S3Error> {
    let texts = |name| rule.all(name).map(|element| element.text.as_str());
    if rule.number("MaxAgeSeconds").is_some_and(|seconds| seconds < 0) {
        return Err(S3Error::malformed_xml());
    }
    if rule.text_of("ID").is_some_and(|id| id.chars().count() > 255) {
        return Err(S3Error::invalid_argument("The ID length should not exceed allowed limit of 255"));
    }
    if let Some(method) = texts("AllowedMethod").find(|method| !METHODS.contains(method)) {
        let text = format!("Found unsupported HTTP method in CORS config. Unsupported method is {method}");
        return Err(S3Error::invalid_request(text));
    }
    for name in ["AllowedOrigin", "AllowedHeader"] {
        if let Some(value) = texts(name).find(|value| value.matches('*').count() > 1) {
            return Err(S3Error::invalid_request(format!("{name} \"{value}\" can not have more than one wildcard.")));
        }
    }
    if let Some(header) = texts("ExposeHeader").find(|header| header.contains('*')) {
        let text = format!("ExposeHeader \"{header}\" contains wildcard. We currently do not support wildcard for ExposeHeader.");
        return Err(S3Error::invalid_request(text));
    }
    for name in ["AllowedHeader", "ExposeHeader"] {
        if let Some(value) = texts(name).find(|value| value.is_empty() || !value.bytes().all(is_token)) {
            return Err(S3Error::invalid_request(format!("{name} \"{value}\" contains invalid character.")));
        }
    }
    Ok(())
}

/// A character of a header name. Source: RFC 7230, section 3.2.6.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(extra: Element) -> Option<String> {
        let rule = Element::new("CORSRule").leaf("AllowedMethod", "GET").leaf("AllowedOrigin", "https://*.example").with(extra);
        check(&rule).err().map(|error| error.code.into_owned())
    }

    fn leaf(name: &str, text: &str) -> Element {
        Element { name: name.to_owned(), text: text.to_owned(), ..Element::default() }
    }

    #[test]
    fn s3_takes_one_wildcard_and_five_methods() {
        for fine in
            [leaf("AllowedHeader", "x-amz-*"), leaf("AllowedMethod", "HEAD"), leaf("ExposeHeader", "ETag"), leaf("MaxAgeSeconds", "0")]
        {
            assert_eq!(code(fine.clone()), None, "{fine:?}");
        }
        let request = Some("InvalidRequest");
        assert_eq!(code(leaf("AllowedMethod", "get")).as_deref(), request);
        assert_eq!(code(leaf("AllowedOrigin", "http://*.a.*")).as_deref(), request);
        assert_eq!(code(leaf("ExposeHeader", "*")).as_deref(), request);
        assert_eq!(code(leaf("AllowedHeader", "X Y")).as_deref(), request);
        assert_eq!(code(leaf("MaxAgeSeconds", "-1")).as_deref(), Some("MalformedXML"));
        assert_eq!(code(leaf("ID", &"i".repeat(256))).as_deref(), Some("InvalidArgument"));
    }
}
