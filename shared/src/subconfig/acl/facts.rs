//! What guardrails ask about an ACL.

use schemars::JsonSchema;
use serde::Serialize;

use super::grants::{Grantee, Permission};
use super::{Acl, canned};

/// `bucket.acl` in the expressions of guardrails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AclFacts {
    /// The name of the canned ACL; `private` where nobody but the owner is granted anything, empty beside grants.
    pub canned: String,
    /// Whether everybody, or everybody with an AWS account, is granted something.
    pub public: bool,
    /// The grants of the spec; of a canned ACL there are none here.
    pub grants: Vec<GrantFacts>,
}

/// An item of `bucket.acl.grants`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GrantFacts {
    /// `FULL_CONTROL`, `READ`, `READ_ACP`, `WRITE` or `WRITE_ACP`.
    pub permission: String,
    /// A canonical user id, the URI of a group, or an e-mail address.
    pub grantee: String,
}

impl AclFacts {
    /// The facts of an ACL in its normal form; `None` is the owner's full control and nothing else.
    pub(crate) fn of(acl: Option<&Acl>) -> Self {
        let Some(acl) = acl else { return Self { canned: "private".to_owned(), ..Self::default() } };
        if let Some(name) = acl.canned() {
            return Self { canned: name.to_owned(), public: canned::public(name).is_some(), grants: Vec::new() };
        }
        let grants = acl.grants();
        let group = |grantee: &Grantee| matches!(grantee, Grantee::Uri(uri) if [canned::ALL_USERS, canned::AUTHENTICATED_USERS].contains(&uri.as_str()));
        Self {
            canned: String::new(),
            public: grants.iter().any(|grant| group(&grant.grantee)),
            grants: grants
                .iter()
                .map(|grant| GrantFacts { permission: word(grant.permission).to_owned(), grantee: text(&grant.grantee) })
                .collect(),
        }
    }
}

/// S3's name of the permission.
fn word(permission: Permission) -> &'static str {
    match permission {
        Permission::FullControl => "FULL_CONTROL",
        Permission::Read => "READ",
        Permission::ReadAcp => "READ_ACP",
        Permission::Write => "WRITE",
        Permission::WriteAcp => "WRITE_ACP",
    }
}

fn text(grantee: &Grantee) -> String {
    match grantee {
        Grantee::Id(text) | Grantee::Uri(text) | Grantee::Email(text) | Grantee::Other(text) => text.clone(),
    }
}
