//! Roles by account and by team ("cross-account resource management"): two ConfigMaps of the operator say which role leads into an
//! account, or works for a team. Names and keys are those of the ACK controllers. Pure: who reads the ConfigMaps is the controller.

use std::collections::{BTreeMap, BTreeSet};

use crate::role;

/// The ConfigMap of accounts: keys are accounts of 12 digits, values role ARNs.
pub const ACCOUNT_MAP: &str = "ack-role-account-map";
/// The ConfigMap of teams: keys are those of the namespaces' annotation `services.k8s.aws/team-id`, values role ARNs.
pub const TEAM_MAP: &str = "ack-role-team-map";
/// What the key of a role for S3 alone begins with.
const SERVICE: &str = "s3.";

/// Both ConfigMaps, and which of their keys count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMaps {
    /// The namespace that they are in.
    pub namespace: String,
    /// The roles of accounts.
    pub accounts: RoleMap,
    /// The roles of teams; `None` where teams do not count.
    pub teams: Option<RoleMap>,
    /// Whether the key of a role for S3 alone, `s3.<id>`, goes before `<id>`.
    pub by_service: bool,
}

/// One ConfigMap, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RoleMap {
    /// It was not read yet, or could not be.
    #[default]
    Unread,
    /// There is none.
    Missing,
    /// Its data.
    Known(BTreeMap<String, String>),
}

/// Why there is no role. It may come at any time, so this is tried again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmapped {
    /// The ConfigMap was not read.
    #[error(
        "ConfigMap {namespace}/{map} was not read yet; if this stays, let the controller's ServiceAccount get, list and watch it in that namespace"
    )]
    Unread {
        /// The ConfigMap's namespace.
        namespace: String,
        /// Its name.
        map: &'static str,
    },
    /// There is no ConfigMap.
    #[error("there is no ConfigMap {namespace}/{map}; create it with the key {id} and the ARN of a role")]
    NoMap {
        /// The namespace in which it is looked for.
        namespace: String,
        /// Its name.
        map: &'static str,
        /// The key that is asked for.
        id: String,
    },
    /// The ConfigMap has no such key, or nothing under it.
    #[error("ConfigMap {namespace}/{map} has no role under key {id}; add the ARN of a role there")]
    NoRole {
        /// The ConfigMap's namespace.
        namespace: String,
        /// Its name.
        map: &'static str,
        /// The key that is asked for.
        id: String,
    },
    /// What the ConfigMap says is no role.
    #[error("{:?} under key {id} of ConfigMap {namespace}/{map} is not the ARN of an IAM role; use arn:aws:iam::<12 digits>:role/<name>", .value)]
    NotARole {
        /// The ConfigMap's namespace.
        namespace: String,
        /// Its name.
        map: &'static str,
        /// The key.
        id: String,
        /// What stands there.
        value: String,
    },
}

impl RoleMaps {
    /// The role that leads into an account.
    ///
    /// # Errors
    /// The ConfigMap names none.
    pub fn of_account(&self, account: &str) -> Result<&str, Unmapped> {
        self.role(&self.accounts, ACCOUNT_MAP, account)
    }

    /// The role of a team; `None` where teams do not count.
    #[must_use]
    pub fn of_team(&self, team: &str) -> Option<Result<&str, Unmapped>> {
        self.teams.as_ref().map(|teams| self.role(teams, TEAM_MAP, team))
    }

    fn role<'a>(&self, roles: &'a RoleMap, map: &'static str, id: &str) -> Result<&'a str, Unmapped> {
        let (namespace, id) = (self.namespace.clone(), id.to_owned());
        let roles = match roles {
            RoleMap::Unread => return Err(Unmapped::Unread { namespace, map }),
            RoleMap::Missing => return Err(Unmapped::NoMap { namespace, map, id }),
            RoleMap::Known(roles) => roles,
        };
        let under = |key: &str| roles.get(key).map(|value| value.trim()).filter(|value| !value.is_empty());
        let own = if self.by_service { under(&format!("{SERVICE}{id}")) } else { None };
        match own.or_else(|| under(&id)) {
            Some(arn) if role::is_role(arn) => Ok(arn),
            Some(value) => Err(Unmapped::NotARole { namespace, map, id, value: value.to_owned() }),
            None => Err(Unmapped::NoRole { namespace, map, id }),
        }
    }
}

