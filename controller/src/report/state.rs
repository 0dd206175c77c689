//! How one pass over a Bucket ended, and what several faults in one pass come to.

use jiff::Timestamp;
use shared::fault::{Class, Fault, UNSUPPORTED};
use shared::name::BucketName;
use shared::subconfig::CALLS;
use shared::subconfig::remote::{Applied, Failed, Outcome};

use crate::text;

/// How a pass ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum State {
    /// S3 holds what the spec says.
    #[default]
    Synced,
    /// Not so, and trying again changes nothing before the spec, the platform or S3 does.
    Terminal {
        /// A rule id, an error code or another stable word.
        reason: String,
        /// What failed, with what, and what to do.
        message: String,
        /// How soon it is tried again all the same, because something else failed that heals.
        pace: Option<Pace>,
    },
    /// Not so, and it will be tried again.
    Recoverable {
        /// A class of faults or another stable word.
        reason: String,
        /// What failed, with what, and what to do.
        message: String,
        /// How soon it is tried again.
        pace: Pace,
    },
}

/// How soon a failed pass is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    /// 1 s, doubled up to 15 min: what failed heals by itself.
    Quick,
    /// Every 15 s: an object of the cluster has to be filled in, which asks nobody but this process.
    Steady,
    /// 1 s, doubled up to 5 min: somebody else has to do something, and would like to see it work soon.
    Patient,
    /// 30 s, doubled up to 15 min: people have to do something that takes its time, such as emptying a bucket.
    Slow,
    /// After 5 min: nothing changes before somebody does something that the controller is told of, or S3 is not to be asked often.
    Rare,
    /// After 1 s, without growing: the pass did a part of what there is to do.
    Onward,
    /// At that time, unless a check is due before.
    At(Timestamp),
    /// At the time of the next check: nobody tries anything before.
    Check,
}

impl State {
    /// A terminal state.
    #[must_use]
    pub fn terminal(reason: &str, message: &str) -> Self {
        Self::Terminal { reason: reason.to_owned(), message: text::shortened(message, text::MESSAGE), pace: None }
    }

    /// A state that is tried again.
    #[must_use]
    pub fn recoverable(reason: &str, message: &str, pace: Pace) -> Self {
        Self::Recoverable { reason: reason.to_owned(), message: text::shortened(message, text::MESSAGE), pace }
    }

    /// The state that one fault leads to.
    #[must_use]
    pub fn of_fault(fault: &Fault) -> Self {
        Self::of_faults(&[("", fault)])
    }

    /// The state that these faults, each of one sub-configuration, lead to. The worst class decides on Terminal or not, the most
    /// hopeful one on how soon it is tried again.
    #[must_use]
    pub fn of_faults(faults: &[(&str, &Fault)]) -> Self {
        let message = told(faults);
        let class_of = |wanted: &[Class]| faults.iter().find(|(_, fault)| wanted.contains(&fault.class));
        // HeadBucket came first, so a NoSuchBucket is S3 not knowing yet of a bucket just made.
        let not_yet = faults.iter().find(|(_, fault)| fault.code == "NoSuchBucket");
        let quick = class_of(&[Class::Transient, Class::Throttled, Class::Conflict]).or(not_yet);
        if let Some((_, fault)) = class_of(&[Class::Terminal]) {
            return Self::Terminal { reason: text::word(&fault.code), message, pace: quick.map(|_| Pace::Quick) };
        }
        let (denied, missing) = (class_of(&[Class::Denied]), class_of(&[Class::Missing]));
        let pace = match (quick, denied.or(missing)) {
            (Some(_), _) => Pace::Quick,
            (None, Some(_)) => Pace::Patient,
            // A quota.
            (None, None) => Pace::Slow,
        };
        let worst = denied.or_else(|| class_of(&[Class::Limit])).or(missing).or(quick);
        let reason = worst.map_or("Unknown", |(_, fault)| fault.class.as_str()).to_owned();
        Self::Recoverable { reason, message, pace }
    }

    /// The state after reads and writes, some of which may have failed. `None` where the controller was told to stop in between,
    /// so that nothing can be said.
    #[must_use]
    pub fn after(unread: &[Failed], applied: &Applied) -> Option<Self> {
        if applied.ran.iter().any(|ran| matches!(ran.outcome, Outcome::Stopped)) {
            return None;
        }
        let read = unread.iter().map(|failed| (failed.config, &failed.fault));
        let faults: Vec<_> = read
            .chain(applied.ran.iter().filter_map(|ran| match &ran.outcome {
                Outcome::Failed(fault) => Some((ran.config, fault)),
                Outcome::Done | Outcome::HeldBack { .. } | Outcome::Stopped => None,
            }))
            .collect();
        Some(if faults.is_empty() { Self::Synced } else { Self::of_faults(&faults) })
    }

