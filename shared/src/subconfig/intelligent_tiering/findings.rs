//! What admission says of archive tiers. Source: S3 API reference, IntelligentTieringConfiguration, Tiering and
//! IntelligentTieringAndOperator.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::{IntelligentTiering, IntelligentTieringConfiguration, Tiering};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};
use crate::subconfig::filter::ObjectFilter;
use crate::subconfig::keyed::findings::{self as keyed, Filter, config_prefix_empty};

/// There are two tiers; of a list that is longer anyway, only so many are looked at.
const LOOKED_AT: usize = 16;
const ARCHIVE: &str = "ARCHIVE_ACCESS";
const DEEP: &str = "DEEP_ARCHIVE_ACCESS";
const TIERS: &[&str] = &[ARCHIVE, DEEP];

pub(super) fn findings(section: &IntelligentTiering, at: &Path<'_>, _facts: &Facts<'_>, to: &mut Findings) {
    keyed::findings(&section.0, at, to, |one, at, to| {
        if let Some(filter) = &one.filter {
            let at = at.member("filter");
            Filter::from(filter).findings(&at, to);
            config_prefix_empty(filter.prefix.as_deref(), &at, to);
            tiering_tag_duplicate(filter, &at, to);
        }
        tiering_status_enum(one, &at.member("status"), to);
        tierings(one.tierings.as_deref().unwrap_or_default(), &at.member("tierings"), to);
    });
}

fn tiering_tag_duplicate(filter: &ObjectFilter, at: &Path<'_>, to: &mut Findings) {
    let tags = filter.and.as_ref().and_then(|and| and.tags.as_deref()).unwrap_or_default();
    let at = at.member("and");
    let at = at.member("tags");
    let mut keys = HashSet::new();
    for (index, tag) in tags.iter().enumerate() {
        if let Some(key) = tag.key.as_deref().filter(|key| !keys.insert(*key)) {
            let message = format!("tag key {} stands there twice, and no object can have both; remove one", quote(key));
            to.deny("tiering-tag-duplicate", Reason::Duplicate, at.index(index).member("key"), message);
            if to.dropped() > 0 {
                return;
            }
        }
    }
}

fn tiering_status_enum(one: &IntelligentTieringConfiguration, at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "tiering-status-enum";
    match one.status.as_deref() {
        None => to.deny(RULE, Reason::Required, at, "S3 needs a status; give Enabled or Disabled"),
        status => check::one_of(status, &["Enabled", "Disabled"], RULE, at, to),
    }
}

fn tierings(tierings: &[Tiering], at: &Path<'_>, to: &mut Findings) {
    if tierings.is_empty() {
        let message = format!("S3 needs a tier; add one with accessTier {ARCHIVE} or {DEEP} and days");
        return to.deny("tiering-tierings-required", Reason::Required, at, message);
    }
    let mut first: [Option<i64>; 2] = [None; 2];
    let mut seen = [false; 2];
    for (index, tiering) in tierings.iter().take(LOOKED_AT).enumerate() {
        let at = at.index(index);
        tiering_tier_enum(tiering, &at.member("accessTier"), to);
        let place = usize::from(tiering.access_tier.as_deref() == Some(DEEP));
        let (rule, tier, range) =
            if place == 1 { ("tiering-days-deep", DEEP, 180..=730) } else { ("tiering-days-archive", ARCHIVE, 90..=730) };
        if tiering.access_tier.as_deref() != Some(tier) {
            continue;
        }
        tiering_days(rule, tier, tiering.days, &range, &at.member("days"), to);
        if let (Some(seen), Some(first)) = (seen.get_mut(place), first.get_mut(place)) {
            if *seen {
                tiering_tier_duplicate(tier, &at.member("accessTier"), to);
            } else {
                (*seen, *first) = (true, tiering.days.filter(|days| range.contains(days)));
            }
        }
    }
    if let [Some(archive), Some(deep)] = first {
        tiering_tier_order(archive, deep, at, to);
    }
}

fn tiering_tier_enum(tiering: &Tiering, at: &Path<'_>, to: &mut Findings) {
    const RULE: &str = "tiering-tier-enum";
    match tiering.access_tier.as_deref() {
        None => to.deny(RULE, Reason::Required, at, format!("which tier? Give {ARCHIVE} or {DEEP}")),
        tier => check::one_of(tier, TIERS, RULE, at, to),
    }
}

/// Of both tiers. What does not fit in 32 bits has a rule of its own.
fn tiering_days(rule: &'static str, tier: &str, days: Option<i64>, range: &RangeInclusive<i64>, at: &Path<'_>, to: &mut Findings) {
    let (least, most) = (range.start(), range.end());
    match days {
        None => to.deny(rule, Reason::Required, at, format!("after how many days? {tier} takes {least} to {most}")),
        Some(days) if !range.contains(&days) && i32::try_from(days).is_ok() => {
            to.deny(rule, Reason::Invalid, at, format!("{days} days: {tier} takes {least} to {most}"));
        }
        Some(_) => {}
    }
}

fn tiering_tier_duplicate(tier: &str, at: &Path<'_>, to: &mut Findings) {
    to.deny("tiering-tier-duplicate", Reason::Duplicate, at, format!("{tier} stands there twice; S3 takes each tier once, remove one"));
}