impl RoleMap {
    /// The ids under which the two say something else: accounts, or teams. `None` for all, where one of them is not known.
    #[must_use]
    pub fn changed(&self, other: &Self) -> Option<Vec<String>> {
        let (Self::Known(old), Self::Known(new)) = (self, other) else { return None };
        let differs = |key: &&String| old.get(*key) != new.get(*key);
        let id = |key: &String| key.strip_prefix(SERVICE).unwrap_or(key).to_owned();
        Some(old.keys().chain(new.keys()).filter(differs).map(id).collect::<BTreeSet<_>>().into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "arn:aws:iam::111122223333:role/any";
    const OWN: &str = "arn:aws:iam::111122223333:role/s3";

    fn known(entries: &[(&str, &str)]) -> RoleMap {
        RoleMap::Known(entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    fn maps(accounts: RoleMap) -> RoleMaps {
        RoleMaps { namespace: "cooper-system".to_owned(), accounts, teams: None, by_service: false }
    }

    #[test]
    fn the_key_for_s3_alone_goes_first_where_it_counts() {
        let both = maps(known(&[("111122223333", PLAIN), ("s3.111122223333", OWN)]));
        assert_eq!(both.of_account("111122223333"), Ok(PLAIN));
        let by_service = RoleMaps { by_service: true, ..both };
        assert_eq!(by_service.of_account("111122223333"), Ok(OWN));
        let only_plain = RoleMaps { by_service: true, ..maps(known(&[("111122223333", PLAIN), ("s3.111122223333", "")])) };
        assert_eq!(only_plain.of_account("111122223333"), Ok(PLAIN));
    }

    #[test]
    fn what_is_missing_is_named_with_where_to_put_it() {
        let told = |accounts| maps(accounts).of_account("111122223333").unwrap_err().to_string();
        for (accounts, part) in [
            (RoleMap::Unread, "was not read yet"),
            (RoleMap::Missing, "there is no ConfigMap"),
            (known(&[]), "under key 111122223333"),
            (known(&[("111122223333", " ")]), "under key 111122223333"),
            (known(&[("111122223333", "arn:aws:iam::1:user/x")]), "arn:aws:iam::1:user/x"),
        ] {
            let text = told(accounts);
            assert!(text.contains(part) && text.contains("cooper-system/ack-role-account-map"), "{text}");
        }
    }

    #[test]
    fn teams_count_only_where_they_are_turned_on() {
        assert_eq!(maps(RoleMap::Missing).of_team("shop"), None);
        let with_teams = RoleMaps { teams: Some(known(&[("shop", PLAIN)])), ..maps(RoleMap::Missing) };
        assert_eq!(with_teams.of_team("shop"), Some(Ok(PLAIN)));
        let none = with_teams.of_team("other").unwrap().unwrap_err().to_string();
        assert!(none.contains("ack-role-team-map") && none.contains("other"), "{none}");
    }

    #[test]
    fn a_change_is_told_by_the_ids_that_it_is_about() {
        let (old, new) = (known(&[("1", PLAIN), ("2", PLAIN), ("3", PLAIN)]), known(&[("1", PLAIN), ("2", OWN), ("s3.4", OWN)]));
        assert_eq!(old.changed(&new).unwrap(), ["2", "3", "4"]);
        assert_eq!(new.changed(&new), Some(Vec::new()));
        assert_eq!(RoleMap::Missing.changed(&new), None);
    }
}
