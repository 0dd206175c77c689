//! What a reconcile of one Bucket would come to. S3 is asked as a pass asks it: HeadBucket first, then all sub-configurations.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use shared::admission::AdoptionPolicy;
use shared::drift_mode::{DriftMode, DriftModes, Said};
use shared::ignore::Ignored;
use shared::pause::Pause;
use shared::place::{self, Offers, Place};
use shared::subconfig::remote::Failed;
use shared::subconfig::{self, Observed, Plan};
use shared::unset::UnsetFields;
use shared::{Bucket, BucketSpec, annotation, reference};

use super::subject::Subject;
use crate::adoption::{self, Proposal};
use crate::cli::session::Session;
use crate::mode::Mode;
use crate::observe::{self, Exists};
use crate::reconcile::{self, End};
use crate::references::{Reference, Roles};
use crate::report::State;
use crate::settings::gates::Gates;

/// What a reconcile would come to.
#[derive(Debug, Default)]
pub(super) struct Outlook {
    /// The region that was asked.
    pub region: Option<String>,
    /// The S3 bucket.
    pub bucket: Option<String>,
    /// The changes; none where it would end before there is a plan.
    pub proposal: Option<Proposal>,
    /// How it would end otherwise: a stable word, and what failed, with what, and what to do.
    pub end: Option<(String, String)>,
    /// What could not be read, so that the plan is not whole.
    pub unread: Vec<Failed>,
    /// What else there is to say.
    pub notes: Vec<String>,
    /// Whether a reconcile writes none of it: the Bucket is read-only.
    pub looks_on: bool,
}

/// Who asks S3.
pub(super) struct Lookout<'a> {
    /// The way to S3.
    pub session: &'a Session,
    /// The Roles that specs refer to, where the API server may be asked.
    pub roles: Option<Roles>,
    /// What becomes of the sections that a spec leaves out, where the Bucket does not say.
    pub unset: UnsetFields,
}

/// What is compared, once it is known what the Bucket wants.
struct Question<'a> {
    bucket: &'a Bucket,
    spec: Cow<'a, BucketSpec>,
    adopting: Option<AdoptionPolicy>,
    mode: Mode,
    place: &'a Place,
    modes: DriftModes,
    /// A section that waits for something else.
    held_back: Option<&'static str>,
}

impl Outlook {
    /// A Bucket that admission refuses: S3 is not asked.
    pub(super) fn refused() -> Self {
        Self::default()
    }

    /// How many changes would be made.
    pub(super) fn changes(&self) -> usize {
        if self.looks_on { 0 } else { self.proposal.as_ref().map_or(0, Proposal::total) }
    }

    fn ends(&mut self, state: &State) {
        if let State::Terminal { reason, message, .. } | State::Recoverable { reason, message, .. } = state {
            self.end = Some((reason.clone(), message.clone()));
        }
    }

    fn ends_as(&mut self, end: &End) {
        if let End::Reported(_, report) = end {
            self.ends(&report.state);
        }
    }
}

