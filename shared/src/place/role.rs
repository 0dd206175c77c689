//! Whose account, and with which role: annotations first, then the ConfigMaps or the IAMRoleSelectors of the ACK controllers, and the
//! controller's own identity only where nobody chose.

use std::collections::BTreeMap;

use super::{Unplaced, non_empty, owner_in_status};
use crate::arn::Arn;
use crate::carm::RoleMaps;
use crate::role_selector::{Choice, Selected};
use crate::{Bucket, annotation, role};

/// What there is to choose from besides annotations. The two ways exclude each other.
#[derive(Clone, Debug, Default)]
pub enum Offers<'a> {
    /// Nothing.
    #[default]
    None,
    /// The ConfigMaps of accounts and teams.
    Maps(&'a RoleMaps),
    /// The IAMRoleSelectors, and what they come to for the Bucket.
    Selectors(Choice),
}

/// What was chosen.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) role: Option<String>,
    pub(super) selected: Option<Selected>,
    /// A team goes before the namespace's owner.
    by_team: bool,
}

impl Chosen {
    fn role(arn: &str) -> Self {
        Self { role: Some(arn.to_owned()), ..Self::default() }
    }
}

/// The role that was chosen.
pub(super) fn choose(
    bucket: &Bucket,
    namespace: &BTreeMap<String, String>,
    own_account: Option<&str>,
    offers: Offers<'_>,
) -> Result<Chosen, Unplaced> {
    if let Some(arn) = annotated(bucket, namespace)? {
        return Ok(Chosen::role(arn));
    }
    match offers {
        Offers::None => Ok(Chosen::default()),
        Offers::Maps(maps) => mapped(bucket, namespace, own_account, maps),
        Offers::Selectors(choice) => selected(choice),
    }
}

/// The Bucket's role, if the namespace allows it, else the namespace's own.
fn annotated<'a>(bucket: &'a Bucket, namespace: &'a BTreeMap<String, String>) -> Result<Option<&'a str>, Unplaced> {
    let own = bucket.annotation(annotation::ROLE_ARN);
    let Some(chosen) = own.or_else(|| non_empty(namespace, annotation::ROLE_ARN)) else { return Ok(None) };
    if !role::is_role(chosen) {
        return Err(Unplaced::RoleArnInvalid { role: chosen.to_owned() });
    }
    if own.is_some() && !role::is_allowed(chosen, namespace) {
        let namespace = bucket.metadata.namespace.clone().unwrap_or_default();
        return Err(Unplaced::RoleNotAllowed { role: chosen.to_owned(), namespace });
    }
    Ok(Some(chosen))
}

/// The team whose role a Bucket of this namespace works with, where teams count.
#[must_use]
pub fn team_to_look_up(namespace: &BTreeMap<String, String>) -> Option<&str> {
    non_empty(namespace, annotation::TEAM_ID)
}

/// The account whose role a Bucket works with: the namespace's owner, even if it is the controller's own account, as the role may
/// allow less; else the account that the bucket is in, where that is another one. What a Bucket says of its owner chooses nothing.
#[must_use]
pub fn account_to_look_up<'a>(bucket: &'a Bucket, namespace: &'a BTreeMap<String, String>, own: Option<&str>) -> Option<&'a str> {
    let elsewhere = || owner_in_status(bucket).filter(|account| own.is_some_and(|own| own != *account));
    non_empty(namespace, annotation::OWNER_ACCOUNT_ID).or_else(elsewhere)
}

/// The role of the team, else that of the account.
fn mapped(bucket: &Bucket, namespace: &BTreeMap<String, String>, own_account: Option<&str>, maps: &RoleMaps) -> Result<Chosen, Unplaced> {
    if let Some(arn) = team_to_look_up(namespace).and_then(|team| maps.of_team(team)) {
        return Ok(Chosen { by_team: true, ..Chosen::role(arn?) });
    }
    match account_to_look_up(bucket, namespace, own_account) {
        Some(account) if role::is_account(account) => Ok(Chosen::role(maps.of_account(account)?)),
        Some(account) => Err(Unplaced::OwnerInvalid { account: account.to_owned() }),
        None => Ok(Chosen::default()),
    }
}

fn selected(choice: Choice) -> Result<Chosen, Unplaced> {
    match choice {
        Choice::Unread => Err(Unplaced::SelectorsUnread),
        Choice::None => Ok(Chosen::default()),
        Choice::One(selected) => Ok(Chosen { selected: Some(selected.clone()), ..Chosen::role(&selected.arn) }),
        Choice::Conflict(names) => Err(Unplaced::SelectorConflict { names }),
        Choice::Invalid(name, why) => Err(Unplaced::SelectorInvalid { name, why }),
    }
}

/// The account that owns the bucket: the role's, else the one that annotations name, else the controller's own. All that is said of
/// it has to agree.
pub(super) fn account<'a>(
    bucket: &'a Bucket,
    namespace: &'a BTreeMap<String, String>,
    chosen: &'a Chosen,
    own: Option<&'a str>,
) -> Result<Option<&'a str>, Unplaced> {
    let of_namespace = non_empty(namespace, annotation::OWNER_ACCOUNT_ID).filter(|_| !chosen.by_team);
    let owner = bucket.annotation(annotation::OWNER_ACCOUNT_ID).or(of_namespace);
    if let Some(account) = owner.filter(|owner| !role::is_account(owner)) {
        return Err(Unplaced::OwnerInvalid { account: account.to_owned() });
    }
    let role = chosen.role.as_deref();
    let role_account = role.and_then(Arn::parse).map(|arn| arn.account);
    match (role, role_account, owner, own) {
        (Some(role), Some(is), Some(owner), _) if is != owner => {
            return Err(Unplaced::RoleOfAnotherAccount { role: role.to_owned(), account: owner.to_owned() });
        }
        (None, _, Some(owner), Some(own)) if owner != own => {
            return Err(Unplaced::NoRole { account: owner.to_owned(), own: own.to_owned() });
        }
        _ => {}
    }
    let now = role_account.or(owner).or(own);
    match (owner_in_status(bucket), now) {
        (Some(was), Some(now)) if was != now => Err(Unplaced::AccountChanged { account: was.to_owned(), now: now.to_owned() }),
        (was, now) => Ok(now.or(was)),
    }
}
