//! Whether a bucket may be open to everybody. Source: Security Hub, S3.2, S3.3, S3.8, S3.12.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Leave, Need, Parameters};
use crate::BucketSpec;
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::{Absence, Subject};
use crate::guardrail::types::Action;
use crate::subconfig::{OwnershipControls, PublicAccessBlock, SubConfig};

const BLOCK: &str = "spec.publicAccessBlock";
const ENFORCED: &str = "BucketOwnerEnforced";
/// The groups of everybody, as they end. Source: S3 User Guide, "Access control list (ACL) overview".
const EVERYBODY: [&str; 2] = ["/groups/global/AllUsers", "/groups/global/AuthenticatedUsers"];

/// Whether a bucket may be open to everybody. Where publicAccessBlock is absent on a new bucket, S3 blocks everything; where one member
/// is given, the others are off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicAccess {
    /// Whether all four members of publicAccessBlock have to be true: Required or Optional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_all: Option<Need>,
    /// Whether access control lists may be used, so that ownership is another than BucketOwnerEnforced: Allowed or Forbidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acls: Option<Leave>,
    /// Whether the bucket policy may let everybody in, even where that is blocked: Allowed or Forbidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_policy: Option<Leave>,
    /// Whether everybody may read, by policy or ACL that is not blocked: Allowed or Forbidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_read: Option<Leave>,
    /// Whether everybody may write, by policy or ACL that is not blocked: Allowed or Forbidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_write: Option<Leave>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

impl Parameters for PublicAccess {
    const ID: &'static str = "publicAccess";
    const DIRECTORY: bool = false;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, _at: &Path<'_>, _to: &mut Findings) -> Box<dyn Check> {
        Box::new(*self)
    }
}

impl Check for PublicAccess {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(spec) = subject.spec() else { return to.skip() };
        let block = Block::of(spec, subject.absence(PublicAccessBlock::NAME));
        if block.is_none() {
            // What hangs on it cannot be judged, the rest can.
            to.skip();
        }
        if let Some(block) = block.as_ref().filter(|_| Need::is_required(self.block_all)) {
            block.all(to);
        }
        if Leave::is_forbidden(self.acls) {
            no_acls(spec, subject, to);
        }
        let (read, write) = (Leave::is_forbidden(self.public_read), Leave::is_forbidden(self.public_write));
        if block.as_ref().is_some_and(|block| !block.ignores_acls) {
            no_public_acl(spec, read, write, to);
        }
        let policy = Leave::is_forbidden(self.public_policy);
        if policy || ((read || write) && block.is_some_and(|block| !block.restricts)) {
            no_public_policy(subject, policy || read, policy || write, to);
        }
    }
}

/// What is blocked.
struct Block {
    off: Vec<&'static str>,
    ignores_acls: bool,
    restricts: bool,
}

impl Block {
    /// `None` where it is not known.
    fn of(spec: &BucketSpec, absence: Absence) -> Option<Self> {
        let said = spec.public_access_block.as_ref().filter(|block| **block != PublicAccessBlock::default());
        let Some(said) = said else {
            let on = match absence {
                Absence::Fresh => true,
                Absence::Nothing => false,
                Absence::Unknown => return None,
            };
            return Some(if on {
                Self { off: Vec::new(), ignores_acls: true, restricts: true }
            } else {
                Self::from(&PublicAccessBlock::default())
            });
        };
        Some(Self::from(said))
    }

    fn all(&self, to: &mut Marks) {
        if !self.off.is_empty() {
            let are = if self.off.len() == 1 { "is" } else { "are" };
            to.fail(Reason::Invalid, BLOCK, format!("{} {are} not true; set all four members to true", self.off.join(", ")));
        }
    }
}

impl From<&PublicAccessBlock> for Block {
    fn from(block: &PublicAccessBlock) -> Self {
        let members = [
            ("blockPublicACLs", block.block_public_acls),
            ("blockPublicPolicy", block.block_public_policy),
            ("ignorePublicACLs", block.ignore_public_acls),
            ("restrictPublicBuckets", block.restrict_public_buckets),
        ];
        let off = members.into_iter().filter(|(_, on)| *on != Some(true)).map(|(name, _)| name).collect();
        Self { off, ignores_acls: block.ignore_public_acls == Some(true), restricts: block.restrict_public_buckets == Some(true) }
    }
}

fn no_acls(spec: &BucketSpec, subject: &Subject<'_>, to: &mut Marks) {
    const FIELD: &str = "spec.ownershipControls";
    let silent = spec.ownership_controls.is_none() && spec.object_ownership.as_deref().is_none_or(str::is_empty);
    if subject.asks_for_acl() {
        let message = "access control lists are not allowed; remove acl and the grants, and use spec.policy";
        return to.fail(Reason::Forbidden, "spec.acl", message);
    }
    let ownership = subject.ownership();
    match subject.absence(OwnershipControls::NAME) {
        Absence::Unknown if silent => {}
        Absence::Nothing if silent => {
            to.fail(Reason::Required, FIELD, "access control lists are on; set objectOwnership: BucketOwnerEnforced");
        }
        Absence::Fresh | Absence::Nothing | Absence::Unknown if ownership != ENFORCED => {
            let message = format!("{ownership} turns access control lists on; use {ENFORCED}");
            to.fail(Reason::Forbidden, FIELD, message);
        }
        Absence::Fresh | Absence::Nothing | Absence::Unknown => {}
    }
}

