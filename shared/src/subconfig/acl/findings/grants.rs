//! What admission says of the five `grant` fields.

use super::super::Acl;
use super::super::canned::{ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY};
use super::super::grants::{Grantee, Permission, grantees};
use super::public;
use crate::admission::{Facts, Findings, Path, Reason, quote};

/// The most grants that an ACL holds.
const MOST: usize = 100;
/// How the URI of each group begins.
const START: &str = "http://acs.amazonaws.com/groups/";
const GROUPS: &[&str] = &[ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY];

/// The grants of each field that grants anything.
pub(super) struct Grants<'a> {
    fields: Vec<(Permission, &'a str)>,
    canned: Option<&'a str>,
}

impl<'a> Grants<'a> {
    pub(super) fn of(acl: &'a Acl) -> Self {
        let given = |permission: Permission| Some((permission, acl.field(permission).filter(|text| parts(text).next().is_some())?));
        Self { fields: Permission::ALL.into_iter().filter_map(given).collect(), canned: acl.canned() }
    }

    /// The first field that grants anything.
    pub(super) fn first_field(&self) -> Option<&'static str> {
        self.fields.first().map(|(permission, _)| permission.field())
    }

    pub(super) fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        self.grant_count(at, to);
        let mut left = MOST;
        for (permission, text) in &self.fields {
            let field = permission.field();
            let at = at.member(field);
            // As many as an ACL holds are looked at one by one.
            let looked_at: Vec<Grantee> = parts(text).take(left).flat_map(grantees).collect();
            left -= looked_at.len();
            for grantee in &looked_at {
                self.grantee(grantee, field, &at, facts, to);
            }
        }
    }

    fn grantee(&self, grantee: &Grantee, field: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        match grantee {
            Grantee::Id(id) => grant_id(id, at, to),
            Grantee::Email(address) => grant_email(address, at, to),
            Grantee::Other(text) => grant_syntax(text, at, to),
            Grantee::Uri(uri) if !GROUPS.contains(&uri.as_str()) => grant_uri(uri, at, to),
            // A canned ACL goes before grants, which are then nobody's.
            Grantee::Uri(uri) if self.canned.is_none() && uri != LOG_DELIVERY => public(Some(uri), field, at, facts, to),
            Grantee::Uri(_) => {}
        }
    }

    fn grant_count(&self, at: &Path<'_>, to: &mut Findings) {
        let all: usize = self.fields.iter().map(|(_, text)| parts(text).count()).sum();
        if let Some(field) = self.first_field().filter(|_| all > MOST) {
            let message = format!("{all} grants in all; an ACL holds {MOST}; a policy can name more");
            to.deny("grant-count", Reason::Invalid, at.member(field), message);
        }
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(|part| !part.trim().is_empty())
}

fn grant_syntax(text: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!(r#"{} is no grantee; write id="<canonical user id>" or uri="<group>", with commas between"#, quote(text));
    to.deny("grant-syntax", Reason::Invalid, at, message);
}

/// The id of a user has 64 digits; that of an origin access identity of CloudFront, which is a user of its own kind, has 96.
fn grant_id(id: &str, at: &Path<'_>, to: &mut Findings) {
    if !matches!(id.len(), 64 | 96) || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        let account = if crate::role::is_account(id) { "; this is an account's id, which a policy takes" } else { "" };
        let message = format!("{} is no canonical user id, which has 64 hex digits{account}", quote(id));
        to.deny("grant-id", Reason::Invalid, at, message);
    }
}

fn grant_uri(uri: &str, at: &Path<'_>, to: &mut Findings) {
    let message =
        format!("{} is no group; use {START} with global/AllUsers, global/AuthenticatedUsers or s3/LogDelivery after it", quote(uri));
    to.deny("grant-uri", Reason::NotSupported, at, message);
}

