//! When the actions of a lifecycle rule may happen: days, dates, and the order of storage classes.
//! Source: S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle"; error texts as S3 gives them.

use std::collections::BTreeSet;

use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::s3::error::S3Error;
use crate::s3::shape;
use crate::s3::xml::Element;

/// From warm to cold.
const CLASSES: [&str; 6] = ["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];
const INFREQUENT: [&str; 2] = ["STANDARD_IA", "ONEZONE_IA"];
const SECONDS_PER_DAY: i64 = 86_400;

/// Checks one rule.
pub(super) fn check(rule: &Element) -> Result<(), S3Error> {
    positive(rule)?;
    dates(rule)?;
    let current: Vec<_> = rule.all("Transition").collect();
    let noncurrent: Vec<_> = rule.all("NoncurrentVersionTransition").collect();
    transitions("Transition", "Days", &current)?;
    transitions("NoncurrentVersionTransition", "NoncurrentDays", &noncurrent)?;
    expiration("Expiration", "Days", rule.child("Expiration"), &current)?;
    expiration("NoncurrentVersionExpiration", "NoncurrentDays", rule.child("NoncurrentVersionExpiration"), &noncurrent)
}

fn positive(rule: &Element) -> Result<(), S3Error> {
    let counted = [
        ("Expiration", "Days"),
        ("NoncurrentVersionExpiration", "NoncurrentDays"),
        ("NoncurrentVersionExpiration", "NewerNoncurrentVersions"),
        ("NoncurrentVersionTransition", "NewerNoncurrentVersions"),
        ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    ];
    for (action, member) in counted {
        if rule.all(action).filter_map(|element| element.number(member)).any(|number| number < 1) {
            return Err(S3Error::invalid_argument(format!("'{member}' for {action} action must be a positive integer")));
        }
    }
    Ok(())
}

/// Each action has one time, dates are midnights, and a rule speaks of days or of dates.
fn dates(rule: &Element) -> Result<(), S3Error> {
    let timed: Vec<_> = rule.all("Expiration").chain(rule.all("Transition")).collect();
    if timed.iter().any(|action| action.children.iter().filter(|child| child.name != "StorageClass").count() != 1) {
        return Err(S3Error::malformed_xml());
    }
    let midnight = |date: &Element| shape::date(&date.text).is_some_and(|at| at.to_zoned(TimeZone::UTC).time() == Time::midnight());
    if timed.iter().filter_map(|action| action.child("Date")).any(|date| !midnight(date)) {
        return Err(S3Error::invalid_argument("'Date' must be at midnight GMT"));
    }
    if timed.iter().any(|action| action.has("Date")) && timed.iter().any(|action| action.has("Days")) {
        let text = "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule";
        return Err(S3Error::invalid_request(text));
    }
    Ok(())
}

fn transitions(action: &str, unit: &str, transitions: &[&Element]) -> Result<(), S3Error> {
    let classes: BTreeSet<_> = transitions.iter().map(|transition| class(transition)).collect();
    if classes.len() < transitions.len() {
        let text = format!("'StorageClass' must be different for '{action}' actions in same 'Rule'");
        return Err(S3Error::invalid_request(text));
    }
    for transition in transitions {
        let (class, days) = (class(transition), transition.number(unit));
        if !CLASSES.contains(&class) {
            return Err(S3Error::invalid_argument(format!("'StorageClass' {class} is not valid for '{action}' actions")));
        }
        if days.is_some_and(|days| days < 0) {
            return Err(S3Error::invalid_argument(format!("'{unit}' in {action} action must be nonnegative")));
        }
        if INFREQUENT.contains(&class) && days.is_some_and(|days| days < 30) {
            let text = format!("'{unit}' in {action} action must be greater than or equal to 30 for storageClass '{class}'");
            return Err(S3Error::invalid_argument(text));
        }
    }
    let mut ordered: Vec<_> = transitions.to_vec();
    ordered.sort_by_key(|transition| CLASSES.iter().position(|known| *known == class(transition)));
    ordered.windows(2).try_for_each(|pair| in_order(action, unit, pair[0], pair[1]))
}

/// The colder class comes later, and not before the least time in the warmer one is over.
fn in_order(action: &str, unit: &str, warm: &Element, cold: &Element) -> Result<(), S3Error> {
    let least = match class(warm) {
        class if INFREQUENT.contains(&class) => 30,
        "GLACIER_IR" | "GLACIER" => 90,
        _ => 1,
    };
    match (day(warm, unit), day(cold, unit)) {
        (Some(first), Some(second)) if second < first + least => {
            let (warm, cold) = (class(warm), class(cold));
            let text = format!("'{unit}' in the '{action}' action for StorageClass '{cold}' must be {least} days more than '{warm}'");
            Err(S3Error::invalid_argument(text))
        }
        _ => Ok(()),
    }
}

fn expiration(action: &str, unit: &str, expiration: Option<&Element>, transitions: &[&Element]) -> Result<(), S3Error> {
    let last = transitions.iter().filter_map(|transition| day(transition, unit)).max();
    let expires = expiration.and_then(|expiration| day(expiration, unit));
    match (expires, last) {
        (Some(expires), Some(last)) if expires <= last => {
            let text = format!("'{unit}' in the {action} action must be greater than '{unit}' in the Transition action");
            Err(S3Error::invalid_argument(text))
        }
        _ => Ok(()),
    }
}

fn class(transition: &Element) -> &str {
    transition.text_of("StorageClass").unwrap_or_default()
}

/// The day of an action, counted from the object's creation or from 1970.
fn day(action: &Element, unit: &str) -> Option<i64> {
    let date = || action.text_of("Date").and_then(shape::date).map(|at| at.as_second() / SECONDS_PER_DAY);
    action.number(unit).or_else(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(inner: &str) -> Option<String> {
        let rule = Element::parse(format!("<Rule>{inner}</Rule>").as_bytes()).unwrap();
        check(&rule).err().map(|error| error.code.into_owned())
    }

    fn move_to(class: &str, days: i64) -> String {
        format!("<Transition><Days>{days}</Days><StorageClass>{class}</StorageClass></Transition>")
    }

    fn expire(inner: &str) -> String {
        format!("<Expiration>{inner}</Expiration>")
    }

    #[test]
    fn a_usual_schedule_is_taken() {
        let waterfall = [("STANDARD_IA", 30), ("INTELLIGENT_TIERING", 60), ("GLACIER_IR", 90), ("GLACIER", 180), ("DEEP_ARCHIVE", 365)];
        let moves: String = waterfall.iter().map(|(class, days)| move_to(class, *days)).collect();
        assert_eq!(code(&(moves + &expire("<Days>400</Days>"))), None);
        assert_eq!(code(&move_to("GLACIER", 0)), None);
        assert_eq!(code(&expire("<Date>2030-01-01T00:00:00Z</Date>")), None);
    }

    #[test]
    fn a_wrong_schedule_is_refused() {
        let (argument, request, malformed) = (Some("InvalidArgument"), Some("InvalidRequest"), Some("MalformedXML"));
        let noncurrent = "<NoncurrentVersionTransition><NoncurrentDays>9</NoncurrentDays><StorageClass>ONEZONE_IA</StorageClass>\
                          </NoncurrentVersionTransition>";
        for (inner, want) in [
            (move_to("STANDARD_IA", 29), argument),
            (move_to("GLACIER", -1), argument),
            (move_to("STANDARD", 30), argument),
            (move_to("STANDARD_IA", 30) + &move_to("GLACIER", 45), argument),
            (move_to("GLACIER", 30) + &move_to("DEEP_ARCHIVE", 60), argument),
            (move_to("GLACIER", 60) + &move_to("STANDARD_IA", 90), argument),
            (move_to("GLACIER", 1) + &move_to("GLACIER", 99), request),
            (move_to("GLACIER", 30) + &expire("<Days>30</Days>"), argument),
            (move_to("GLACIER", 30) + &expire("<Date>2030-01-01</Date>"), request),
            (expire("<Days>0</Days>"), argument),
            (expire("<Days>1</Days><Date>2030-01-01</Date>"), malformed),
            (expire("<Date>2030-01-01T05:00:00Z</Date>"), argument),
            (noncurrent.to_owned(), argument),
        ] {
            assert_eq!(code(&inner).as_deref(), want, "{inner}");
        }
    }
}