/// Only where both numbers are good by themselves.
fn tiering_tier_order(archive: i64, deep: i64, at: &Path<'_>, to: &mut Findings) {
    if deep <= archive {
        let message = format!("{DEEP} comes after {deep} days and {ARCHIVE} after {archive}; the deep one has to come later");
        to.deny("tiering-tier-order", Reason::Invalid, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) fn with(members: &str) -> World {
        World::new().section("intelligentTiering", &format!(r#"[{{"id":"a",{members}}}]"#))
    }

    pub(super) fn tiers(tiers: &[(&str, i64)]) -> World {
        let tiers: Vec<String> = tiers.iter().map(|(tier, days)| format!(r#"{{"accessTier":"{tier}","days":{days}}}"#)).collect();
        with(&format!(r#""status":"Enabled","tierings":[{}]"#, tiers.join(",")))
    }

    pub(crate) fn all() -> Vec<Case> {
        let archive = r#""tierings":[{"accessTier":"ARCHIVE_ACCESS","days":90}]"#;
        let tagged = |other: &str| {
            let tags = format!(r#"[{{"key":"k","value":"v"}},{{"key":"{other}","value":"w"}}]"#);
            with(&format!(r#""status":"Enabled",{archive},"filter":{{"and":{{"tags":{tags}}}}}"#))
        };
        vec![
            case("tiering-tag-duplicate", tagged("k"), tagged("K")),
            case("tiering-tierings-required", tiers(&[]), tiers(&[("ARCHIVE_ACCESS", 730)])),
            case("tiering-status-enum", with(archive), with(&format!(r#""status":"Disabled",{archive}"#))),
            case("tiering-tier-enum", tiers(&[("ARCHIVE", 90)]), tiers(&[("ARCHIVE_ACCESS", 90)])),
            case("tiering-days-archive", tiers(&[("ARCHIVE_ACCESS", 30)]), tiers(&[("ARCHIVE_ACCESS", 90)])),
            case("tiering-days-deep", tiers(&[("DEEP_ARCHIVE_ACCESS", 90)]), tiers(&[("DEEP_ARCHIVE_ACCESS", 180)])),
            case(
                "tiering-tier-duplicate",
                tiers(&[("ARCHIVE_ACCESS", 90), ("ARCHIVE_ACCESS", 100)]),
                tiers(&[("ARCHIVE_ACCESS", 90), ("DEEP_ARCHIVE_ACCESS", 180)]),
            ),
            case(
                "tiering-tier-order",
                tiers(&[("ARCHIVE_ACCESS", 200), ("DEEP_ARCHIVE_ACCESS", 180)]),
                tiers(&[("DEEP_ARCHIVE_ACCESS", 201), ("ARCHIVE_ACCESS", 200)]),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{tiers, with};

    #[test]
    fn days_have_bounds() {
        for (tier, days, good) in [
            ("ARCHIVE_ACCESS", 89, false),
            ("ARCHIVE_ACCESS", 90, true),
            ("ARCHIVE_ACCESS", 730, true),
            ("ARCHIVE_ACCESS", 731, false),
            ("DEEP_ARCHIVE_ACCESS", 179, false),
            ("DEEP_ARCHIVE_ACCESS", 180, true),
            ("DEEP_ARCHIVE_ACCESS", 730, true),
            ("DEEP_ARCHIVE_ACCESS", 731, false),
            ("ARCHIVE_ACCESS", -1, false),
            ("ARCHIVE_ACCESS", i64::from(i32::MAX), false),
        ] {
            let rule = if tier.starts_with("DEEP") { "tiering-days-deep" } else { "tiering-days-archive" };
            assert_eq!(tiers(&[(tier, days)]).rules() == [rule], !good, "{tier} {days}");
        }
        assert_eq!(tiers(&[("ARCHIVE_ACCESS", i64::MIN)]).rules(), ["int32-range"]);
        assert_eq!(tiers(&[("ARCHIVE_ACCESS", 300), ("DEEP_ARCHIVE_ACCESS", 300)]).rules(), ["tiering-tier-order"]);
        assert_eq!(tiers(&[("ARCHIVE_ACCESS", 900), ("DEEP_ARCHIVE_ACCESS", 300)]).rules(), ["tiering-days-archive"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = with(r#""tierings":[{"days":90},{"accessTier":"DEEP_ARCHIVE_ACCESS"}]"#).verdict();
        let fields: Vec<&str> = missing.denials().map(|finding| finding.field.trim_start_matches("spec.intelligentTiering[0].")).collect();
        assert_eq!(fields, ["status", "tierings[0].accessTier", "tierings[1].days"]);
        assert_eq!(with(r#""status":"Enabled","tierings":null"#).rules(), ["tiering-tierings-required"]);
        assert_eq!(
            with(r#""status":"enabled","tierings":[{"accessTier":"archive_access","days":1}]"#).rules(),
            ["tiering-status-enum", "tiering-tier-enum"]
        );
    }

    #[test]
    fn long_lists_cost_little() {
        let many = vec![("ARCHIVE_ACCESS", 90); 10_000];
        let verdict = tiers(&many).verdict();
        assert_eq!((verdict.rules(), verdict.findings.len()), (vec!["tiering-tier-duplicate"], super::LOOKED_AT - 1));
        let tags = vec![r#"{"key":"k"}"#; 10_000].join(",");
        let tagged = with(&format!(
            r#""status":"Enabled","filter":{{"and":{{"tags":[{tags}]}}}},"tierings":[{{"accessTier":"ARCHIVE_ACCESS","days":90}}]"#
        ));
        assert!(tagged.verdict().dropped < 10);
    }
}
