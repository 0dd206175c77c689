//! What admission says of the server access log. Source: S3 API reference, PutBucketLogging and LoggingEnabled; S3 User Guide,
//! "Logging requests with server access logging" and "Object Lock considerations".

mod grants;
mod target;

use super::{Logging, LoggingEnabled};
use crate::admission::{Facts, Findings, Path, Reason, quote};

pub(super) fn findings(logging: &Logging, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(enabled) = &logging.logging_enabled else { return };
    let at = at.member("loggingEnabled");
    target::findings(enabled, &at, facts, to);
    prefix(enabled, &at.member("targetPrefix"), to);
    grants::findings(enabled, &at, to);
    logging_format_lossy(enabled, &at, facts, to);
}

/// Two rules: there is no prefix, and what it does to the names of the log objects.
fn prefix(enabled: &LoggingEnabled, at: &Path<'_>, to: &mut Findings) {
    let Some(prefix) = enabled.target_prefix.as_deref() else {
        let message = r#"S3 needs a prefix; give one such as "logs/", or "" for none"#;
        return to.deny("logging-prefix-required", Reason::Required, at, message);
    };
    if !prefix.is_empty() && !prefix.ends_with(['/', '-']) {
        let message = format!("{} runs into the date, as in {}; end it with / or -", quote(prefix), quote(&format!("{prefix}2026-01-31")));
        to.warn("logging-prefix-slash", Reason::Invalid, at, message);
    }
}

/// What S3 holds stays where the spec no longer speaks of it; a controller that does not know the member resets it to simple names.
fn logging_format_lossy(enabled: &LoggingEnabled, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(old) = facts.old_spec().and_then(|old| old.logging.as_ref()?.logging_enabled.as_ref()) else { return };
    let is_partitioned =
        |enabled: &LoggingEnabled| enabled.target_object_key_format.as_ref().is_some_and(|format| format.partitioned_prefix.is_some());
    let is_simple = enabled.target_object_key_format.as_ref().is_some_and(super::TargetObjectKeyFormat::is_simple);
    if is_partitioned(old) && !is_partitioned(enabled) && !is_simple {
        let message = "partitionedPrefix is gone from the spec, not from S3; put it back, or ask for simplePrefix: {}";
        to.warn("logging-format-lossy", Reason::Forbidden, at.member("targetObjectKeyFormat"), message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use super::{grants, target};
    use crate::admission::testing::{Case, World, case};

    /// A world whose Bucket logs: the members of `loggingEnabled`.
    pub(super) fn logging(members: &str) -> World {
        into(World::new(), members)
    }

    pub(super) fn into(world: World, members: &str) -> World {
        world.section("logging", &format!(r#"{{"loggingEnabled":{{{members}}}}}"#))
    }

    pub(super) fn prefixed(prefix: &str) -> World {
        let mut world = logging(&format!(r#""targetBucket":"logs","targetPrefix":"{prefix}""#));
        world.settings.enabled_rules = vec!["logging-prefix-slash".to_owned()];
        world
    }

    pub(super) fn reformatted(format: &str) -> World {
        let logs = |format: &str| format!(r#""targetBucket":"logs","targetPrefix":"","targetObjectKeyFormat":{format}"#);
        into(logging(&logs(r#"{"partitionedPrefix":{}}"#)).existing().update(), &logs(format))
    }

    pub(crate) fn all() -> Vec<Case> {
        let own = vec![
            case("logging-prefix-required", logging(r#""targetBucket":"logs""#), logging(r#""targetBucket":"logs","targetPrefix":"""#)),
            case("logging-prefix-slash", prefixed("logs"), prefixed("logs/")),
            case("logging-format-lossy", reformatted("null"), reformatted(r#"{"simplePrefix":{}}"#)),
        ];
        [own, target::cases::all(), grants::cases::all()].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{logging, prefixed, reformatted};
    use crate::admission::testing::World;

    #[test]
    fn a_section_that_says_nothing_is_no_mistake() {
        for nothing in ["{}", r#"{"loggingEnabled":null}"#] {
            assert_eq!(World::new().section("logging", nothing).rules(), [""; 0], "{nothing}");
        }
        assert_eq!(logging("").rules(), ["logging-target-required", "logging-prefix-required"]);
    }

    #[test]
    fn a_prefix_is_only_looked_at_where_the_operator_asks_for_it() {
        for good in ["", "a/", "a-", "日/"] {
            assert_eq!(prefixed(good).rules(), [""; 0], "{good}");
        }
        let long = prefixed(&"ü".repeat(2000));
        assert_eq!(long.rules(), ["logging-prefix-slash"]);
        assert!(long.verdict().findings[0].message.chars().count() <= 220);
        let mut off = prefixed("a");
        off.settings.enabled_rules.clear();
        assert_eq!(off.rules(), [""; 0]);
    }

    #[test]
    fn a_format_that_changes_or_stays_is_not_lost() {
        for lost in ["{}", r#"{"simplePrefix":{"enabled":false}}"#] {
            assert_eq!(reformatted(lost).rules(), ["logging-format-lossy"], "{lost}");
        }
        assert_eq!(reformatted(r#"{"partitionedPrefix":{"partitionDateSource":"EventTime"}}"#).rules(), [""; 0]);
        assert_eq!(reformatted("null").spec(|spec| spec.logging = None).rules(), [""; 0]);
        assert_eq!(reformatted("null").guard().rules(), [""; 0]);
    }
}
