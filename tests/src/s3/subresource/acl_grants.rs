//! Grants: who may do what by an access control list, and the forms in which they are sent.
//! Source: S3 User Guide, "Access control list (ACL) overview".

use crate::s3::error::S3Error;
use crate::s3::hex;
use crate::s3::request::Request;
use crate::s3::world::{Bucket, Doc};
use crate::s3::xml::Element;

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const FULL: &str = "FULL_CONTROL";
const HEADERS: [(&str, &str); 5] = [
    ("x-amz-grant-full-control", FULL),
    ("x-amz-grant-read", "READ"),
    ("x-amz-grant-read-acp", "READ_ACP"),
    ("x-amz-grant-write", "WRITE"),
    ("x-amz-grant-write-acp", "WRITE_ACP"),
];

/// One grant: a canonical user id or the address of a group, and the permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) grantee: String,
    pub(crate) permission: String,
}

impl Grant {
    fn new(grantee: &str, permission: &str) -> Self {
        Self { grantee: grantee.to_owned(), permission: permission.to_owned() }
    }

    fn is_public(&self) -> bool {
        self.grantee == ALL_USERS || self.grantee == AUTHENTICATED
    }
}

/// The canonical user id of an account: 64 hex digits.
pub(crate) fn canonical_id(account: &str) -> String {
    hex::sha256(account.as_bytes())
}

/// The grants that headers ask for, if they ask for any.
pub(crate) fn of_headers(request: &Request, owner: &str) -> Result<Option<Vec<Grant>>, S3Error> {
    let granted = HEADERS.iter().filter_map(|(name, permission)| request.header(name).map(|value| (value, *permission)));
    let granted: Vec<_> = granted.collect();
    match request.header("x-amz-acl") {
        Some(_) if !granted.is_empty() => Err(S3Error::invalid_request("Specifying both Canned ACLs and Header Grants is not allowed")),
        Some(canned) => of_canned(canned, owner).map(Some),
        None if granted.is_empty() => Ok(None),
        None => {
            let lists = granted.into_iter().map(|(value, permission)| of_header(value, permission));
            lists.collect::<Result<Vec<_>, _>>().map(|lists| Some(lists.concat()))
        }
    }
}

/// The grants of a body.
pub(crate) fn of_body(root: &Element) -> Result<Vec<Grant>, S3Error> {
    let grants = root.child("AccessControlList").into_iter().flat_map(|list| list.all("Grant"));
    let grant = |grant: &Element| {
        let grantee = grant.child("Grantee").ok_or_else(S3Error::malformed_xml)?;
        if grantee.has("EmailAddress") {
            return Err(S3Error::method_not_allowed());
        }
        let id = grantee.text_of("ID").or_else(|| grantee.text_of("URI")).ok_or_else(S3Error::malformed_xml)?;
        checked(Grant::new(id, grant.text_of("Permission").unwrap_or_default()))
    };
    grants.map(grant).collect()
}

/// The document of these grants.
pub(crate) fn document(owner: &str, grants: &[Grant]) -> Doc {
    let element = |grant: &Grant| {
        let is_group = grant.grantee.starts_with("http");
        let (kind, member) = if is_group { ("Group", "URI") } else { ("CanonicalUser", "ID") };
        let grantee = Element::new("Grantee").attribute("xsi:type", kind).leaf(member, grant.grantee.as_str());
        Element::new("Grant").with(grantee).leaf("Permission", grant.permission.as_str())
    };
    let list = Element::new("AccessControlList").with_all(grants.iter().map(element));
    Doc::xml(&Element::new("AccessControlPolicy").with(Element::new("Owner").leaf("ID", canonical_id(owner))).with(list))
}

/// The grant that every bucket begins with.
pub(crate) fn private(owner: &str) -> Vec<Grant> {
    vec![Grant::new(&canonical_id(owner), FULL)]
}

/// Whether grants let anybody in.
pub(crate) fn are_public(grants: &[Grant]) -> bool {
    grants.iter().any(Grant::is_public)
}

