//! One rule, tried on one Bucket.

use std::collections::BTreeMap;

use crate::admission::testing::World;
use crate::admission::{Facts, Findings, Path};
use crate::guardrail::marks::Marks;
use crate::guardrail::rules::Rules;
use crate::guardrail::subject::{Source, Subject};
use crate::guardrail::types::BucketType;
use crate::unset::UnsetFields;

pub(crate) fn world() -> World {
    World::new()
}

fn rules(yaml: &str) -> Rules {
    crate::guardrail::testing::from_yaml(yaml)
}

/// What the rule says, as `field: message`, with `error` before what could not be judged.
pub(crate) fn judged(rule: &str, world: &World) -> Vec<String> {
    judged_with(rule, world, &[])
}

/// The same in a namespace with these labels.
pub(crate) fn judged_with(rule: &str, world: &World, labels: &[(&str, &str)]) -> Vec<String> {
    judge(rule, world, labels, Source::Spec)
}

/// The same of a Bucket that was made of what S3 holds.
pub(crate) fn observed(rule: &str, world: &World, unread: &[&'static str]) -> Vec<String> {
    judge(rule, world, &[], Source::Observed { unread })
}

fn judge(rule: &str, world: &World, labels: &[(&str, &str)], source: Source<'_>) -> Vec<String> {
    let (request, mut wrong) = (world.request(), Findings::default());
    let facts = Facts::of(&request);
    let labels: BTreeMap<String, String> = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let subject = Subject::new(&facts, &labels, source, UnsetFields::Reset, None);
    let compiled = rules(rule).compile(&Path::root("rules"), &mut wrong);
    assert!(wrong.as_slice().is_empty() && !compiled.is_empty(), "{wrong:?}");
    let mut to = Marks::default();
    for rule in compiled.iter().filter(|rule| rule.directory || subject.kind() != BucketType::Directory) {
        rule.check.check(&subject, &mut to);
    }
    to.found.iter().map(|mark| format!("{}{}: {}", if mark.error { "error " } else { "" }, mark.field, mark.message)).collect()
}

/// What is said when the rule is written, as `id field`, refusals first.
pub(crate) fn refused(rule: &str) -> Vec<String> {
    let mut wrong = Findings::default();
    rules(rule).compile(&Path::root("rules"), &mut wrong);
    wrong.sorted().iter().map(|finding| format!("{} {}", finding.rule, finding.field)).collect()
}