impl Lookout<'_> {
    /// What a reconcile of the Bucket would come to.
    pub(super) async fn of(&self, subject: &Subject) -> Outlook {
        let mut outlook = Outlook::default();
        let Some(bucket) = &subject.bucket else { return outlook };
        let place = match place::resolve(bucket, &subject.annotations, &self.session.identity, Offers::None) {
            Ok(place) => place,
            Err(unplaced) => {
                outlook.end = Some((unplaced.category().to_owned(), unplaced.to_string()));
                return outlook;
            }
        };
        outlook.region = Some(place.region.clone());
        let gates = Gates::default();
        let adopting = adoption::pending(bucket, &gates);
        let Some(spec) = adoption::spec(bucket, adopting) else { return outlook };
        outlook.bucket = Some(spec.name.clone());
        let resting = subject.annotations.get(annotation::PAUSED).map(String::as_str);
        if let Some(pause) = Pause::of(bucket.annotation(annotation::PAUSED), resting, Timestamp::now()) {
            outlook.notes.push(format!("paused, so that none of it is done now: {pause}"));
        }
        let mode = Mode::of(bucket, false, &gates);
        outlook.looks_on = mode == Mode::ReadOnly;
        let (spec, held_back) = self.resolved(bucket, &spec, &mut outlook).await;
        let modes = DriftModes::of(bucket, subject.annotations.get(annotation::DRIFT_MODE).map(String::as_str), &Said::default());
        let question = Question { bucket, spec: Cow::Owned(spec), adopting, mode, place: &place, modes, held_back };
        if bucket.is_being_deleted() {
            outlook.end = Some(("Deleting".to_owned(), "this Bucket is being deleted; nothing else is done to its bucket".to_owned()));
            return outlook;
        }
        self.ask(subject, &question, &mut outlook).await;
        outlook
    }

    /// The spec with its reference followed; a section that waits for one.
    async fn resolved(&self, bucket: &Bucket, spec: &BucketSpec, outlook: &mut Outlook) -> (BucketSpec, Option<&'static str>) {
        let Some(roles) = &self.roles else {
            let refers = reference::is_in(spec);
            if refers {
                let message = format!("{} refers to a Role; with --cluster it is followed", reference::SECTION);
                outlook.end = Some(("ReferenceUnknown".to_owned(), message));
            }
            return (spec.clone(), refers.then_some(reference::SECTION));
        };
        let resolved = roles.resolve(bucket, spec).await;
        let reference = resolved.reference.as_ref();
        if let Some(state) = reference.and_then(Reference::state) {
            outlook.ends(&state);
        }
        (resolved.spec.into_owned(), reference.and_then(Reference::holds_back))
    }

    async fn ask(&self, subject: &Subject, question: &Question<'_>, outlook: &mut Outlook) {
        let Question { bucket, spec, place, adopting, .. } = question;
        let (name, shared) = (&spec.name, || Arc::new((*bucket).clone()));
        let s3 = self.session.aws.bucket(place, name);
        match observe::exists(&s3, place).await {
            Err(fault) => outlook.ends(&State::of_fault(&observe::lost(bucket, fault)).worded_for(shared::name::BucketName::new(name))),
            Ok(Exists::Elsewhere { region }) => outlook.ends(&reconcile::elsewhere(name, place, region.as_deref())),
            // Only a pass doubts.
            Ok(Exists::Unsure(_)) => {}
            Ok(Exists::No) if *adopting == Some(AdoptionPolicy::Adopt) => outlook.ends_as(&adoption::not_found(shared(), name, place)),
            Ok(Exists::No) if annotation::is_true(bucket.annotation(annotation::ADOPTED)) => {
                outlook.ends_as(&adoption::gone(shared(), name, question.mode));
            }
            Ok(Exists::No) if outlook.looks_on => {
                outlook.end = Some(("NotFound".to_owned(), format!("there is no S3 bucket {name:?} to look at in {}", place.region)));
            }
            Ok(Exists::No) => {
                let new = subconfig::after_create(spec, place);
                let plan = subconfig::plan(spec, &new, place, UnsetFields::of(bucket, self.unset));
                outlook.proposal = Some(Proposal::of_creation(name, &plan, place));
            }
            Ok(Exists::Here) => {
                let is_own = !subject.is_known || bucket.owns_bucket() || outlook.looks_on;
                if adopting.is_none() && !is_own {
                    outlook.ends(&reconcile::already_exists(name));
                    return;
                }
                let (mut observed, unread) = subconfig::observe(&s3).await;
                if let Some(section) = question.held_back {
                    observed.forget(section);
                }
                outlook.unread = unread;
                self.compare(question, &observed, outlook);
            }
        }
    }

    /// What is to be done about a bucket of which this was read.
    fn compare(&self, question: &Question<'_>, observed: &Observed, outlook: &mut Outlook) {
        let Question { bucket, spec, adopting, mode, place, .. } = question;
        let spec = if *adopting == Some(AdoptionPolicy::Adopt) { Cow::Owned(observed.export(spec, place)) } else { Cow::Borrowed(&**spec) };
        let adopted = adopting.map(|_| adoption::adopted(bucket, None));
        let bucket = adopted.as_ref().unwrap_or(bucket);
        let place = if *mode == Mode::ReadOnly { Cow::Owned(observed.place_as_tagged(place)) } else { Cow::Borrowed(*place) };
        let unset = UnsetFields::of(bucket, mode.unset_fields(self.unset));
        let plan = subconfig::plan_ignoring(&spec, observed, &place, unset, &Ignored::of(bucket));
        let proposal = Proposal::of(&spec.name, &plan, &place);
        outlook.notes.extend(left_alone(&plan));
        let is_held = adopting.is_none() && !outlook.looks_on;
        outlook.notes.extend(kept_as_drift(&proposal, &question.modes).filter(|_| is_held));
        outlook.end = outlook.end.take().or_else(|| lacking(&plan));
        let approved = bucket.annotation(annotation::APPROVE_PLAN).map(str::trim) == Some(proposal.hash.as_str());
        match (adopting.is_some(), proposal.destructive()) {
            (true, 0) => outlook.notes.push("takes over a bucket that is there".to_owned()),
            (true, _) if approved => outlook.notes.push("takes over a bucket that is there, as approved".to_owned()),
            (true, destructive) => outlook.notes.push(format!(
                "takes over a bucket that is there, and waits for approval of {destructive}: annotation {}={}",
                annotation::APPROVE_PLAN,
                proposal.hash
            )),
            (false, _) => {}
        }
        if outlook.looks_on {
            outlook.notes.push("read-only: nothing of it is written".to_owned());
        }
        outlook.proposal = Some(proposal);
    }
}

/// Differences that stay.
fn left_alone(plan: &Plan) -> impl Iterator<Item = String> {
    let names = |all: Vec<&'static str>| all.join(", ");
    let unmanaged = names(plan.unmanaged().into_iter().map(|(config, _)| config).collect());
    let ignored = names(plan.ignored.iter().map(|(config, _)| *config).collect());
    [("left alone, as the spec leaves it out", unmanaged), ("left alone, as ignore-field-drift says", ignored)]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(why, names)| format!("{why}: {names}"))
}

/// What stays where it is drift. A file does not tell whether it is, or what the spec asks for anew.
fn kept_as_drift(proposal: &Proposal, modes: &DriftModes) -> Option<String> {
    let kept: Vec<&str> = proposal.configs().filter(|config| modes.about(config) != DriftMode::Remediate).collect();
    (!kept.is_empty()).then(|| format!("what of it is drift stays, as drift-mode says: {}", kept.join(", ")))
}

/// What the spec declares and the store does not implement.
fn lacking(plan: &Plan) -> Option<(String, String)> {
    let names: Vec<&str> = plan.differences().into_iter().filter(|(_, fields)| fields.is_empty()).map(|(config, _)| config).collect();
    let message = || format!("this S3 store does not implement {}; remove it from the spec or use another store", names.join(", "));
    (!names.is_empty()).then(|| (shared::fault::UNSUPPORTED.to_owned(), message()))
}