fn grant_email(address: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!("{}: S3 takes no e-mail addresses since October 2025; use the canonical user id, or a policy", quote(address));
    to.deny("grant-email", Reason::NotSupported, at, message);
}

#[cfg(test)]
pub(super) mod cases {
    use super::super::cases::open;
    use crate::admission::testing::{Case, World, case};

    pub(in crate::subconfig::acl) const ID: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";

    pub(super) fn read(text: &str) -> World {
        open().spec(|spec| spec.grant_read = Some(text.to_owned()))
    }

    pub(super) fn ids(count: usize) -> String {
        (0..count).map(|number| format!(r#"id="{number:064x}""#)).collect::<Vec<_>>().join(", ")
    }

    pub(in crate::subconfig::acl) fn all() -> Vec<Case> {
        let id = |id: &str| read(&format!(r#"id="{id}""#));
        vec![
            case("grant-syntax", read(r#"fakekey="1""#), id(ID)),
            case("grant-uri", read("uri=FakeGroup"), read("uri=http://acs.amazonaws.com/groups/s3/LogDelivery")),
            case("grant-id", read("id=wrong-id"), id(ID)),
            case("grant-email", read("emailAddress=a@b.c"), id(ID)),
            case("grant-count", read(&ids(101)), read(&ids(100))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{ID, ids, read};
    use crate::admission::testing::World;

    #[test]
    fn quotes_space_and_empty_parts_mean_nothing() {
        assert_eq!(read(&format!(r#" , id = "{ID}" ,uri=http://acs.amazonaws.com/groups/s3/LogDelivery, "#)).rules(), [""; 0]);
        assert_eq!(World::new().spec(|spec| spec.grant_write = Some(" ,, ".to_owned())).rules(), [""; 0]);
    }

    #[test]
    fn an_account_is_no_canonical_user() {
        let verdict = read("id=123456789012").verdict();
        assert_eq!(verdict.rules(), ["grant-id"]);
        assert!(verdict.findings[0].message.contains("account"), "{:?}", verdict.findings);
        assert_eq!(read(&format!("id={}{}", ID, &ID[..32])).rules(), [""; 0], "an origin access identity");
        assert_eq!(read(&format!("id={}", "é".repeat(32))).rules(), ["grant-id"]);
    }

    #[test]
    fn groups_of_everybody_are_public_and_named_at_their_field() {
        let all = "uri=http://acs.amazonaws.com/groups/global/AllUsers";
        let verdict = read(all).verdict();
        assert_eq!((verdict.rules(), verdict.findings[0].field.as_str()), (vec!["acl-public"], "spec.grantRead"));
        let blocked = World::new().spec(|spec| {
            spec.object_ownership = Some("ObjectWriter".to_owned());
            spec.grant_write_acp = Some("uri=http://acs.amazonaws.com/groups/global/AuthenticatedUsers".to_owned());
        });
        let verdict = blocked.verdict();
        assert_eq!((verdict.rules(), verdict.findings[0].field.as_str()), (vec!["pab-public-acl"], "spec.grantWriteACP"));
        assert_eq!(read("uri=https://acs.amazonaws.com/groups/global/AllUsers").rules(), ["grant-uri"]);
    }

    #[test]
    fn grants_of_all_fields_count_together() {
        let spread = read(&ids(60)).spec(|spec| spec.grant_write = Some(ids(41)));
        assert_eq!(spread.rules(), ["grant-count"]);
        let many = read(&"x,".repeat(100_000)).verdict();
        assert_eq!((many.findings.len(), many.dropped), (101, 0));
    }

    #[test]
    fn a_new_bucket_has_acls_off_for_grants_too() {
        let world = World::new().spec(|spec| spec.grant_full_control = Some(format!("id={ID}")));
        let verdict = world.verdict();
        assert_eq!((verdict.rules(), verdict.findings[0].field.as_str()), (vec!["acl-enforced-create"], "spec.grantFullControl"));
    }
}
