//! Who may do what: ACL, ownership, policy, public access block.

use aws_sdk_s3::types::{BucketCannedAcl, Grant, ObjectOwnership, PublicAccessBlockConfiguration};
use serde_json::{Value, json};

use super::{Home, Row, Site, answered, done};

pub(super) fn rows(site: &Site) -> [Row; 4] {
    [acl(site), ownership_controls(), policy(site), public_access_block()]
}

/// Declared by its canned name; S3 answers with grants.
fn acl(site: &Site) -> Row {
    let held = |name: &str| match name {
        "log-delivery-write" => "LogDelivery READ_ACP, LogDelivery WRITE, owner FULL_CONTROL".to_owned(),
        _ => "owner FULL_CONTROL".to_owned(),
    };
    let [first, second] = site.acls.map(|name| (json!(name), held(name)));
    Row {
        config: "acl",
        field: "acl",
        home: Home::Plain,
        first,
        second,
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_acl().bucket(&site.bucket).send().await, |answer| {
                    let mut grants: Vec<_> = answer.grants().iter().map(grant).collect();
                    grants.sort_unstable();
                    Some(grants.join(", "))
                })
            })
        },
        meddle: |s3, site| {
            // A server may refuse public ACLs while public access is blocked.
            let other = if site.acls[0] == "private" { BucketCannedAcl::PublicRead } else { BucketCannedAcl::Private };
            Box::pin(async { done(s3.put_bucket_acl().bucket(&site.bucket).acl(other).send().await) })
        },
    }
}

fn grant(grant: &Grant) -> String {
    let group = grant.grantee().and_then(|grantee| grantee.uri()).and_then(|uri| uri.rsplit('/').next());
    format!("{} {}", group.unwrap_or("owner"), grant.permission().map_or("?", aws_sdk_s3::types::Permission::as_str))
}

fn ownership_controls() -> Row {
    let declared = |ownership: &str| (json!({ "rules": [{ "objectOwnership": ownership }] }), ownership.to_owned());
    Row {
        config: "ownership_controls",
        field: "ownershipControls",
        home: Home::Plain,
        first: declared("BucketOwnerPreferred"),
        second: declared("ObjectWriter"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_ownership_controls().bucket(&site.bucket).send().await, |answer| {
                    let rules = answer.ownership_controls?.rules;
                    Some(rules.iter().map(|rule| ObjectOwnership::as_str(&rule.object_ownership)).collect())
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_ownership_controls().bucket(&site.bucket).send().await) }),
    }
}

fn policy(site: &Site) -> Row {
    let text = |sid: &str| {
        let statement = json!({
            "Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": [format!("arn:aws:s3:::{}/*", site.bucket)],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } }
        });
        json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
    };
    Row {
        config: "policy",
        field: "policy",
        home: Home::Plain,
        first: (json!(text("TlsOnly")), text("TlsOnly")),
        second: (json!(text("NoPlainText")), text("NoPlainText")),
        read: |s3, site| {
            Box::pin(async {
                // The same text for the same policy, whatever its spaces and the order of its members.
                answered(s3.get_bucket_policy().bucket(&site.bucket).send().await, |answer| {
                    let policy: Value = serde_json::from_str(&answer.policy?).ok()?;
                    Some(policy.to_string())
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_policy().bucket(&site.bucket).send().await) }),
    }
}

fn public_access_block() -> Row {
    let declared = |restrict: bool| {
        let flags = json!({
            "blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": restrict
        });
        (flags, format!("on on on {}", if restrict { "on" } else { "off" }))
    };
    Row {
        config: "public_access_block",
        field: "publicAccessBlock",
        home: Home::Plain,
        first: declared(false),
        second: declared(true),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_public_access_block().bucket(&site.bucket).send().await, |answer| {
                    answer.public_access_block_configuration.map(|block| flags(&block))
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_public_access_block().bucket(&site.bucket).send().await) }),
    }
}

fn flags(block: &PublicAccessBlockConfiguration) -> String {
    [block.block_public_acls, block.block_public_policy, block.ignore_public_acls, block.restrict_public_buckets]
        .map(|flag| flag.map_or("?", |flag| if flag { "on" } else { "off" }))
        .join(" ")
}
