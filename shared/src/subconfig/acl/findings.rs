//! What admission says of the ACL. Source: S3 API reference, PutBucketAcl and CreateBucket; S3 User Guide, "Access control list (ACL)
//! overview" and "Blocking public access to your Amazon S3 storage".

mod grants;

use self::grants::Grants;
use super::{Acl, canned};
use crate::admission::effective::{self, ENFORCED};
use crate::admission::{Facts, Findings, Operation, Path, Reason, check, quote};

/// `at` is the spec, as the ACL has several fields of it.
pub(super) fn findings(acl: &Acl, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if effective::is_directory(facts) {
        return;
    }
    let acl_at = at.member("acl");
    let grants = Grants::of(acl);
    let name = acl.canned();
    if let Some(name) = name {
        check::one_of(Some(name), canned::NAMES, "acl-enum", &acl_at, to);
        acl_list_form(acl, name, &acl_at, to);
        acl_object_only(name, &acl_at, to);
        public(canned::public(name), &format!("acl {name}"), &acl_at, facts, to);
    }
    // Who adopts a bucket writes both, and the canned ACL alone counts.
    if name.is_none() || facts.by_user() {
        acl_and_grants(name, &grants, &acl_at, to);
        grants.findings(at, facts, to);
    }
    if let Some(what) = asked(name, &grants) {
        let field = at.member(what);
        acl_enforced(what, &field, facts, to);
        acl_update_no_ownership(what, &field, facts, to);
    }
}

