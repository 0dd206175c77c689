//! Mail addresses among the grantees of a log. S3 looks up whose the address is and answers with the user's id from then on; since
//! October 2025 it refuses addresses, other stores may not. Source: S3 API reference, PutBucketLogging.

use super::{Grantee, TargetGrant};

/// Puts the user that S3 made of it in the place of each address. Which user that was cannot be seen any more, so any user with the
/// right that the spec does not name stands for it.
pub(super) fn inherit(want: &mut [TargetGrant], have: &[TargetGrant]) {
    let named: Vec<TargetGrant> = want.iter().cloned().map(TargetGrant::normalise).collect();
    let mut users: Vec<TargetGrant> = have.iter().cloned().map(TargetGrant::normalise).collect();
    users.retain(|user| user.grantee.as_ref().is_some_and(|grantee| grantee.id.is_some()) && !named.contains(user));
    for grant in want.iter_mut().filter(|grant| grant.grantee.as_ref().is_some_and(is_address)) {
        let held = have.iter().any(|held| held.clone().normalise() == grant.clone().normalise());
        let stands_for = users.iter().position(|user| user.permission == grant.permission);
        if let Some(index) = stands_for.filter(|_| !held) {
            *grant = users.remove(index);
        }
    }
}

fn is_address(grantee: &Grantee) -> bool {
    grantee.email_address.as_ref().is_some_and(|address| !address.is_empty()) && grantee.id.as_ref().is_none_or(String::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn grants(all: &[Value]) -> Vec<TargetGrant> {
        all.iter().map(|grant| serde_json::from_value(grant.clone()).unwrap()).collect()
    }

    fn user(id: &str, permission: &str) -> Value {
        json!({"permission": permission, "grantee": {"type_": "CanonicalUser", "id": id}})
    }

    fn address(permission: &str) -> Value {
        json!({"permission": permission, "grantee": {"type_": "AmazonCustomerByEmail", "emailAddress": "a@example.com"}})
    }

    fn inherited(want: &[Value], have: &[Value]) -> Vec<TargetGrant> {
        let mut want = grants(want);
        inherit(&mut want, &grants(have));
        want
    }

    #[test]
    fn an_address_is_the_user_that_s3_made_of_it() {
        let (named, made) = (user("1", "READ"), user("2", "READ"));
        let want = [address("READ"), named.clone()];
        assert_eq!(inherited(&want, &[named.clone(), made.clone()]), grants(&[made, named.clone()]), "no endless writing");
        assert_eq!(inherited(&want, std::slice::from_ref(&named)), grants(&want), "nobody is there for it");
        assert_eq!(inherited(&want, &[named, user("2", "WRITE")]), grants(&want), "with another right");
    }

    #[test]
    fn an_address_that_a_store_keeps_stays() {
        let all = [address("READ"), user("2", "READ")];
        assert_eq!(inherited(&all[..1], &all), grants(&all[..1]));
    }
}
