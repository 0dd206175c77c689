//! Canned ACLs: what each grants beside the owner's full control.
//! Source: S3 User Guide, "Access control list (ACL) overview", "Canned ACL".

use std::collections::BTreeSet;

use super::grants::{Grant, Grantee, Permission};

pub(super) const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
pub(super) const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
pub(super) const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
/// The canonical user of Amazon EC2, which reads bundles of machine images.
const EC2: &str = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";

/// All that S3 knows.
pub(super) const NAMES: &[&str] = &[
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "log-delivery-write",
    "bucket-owner-read",
    "bucket-owner-full-control",
];

/// Whom a canned ACL lets in, where that is everybody or everybody with an AWS account.
pub(super) fn public(name: &str) -> Option<&'static str> {
    match name {
        "public-read" | "public-read-write" => Some(ALL_USERS),
        "authenticated-read" => Some(AUTHENTICATED_USERS),
        _ => None,
    }
}

/// Whether a canned ACL grants nothing but the owner's full control; the two about the bucket owner are made for objects.
pub(super) fn is_private(name: &str) -> bool {
    matches!(name, "private" | "bucket-owner-read" | "bucket-owner-full-control")
}

/// The canned ACL that grants just this beside the owner's full control.
pub(super) fn of(grants: &BTreeSet<Grant>) -> Option<&'static str> {
    let group = |uri: &str, permission| Grant { permission, grantee: Grantee::Uri(uri.to_owned()) };
    let canned = [
        ("public-read", vec![group(ALL_USERS, Permission::Read)]),
        ("public-read-write", vec![group(ALL_USERS, Permission::Read), group(ALL_USERS, Permission::Write)]),
        ("authenticated-read", vec![group(AUTHENTICATED_USERS, Permission::Read)]),
        ("log-delivery-write", vec![group(LOG_DELIVERY, Permission::Write), group(LOG_DELIVERY, Permission::ReadAcp)]),
        ("aws-exec-read", vec![Grant { permission: Permission::Read, grantee: Grantee::Id(EC2.to_owned()) }]),
    ];
    canned.into_iter().find(|(_, made)| made.len() == grants.len() && made.iter().all(|grant| grants.contains(grant))).map(|(name, _)| name)
}