/// The field that asks for more than the owner's own grant, as far as S3 knows the word. A canned ACL goes before grants.
fn asked(name: Option<&str>, grants: &Grants<'_>) -> Option<&'static str> {
    match name {
        Some(name) => (canned::NAMES.contains(&name) && !canned::is_private(name)).then_some("acl"),
        None => grants.first_field(),
    }
}

/// The peer writes such lists when it adopts.
fn acl_list_form(acl: &Acl, name: &str, at: &Path<'_>, to: &mut Findings) {
    if acl.acl.as_deref().is_some_and(|acl| acl.contains('|')) {
        let message = format!("of several ACLs only the first counts, {}; remove the others", quote(name));
        to.warn("acl-list-form", Reason::Invalid, at, message);
    }
}

fn acl_object_only(name: &str, at: &Path<'_>, to: &mut Findings) {
    if canned::is_private(name) && name != "private" {
        let message = format!("{name} is made for objects and does nothing for a bucket; use private, or remove it");
        to.warn("acl-object-only", Reason::Invalid, at, message);
    }
}

fn acl_and_grants(name: Option<&str>, grants: &Grants<'_>, at: &Path<'_>, to: &mut Findings) {
    if let (Some(name), Some(field)) = (name, grants.first_field()) {
        let message = format!("acl {} and {field} are both set, S3 takes one or the other; remove one", quote(name));
        to.deny("acl-and-grants", Reason::Forbidden, at, message);
    }
}

/// Two rules about an ACL that lets in the group: S3 refuses it, or it works.
fn public(group: Option<&str>, what: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(group) = group else { return };
    if effective::blocks_public_acls(facts) {
        let default = if facts.spec().is_some_and(|spec| spec.public_access_block.is_none()) { ", as for every new bucket" } else { "" };
        let message = format!("{what} is public and blockPublicACLs is on{default}; remove it, or set blockPublicACLs false");
        to.deny("pab-public-acl", Reason::Forbidden, at, message);
    } else {
        let who = if group == canned::ALL_USERS { "everybody" } else { "everybody who has an AWS account" };
        let message = format!("{what} lets in {who}; a policy can name those who shall come in");
        to.warn("acl-public", Reason::Forbidden, at, message);
    }
}

/// Two rules, for making a bucket and for changing one: ownership turns ACLs off.
fn acl_enforced(what: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if effective::ownership(facts) != Some(ENFORCED) {
        return;
    }
    if facts.request.operation == Operation::Create {
        let declared = facts.spec().and_then(effective::declared_ownership).is_some();
        let why = if declared { "the ownership BucketOwnerEnforced turns ACLs off" } else { "a new bucket has ACLs off" };
        let message = format!("{why}, so S3 refuses {what}; set ownershipControls to BucketOwnerPreferred or ObjectWriter");
        to.deny("acl-enforced-create", Reason::Forbidden, at, message);
    } else {
        let message = format!("the ownership BucketOwnerEnforced turns ACLs off; remove {what}, or set another ownership");
        to.deny("acl-enforced-update", Reason::Forbidden, at, message);
    }
}

/// Buckets of the peer may have no ownership at all, and ACLs work there.
fn acl_update_no_ownership(what: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if facts.request.operation == Operation::Update && effective::ownership(facts).is_none() {
        let message = format!("{what} works only where ACLs are on; say so: ownershipControls BucketOwnerPreferred or ObjectWriter");
        to.warn("acl-update-no-ownership", Reason::Required, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use super::grants;
    use crate::admission::testing::{Case, World, case};

    const OFF: &str = r#"{"blockPublicACLs":false,"blockPublicPolicy":true,"ignorePublicACLs":false,"restrictPublicBuckets":true}"#;

    /// A Bucket whose ACLs are on, and public ones let in.
    pub(in crate::subconfig::acl) fn open() -> World {
        preferred(World::new()).section("publicAccessBlock", OFF)
    }

    pub(super) fn preferred(world: World) -> World {
        owned(world, "BucketOwnerPreferred")
    }

    pub(super) fn owned(world: World, ownership: &str) -> World {
        world.section("ownershipControls", &format!(r#"{{"rules":[{{"objectOwnership":"{ownership}"}}]}}"#))
    }

    pub(in crate::subconfig::acl) fn acl(world: World, acl: &str) -> World {
        world.spec(|spec| spec.acl = Some(acl.to_owned()))
    }

    pub(crate) fn all() -> Vec<Case> {
        let id = format!(r#"id="{}""#, grants::cases::ID);
        let both = |acl: Option<&str>| {
            open().spec(|spec| {
                spec.acl = acl.map(str::to_owned);
                spec.grant_read = Some(id.clone());
            })
        };
        let stored = || World::new().existing().update();
        let enforced = || owned(World::new(), "BucketOwnerEnforced").existing().update();
        let mut all = vec![
            case("acl-enum", acl(open(), "publicread"), acl(open(), "private")),
            case("acl-list-form", acl(World::new(), "private|public-read"), acl(World::new(), "private")),
            case("acl-object-only", acl(World::new(), "bucket-owner-read"), acl(World::new(), "private")),
            case("acl-and-grants", both(Some("private")), both(None)),
            case("acl-public", acl(open(), "authenticated-read"), acl(open(), "log-delivery-write")),
            case("pab-public-acl", acl(preferred(World::new()), "public-read"), acl(open(), "public-read")),
            case("acl-enforced-create", acl(World::new(), "log-delivery-write"), acl(preferred(World::new()), "log-delivery-write")),
            case("acl-enforced-update", acl(enforced(), "public-read"), acl(enforced(), "private")).with(&["acl-public"]),
            case("acl-update-no-ownership", acl(stored(), "log-delivery-write"), acl(preferred(stored()), "log-delivery-write")),
        ];
        all.extend(grants::cases::all());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{acl, open, owned, preferred};
    use crate::admission::testing::World;

    #[test]
    fn nothing_is_said_of_what_says_nothing() {
        for quiet in ["", " ", " private ", "private"] {
            assert_eq!(acl(World::new(), quiet).rules(), [""; 0], "{quiet:?}");
        }
        let empty = World::new().spec(|spec| (spec.acl, spec.grant_read) = (Some("private".to_owned()), Some(" , ".to_owned())));
        assert_eq!(empty.rules(), [""; 0]);
    }

    #[test]
    fn of_a_list_the_first_is_judged() {
        let joined = "private|bucket-owner-read|bucket-owner-full-control";
        assert_eq!(acl(World::new().existing().update(), joined).rules(), ["acl-list-form"]);
        let mut rules = acl(open(), "Private|x").rules();
        rules.sort_unstable();
        assert_eq!(rules, ["acl-enum", "acl-list-form"]);
    }

    #[test]
    fn what_the_peer_writes_when_it_adopts_does_not_stop_the_controller() {
        let adopted = acl(World::new(), "private|bucket-owner-read|bucket-owner-full-control")
            .spec(|spec| spec.grant_full_control = Some("id=owner".to_owned()));
        assert_eq!(adopted.clone().existing().guard().rules(), ["acl-list-form"]);
        assert!(!adopted.existing().update().tag("more", "x").verdict().is_denied(), "it stays editable");
    }

    #[test]
    fn every_public_acl_is_blocked_and_no_other() {
        for (name, blocked) in [
            ("public-read", true),
            ("public-read-write", true),
            ("authenticated-read", true),
            ("log-delivery-write", false),
            ("aws-exec-read", false),
            ("private", false),
        ] {
            let world = acl(preferred(World::new()), name);
            assert_eq!(world.rules().contains(&"pab-public-acl"), blocked, "{name}");
            assert!(!world.rules().contains(&"acl-public"), "one of the two is enough");
        }
    }

    #[test]
    fn a_bucket_that_is_adopted_may_have_acls_on() {
        let adopted = acl(World::new(), "log-delivery-write").adopting("adopt", r#"{"name":"team-a-logs"}"#);
        assert_eq!(adopted.clone().rules(), [""; 0]);
        assert_eq!(owned(adopted, "BucketOwnerEnforced").rules(), ["acl-enforced-create"]);
    }

    #[test]
    fn the_ownership_that_a_bucket_is_made_with_counts_as_well() {
        let made = |ownership: &str| World::new().spec(|spec| spec.object_ownership = Some(ownership.to_owned()));
        assert_eq!(acl(made("ObjectWriter"), "log-delivery-write").rules(), [""; 0]);
        assert_eq!(acl(made("ObjectWriter").existing().update(), "log-delivery-write").rules(), [""; 0]);
        assert_eq!(acl(made("BucketOwnerEnforced").existing().update(), "log-delivery-write").rules(), ["acl-enforced-update"]);
        assert_eq!(acl(owned(World::new(), "nonsense"), "log-delivery-write").rules(), ["ownership-enum"]);
    }

    #[test]
    fn a_fault_that_is_stored_stays_editable() {
        let stored = acl(World::new(), "public-read").existing().update().tag("more", "x");
        assert!(!stored.verdict().is_denied());
    }
}
