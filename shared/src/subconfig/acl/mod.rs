//! The access control list: a canned ACL, or grants. S3 API: GetBucketAcl, PutBucketAcl; there is no call that takes it away, so the
//! canned ACL `private`, which every bucket begins with, is written instead.
//!
//! CreateBucket never carries it. S3 refuses to create a bucket with a public ACL, as every new bucket blocks those, and grants in
//! headers would take the owner's own away. Until it is written the bucket is only more closed.

mod canned;
mod facts;
mod findings;
mod grants;
#[cfg(feature = "s3")]
mod remote;

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::grants::{Grant, Grantee, Permission};
use super::SubConfig;
use super::diff::{self, Difference};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};
use crate::place::Place;

pub use facts::{AclFacts, GrantFacts};
#[cfg(test)]
pub(crate) use findings::cases;

/// Who may do what by the access control list: a canned ACL by its name or, where none is named, grants. The fields are those of the
/// spec.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acl {
    /// The name of a canned ACL. Of a list with `|` (the peer writes such when it adopts) the first counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acl: Option<String>,
    /// Who has all permissions, as in the header x-amz-grant-full-control. Left out beside other grants, the bucket's owner keeps
    /// what it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_full_control: Option<String>,
    /// Who may list the bucket, as in the header x-amz-grant-read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_read: Option<String>,
    /// Who may read this list, as in the header x-amz-grant-read-acp.
    #[serde(rename = "grantReadACP", skip_serializing_if = "Option::is_none")]
    pub grant_read_acp: Option<String>,
    /// Who may create objects, as in the header x-amz-grant-write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_write: Option<String>,
    /// Who may write this list, as in the header x-amz-grant-write-acp.
    #[serde(rename = "grantWriteACP", skip_serializing_if = "Option::is_none")]
    pub grant_write_acp: Option<String>,
    /// The canonical user id of the bucket's owner, as S3 says it. No field of the API: a canned ACL means grants to the owner too.
    #[serde(skip)]
    pub owner: Option<String>,
}

