//! Who may reach the bucket.

use serde_json::{Value, json};
use tests::s3::S3Model;
use tests::world::ACCOUNT;

use super::{ITSELF, Kind, kind};

/// Another account, by the id that ACLs name it with.
const STRANGER: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const BLOCK: &str = "spec.publicAccessBlock";

pub(super) fn kinds() -> Vec<Kind> {
    [ownership_controls(), public_access_block(), acl(), policy()].into_iter().flatten().collect()
}

fn ownership_controls() -> Vec<Kind> {
    let kind = |name, spec| kind("ownership_controls", name, spec);
    let declared = || json!({ "ownershipControls": { "rules": [{ "objectOwnership": "BucketOwnerPreferred" }] } });
    let put = |ownership: &str| {
        ["put-bucket-ownership-controls".to_owned(), format!("--ownership-controls=Rules=[{{ObjectOwnership={ownership}}}]")]
    };
    let field = "spec.ownershipControls.rules[0].objectOwnership";
    vec![
        kind("changed", declared()).by(put("ObjectWriter")).told(field, "BucketOwnerPreferred", "ObjectWriter"),
        kind("taken away", declared())
            .by(["delete-bucket-ownership-controls"])
            .missing("spec.ownershipControls", r#"{"rules":[{"objectOwnership":"BucketOwnerPreferred"}]}"#),
        kind("ACLs on where the spec says nothing", json!({})).by(put("ObjectWriter")).told(field, "BucketOwnerEnforced", "ObjectWriter"),
    ]
}

fn public_access_block() -> Vec<Kind> {
    let kind = |name, spec| kind("public_access_block", name, spec);
    let all = || json!({ "blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": true });
    let declared = || json!({ "publicAccessBlock": all() });
    let put = |acls: bool, policy: bool, restrict: bool| {
        let block =
            json!({ "BlockPublicAcls": acls, "IgnorePublicAcls": true, "BlockPublicPolicy": policy, "RestrictPublicBuckets": restrict });
        ["put-public-access-block".to_owned(), format!("--public-access-block-configuration={block}")]
    };
    let text = all().to_string();
    vec![
        kind("one taken off", declared()).by(put(true, false, true)).told("spec.publicAccessBlock.blockPublicPolicy", "true", "false"),
        kind("two taken off", declared()).by(put(false, true, false)).told("spec.publicAccessBlock.blockPublicACLs", "true", "false").told(
            "spec.publicAccessBlock.restrictPublicBuckets",
            "true",
            "false",
        ),
        kind("taken away", declared()).by(["delete-public-access-block"]).missing(BLOCK, &text),
        kind("taken away where the spec says nothing", json!({})).by(["delete-public-access-block"]).missing(BLOCK, &text),
    ]
}

fn acl() -> Vec<Kind> {
    let kind = |name, spec| kind("acl", name, spec);
    let ownership = json!({ "rules": [{ "objectOwnership": "BucketOwnerPreferred" }] });
    let with = |mut spec: Value| {
        spec["ownershipControls"] = ownership.clone();
        spec
    };
    let open = json!({ "blockPublicACLs": false, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": true });
    let owner = S3Model::canonical_id(ACCOUNT);
    let only_the_owner = format!(
        "<AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>{owner}</ID>\
         </Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>"
    );
    let (full, read) = (format!("id=\"{owner}\""), format!("id=\"{STRANGER}\""));
    let granted = || with(json!({ "grantFullControl": full, "grantRead": read }));
    let more = [
        "put-bucket-acl".to_owned(),
        format!("--grant-full-control={full}"),
        format!("--grant-read={read}"),
        format!("--grant-write={read}"),
    ];
    vec![
        kind("canned one taken back", with(json!({ "acl": "log-delivery-write" }))).by(["put-bucket-acl", "--acl=private"]).told(
            "spec.acl",
            "log-delivery-write",
            "private",
        ),
        kind("public-read where the spec says nothing", with(json!({ "publicAccessBlock": open })))
            .by(["put-bucket-acl", "--acl=public-read"])
            .told("spec.acl", "private", "public-read")
            .leaving("acl", &only_the_owner),
        kind("a grant taken back", granted()).by(["put-bucket-acl", "--acl=private"]).missing("spec.grantRead", &read),
        kind("a grant added", granted()).by(more).extra("spec.grantWrite", &read),
    ]
}

fn policy() -> Vec<Kind> {
    let kind = |name, spec| kind("policy", name, spec);
    let statement = |sid: &str, action: &str| {
        json!({ "Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": format!("arn:aws:s3:::{ITSELF}/*"),
            "Condition": { "Bool": { "aws:SecureTransport": "false" } } })
    };
    let (tls, gets) = (|| statement("Tls", "s3:PutObject"), || statement("Gets", "s3:GetObject"));
    let text = |statements: &[Value]| json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let declared = |statements: &[Value]| json!({ "policy": text(statements) });
    let put = |statements: &[Value]| ["put-bucket-policy".to_owned(), format!("--policy={}", text(statements))];
    let changed = |member: &str, value: Value| {
        let mut statement = tls();
        statement[member] = value;
        [statement]
    };
    vec![
        kind("action changed", declared(&[tls()])).by(put(&changed("Action", json!("s3:DeleteObject")))).told(
            "spec.policy.Statement[Tls].Action[0]",
            "s3:putobject",
            "s3:deleteobject",
        ),
        kind("action added", declared(&[tls()]))
            .by(put(&changed("Action", json!(["s3:PutObject", "s3:PutObjectTagging"]))))
            .extra("spec.policy.Statement[Tls].Action[1]", "s3:putobjecttagging"),
        kind("condition changed", declared(&[tls()]))
            .by(put(&changed("Condition", json!({ "Bool": { "aws:SecureTransport": "true" } }))))
            .told("spec.policy.Statement[Tls].Condition.Bool.aws:SecureTransport[0]", "false", "true"),
        kind("statement added", declared(&[tls()])).by(put(&[tls(), gets()])).extra("spec.policy.Statement[Gets]", "{…"),
        kind("statement removed", declared(&[tls(), gets()])).by(put(&[tls()])).missing("spec.policy.Statement[Gets]", "{…"),
        kind("taken away", declared(&[tls()])).by(["delete-bucket-policy"]).missing("spec.policy", "{…"),
        kind("put where the spec says nothing", json!({})).by(put(&[tls()])).extra("spec.policy", "{…"),
    ]
}