    /// The state of a pass in which this went wrong as well. The worse of the two decides, the more hopeful one on how soon it is
    /// tried again.
    #[must_use]
    pub fn and(self, other: Option<Self>) -> Self {
        let Some(other) = other else { return self };
        let (Some(message), Some(more)) = (self.message(), other.message()) else {
            return if self == Self::Synced { other } else { self };
        };
        let message = text::shortened(&format!("{message}; {more}"), text::MESSAGE);
        let pace = [self.pace(), other.pace()].into_iter().flatten().min();
        match (self, other) {
            (Self::Terminal { reason, .. }, _) | (_, Self::Terminal { reason, .. }) => Self::Terminal { reason, message, pace },
            (Self::Recoverable { reason, pace: own, .. }, _) => Self::Recoverable { reason, message, pace: pace.unwrap_or(own) },
            (Self::Synced, other) => other,
        }
    }

    /// The time at which it is tried again, where that is set.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        match self.pace() {
            Some(Pace::At(at)) => Some(at),
            _ => None,
        }
    }

    /// The same in the words of the kind of bucket: the IAM actions of directory buckets have the names of the others', under
    /// `s3express`. Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3 Express".
    #[must_use]
    pub fn worded_for(mut self, name: BucketName<'_>) -> Self {
        if let Self::Terminal { message, .. } | Self::Recoverable { message, .. } = &mut self
            && name.is_directory()
        {
            *message = message.replace("(allow s3:", "(allow s3express:");
        }
        self
    }

    /// The same with these words before its message.
    #[must_use]
    pub fn introduced(mut self, words: &str) -> Self {
        if let Self::Terminal { message, .. } | Self::Recoverable { message, .. } = &mut self {
            *message = text::shortened(&format!("{words}{message}"), text::MESSAGE);
        }
        self
    }

    fn message(&self) -> Option<&str> {
        match self {
            Self::Synced => None,
            Self::Terminal { message, .. } | Self::Recoverable { message, .. } => Some(message),
        }
    }

    fn pace(&self) -> Option<Pace> {
        match self {
            Self::Synced => None,
            Self::Terminal { pace, .. } => *pace,
            Self::Recoverable { pace, .. } => Some(*pace),
        }
    }

    /// The state as a metric label.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Synced => "synced",
            Self::Terminal { .. } => "terminal",
            Self::Recoverable { .. } => "recoverable",
        }
    }
}

/// All faults in one message. What the store lacks is one sentence; where all is too long, each is shortened alike, so that none is
/// left out.
fn told(faults: &[(&str, &Fault)]) -> String {
    let (lacking, others): (Vec<_>, Vec<_>) =
        faults.iter().copied().partition(|(_, fault)| fault.code == UNSUPPORTED && !fault.message.is_empty());
    let one = |(config, fault): (&str, &Fault)| if config.is_empty() { fault.to_string() } else { format!("{config}: {fault}") };
    let mut parts: Vec<String> = others.into_iter().map(one).collect();
    match lacking.as_slice() {
        [] | [_] => parts.extend(lacking.into_iter().map(one)),
        several => {
            let names: Vec<&str> = several.iter().map(|(config, _)| *config).collect();
            let fields = CALLS.iter().filter(|calls| names.contains(&calls.name)).filter_map(|calls| calls.fields.first());
            let fields: Vec<String> = fields.map(|field| format!("spec.{field}")).collect();
            let (names, fields) = (names.join(", "), fields.join(", "));
            parts.push(format!("this S3 store does not implement {names}; remove {fields} or use another store"));
        }
    }
    text::joined(&parts, "; ", text::MESSAGE)
}

#[cfg(test)]
mod tests {
    use shared::fault::Operation;
    use shared::subconfig::remote::Ran;

    use super::*;

    fn fault(class: Class, code: &str) -> Fault {
        let operation = Operation { name: "PutBucketCors", action: "s3:PutBucketCORS" };
        Fault { class, operation, code: code.to_owned(), message: "no".to_owned(), source: None }
    }

    fn ran(config: &'static str, outcome: Outcome) -> Ran {
        Ran { config, differences: Vec::new(), outcome, interim: false }
    }

