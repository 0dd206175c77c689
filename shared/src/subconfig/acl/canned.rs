//! Canned ACLs: what each grants beside the owner's full control.
//! Source: S3 User Guide, "Access control list (ACL) overview", "Canned ACL".

use std::collections::BTreeSet;

use super::grants::{Grant, Grantee, Permission};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
/// The canonical user of Amazon EC2, which reads bundles of machine images.
const EC2: &str = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";

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
