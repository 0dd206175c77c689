//! The laws that every sub-configuration keeps. One that joins the list gives its samples in [`samples`], nothing else.

#[cfg(feature = "s3")]
mod access;
mod ignored;
#[cfg(feature = "s3")]
mod order;
#[cfg(feature = "s3")]
mod partial;
#[cfg(feature = "s3")]
pub(super) mod remote;
mod samples;
#[cfg(feature = "s3")]
pub(super) mod store;
#[cfg(feature = "s3")]
mod whole;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};

use super::{Have, Step, SubConfig};
use crate::BucketSpec;
use crate::place::Place;
use crate::unset::UnsetFields;

/// Where the laws take their values from.
pub(super) trait Sample: SubConfig {
    /// Whether CreateBucket carries the section.
    const RIDES_ON_CREATE: bool = false;

    /// Whether CreateBucket carries all of this section.
    fn rides_on_create(&self) -> bool {
        Self::RIDES_ON_CREATE
    }

    /// Sections as a spec holds them, some of which say nothing, and all of which can be sent.
    fn samples() -> BoxedStrategy<Self>;
}

/// Runs a law on pairs of samples.
fn on_pairs<S: Sample>(cases: u32, law: impl Fn(S, S) -> TestCaseResult) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner.run(&(S::samples(), S::samples()), |(one, other)| law(one, other)).unwrap();
}

fn spec_of<S: Sample>(section: S) -> BucketSpec {
    let mut spec = silent();
    section.declare(&mut spec);
    spec
}

fn silent() -> BucketSpec {
    BucketSpec { name: "laws".to_owned(), ..BucketSpec::default() }
}

fn plan<S: Sample>(spec: &BucketSpec, have: &Have<S>) -> Step<S> {
    let bound = if let Have::Value(have) = have { have.bind(spec) } else { None };
    Step::plan(bound.as_ref().unwrap_or(spec), have, &Place::default())
}

/// The pure laws.
pub(super) fn keep<S: Sample>() {
    ignored::keep::<S>();
    on_pairs::<S>(256, |want, have| {
        normal_forms_stay(&want)?;
        what_is_wanted_is_no_difference(&want)?;
        a_step_says_why(&want, &have)?;
        silence_means_a_new_bucket(&have)?;
        a_new_bucket_needs_only_what_creation_did_not_bring(&want)?;
        only_what_was_read_is_changed(&want)?;
        what_is_not_managed_is_shown_and_never_written(&want, &have)?;
        what_is_filled_in_from_s3_is_no_difference::<S>(&Have::Empty)?;
        what_is_filled_in_from_s3_is_no_difference(&Have::Value(have))
    });
}

fn normal_forms_stay<S: Sample>(section: &S) -> TestCaseResult {
    let normal = section.clone().normalise();
    prop_assert_eq!(normal.clone().and_then(S::normalise), normal);
    Ok(())
}

fn what_is_wanted_is_no_difference<S: Sample>(want: &S) -> TestCaseResult {
    let Some(normal) = want.clone().normalise() else { return Ok(()) };
    for have in [normal, want.clone()] {
        prop_assert_eq!(plan(&spec_of(want.clone()), &Have::Value(have)), Step::None);
    }
    Ok(())
}

fn a_step_says_why<S: Sample>(want: &S, have: &S) -> TestCaseResult {
    let (spec, have) = (spec_of(want.clone()), Have::Value(have.clone()));
    let step = plan(&spec, &have);
    prop_assert_eq!(&step, &plan(&spec, &have));
    prop_assert_eq!(step.is_none(), step.differences().is_empty(), "{:?}", step);
    let prefixes: Vec<String> = S::FIELDS.iter().map(|field| format!("spec.{field}")).collect();
    prop_assert!(step.differences().iter().all(|difference| prefixes.iter().any(|prefix| difference.field.starts_with(prefix))));
    let declared = want.clone().normalise().is_some();
    prop_assert!(!declared || !matches!(step, Step::Remove { .. }), "declared, yet removed");
    Ok(())
}

