//! From what is written to what can be asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::controls::CONTROLS;
use super::custom::Custom;
use super::matching::Matcher;
use super::rules::Rule;
use super::types::{Action, BucketGuardrail, ConfigMapRef, Defaults, OnError, OnUpdate};
use crate::admission::{self, Finding, Findings, OWN_RULES, Path, RULES, Reason, Severity, quote};
use crate::similar;

/// Where a guardrail's defaults stand that says nothing.
const PRIORITY: i64 = 100;

/// The built-in rules that guardrails cannot soften: without them data is at risk.
const FIRM: &[&str] = &["bucket-claimed-twice"];

/// A guardrail or an exception that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Refused {
    /// What is wrong with it, the refusals first.
    pub findings: Vec<Finding>,
}

impl Refused {
    /// The warnings, where nothing refuses.
    pub(super) fn if_any(found: Findings) -> Result<Vec<Finding>, Self> {
        let findings = found.sorted();
        if findings.iter().any(|finding| finding.severity == Severity::Deny) { Err(Self { findings }) } else { Ok(findings) }
    }
}

/// A guardrail, ready to be asked.
#[derive(Debug)]
pub struct Guardrail {
    pub(super) name: Arc<str>,
    pub(super) matcher: Matcher,
    pub(super) action: Action,
    pub(super) enforce_after: Option<Timestamp>,
    pub(super) on_update: OnUpdate,
    pub(super) on_error: OnError,
    pub(super) note: Option<Arc<str>>,
    pub(super) rules: Vec<Compiled>,
    pub(super) custom: Custom,
    pub(super) builtin: BTreeMap<&'static str, Action>,
    pub(super) defaults: Defaults,
    pub(super) priority: i64,
    pub(super) background: bool,
    /// Whether a rule stands there twice, as it comes with a control as well.
    pub(super) twins: bool,
    warnings: Vec<Finding>,
}

/// A rule that has a field of its own.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) id: Arc<str>,
    pub(super) action: Action,
    /// Whether directory buckets are judged by it, and whether all others are.
    pub(super) directory: bool,
    pub(super) ordinary: bool,
    pub(super) control: Option<Arc<str>>,
    pub(super) rule: Rule,
}

