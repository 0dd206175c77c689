//! Whether a call was the controller's own: what it repaired needs no look. Pure.
//!
//! In doubt it was not: a look too many costs some reads, one too few leaves drift until the next check is due. So the program has to be
//! this one, and the identity the one that this Bucket is written with.

use shared::arn::Arn;

use super::message::Actor;
use crate::aws::{APP, SESSION};

/// Whether the actor is the controller: `caller` is the ARN of its own identity, `role` the one that it assumes for the Bucket.
pub(super) fn is_own(actor: &Actor, caller: &str, role: Option<&str>) -> bool {
    let Some(arn) = actor.arn.as_deref() else { return false };
    // CloudTrail shows what the SDK says of itself, the application's name last.
    let by_program = actor.user_agent.as_deref().is_some_and(|agent| agent.contains(APP));
    by_program
        && match role {
            Some(role) => session(arn).is_some_and(|(account, name, session)| {
                Arn::parse(role).is_some_and(|role| role.account == account && role.resource.rsplit('/').next() == Some(name))
                    && session == SESSION
            }),
            // The name of its session changes with each process, and may change with each renewal.
            None => {
                arn == caller
                    || session(arn).is_some_and(|(account, name, _)| session(caller).is_some_and(|own| (own.0, own.1) == (account, name)))
            }
        }
}

/// Account, role (without its path) and name of a role's session. Source: IAM User Guide, "IAM identifiers", assumed-role.
fn session(arn: &str) -> Option<(&str, &str, &str)> {
    let arn = Arn::parse(arn).filter(|arn| arn.service == "sts")?;
    let (role, session) = arn.resource.strip_prefix("assumed-role/")?.split_once('/')?;
    Some((arn.account, role, session))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: &str = "[aws-sdk-rust/1.3.17 ua/2.1 api/s3/1.157.0 os/linux lang/rust/1.95.0 app/cooper-controller-0.1.0]";
    const CALLER: &str = "arn:aws:sts::111122223333:assumed-role/cooper/web-identity-token-1";
    const ROLE: &str = "arn:aws:iam::444455556666:role/teams/buckets";

    fn own(arn: &str, agent: &str, caller: &str, role: Option<&str>) -> bool {
        let actor = Actor { arn: Some(arn.to_owned()), user_agent: Some(agent.to_owned()), ..Actor::default() };
        is_own(&actor, caller, role)
    }

    #[test]
    fn its_own_identity_is_known_whatever_its_session_is_called() {
        assert!(own(CALLER, AGENT, CALLER, None));
        assert!(own("arn:aws:sts::111122223333:assumed-role/cooper/another-process", AGENT, CALLER, None));
        let user = "arn:aws:iam::111122223333:user/cooper";
        assert!(own(user, AGENT, user, None) && !own("arn:aws:iam::111122223333:user/alice", AGENT, user, None));
        assert!(!own("arn:aws:sts::444455556666:assumed-role/cooper/x", AGENT, CALLER, None), "another account's role of that name");
    }

    #[test]
    fn a_role_that_it_assumes_is_known_by_role_and_session() {
        let session =
            |role: &str, name: &str| own(&format!("arn:aws:sts::444455556666:assumed-role/{role}/{name}"), AGENT, CALLER, Some(ROLE));
        assert!(session("buckets", SESSION));
        assert!(!session("buckets", "alice") && !session("admins", SESSION));
        assert!(!own(CALLER, AGENT, CALLER, Some(ROLE)), "this Bucket is not written with the controller's own identity");
    }

    #[test]
    fn people_with_its_identity_and_others_with_its_program_are_not_it() {
        assert!(!own(CALLER, "[aws-cli/2.31.0]", CALLER, None));
        assert!(!own("arn:aws:iam::111122223333:user/alice", AGENT, CALLER, None));
        assert!(!is_own(&Actor::default(), CALLER, None));
        let silent = Actor { arn: Some(CALLER.to_owned()), ..Actor::default() };
        assert!(!is_own(&silent, CALLER, None), "an event that does not name the program");
    }
}