fn silence_means_a_new_bucket<S: Sample>(have: &S) -> TestCaseResult {
    let absent = S::absent(&silent()).map(|absent| absent.inherit(have));
    let (normal, default) = (have.clone().normalise(), absent.clone().and_then(S::normalise));
    let step = plan(&silent(), &Have::Value(have.clone()));
    match absent {
        // What S3 never takes back stays.
        _ if have.bind(&silent()).is_some() => prop_assert!(!matches!(step, Step::Remove { .. }), "{:?}", step),
        _ if normal == default => prop_assert_eq!(step, Step::None),
        Some(_) => prop_assert!(matches!(step, Step::Put { .. }), "{:?}", step),
        None => prop_assert_eq!(step, Step::Remove { have: have.clone() }),
    }
    let new = Have::from(S::after_create(&silent(), &Place::default()));
    prop_assert_eq!(plan(&silent(), &new), Step::None);
    Ok(())
}

fn a_new_bucket_needs_only_what_creation_did_not_bring<S: Sample>(want: &S) -> TestCaseResult {
    let spec = spec_of(want.clone());
    let step = plan(&spec, &S::after_create(&spec, &Place::default()).into());
    let normal = want.clone().normalise();
    let default = S::absent(&silent()).and_then(S::normalise);
    if want.rides_on_create() || normal.is_none() || normal == default {
        prop_assert_eq!(step, Step::None);
    } else {
        prop_assert!(matches!(&step, Step::Put { want: put, .. } if put.clone().normalise() == normal), "{:?}", step);
    }
    Ok(())
}

fn only_what_was_read_is_changed<S: Sample>(want: &S) -> TestCaseResult {
    let spec = spec_of(want.clone());
    prop_assert_eq!(plan::<S>(&spec, &Have::Unread), Step::None);
    let declared = want.clone().normalise().is_some();
    prop_assert_eq!(plan::<S>(&spec, &Have::Unsupported), if declared { Step::Unsupported } else { Step::None });
    let removes = matches!(plan::<S>(&spec, &Have::Empty), Step::Remove { .. });
    prop_assert!(!removes, "nothing is there to remove");
    let directory = BucketSpec { name: "laws--use1-az4--x-s3".to_owned(), ..spec };
    prop_assert!(S::DIRECTORY_BUCKETS || plan::<S>(&directory, &Have::Empty).is_none());
    Ok(())
}

fn what_is_not_managed_is_shown_and_never_written<S: Sample>(want: &S, have: &S) -> TestCaseResult {
    let ignored = |spec: &BucketSpec, have: Have<S>| plan(spec, &have).managed(spec, UnsetFields::Ignore);
    for have in [Have::Value(have.clone()), Have::Empty, Have::Unsupported] {
        let step = ignored(&silent(), have.clone());
        prop_assert!(step.is_none() && !matches!(step, Step::Unsupported));
        prop_assert_eq!(step.differences(), plan(&silent(), &have).differences(), "shown as it would be written");
        let spec = spec_of(want.clone());
        let there = if let Have::Value(there) = &have { Some(there) } else { None };
        if !S::is_left_out(&spec, there) {
            prop_assert_eq!(ignored(&spec, have.clone()), plan(&spec, &have), "what is declared is managed");
        }
    }
    Ok(())
}

/// An adopted Bucket's spec is what S3 holds.
fn what_is_filled_in_from_s3_is_no_difference<S: Sample>(have: &Have<S>) -> TestCaseResult {
    let exported = have.exported(&Place::default());
    let says = exported.clone().is_some_and(|section| section.shown().is_some());
    let spec = exported.map_or_else(silent, spec_of);
    let step = plan(&spec, have);
    prop_assert!(!says || step == Step::None, "{:?}", step);
    prop_assert!(step.managed(&spec, UnsetFields::Ignore).is_none());
    Ok(())
}

/// Names are unique, what comes after something comes after it in the list too, and fields are fields of the spec.
pub(super) fn check_list(names: &[&str], after: &[(&str, &[&str])], fields: &[&[&str]]) {
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "a name stands twice in {names:?}");
    let place = |name: &str| names.iter().position(|other| *other == name).unwrap_or_else(|| panic!("{name} is not in the list"));
    for (name, earlier) in after {
        assert!(earlier.iter().all(|earlier| place(earlier) < place(name)), "{name} is written before one of {earlier:?}");
    }
    let schema = schemars::schema_for!(BucketSpec).to_value();
    for field in fields.concat() {
        assert!(schema["properties"].get(field).is_some(), "spec.{field} does not exist");
    }
}