impl SubConfig for Acl {
    const NAME: &'static str = "acl";
    const FIELD: &'static str = "acl";
    const FIELDS: &'static [&'static str] = &["acl", "grantFullControl", "grantRead", "grantReadACP", "grantWrite", "grantWriteACP"];
    const ABSENT: &'static str = "private: only the owner has grants";
    /// A canned ACL is grants by another name.
    const INDIVISIBLE: bool = true;
    /// S3 takes no ACL where ownership turns them off, and no public one while those are blocked.
    const AFTER: &'static [&'static str] = &["ownership_controls", "public_access_block"];
    /// It lets others in.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        let section = Self {
            acl: spec.acl.clone(),
            grant_full_control: spec.grant_full_control.clone(),
            grant_read: spec.grant_read.clone(),
            grant_read_acp: spec.grant_read_acp.clone(),
            grant_write: spec.grant_write.clone(),
            grant_write_acp: spec.grant_write_acp.clone(),
            owner: None,
        };
        (section != Self::default()).then_some(Cow::Owned(section))
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.acl = self.acl;
        spec.grant_full_control = self.grant_full_control;
        spec.grant_read = self.grant_read;
        spec.grant_read_acp = self.grant_read_acp;
        spec.grant_write = self.grant_write;
        spec.grant_write_acp = self.grant_write_acp;
    }

    /// A canned ACL by its name alone, or the grants, each once; grants that S3 makes of a canned ACL are called by its name. The
    /// owner with full control and nobody else says nothing: that is `private`, and on a bucket the two `bucket-owner-` ACLs mean
    /// the same. Source: S3 User Guide, "Access control list (ACL) overview".
    fn normalise(self) -> Option<Self> {
        if let Some(name) = self.canned() {
            return (!canned::is_private(name)).then(|| Self { acl: Some(name.to_owned()), ..Self::default() });
        }
        let mut grants = self.grants();
        let Some(owner) = self.owner else { return (!grants.is_empty()).then(|| Self::granting(&grants, None)) };
        let own = Grant::full_control(&owner);
        if !grants.remove(&own) {
            // The owner's own grant is gone. With no grant left at all that is all there is to say.
            let owner = Some(owner).filter(|_| grants.is_empty());
            return Some(Self::granting(&grants, owner));
        }
        if grants.is_empty() {
            return None;
        }
        let name = canned::of(&grants).map(|name| Self { acl: Some(name.to_owned()), ..Self::default() });
        name.or_else(|| {
            grants.insert(own);
            Some(Self::granting(&grants, None))
        })
    }

    /// The owner. Its full control too, where the spec grants that to nobody: grants replace the whole list. And for an e-mail
    /// address the user that S3 made of it: S3 never answers the address. Which user that was cannot be seen any more, so any user
    /// with the permission that the spec does not name stands for it.
    fn inherit(self, have: &Self) -> Self {
        if self.canned().is_some() {
            return self;
        }
        let (mut grants, held) = (self.grants(), have.grants());
        let own = have.owner.as_deref().map(Grant::full_control);
        if let Some(own) = own.iter().find(|own| held.contains(own) && !grants.iter().any(|grant| grant.permission == own.permission)) {
            grants.insert(own.clone());
        }
        for address in grants.clone().difference(&held).filter(|grant| matches!(grant.grantee, Grantee::Email(_))) {
            let stands_for = |user: &&Grant| {
                user.permission == address.permission && matches!(user.grantee, Grantee::Id(_)) && own.as_ref() != Some(*user)
            };
            if let Some(user) = held.difference(&grants).find(stands_for).cloned() {
                grants.remove(address);
                grants.insert(user);
            }
        }
        Self::granting(&grants, have.owner.clone())
    }

    /// The name of a canned ACL where there is one, else the grants.
    fn exported(have: Option<Self>, _place: &Place) -> Option<Self> {
        let private = Self { acl: Some("private".to_owned()), ..Self::default() };
        Some(have?.normalise().unwrap_or(private))
    }

    /// `private` says nothing in its normal form. Beside something else it is told in the words of that: by its name, or as the owner's
    /// own grant.
    fn differences(want: Option<&Self>, have: Option<&Self>) -> Vec<Difference> {
        let owner = want.into_iter().chain(have).find_map(|side| side.owner.as_deref());
        let private = |beside: &Self| match owner.filter(|_| beside.acl.is_none()) {
            Some(owner) => Self::granting(&BTreeSet::from([Grant::full_control(owner)]), None),
            None => Self { acl: Some("private".to_owned()), ..Self::default() },
        };
        let (want, have) = match (want.cloned().and_then(Self::shown), have.cloned().and_then(Self::shown)) {
            (None, None) => return Vec::new(),
            (None, Some(have)) => (private(&have), have),
            (Some(want), None) => {
                let have = private(&want);
                (want, have)
            }
            (Some(want), Some(have)) => (want, have),
        };
        diff::between(&Self::root(), &want.compared(), &have.compared())
    }

    /// A list without any grant still shows that the owner has lost its own.
    fn compared(&self) -> Value {
        let mut members = serde_json::to_value(self).unwrap_or_default();
        if self.owner.is_some() && self.grants().is_empty() {
            members["grantFullControl"] = Value::from("");
        }
        members
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

impl Acl {
    /// The canned ACL, if one is named.
    fn canned(&self) -> Option<&str> {
        self.acl.as_deref().and_then(|list| list.split('|').next()).map(str::trim).filter(|name| !name.is_empty())
    }

    /// The grants of the five fields.
    fn grants(&self) -> BTreeSet<Grant> {
        let fields = Permission::ALL.into_iter().filter_map(|permission| Some((permission, self.field(permission)?)));
        fields.flat_map(|(permission, text)| grants::grantees(text).into_iter().map(move |grantee| Grant { permission, grantee })).collect()
    }

    /// These grants in the five fields.
    fn granting(grants: &BTreeSet<Grant>, owner: Option<String>) -> Self {
        let text = |permission| grants::text(grants.iter().filter(|grant| grant.permission == permission).map(|grant| &grant.grantee));
        Self {
            acl: None,
            grant_full_control: text(Permission::FullControl),
            grant_read: text(Permission::Read),
            grant_read_acp: text(Permission::ReadAcp),
            grant_write: text(Permission::Write),
            grant_write_acp: text(Permission::WriteAcp),
            owner,
        }
    }

    fn field(&self, permission: Permission) -> Option<&str> {
        let field = match permission {
            Permission::FullControl => &self.grant_full_control,
            Permission::Read => &self.grant_read,
            Permission::ReadAcp => &self.grant_read_acp,
            Permission::Write => &self.grant_write,
            Permission::WriteAcp => &self.grant_write_acp,
        };
        field.as_deref()
    }
}

#[cfg(test)]
mod tests;
