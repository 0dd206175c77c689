//! Ownership, ACLs and the public access block, as they go together.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::word;

const ID: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const PRIVATE: &[&str] = &["private", "bucket-owner-read", "bucket-owner-full-control", "private|bucket-owner-read"];
const SHARED: &[&str] = &["log-delivery-write", "aws-exec-read"];
const PUBLIC: &[&str] = &["public-read", "public-read-write", "authenticated-read"];
const GROUPS: &str = "http://acs.amazonaws.com/groups/";

/// Grants that let in no public.
fn grants() -> BoxedStrategy<Value> {
    let grantee = prop_oneof![
        Just(format!("id={ID}")),
        Just(format!("id=\"{ID}\", id=\"{}\"", ID.replace('1', "a"))),
        Just(format!("uri=\"{GROUPS}s3/LogDelivery\"")),
    ];
    let fields: &[&str] = &["grantFullControl", "grantRead", "grantReadACP", "grantWrite", "grantWriteACP"];
    (prop::sample::subsequence(fields, 1..=5), grantee)
        .prop_map(|(fields, grantee)| fields.into_iter().map(|field| (field.to_owned(), json!(grantee))).collect())
        .boxed()
}

fn block(acls: Option<bool>) -> BoxedStrategy<Value> {
    any::<[bool; 4]>()
        .prop_map(move |[first, policy, ignore, restrict]| {
            let block = acls.unwrap_or(first);
            json!({"blockPublicACLs": block, "blockPublicPolicy": policy, "ignorePublicACLs": ignore, "restrictPublicBuckets": restrict})
        })
        .boxed()
}

pub(super) fn sections() -> BoxedStrategy<Value> {
    let own = word(&["BucketOwnerPreferred", "ObjectWriter"]);
    let any_owner = word(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]);
    let controls = |ownership: Value| json!({"rules": [{"objectOwnership": ownership}]});
    prop_oneof![
        (any_owner.clone(), block(None))
            .prop_map(move |(owner, block)| json!({"ownershipControls": controls(owner), "publicAccessBlock": block})),
        (any_owner, word(PRIVATE)).prop_map(move |(owner, acl)| json!({"ownershipControls": controls(owner), "acl": acl})),
        (own.clone(), word(SHARED), any::<bool>()).prop_map(move |(owner, acl, at_creation)| {
            let mut sections = json!({"ownershipControls": controls(owner.clone()), "acl": acl});
            if at_creation {
                sections["objectOwnership"] = owner;
            }
            sections
        }),
        (own.clone(), word(PUBLIC), block(Some(false)))
            .prop_map(move |(owner, acl, block)| { json!({"ownershipControls": controls(owner), "acl": acl, "publicAccessBlock": block}) }),
        (own, grants()).prop_map(move |(owner, mut grants)| {
            grants["ownershipControls"] = controls(owner);
            grants
        }),
        Just(json!({"ownershipControls": {}, "publicAccessBlock": {}, "acl": ""})),
    ]
    .boxed()
}
