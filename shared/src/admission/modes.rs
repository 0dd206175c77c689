//! Rules about annotations that hold the controller back: `paused`, `ignore-field-drift` and
//! `drift-mode`; and about how often it looks, `resync-seconds`.

use super::finding::{Findings, Path, Reason};
use super::{Facts, quote};
use crate::drift_mode::Said;
use crate::ignore::Ignored;
use crate::{annotation, pause, resync};

pub(super) fn findings(facts: &Facts<'_>, to: &mut Findings) {
    paused_value(facts, to);
    ignore_field_drift_path(facts, to);
    drift_mode_syntax(facts, to);
    resync_seconds_range(facts, to);
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

/// The controller counts it as warn, which may not be what was meant.
fn drift_mode_syntax(facts: &Facts<'_>, to: &mut Findings) {
    if let Some(Err(bad)) = facts.bucket().annotation(annotation::DRIFT_MODE).map(Said::parse) {
        to.deny("drift-mode-syntax", Reason::NotSupported, at(annotation::DRIFT_MODE), format!("drift-mode: {bad}"));
    }
    let of_namespace = facts.request.namespace.and_then(|all| all.get(annotation::DRIFT_MODE)).map(|text| Said::parse(text));
    if let Some(Err(bad)) = of_namespace {
        let message = format!("the namespace's annotation {} counts as warn: {bad}", annotation::DRIFT_MODE);
        to.warn("drift-mode-syntax", Reason::NotSupported, "metadata.namespace", message);
    }
}

/// The controller would check at its own period.
fn resync_seconds_range(facts: &Facts<'_>, to: &mut Findings) {
    let Some(text) = facts.bucket().annotation(annotation::RESYNC_SECONDS).filter(|text| resync::parse(text).is_none()) else { return };
    let (least, most) = (resync::LEAST.as_secs(), resync::MOST.as_secs());
    let message = format!("resync-seconds is {}; use whole seconds from {least} to {most}", quote(text));
    to.deny("resync-seconds-range", Reason::Invalid, at(annotation::RESYNC_SECONDS), message);
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
        let mode = |text: &str| World::new().annotate(annotation::DRIFT_MODE, text);
        let resync = |text: &str| World::new().annotate(annotation::RESYNC_SECONDS, text);
        vec![
            case("drift-mode-syntax", mode("polcy=warn"), mode("warn, policy=remediate")),
            case("resync-seconds-range", resync("59"), resync("60")),
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
        for (key, value, rule) in [(annotation::PAUSED, "on", "paused-value"), (annotation::DRIFT_MODE, "on", "drift-mode-syntax")] {
            let world = World::new().namespace(key, value);
            let verdict = world.verdict();
            assert!(!verdict.is_denied() && verdict.rules() == [rule], "{verdict:?}");
            assert_eq!(verdict.findings[0].field, "metadata.namespace");
        }
    }

    #[test]
    fn a_bucket_that_is_deleted_may_say_what_it_wants() {
        assert!(!World::new().annotate(annotation::PAUSED, "x").delete().verdict().is_denied());
    }
}
