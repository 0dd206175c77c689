//! One statement of a policy.

use std::cell::OnceCell;

use super::{Unreadable, action, condition};
use crate::arn::Arn;
use crate::policy_document::{Member, Value};
use crate::role;

/// One statement.
#[derive(Debug)]
pub(crate) struct Statement<'a> {
    /// How it is called in messages: its Sid in quotes, or its number.
    pub(crate) name: String,
    pub(crate) allows: bool,
    members: Vec<Member<'a>>,
    opens: OnceCell<Access>,
}

/// Who is meant by a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Principal<'s> {
    /// Everybody.
    Everybody,
    /// An identity of an account, or the account.
    Account(&'s str),
    /// A user by its canonical id or by something else that tells no account.
    Other(&'s str),
}

/// What an open statement lets everybody do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

impl<'a> Statement<'a> {
    /// Reads the statement of this index.
    ///
    /// # Errors
    /// It is no object, or neither allows nor denies.
    pub(super) fn of(index: usize, value: Value<'a>) -> Result<Self, Unreadable> {
        let Value::Object(members) = value else { return Err(Unreadable) };
        let member = |name: &str| members.iter().rev().find(|member| member.name == name).and_then(|member| member.value.text());
        let allows = match member("Effect") {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err(Unreadable),
        };
        let name = member("Sid").filter(|sid| !sid.is_empty()).map_or_else(|| (index + 1).to_string(), crate::admission::quote);
        Ok(Self { name, allows, members, opens: OnceCell::new() })
    }

    /// A member that stands there twice counts by its last value.
    fn member(&self, name: &str) -> Option<&Value<'a>> {
        self.members.iter().rev().find(|member| member.name == name).map(|member| &member.value)
    }

    fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.member(name).into_iter().flat_map(Value::items).filter_map(Value::text)
    }

    pub(super) fn conditions(&self) -> &[Member<'a>] {
        if let Some(Value::Object(members)) = self.member("Condition") { members } else { &[] }
    }

    /// Whom it means; of services and of federated users nothing is said, as they belong to the account.
    pub(crate) fn principals(&self) -> Vec<Principal<'_>> {
        if self.member("NotPrincipal").is_some() {
            return vec![Principal::Everybody];
        }
        match self.member("Principal") {
            Some(Value::Text(text)) => vec![principal(text)],
            Some(Value::Object(members)) => {
                let of = |kind: &'static str| {
                    members.iter().filter(move |member| member.name == kind).flat_map(|member| member.value.items()).filter_map(Value::text)
                };
                of("AWS").map(principal).chain(of("CanonicalUser").map(Principal::Other)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether it means everybody.
    pub(super) fn is_for_everybody(&self) -> bool {
        self.principals().contains(&Principal::Everybody)
    }

    /// Whether it means all but some.
    pub(super) fn is_excepting(&self) -> bool {
        self.member("NotPrincipal").is_some()
    }

    /// What it lets everybody do, where no condition says who asks.
    pub(crate) fn opens(&self) -> Access {
        *self.opens.get_or_init(|| self.what_it_opens())
    }

    fn what_it_opens(&self) -> Access {
        if !self.allows || !self.is_for_everybody() || condition::tells_who(self.conditions()) {
            return Access::default();
        }
        if self.member("NotAction").is_some() {
            return Access { read: true, write: true };
        }
        let all = self.texts("Action").map(action::reads_and_writes);
        all.fold(Access::default(), |access, (read, write)| Access { read: access.read || read, write: access.write || write })
    }

    /// The accounts that its conditions name, where everybody is meant.
    pub(crate) fn accounts_of_conditions(&self) -> Option<Vec<&str>> {
        condition::accounts(self.conditions())
    }

    /// Whether it is about this action.
    pub(crate) fn covers(&self, wanted: &str) -> bool {
        match self.member("NotAction") {
            Some(others) => !others.items().iter().filter_map(Value::text).any(|pattern| action::covers(pattern, wanted)),
            None => self.texts("Action").any(|pattern| action::covers(pattern, wanted)),
        }
    }

    /// Whether it is about all actions.
    pub(super) fn covers_everything(&self) -> bool {
        self.texts("Action").any(action::covers_all)
    }

    /// Whether it is about this resource.
    pub(super) fn is_about(&self, arn: &str) -> bool {
        self.texts("Resource").any(|pattern| crate::glob::fits(pattern, arn, b""))
    }
}

/// A principal of kind AWS, or the word for everybody.
fn principal(text: &str) -> Principal<'_> {
    if text == "*" {
        return Principal::Everybody;
    }
    let account = Arn::parse(text).map_or(text, |arn| arn.account);
    if role::is_account(account) { Principal::Account(account) } else { Principal::Other(text) }
}