impl Guardrail {
    /// Makes a guardrail ready.
    ///
    /// # Errors
    /// What is wrong with it, all at once.
    pub fn compile(object: &BucketGuardrail) -> Result<Self, Refused> {
        let (spec, mut to) = (&object.spec, Findings::default());
        let at = Path::root("spec");
        let matcher = Matcher::compile(spec.matching.as_ref(), &at.member("match"), &mut to);
        let action = spec.enforcement.action;
        let mut rules = Vec::new();
        for rule in spec.rules.as_ref().map(|rules| rules.compile(&at.member("rules"), &mut to)).unwrap_or_default() {
            let (id, weight, directory) = (rule.id.into(), rule.action.unwrap_or(action), rule.directory);
            rules.push(Compiled { id, action: weight, directory, ordinary: true, control: None, rule });
        }
        rules.extend(controls(object, action, &mut to));
        let custom = Custom::compile(spec, &at, &mut to);
        let builtin = builtin(spec.builtin_rules.as_ref(), &at.member("builtinRules"), &mut to);
        let defaults = spec.defaults.clone().unwrap_or_default();
        super::defaults::check(&defaults, &at.member("defaults"), &mut to);
        if spec.enforcement.message.as_ref().is_some_and(|message| message.chars().count() > 200) {
            to.deny("guardrail-size", Reason::Invalid, at.member("enforcement").member("message"), "use at most 200 characters");
        }
        if rules.is_empty() && custom.is_empty() && builtin.is_empty() && defaults == Defaults::default() && to.as_slice().is_empty() {
            to.warn(
                "guardrail-empty",
                Reason::Required,
                at,
                "it demands nothing; add rules, validations, controls, builtinRules or defaults",
            );
        }
        let warnings = Refused::if_any(to)?;
        let twins = rules.iter().enumerate().any(|(index, rule)| rules[..index].iter().any(|earlier| earlier.id == rule.id));
        Ok(Self {
            name: object.metadata.name.as_deref().unwrap_or_default().into(),
            matcher,
            action,
            enforce_after: spec.enforcement.enforce_after.as_ref().map(|time| time.0),
            on_update: spec.enforcement.on_update,
            on_error: spec.enforcement.on_error,
            note: spec.enforcement.message.as_deref().filter(|message| !message.trim().is_empty()).map(Arc::from),
            rules,
            custom,
            builtin,
            defaults,
            priority: spec.priority.unwrap_or(PRIORITY),
            background: spec.background != Some(false),
            twins,
            warnings,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The ConfigMap that its expressions see as params.
    #[must_use]
    pub fn params(&self) -> Option<&ConfigMapRef> {
        self.custom.params()
    }

    /// What is odd about it, and does not keep it from working.
    #[must_use]
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Whether the controller judges by it the Buckets that are there already.
    #[must_use]
    pub fn is_for_background(&self) -> bool {
        self.background
    }

    /// The names of its rules, those of controls and of validations among them, each once and sorted.
    #[must_use]
    pub fn rules(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.rules.iter().map(|rule| &*rule.id).chain(self.custom.names()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Its rules with each action that they can have by what is written: before `enforceAfter` a Deny warns.
    #[must_use]
    pub fn actions(&self) -> BTreeSet<(&str, Action)> {
        let rules = self.rules.iter().map(|rule| (&*rule.id, rule.action));
        let validations = self.custom.actions().map(|(name, action)| (&**name, action.unwrap_or(self.action)));
        let mut all: BTreeSet<(&str, Action)> = rules.chain(validations).filter(|(_, action)| *action != Action::Off).collect();
        if self.enforce_after.is_some() {
            let waiting: Vec<_> = all.iter().map(|(rule, action)| (*rule, (*action).min(Action::Warn))).collect();
            all.extend(waiting);
        }
        all
    }

    /// Whether a Deny only warns at this time.
    pub(super) fn waits(&self, now: Timestamp) -> bool {
        self.enforce_after.is_some_and(|after| now < after)
    }

    /// What a rule of this action does at this time, where it is not met.
    pub(super) fn now(&self, action: Action, now: Timestamp) -> Action {
        if self.waits(now) { action.min(Action::Warn) } else { action }
    }

    /// The same where it cannot be judged.
    pub(super) fn on_error(&self, action: Action) -> Action {
        match self.on_error {
            OnError::Deny => action,
            OnError::Warn => action.min(Action::Warn),
        }
    }
}

/// The rules of the controls. They weigh what the standard says, and no more than the guardrail.
fn controls(object: &BucketGuardrail, action: Action, to: &mut Findings) -> Vec<Compiled> {
    let bundles = object.spec.controls.as_deref().unwrap_or_default();
    let mut all = Vec::new();
    for control in CONTROLS {
        let Some(name) = control.named(bundles) else { continue };
        let at = Path::root("controls");
        for rule in control.rules().compile(&at, to) {
            let (directory, ordinary) = (control.directory, !control.directory);
            let name = Some(Arc::from(name.as_str()));
            all.push(Compiled { id: rule.id.into(), action: control.action.min(action), directory, ordinary, control: name, rule });
        }
    }
    all
}

/// The levels of built-in rules.
fn builtin(of: Option<&BTreeMap<String, Action>>, at: &Path<'_>, to: &mut Findings) -> BTreeMap<&'static str, Action> {
    let mut levels = BTreeMap::new();
    for (id, level) in of.into_iter().flatten() {
        if FIRM.contains(&id.as_str()) && *level < Action::Deny {
            let message = "this rule keeps two Buckets from changing one S3 bucket in turns; it cannot be softened";
            to.deny("guardrail-builtin-rule", Reason::Forbidden, at.key(id), message);
        } else if let Some(rule) = admission::find(id) {
            levels.insert(rule.id, *level);
        } else {
            let known = RULES.iter().chain(OWN_RULES).map(|rule| rule.id);
            let hint = similar::did_you_mean(id, known);
            let hint = if hint.is_empty() { " RULES.md of the webhook lists them" } else { &hint };
            let message = format!("{} is no built-in rule.{hint}", quote(id));
            to.deny("guardrail-builtin-rule", Reason::NotSupported, at.key(id), message);
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrail::testing::{compile, object};

    fn refused(spec: &str) -> Vec<String> {
        let refused = Guardrail::compile(&object("g", spec)).unwrap_err();
        refused.findings.iter().map(|finding| format!("{} {}", finding.rule, finding.field)).collect()
    }

    #[test]
    fn a_rule_that_is_not_built_in_is_refused_with_a_hint() {
        let error = Guardrail::compile(&object("g", "{builtinRules: {region-optin-hnit: Deny}}")).unwrap_err();
        assert!(error.to_string().ends_with("Did you mean region-optin-hint?"), "{error}");
        assert_eq!(error.findings[0].field, "spec.builtinRules[region-optin-hnit]");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let spec = r#"{match: {namespaces: []}, rules: {regions: {allowed: []}, naming: {pattern: "("}}, defaults: {region: "EU WEST"},
            validations: [{name: "a b", expression: "1 +"}, {name: tags, expression: "true"}]}"#;
        let all = refused(spec);
        for want in [
            "guardrail-list-empty spec.match.namespaces",
            "guardrail-list-empty spec.rules.regions.allowed",
            "guardrail-pattern spec.rules.naming.pattern",
            "guardrail-region spec.defaults.region",
            "guardrail-name spec.validations[0].name",
            "guardrail-expression spec.validations[0].expression",
            "guardrail-duplicate spec.validations[1].name",
        ] {
            assert!(all.iter().any(|said| said == want), "{want} is not in {all:?}");
        }
    }

    #[test]
    fn controls_weigh_no_more_than_the_guardrail() {
        let weights = |spec: &str| compile("g", spec).rules.iter().map(|rule| rule.action).max().unwrap();
        assert_eq!(weights("{controls: [aws-fsbp]}"), Action::Deny);
        assert_eq!(weights("{controls: [aws-fsbp], enforcement: {action: Warn}}"), Action::Warn);
        let names = compile("g", "{controls: [cis-5.0], validations: [{name: mine, expression: 'true'}]}");
        assert_eq!(names.rules(), ["mine", "publicAccess", "tls"]);
    }

    #[test]
    fn one_that_demands_nothing_is_odd() {
        assert_eq!(compile("g", "{}").warnings()[0].rule, "guardrail-empty");
        assert!(compile("g", "{rules: {website: Forbidden}}").warnings().is_empty());
    }
}
