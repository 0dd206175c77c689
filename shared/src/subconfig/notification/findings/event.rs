//! The events of an entry. Source: S3 API reference, `QueueConfiguration`, "Events"; S3 model of 2006-03-01, `Event`.

use crate::admission::{Findings, Path, Reason, check, quote};

/// Every event that S3 knows, as in aws-sdk-s3 1.157.0.
const EVENTS: &[&str] = &[
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:ObjectAcl:Put",
    "s3:ObjectAnnotation:*",
    "s3:ObjectAnnotation:Delete",
    "s3:ObjectAnnotation:Put",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Put",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:ObjectRestore:Post",
    "s3:ObjectRetention:Put",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Delete",
    "s3:ObjectTagging:Put",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationReplicatedAfterThreshold",
];
/// Of more events than there are, only so many are looked at.
pub(super) const LOOKED_AT: usize = EVENTS.len();

/// A set of known events, one bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Events(u32);

impl Events {
    /// The one event; none where it is not known.
    fn one(event: &str) -> Self {
        EVENTS.iter().position(|known| *known == event).map_or_else(Self::default, Self::at)
    }

    fn at(index: usize) -> Self {
        Self(u32::try_from(index).ok().and_then(|index| 1_u32.checked_shl(index)).unwrap_or_default())
    }

    /// What a star includes; nothing where the event ends with none.
    fn included(event: &str) -> Self {
        let Some(family) = event.strip_suffix('*').filter(|_| is_known(event)) else { return Self::default() };
        let members = EVENTS.iter().enumerate().filter(|(_, known)| known.starts_with(family) && **known != event);
        members.fold(Self::default(), |all, (index, _)| all.and(Self::at(index)))
    }

    /// All that can happen by these events: a star counts as what it includes.
    pub(super) fn of(events: &[String]) -> Self {
        let all = events.iter().take(LOOKED_AT).map(|event| match Self::included(event) {
            Self(0) => Self::one(event),
            included => included,
        });
        all.fold(Self::default(), Self::and)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The first event that is in both.
    pub(super) fn first_common(self, other: Self) -> Option<&'static str> {
        let common = usize::try_from((self.0 & other.0).trailing_zeros()).ok()?;
        EVENTS.get(common).copied()
    }
}

pub(super) fn is_known(event: &str) -> bool {
    EVENTS.contains(&event)
}

pub(super) fn findings(events: &[String], at: &Path<'_>, to: &mut Findings) {
    let at = at.member("events");
    if events.is_empty() {
        return notification_events_required(&at, to);
    }
    let looked_at = events.get(..LOOKED_AT).unwrap_or(events);
    let by_star = looked_at.iter().map(|event| Events::included(event)).fold(Events::default(), Events::and);
    let mut seen = Events::default();
    for (index, event) in looked_at.iter().enumerate() {
        let this = Events::one(event);
        if this.is_empty() {
            notification_event_enum(event, &at.index(index), to);
        } else if seen.has(this) || by_star.has(this) {
            notification_event_redundant(event, seen.has(this), &at.index(index), to);
        }
        seen = seen.and(this);
    }
}

fn notification_events_required(at: &Path<'_>, to: &mut Findings) {
    to.deny("notification-events-required", Reason::Required, at, "there are no events; name one, such as s3:ObjectCreated:*");
}

fn notification_event_enum(event: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!("{} is no event of S3; case counts.{}", quote(event), meant(event));
    to.deny("notification-event-enum", Reason::NotSupported, at, message);
}

/// ` Did you mean s3:ObjectCreated:*?`, where the start or the end was left out, or the word is near to one.
fn meant(event: &str) -> String {
    const SLIPS: usize = 2;
    if event.len() > 64 {
        return String::new();
    }
    let start = if event.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("s3:")) { "" } else { "s3:" };
    let completed = [format!("{start}{event}"), format!("{start}{event}:*")];
    let whole = EVENTS.iter().find(|known| completed.iter().any(|completed| known.eq_ignore_ascii_case(completed)));
    whole.map_or_else(
        || {
            let near: Vec<&str> = EVENTS.iter().copied().filter(|known| known.len().abs_diff(event.len()) <= SLIPS).collect();
            check::like(event, &near)
        },
        |known| format!(" Did you mean {known}?"),
    )
}

