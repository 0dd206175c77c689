//! Who may reach the bucket.

use serde_json::json;
use tests::s3::S3Model;
use tests::world::ACCOUNT;

use super::Section;

/// Who owns what others upload. Not enforced, or the ACL could not be.
pub(super) fn ownership_controls() -> Section {
    let declared = |ownership: &str| json!({ "rules": [{ "objectOwnership": ownership }] });
    let held =
        |ownership: &str| format!("<OwnershipControls><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>");
    Section {
        config: "ownership_controls",
        field: "ownershipControls",
        query: "ownershipControls",
        first: (declared("BucketOwnerPreferred"), held("BucketOwnerPreferred")),
        second: (declared("ObjectWriter"), held("ObjectWriter")),
        meddled: held("ObjectWriter"),
        difference: ("spec.ownershipControls.rules[0].objectOwnership", "BucketOwnerPreferred", "ObjectWriter"),
        apart: &[],
        removed: Some("spec.ownershipControls"),
    }
}

/// What is public is refused, and partly without effect.
pub(super) fn public_access_block() -> Section {
    let declared = |restrict: bool| json!({ "blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": restrict });
    let held = |policy: bool, restrict: bool| {
        format!(
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
             <BlockPublicPolicy>{policy}</BlockPublicPolicy><RestrictPublicBuckets>{restrict}</RestrictPublicBuckets>\
             </PublicAccessBlockConfiguration>"
        )
    };
    Section {
        config: "public_access_block",
        field: "publicAccessBlock",
        query: "publicAccessBlock",
        first: (declared(false), held(true, false)),
        second: (declared(true), held(true, true)),
        meddled: held(false, false),
        difference: ("spec.publicAccessBlock.blockPublicPolicy", "true", "false"),
        apart: &[],
        removed: Some("spec.publicAccessBlock"),
    }
}

/// Only over TLS.
pub(super) fn policy(bucket: &str) -> Section {
    let text = |effect: &str, action: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"TlsOnly","Effect":"{effect}","Principal":"*","Action":"{action}","Resource":["arn:aws:s3:::{bucket}","arn:aws:s3:::{bucket}/*"],"Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}]}}"#
        )
    };
    let (first, second) = (text("Deny", "s3:*"), text("Deny", "s3:PutObject"));
    Section {
        config: "policy",
        field: "policy",
        query: "policy",
        first: (json!(first), first.clone()),
        second: (json!(second), second.clone()),
        meddled: text("Deny", "s3:DeleteObject"),
        difference: ("spec.policy.Statement[TlsOnly].Action[0]", "s3:*", "s3:deleteobject"),
        apart: &[],
        removed: Some("spec.policy"),
    }
}

/// Grants to nobody but AWS's own log delivery, as everything public is blocked. An ACL cannot be taken away.
pub(super) fn acl() -> Section {
    let owner = &format!("<ID>{}</ID>", S3Model::canonical_id(ACCOUNT));
    let grant = |grantee: &str, permission: &str| format!("<Grant>{grantee}<Permission>{permission}</Permission></Grant>");
    let user =
        |id: &str| format!("<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">{id}</Grantee>");
    let delivery = "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">\
                    <URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI></Grantee>";
    let held = |grants: &str| {
        let all = grant(&user(owner), "FULL_CONTROL") + grants;
        format!("<AccessControlPolicy><Owner>{owner}</Owner><AccessControlList>{all}</AccessControlList></AccessControlPolicy>")
    };
    Section {
        config: "acl",
        field: "acl",
        query: "acl",
        first: (json!("log-delivery-write"), held(&(grant(delivery, "WRITE") + &grant(delivery, "READ_ACP")))),
        second: (json!("private"), held("")),
        meddled: held(&grant(delivery, "READ")),
        difference: ("spec.acl", "log-delivery-write", ""),
        apart: &[],
        removed: None,
    }
}
