//! The access control list in the store, and what S3 refuses because of another section.

use std::collections::BTreeMap;

use aws_sdk_s3::config::http::HttpRequest;

const GROUPS: &str = "http://acs.amazonaws.com/groups";
const EC2: &str = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";
const HEADERS: [(&str, &str); 5] = [
    ("x-amz-grant-full-control", "FULL_CONTROL"),
    ("x-amz-grant-read", "READ"),
    ("x-amz-grant-read-acp", "READ_ACP"),
    ("x-amz-grant-write", "WRITE"),
    ("x-amz-grant-write-acp", "WRITE_ACP"),
];

/// The list that a request's headers ask for; that of a new bucket where they ask for nothing. Grants replace the whole list, and an
/// address becomes the user whose it is.
pub(super) fn list(headers: impl Fn(&str) -> Option<String>) -> String {
    let canned = headers("x-amz-acl");
    let granted = HEADERS.iter().flat_map(|(name, permission)| {
        let parts: Vec<String> = headers(name).unwrap_or_default().split(',').map(str::to_owned).collect();
        parts.into_iter().filter(|part| !part.trim().is_empty()).map(move |part| grant(&part, permission))
    });
    let granted: Vec<String> = granted.collect();
    assert!(canned.is_none() || granted.is_empty(), "S3 takes only one of a canned ACL and grants");
    let owner = if granted.is_empty() { grant("id=owner", "FULL_CONTROL") } else { String::new() };
    let grants = of_canned(canned.as_deref().unwrap_or("private")) + &owner + &granted.concat();
    format!("<AccessControlPolicy><Owner><ID>owner</ID></Owner><AccessControlList>{grants}</AccessControlList></AccessControlPolicy>")
}

/// Why S3 refuses to take a document beside what the bucket holds. Source: S3 User Guide, "Controlling ownership of objects",
/// "Blocking public access" and "Object Lock considerations".
pub(super) fn refusal(name: &str, request: &HttpRequest, kept: &BTreeMap<String, String>) -> Option<(u16, String)> {
    let holds = |name: &str, word: &str| kept.get(name).is_some_and(|document| document.contains(word));
    let body = String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap();
    let list = list(|name| request.headers().get(name).map(str::to_owned));
    let (status, code) = match name {
        "acl" if reaches_others(&list) && holds("ownershipControls", "BucketOwnerEnforced") => (400, "AccessControlListNotSupported"),
        "acl" if list.contains(&format!("{GROUPS}/global")) && holds("publicAccessBlock", "<BlockPublicAcls>true") => (403, "AccessDenied"),
        "ownershipControls" if body.contains("BucketOwnerEnforced") && kept.get("acl").is_some_and(|list| reaches_others(list)) => {
            (400, "InvalidBucketAclWithObjectOwnership")
        }
        "object-lock" if !holds("versioning", "Enabled") => (409, "InvalidBucketState"),
        "versioning" if !body.contains("Enabled") && kept.contains_key("object-lock") => (409, "InvalidBucketState"),
        _ => return None,
    };
    Some((status, format!("<Error><Code>{code}</Code></Error>")))
}

fn reaches_others(list: &str) -> bool {
    list.matches("<Grant>").count() > 1 || !list.contains("<Grantee><ID>owner</ID></Grantee>")
}

fn of_canned(name: &str) -> String {
    let group = |group: &str, permission| grant(&format!("uri={GROUPS}/{group}"), permission);
    match name {
        "private" => String::new(),
        "public-read" => group("global/AllUsers", "READ"),
        "public-read-write" => group("global/AllUsers", "READ") + &group("global/AllUsers", "WRITE"),
        "authenticated-read" => group("global/AuthenticatedUsers", "READ"),
        "log-delivery-write" => group("s3/LogDelivery", "WRITE") + &group("s3/LogDelivery", "READ_ACP"),
        "aws-exec-read" => grant(&format!("id={EC2}"), "READ"),
        other => panic!("no canned ACL {other}"),
    }
}

fn grant(part: &str, permission: &str) -> String {
    let (key, value) = part.split_once('=').unwrap();
    let value = value.trim().trim_matches('"');
    let grantee = match key.trim() {
        "uri" => format!("<URI>{value}</URI>"),
        "id" => format!("<ID>{value}</ID>"),
        "emailAddress" => "<ID>made</ID>".to_owned(),
        other => panic!("no grantee {other}"),
    };
    format!("<Grant><Grantee>{grantee}</Grantee><Permission>{permission}</Permission></Grant>")
}