fn notification_event_redundant(event: &str, is_twin: bool, at: &Path<'_>, to: &mut Findings) {
    let message = if is_twin {
        format!("{} stands there twice; remove one", quote(event))
    } else {
        let family = event.rsplit_once(':').map_or(event, |(family, _)| family);
        format!("{family}:* includes {event}, and S3 refuses both together; remove one of them")
    };
    to.deny("notification-event-redundant", Reason::Duplicate, at, message);
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::notification::findings::cases::{queue, queues};

    pub(super) fn events(events: &[&str]) -> World {
        queues(&[queue("a", events)])
    }

    pub(in crate::subconfig::notification::findings) fn all() -> Vec<Case> {
        let good = || events(&["s3:ObjectCreated:*"]);
        vec![
            case("notification-events-required", events(&[]), good()),
            case("notification-event-enum", events(&["s3:ObjectCreated"]), good()),
            case("notification-event-enum", events(&["ObjectCreated"]), good()),
            case(
                "notification-event-redundant",
                events(&["s3:ObjectCreated:*", "s3:ObjectCreated:Put"]),
                events(&["s3:ObjectCreated:Post", "s3:ObjectCreated:Put"]),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::events;
    use super::*;

    #[test]
    fn every_event_has_a_bit_of_its_own_and_passes_alone() {
        for (index, event) in EVENTS.iter().enumerate() {
            assert_eq!(Events::one(event).0.count_ones(), 1);
            assert_eq!(Events::one(event).first_common(Events::at(index)), Some(*event));
            assert!(events(&[event]).rules().iter().all(|rule| *rule == "notification-replication-metrics"), "{event}");
        }
        assert!(EVENTS.is_sorted() && EVENTS.len() == 31, "{}", EVENTS.len());
    }

    #[cfg(feature = "s3")]
    #[test]
    fn the_table_is_that_of_the_sdk() {
        let mut sdk = aws_sdk_s3::types::Event::values().to_vec();
        sdk.sort_unstable();
        assert_eq!(sdk, EVENTS);
    }

    #[test]
    fn what_was_meant_is_said() {
        let hint = |event: &str| meant(event).trim().to_owned();
        for (event, known) in [
            ("ObjectCreated", "s3:ObjectCreated:*"),
            ("s3:ObjectCreated", "s3:ObjectCreated:*"),
            ("ObjectCreated:Put", "s3:ObjectCreated:Put"),
            ("S3:objectcreated:PUT", "s3:ObjectCreated:Put"),
            ("s3:ObjectCreate:*", "s3:ObjectCreated:*"),
            ("s3:ObjectRemoved:Deleted", "s3:ObjectRemoved:Delete"),
        ] {
            assert_eq!(hint(event), format!("Did you mean {known}?"), "{event}");
        }
        for event in ["", "s3", "s3:", "ä", "s3:ä", "日本", "s3:TestEvent", "*", "s3:*", &"s3:".repeat(1000)] {
            assert_eq!(hint(event), "", "{event}");
            assert_eq!(events(&[event]).rules(), ["notification-event-enum"], "{event}");
        }
    }

    #[test]
    fn an_event_stands_once_in_whatever_order() {
        let fields = |list: &[&str]| -> Vec<String> {
            let verdict = events(list).verdict();
            assert!(verdict.findings.iter().all(|finding| finding.rule == "notification-event-redundant"), "{:?}", verdict.findings);
            verdict.findings.into_iter().map(|finding| finding.field).collect()
        };
        let at = |index: usize| format!("spec.notification.queueConfigurations[0].events[{index}]");
        assert_eq!(fields(&["s3:ObjectCreated:Put", "s3:ObjectCreated:*"]), [at(0)]);
        assert_eq!(fields(&["s3:ObjectCreated:*", "s3:ObjectCreated:*"]), [at(1)]);
        assert_eq!(fields(&["s3:ObjectRemoved:*", "s3:LifecycleExpiration:Delete", "s3:ObjectRestore:*"]), [""; 0]);
    }

    #[test]
    fn a_list_without_end_is_not_looked_through() {
        let verdict = events(&vec!["x"; 10_000]).verdict();
        assert_eq!(verdict.findings.len(), LOOKED_AT);
    }
}
