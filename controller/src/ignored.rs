//! Fields that annotation `services.k8s.aws/ignore-field-drift` names: where S3 differs in them it is shown and left alone. Pure.

use shared::Bucket;
use shared::bucket::IgnoredDrift;
use shared::subconfig::Difference;

use crate::events::Note;
use crate::report::Report;
use crate::text;
use crate::unmanaged::Shown;

/// What the last pass that read S3 left in the status.
#[must_use]
pub fn standing(bucket: &Bucket) -> &[IgnoredDrift] {
    bucket.status.as_ref().and_then(|status| status.ignored.as_deref()).unwrap_or_default()
}

/// Whether something of the sub-configuration is ignored now that was not at the last pass.
#[must_use]
pub fn is_new(bucket: &Bucket, shown: &Shown) -> bool {
    shown.fields.iter().any(|field| !was_shown(bucket, shown.config, field))
}

/// Whether the difference was shown as ignored before. Now that it is not, it is work, not drift. A list that is full may lack some of
/// a sub-configuration that it names.
#[must_use]
pub fn was_shown(bucket: &Bucket, config: &str, difference: &Difference) -> bool {
    let standing = standing(bucket);
    let is_full = standing.len() >= text::ENTRIES;
    standing.iter().any(|entry| entry.field == name(difference) || (is_full && entry.config == config))
}

/// What `status.ignored` says after the pass. What was not read again stands.
#[must_use]
pub fn entries(bucket: &Bucket, report: &Report) -> Option<Vec<IgnoredDrift>> {
    let is_news = |config: &str| report.ignored.iter().any(|shown| shown.config == config);
    let keep = !report.complete && !report.created;
    let kept = standing(bucket).iter().filter(|old| keep && !is_news(&old.config)).cloned();
    let groups = report.ignored.iter().map(|shown| shown.fields.iter().map(|field| entry(shown.config, field)).collect()).collect();
    let entries: Vec<IgnoredDrift> = text::fairly(groups).into_iter().chain(kept).collect();
    (!entries.is_empty()).then_some(entries)
}

/// One Event for each sub-configuration in which something is ignored for the first time.
pub fn notes<'a>(bucket: &'a Bucket, report: &'a Report) -> impl Iterator<Item = Note> + 'a {
    report.ignored.iter().filter(|shown| is_new(bucket, shown)).map(|shown| {
        let held: Vec<String> = shown.fields.iter().map(text::held).collect();
        let held = text::list_by("; ", held.iter().map(String::as_str));
        Note::normal("DriftIgnored", "Check", &format!("{}: left alone, as ignore-field-drift says: {held}", shown.config))
    })
}

fn entry(config: &str, field: &Difference) -> IgnoredDrift {
    IgnoredDrift {
        config: config.to_owned(),
        desired: text::value(&field.desired),
        field: name(field),
        observed: text::value(&field.observed),
    }
}

fn name(field: &Difference) -> String {
    text::shortened(&field.field, 2 * text::VALUE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::bucket::BucketStatus;

    use super::*;

    fn shown(fields: &[&str]) -> Shown {
        let field = |field: &&str| Difference { field: (*field).to_owned(), desired: json!(null), observed: json!("x") };
        Shown { config: "tagging", fields: fields.iter().map(field).collect() }
    }

    fn after(bucket: &Bucket, report: &Report) -> Bucket {
        let mut after = bucket.clone();
        after.status = Some(BucketStatus { ignored: entries(bucket, report), ..BucketStatus::default() });
        after
    }

    fn read(ignored: Vec<Shown>) -> Report {
        Report { complete: true, ignored, ..Report::default() }
    }

    #[test]
    fn it_is_told_once_and_again_when_more_is_ignored() {
        let told = |bucket: &Bucket, report: &Report| notes(bucket, report).count();
        let first = read(vec![shown(&["spec.tagging.tagSet[a]"])]);
        let bucket = after(&Bucket::default(), &first);
        assert_eq!((told(&Bucket::default(), &first), told(&bucket, &first)), (1, 0));
        let more = read(vec![shown(&["spec.tagging.tagSet[a]", "spec.tagging.tagSet[b]"])]);
        assert_eq!(told(&bucket, &more), 1);
        let note = notes(&bucket, &more).next().unwrap();
        assert!(!note.warning && note.text.contains("tagSet[b] is x in S3"), "{note:?}");
    }

    #[test]
    fn of_more_than_the_status_lists_nothing_is_told_twice() {
        let fields: Vec<String> = (0..=text::ENTRIES).map(|number| format!("spec.tagging.tagSet[{number}]")).collect();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let all = read(vec![shown(&fields)]);
        let bucket = after(&Bucket::default(), &all);
        assert_eq!((standing(&bucket).len(), notes(&bucket, &all).count()), (text::ENTRIES, 0));
        let last = &all.ignored[0].fields[text::ENTRIES];
        assert!(was_shown(&bucket, "tagging", last) && !was_shown(&bucket, "cors", last));
        let fewer = after(&Bucket::default(), &read(vec![shown(&fields[..text::ENTRIES - 1])]));
        assert_eq!(notes(&fewer, &all).count(), 1);
    }

    #[test]
    fn what_was_not_read_stands_and_what_is_over_goes() {
        let bucket = after(&Bucket::default(), &read(vec![shown(&["spec.tagging"])]));
        assert_eq!(standing(&bucket).len(), 1);
        assert_eq!(standing(&after(&bucket, &Report::default())).len(), 1, "S3 was not read");
        assert!(standing(&after(&bucket, &read(Vec::new()))).is_empty());
    }
}
