//! Which Roles specs refer to, and what the passes were told of each.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use shared::reference::{RoleReference, Unresolved};
use tokio::sync::Notify;

/// What a reference leads to: an ARN, or nothing yet.
pub type Answer = Result<String, Unresolved>;

/// Which Roles specs refer to, and what the passes were told of each.
#[derive(Debug, Default)]
pub struct Known {
    answers: Mutex<HashMap<RoleReference, Option<Answer>>>,
    some: Notify,
}

impl Known {
    /// A pass is about to ask for the Role: from now on its changes matter.
    pub fn expect(&self, role: &RoleReference) {
        self.lock().entry(role.clone()).or_insert(None);
        self.some.notify_one();
    }

    /// A pass was told this.
    pub fn told(&self, role: &RoleReference, answer: &Answer) {
        self.lock().insert(role.clone(), Some(answer.clone()));
    }

    /// Whether anybody asked for the Role.
    #[must_use]
    pub fn has(&self, role: &RoleReference) -> bool {
        self.lock().contains_key(role)
    }

    /// Takes in what the Role says now; whether the passes were told otherwise. That it could not be read is no answer.
    pub fn differs(&self, role: &RoleReference, now: Answer) -> bool {
        if matches!(now, Err(Unresolved::Unreadable { .. })) {
            return false;
        }
        let mut answers = self.lock();
        let Some(known) = answers.get_mut(role) else { return false };
        let differs = known.as_ref() != Some(&now);
        *known = Some(now);
        differs
    }

    /// Nobody refers to the Role any more.
    pub fn forget(&self, role: &RoleReference) {
        self.lock().remove(role);
    }

    /// All Roles that somebody asked for.
    #[must_use]
    pub fn all(&self) -> Vec<RoleReference> {
        self.lock().keys().cloned().collect()
    }

    /// Waits until somebody asked for a Role.
    pub async fn some(&self) {
        while self.lock().is_empty() {
            self.some.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoleReference, Option<Answer>>> {
        // Every change is one assignment: a panic leaves nothing half done.
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> RoleReference {
        RoleReference { name: name.to_owned(), namespace: "a".to_owned() }
    }

    #[test]
    fn only_a_new_answer_about_a_role_that_matters_is_news() {
        let (known, arn) = (Known::default(), Ok("arn".to_owned()));
        assert!(!known.differs(&role("x"), arn.clone()), "nobody refers to it");
        known.expect(&role("x"));
        assert!(known.differs(&role("x"), arn.clone()), "a pass may have asked just before");
        assert!(!known.differs(&role("x"), arn.clone()));
        let missing = Err(role("x").no_kind());
        known.told(&role("x"), &missing);
        known.expect(&role("x"));
        assert!(!known.differs(&role("x"), missing) && known.differs(&role("x"), arn));
        assert!(!known.differs(&role("x"), Err(role("x").unreadable("no".to_owned()))));
        assert_eq!(known.all(), [role("x")]);
        known.forget(&role("x"));
        assert!(!known.has(&role("x")));
    }

    #[tokio::test]
    async fn who_waits_is_woken_by_the_first() {
        let known = Known::default();
        let waits = known.some();
        let asks = async { known.expect(&role("x")) };
        tokio::join!(waits, asks);
        known.some().await;
    }
}
