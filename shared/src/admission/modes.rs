//! Rules about annotations that hold the controller back: `paused` and `ignore-field-drift`.

use super::finding::{Findings, Path, Reason};
use super::{Facts, quote};
use crate::ignore::Ignored;
use crate::{annotation, pause};

pub(super) fn findings(facts: &Facts<'_>, to: &mut Findings) {
    paused_value(facts, to);
    ignore_field_drift_path(facts, to);
}

/// The controller counts it as a pause, which may not be what was meant.
fn paused_value(facts: &Facts<'_>, to: &mut Findings) {
    let unclear = |value: &&str| !pause::is_clear(value);
    if let Some(value) = facts.bucket().annotation(annotation::PAUSED).filter(unclear) {
        let message = format!("paused is {}, which is neither true nor false nor a time; {}", quote(value), pause::USE);
        to.deny("paused-value", Reason::NotSupported, at(annotation::PAUSED), message);
    }
    let of_namespace = facts.request.namespace.and_then(|all| all.get(annotation::PAUSED)).map(String::as_str);
    if let Some(value) = of_namespace.filter(unclear) {
        let message = format!("the namespace's annotation {} is {} and counts as true; {}", annotation::PAUSED, quote(value), pause::USE);
        to.warn("paused-value", Reason::NotSupported, "metadata.namespace", message);
    }
}

/// A path that leads nowhere would do nothing, and what it was meant to keep would be written.
fn ignore_field_drift_path(facts: &Facts<'_>, to: &mut Findings) {
    let Some(Err(bad)) = facts.bucket().annotation(annotation::IGNORE_FIELD_DRIFT).map(Ignored::parse) else { return };
    for path in bad {
        let message = format!("{} {}", quote(&path.path), path.problem);
        to.deny("ignore-field-drift-path", Reason::Invalid, at(annotation::IGNORE_FIELD_DRIFT), message);
    }
}

fn at(key: &str) -> String {
    let metadata = Path::root("metadata");
    metadata.member("annotations").key(key).to_string()
}

#[cfg(test)]
pub(super) mod cases {
    use super::*;
    use crate::admission::testing::{Case, World, case};

    pub(in crate::admission) fn all() -> Vec<Case> {
        let ignoring = |paths: &str| World::new().annotate(annotation::IGNORE_FIELD_DRIFT, paths);
        let paused = |value: &str| World::new().annotate(annotation::PAUSED, value);
        vec![
            case("paused-value", paused("yes"), paused("2030-01-31T12:00:00Z")),
            case("ignore-field-drift-path", ignoring("spec.taging"), ignoring("spec.tagging.tagSet[CostCenter], spec.versioning.status")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::testing::World;

    #[test]
    fn every_path_that_leads_nowhere_is_told() {
        let world = World::new().annotate(annotation::IGNORE_FIELD_DRIFT, "spec.versioning.statsu,spec.cors,spec.name");
        let verdict = world.verdict();
        let told: Vec<&str> = verdict.denials().map(|finding| finding.message.as_str()).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().any(|message| message.contains("Did you mean status?")), "{told:?}");
        assert_eq!(verdict.findings[0].field, "metadata.annotations[services.k8s.aws/ignore-field-drift]");
    }

    #[test]
    fn a_slip_of_the_namespace_only_warns() {
        let world = World::new().namespace(annotation::PAUSED, "on");
        let verdict = world.verdict();
        assert!(!verdict.is_denied() && verdict.rules() == ["paused-value"], "{verdict:?}");
        assert_eq!(verdict.findings[0].field, "metadata.namespace");
    }

    #[test]
    fn a_bucket_that_is_deleted_may_say_what_it_wants() {
        assert!(!World::new().annotate(annotation::PAUSED, "x").delete().verdict().is_denied());
    }
}