/// Whether the list of a bucket lets S3 write logs into it.
pub(crate) fn take_logs(bucket: &Bucket) -> bool {
    let grants = bucket.element("acl").and_then(|root| of_body(&root).ok()).unwrap_or_default();
    let has = |permission: &str| {
        grants.iter().any(|grant| grant.grantee == LOG_DELIVERY && (grant.permission == permission || grant.permission == FULL))
    };
    has("WRITE") && has("READ_ACP")
}

/// Whether the list of a bucket lets in somebody beside the owner.
pub(crate) fn reach_others(bucket: &Bucket) -> bool {
    let owner = canonical_id(&bucket.owner);
    let grants = bucket.element("acl").and_then(|root| of_body(&root).ok()).unwrap_or_default();
    grants.iter().any(|grant| grant.grantee != owner)
}

fn of_canned(canned: &str, owner: &str) -> Result<Vec<Grant>, S3Error> {
    let more: &[(&str, &str)] = match canned {
        "private" | "bucket-owner-read" | "bucket-owner-full-control" | "aws-exec-read" => &[],
        "public-read" => &[(ALL_USERS, "READ")],
        "public-read-write" => &[(ALL_USERS, "READ"), (ALL_USERS, "WRITE")],
        "authenticated-read" => &[(AUTHENTICATED, "READ")],
        "log-delivery-write" => &[(LOG_DELIVERY, "WRITE"), (LOG_DELIVERY, "READ_ACP")],
        _ => return Err(S3Error::invalid_argument(format!("Invalid x-amz-acl: {canned}"))),
    };
    Ok(private(owner).into_iter().chain(more.iter().map(|(grantee, permission)| Grant::new(grantee, permission))).collect())
}

/// `id="..", uri=".."`
fn of_header(value: &str, permission: &str) -> Result<Vec<Grant>, S3Error> {
    let grant = |part: &str| match part.trim().split_once('=') {
        Some(("id" | "uri", grantee)) => checked(Grant::new(grantee.trim_matches('"'), permission)),
        Some(("emailAddress", _)) => Err(S3Error::method_not_allowed()),
        _ => Err(S3Error::invalid_argument("Argument format not recognized")),
    };
    value.split(',').map(grant).collect()
}

fn checked(grant: Grant) -> Result<Grant, S3Error> {
    let is_group = grant.grantee.starts_with("http");
    if is_group && ![ALL_USERS, AUTHENTICATED, LOG_DELIVERY].contains(&grant.grantee.as_str()) {
        return Err(S3Error::invalid_argument("Invalid group uri"));
    }
    if !is_group && (grant.grantee.len() != 64 || !grant.grantee.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Err(S3Error::invalid_argument("Invalid id"));
    }
    Ok(grant)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "111111111111";

    fn headers(pairs: &[(&'static str, &'static str)]) -> Result<Option<Vec<Grant>>, String> {
        let mut request = Request::default();
        for (name, value) in pairs {
            request.headers.insert(*name, value.parse().unwrap());
        }
        of_headers(&request, ME).map_err(|error| error.message)
    }

    #[test]
    fn headers_become_grants() {
        assert_eq!(headers(&[]), Ok(None));
        assert_eq!(headers(&[("x-amz-acl", "private")]), Ok(Some(private(ME))));
        assert!(are_public(&headers(&[("x-amz-acl", "public-read")]).unwrap().unwrap()));
        let group = headers(&[("x-amz-grant-read", "uri=\"http://acs.amazonaws.com/groups/s3/LogDelivery\"")]).unwrap().unwrap();
        assert_eq!(group, [Grant::new(LOG_DELIVERY, "READ")]);
        assert_eq!(of_body(&document(ME, &group).element().unwrap()), Ok(group));
    }

    #[test]
    fn wrong_headers_are_refused() {
        for (pairs, text) in [
            (&[("x-amz-acl", "publicread")][..], "Invalid x-amz-acl: publicread"),
            (&[("x-amz-grant-read", "id=wrong")], "Invalid id"),
            (&[("x-amz-grant-read", "uri=http://x")], "Invalid group uri"),
            (&[("x-amz-grant-read", "fakekey=\"1\"")], "Argument format not recognized"),
            (&[("x-amz-acl", "private"), ("x-amz-grant-read", "id=x")], "Specifying both Canned ACLs and Header Grants is not allowed"),
        ] {
            assert_eq!(headers(pairs), Err(text.to_owned()));
        }
    }
}