    #[test]
    fn all_faults_are_named_and_the_worst_decides() {
        let applied = Applied {
            ran: vec![
                ran("cors", Outcome::Failed(fault(Class::Terminal, "MalformedXML"))),
                ran("policy", Outcome::Failed(fault(Class::Denied, "AccessDenied"))),
                ran("tagging", Outcome::Done),
            ],
        };
        let unread = [Failed { config: "lifecycle", fault: fault(Class::Throttled, "SlowDown") }];
        let Some(State::Terminal { reason, message, pace }) = State::after(&unread, &applied) else { panic!() };
        assert_eq!((reason.as_str(), pace), ("MalformedXML", Some(Pace::Quick)), "the throttled one heals");
        for part in ["lifecycle: PutBucketCors: SlowDown", "cors: PutBucketCors: MalformedXML", "policy: ", "s3:PutBucketCORS"] {
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(crate::report::written(&applied), ["tagging"]);
    }

    #[test]
    fn the_most_hopeful_fault_decides_how_soon_it_is_tried_again() {
        let cases = [
            (vec![Class::Denied], "Denied", Pace::Patient),
            (vec![Class::Missing], "Missing", Pace::Patient),
            (vec![Class::Denied, Class::Throttled], "Denied", Pace::Quick),
            (vec![Class::Conflict], "Conflict", Pace::Quick),
            (vec![Class::Limit], "Limit", Pace::Slow),
            (vec![Class::Limit, Class::Missing], "Limit", Pace::Patient),
            (vec![Class::Limit, Class::Denied], "Denied", Pace::Patient),
            (vec![Class::Transient, Class::Missing], "Missing", Pace::Quick),
        ];
        for (classes, expected, expected_pace) in cases {
            let faults: Vec<_> = classes.iter().map(|class| fault(*class, "X")).collect();
            let named: Vec<_> = faults.iter().map(|fault| ("cors", fault)).collect();
            let State::Recoverable { reason, pace, .. } = State::of_faults(&named) else { panic!("{classes:?}") };
            assert_eq!((reason.as_str(), pace), (expected, expected_pace), "{classes:?}");
        }
        let not_yet = State::of_fault(&fault(Class::Missing, "NoSuchBucket"));
        assert!(matches!(not_yet, State::Recoverable { pace: Pace::Quick, .. }), "{not_yet:?}");
    }

    #[test]
    fn a_step_held_back_is_explained_by_the_one_that_failed() {
        let failed = ran("ownership_controls", Outcome::Failed(fault(Class::Transient, "InternalError")));
        let applied = Applied { ran: vec![failed, ran("policy", Outcome::HeldBack { by: "ownership_controls" })] };
        assert!(matches!(State::after(&[], &applied), Some(State::Recoverable { .. })));
    }

    #[test]
    fn what_else_went_wrong_is_told_too() {
        let (denied, lost) = (State::recoverable("Denied", "no", Pace::Quick), State::recoverable("Lost", "where", Pace::Patient));
        let refused = State::terminal("MalformedXML", "bad");
        assert_eq!(State::Synced.and(None), State::Synced);
        assert_eq!(State::Synced.and(Some(lost.clone())), lost);
        assert_eq!(denied.clone().and(Some(lost.clone())), State::recoverable("Denied", "no; where", Pace::Quick));
        assert_eq!(lost.and(Some(denied.clone())), State::recoverable("Lost", "where; no", Pace::Quick));
        for (one, other, message) in [(&denied, &refused, "no; bad"), (&refused, &denied, "bad; no")] {
            let State::Terminal { reason, message: told, pace } = one.clone().and(Some(other.clone())) else { panic!() };
            assert_eq!((reason.as_str(), told.as_str(), pace), ("MalformedXML", message, Some(Pace::Quick)));
        }
    }

    #[test]
    fn the_action_to_allow_is_that_of_the_kind_of_bucket() {
        let told = |name| match State::of_fault(&fault(Class::Denied, "AccessDenied")).worded_for(BucketName::new(name)) {
            State::Recoverable { message, .. } => message,
            other @ (State::Synced | State::Terminal { .. }) => panic!("{other:?}"),
        };
        assert!(told("logs").contains("(allow s3:PutBucketCORS "), "{}", told("logs"));
        assert!(told("logs--euw1-az1--x-s3").contains("(allow s3express:PutBucketCORS "), "{}", told("logs--euw1-az1--x-s3"));
    }

    #[test]
    fn what_the_store_lacks_is_one_sentence_that_names_all_of_it() {
        let operation = Operation { name: "PutBucketX", action: "s3:PutBucketX" };
        let faults: Vec<_> = CALLS.iter().map(|calls| (calls.name, Fault::unsupported(operation, calls.fields[0]))).collect();
        let named: Vec<_> = faults.iter().map(|(config, fault)| (*config, fault)).collect();
        let State::Terminal { reason, message, .. } = State::of_faults(&named) else { panic!() };
        assert_eq!(reason, UNSUPPORTED);
        for calls in CALLS {
            assert!(message.contains(calls.name) && message.contains(&format!("spec.{}", calls.fields[0])), "{}: {message}", calls.name);
        }
        assert_eq!(message.matches("does not implement").count(), 1, "{message}");
        let State::Terminal { message, .. } = State::of_faults(&named[..1]) else { panic!() };
        assert!(message.starts_with("ownership_controls: PutBucketX: UnsupportedByStore"), "{message}");
    }

    #[test]
    fn of_many_faults_each_is_named() {
        let long = Fault { message: "no ".repeat(400), ..fault(Class::Denied, "AccessDenied") };
        let named: Vec<_> = CALLS.iter().map(|calls| (calls.name, &long)).collect();
        let State::Recoverable { message, .. } = State::of_faults(&named) else { panic!() };
        assert!(message.chars().count() <= text::MESSAGE, "{}", message.len());
        for calls in CALLS {
            assert!(message.contains(&format!("{}: PutBucketCors: AccessDenied", calls.name)), "{message}");
        }
    }

    #[test]
    fn nothing_is_said_of_a_pass_that_was_stopped() {
        assert_eq!(State::after(&[], &Applied { ran: vec![ran("cors", Outcome::Stopped)] }), None);
        assert_eq!(State::after(&[], &Applied::default()), Some(State::Synced));
    }
}
