//! Whether objects can be locked, and for how long.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::{Absence, Subject};
use crate::guardrail::types::Action;

use crate::guardrail::globs::listed;
use crate::subconfig::object_lock::{DefaultRetention, is_asked_for};
use crate::subconfig::{self, SubConfig};

/// Whether objects can be locked, and for how long.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectLock {
    /// Required, Optional or Forbidden; Optional where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<LockState>,
    /// The modes that new objects may be locked in. COMPLIANCE cannot be undone by anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2))]
    pub modes: Option<Vec<LockMode>>,
    /// The most days that new objects may be locked for; a year counts as 365.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36500))]
    pub max_retention_days: Option<i64>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

/// Whether objects can be locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LockState {
    /// They have to be lockable.
    Required,
    /// They may be.
    #[default]
    Optional,
    /// They may not be.
    Forbidden,
}

/// How objects are locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum LockMode {
    /// Those with the right to may still delete.
    Governance,
    /// Nobody may delete.
    Compliance,
}

impl LockMode {
    fn as_str(self) -> &'static str {
        match self {
            Self::Governance => "GOVERNANCE",
            Self::Compliance => "COMPLIANCE",
        }
    }
}

#[derive(Debug)]
struct Compiled {
    state: LockState,
    modes: Option<Vec<&'static str>>,
    max_retention_days: Option<i64>,
}

impl Parameters for ObjectLock {
    const ID: &'static str = "objectLock";
    const DIRECTORY: bool = false;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        let state = self.state.unwrap_or_default();
        if self.modes.as_ref().is_some_and(Vec::is_empty) {
            to.deny(
                "guardrail-list-empty",
                Reason::Required,
                at.member("modes"),
                "an empty list would refuse every mode; list some, or leave the field out",
            );
        }
        if self.max_retention_days.is_some_and(|days| days < 1) {
            to.deny(
                "guardrail-range",
                Reason::Invalid,
                at.member("maxRetentionDays"),
                "nothing is locked for less than a day; use 1 or more",
            );
        }
        if state == LockState::Forbidden && (self.modes.is_some() || self.max_retention_days.is_some()) {
            let message = "is Forbidden, so that modes and maxRetentionDays mean nothing; leave them out";
            to.deny("guardrail-conflict", Reason::Invalid, at.member("state"), message);
        }
        let modes = self.modes.as_ref().map(|modes| modes.iter().map(|mode| mode.as_str()).collect());
        Box::new(Compiled { state, modes, max_retention_days: self.max_retention_days })
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        const FIELD: &str = "spec.objectLockEnabledForBucket";
        let Some(spec) = subject.spec() else { return to.skip() };
        let rule = spec.object_lock_configuration.as_ref().and_then(|configuration| configuration.rule.as_ref());
        match (self.state, is_asked_for(spec)) {
            (LockState::Required, false) if subject.absence(subconfig::ObjectLock::NAME) != Absence::Unknown => {
                to.fail(Reason::Required, FIELD, "object lock is required; set objectLockEnabledForBucket: true");
            }
            (LockState::Forbidden, true) => {
                to.fail(Reason::Forbidden, FIELD, "object lock is not allowed; leave it and objectLockConfiguration out");
            }
            (_, false) => to.skip(),
            (_, true) => {}
        }
        if let Some(retention) = rule.and_then(|rule| rule.default_retention.as_ref()).filter(|_| self.state != LockState::Forbidden) {
            self.retention(retention, to);
        }
    }
}

impl Compiled {
    fn retention(&self, retention: &DefaultRetention, to: &mut Marks) {
        const FIELD: &str = "spec.objectLockConfiguration.rule.defaultRetention";
        if let (Some(modes), Some(mode)) = (&self.modes, retention.mode.as_deref())
            && !modes.contains(&mode)
        {
            to.fail(Reason::Forbidden, format_args!("{FIELD}.mode"), format!("mode {mode} is not allowed; use {}", listed(modes)));
        }
        let years = retention.years.map(|years| years.saturating_mul(365));
        let days = retention.days.into_iter().chain(years).max();
        if let (Some(most), Some(days)) = (self.max_retention_days, days)
            && days > most
        {
            to.fail(Reason::Invalid, FIELD, format!("new objects would be locked for {days} days; {most} are allowed"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, refused, world};

    #[test]
    fn the_lock_is_there_or_not() {
        let locked = || world().section("objectLockEnabledForBucket", "true");
        assert!(judged("objectLock: {state: Required}", &locked()).is_empty());
        assert_eq!(judged("objectLock: {state: Required}", &world()).len(), 1);
        assert!(judged("objectLock: {state: Forbidden}", &world()).is_empty());
        assert_eq!(judged("objectLock: {state: Forbidden}", &locked()).len(), 1);
        assert!(judged("objectLock: {}", &world()).is_empty());
    }

    #[test]
    fn mode_and_time_are_limited() {
        let rule = "objectLock: {modes: [GOVERNANCE], maxRetentionDays: 365}";
        let locked =
            |retention: &str| world().section("objectLockConfiguration", &format!(r#"{{"rule":{{"defaultRetention":{retention}}}}}"#));
        assert!(judged(rule, &locked(r#"{"mode":"GOVERNANCE","years":1}"#)).is_empty());
        assert_eq!(
            judged(rule, &locked(r#"{"mode":"COMPLIANCE","days":366}"#)),
            [
                "spec.objectLockConfiguration.rule.defaultRetention.mode: mode COMPLIANCE is not allowed; use GOVERNANCE",
                "spec.objectLockConfiguration.rule.defaultRetention: new objects would be locked for 366 days; 365 are allowed",
            ]
        );
        assert_eq!(judged(rule, &locked(&format!(r#"{{"years":{}}}"#, i64::MAX))).len(), 1);
    }

    #[test]
    fn what_means_nothing_is_refused() {
        assert_eq!(refused("objectLock: {state: Forbidden, modes: [COMPLIANCE]}"), ["guardrail-conflict rules.objectLock.state"]);
        assert_eq!(refused("objectLock: {modes: []}"), ["guardrail-list-empty rules.objectLock.modes"]);
    }
}