fn no_public_acl(spec: &BucketSpec, read: bool, write: bool, to: &mut Marks) {
    let name = spec.acl.as_deref().and_then(|list| list.split('|').next()).map(str::trim).filter(|name| !name.is_empty());
    let canned = match name {
        Some("public-read" | "authenticated-read") => (true, false),
        Some("public-read-write") => (true, true),
        _ => (false, false),
    };
    let message = |what: &str| format!("lets everybody {what}; remove it, or set spec.publicAccessBlock.ignorePublicACLs: true");
    match (canned.0 && read, canned.1 && write) {
        (_, true) => to.fail(Reason::Forbidden, "spec.acl", message("write")),
        (true, false) => to.fail(Reason::Forbidden, "spec.acl", message("read")),
        (false, false) => {}
    }
    // Grants do not count beside a canned ACL.
    if name.is_some() {
        return;
    }
    let grants = [
        ("grantFullControl", &spec.grant_full_control, read || write, "write"),
        ("grantRead", &spec.grant_read, read, "read"),
        ("grantReadACP", &spec.grant_read_acp, read, "read"),
        ("grantWrite", &spec.grant_write, write, "write"),
        ("grantWriteACP", &spec.grant_write_acp, write, "write"),
    ];
    for (field, grantees, counts, what) in grants {
        let open = grantees.as_ref().is_some_and(|text| EVERYBODY.iter().any(|group| text.contains(group)));
        if counts && open {
            to.fail(Reason::Forbidden, format_args!("spec.{field}"), message(what));
        }
    }
}

fn no_public_policy(subject: &Subject<'_>, read: bool, write: bool, to: &mut Marks) {
    const FIELD: &str = "spec.policy";
    match subject.policy() {
        Some(Ok(policy)) => {
            for statement in policy.allows() {
                let access = statement.opens();
                let what = match (access.read && read, access.write && write) {
                    (_, true) => "write",
                    (true, false) => "read",
                    (false, false) => continue,
                };
                let message =
                    format!("statement {} lets everybody {what}; name principals, or a condition with fixed values", statement.name);
                to.fail(Reason::Forbidden, FIELD, message);
            }
        }
        Some(Err(_)) => to.error(FIELD, "the policy cannot be read, so that nobody knows whom it lets in"),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;
    use crate::guardrail::rules::testing::{judged, observed, world};

    const OPEN: &str = r#"{"blockPublicACLs":true,"blockPublicPolicy":true}"#;

    fn with_policy(statement: &str) -> World {
        let text = format!(r#"{{"Statement":[{statement}]}}"#);
        world().section("policy", &serde_json::to_string(&text).unwrap())
    }

    #[test]
    fn silence_blocks_on_a_new_bucket_and_half_a_section_does_not() {
        let rule = "publicAccess: {blockAll: Required}";
        assert!(judged(rule, &world()).is_empty());
        assert!(judged(rule, &world().section("publicAccessBlock", "{}")).is_empty());
        let half = ["spec.publicAccessBlock: ignorePublicACLs, restrictPublicBuckets are not true; set all four members to true"];
        assert_eq!(judged(rule, &world().section("publicAccessBlock", OPEN)), half);
        assert_eq!(observed(rule, &world(), &[]).len(), 1, "S3 holds no block");
        assert!(observed(rule, &world(), &["public_access_block"]).is_empty(), "it could not be read");
        let adopting = || world().adopting("adopt", "{}");
        assert!(judged(rule, &adopting()).is_empty());
        assert_eq!(judged("publicAccess: {acls: Forbidden}", &adopting().section("acl", r#""public-read""#)).len(), 1);
    }

    #[test]
    fn lists_are_off() {
        let rule = "publicAccess: {acls: Forbidden}";
        assert!(judged(rule, &world()).is_empty());
        assert!(judged(rule, &world().section("acl", r#""private""#)).is_empty());
        assert_eq!(judged(rule, &world().section("acl", r#""log-delivery-write""#)).len(), 1);
        assert_eq!(judged(rule, &world().section("grantRead", r#""id=x""#)).len(), 1);
        let preferred = world().section("ownershipControls", r#"{"rules":[{"objectOwnership":"BucketOwnerPreferred"}]}"#);
        assert_eq!(
            judged(rule, &preferred),
            ["spec.ownershipControls: BucketOwnerPreferred turns access control lists on; use BucketOwnerEnforced"]
        );
        assert_eq!(observed(rule, &world(), &[]).len(), 1);
    }

    #[test]
    fn everybody_is_kept_out_unless_that_is_blocked_anyway() {
        let rule = "publicAccess: {publicRead: Forbidden, publicWrite: Forbidden}";
        let open = |world: World| world.section("publicAccessBlock", OPEN);
        let acl = |name: &str| world().section("acl", &format!("\"{name}\""));
        assert!(judged(rule, &acl("public-read")).is_empty(), "ignored");
        assert!(judged(rule, &open(acl("public-read")))[0].starts_with("spec.acl: lets everybody read"));
        assert!(judged(rule, &open(acl("public-read-write")))[0].starts_with("spec.acl: lets everybody write"));
        let grant = world().section("grantWrite", r#""uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"""#);
        assert!(judged(rule, &open(grant))[0].starts_with("spec.grantWrite: "));
        let get = r#"{"Sid":"web","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}"#;
        assert!(judged(rule, &with_policy(get)).is_empty(), "restricted");
        assert!(judged(rule, &open(with_policy(get)))[0].starts_with("spec.policy: statement \"web\" lets everybody read"));
        assert!(judged("publicAccess: {publicWrite: Forbidden}", &open(with_policy(get))).is_empty());
        assert_eq!(judged("publicAccess: {publicPolicy: Forbidden}", &with_policy(get)).len(), 1, "even where that is blocked");
        let org = get.replace(r#""Resource""#, r#""Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}},"Resource""#);
        assert!(judged(rule, &open(with_policy(&org))).is_empty());
        assert!(judged(rule, &open(with_policy("x")))[0].starts_with("error spec.policy"));
    }
}
