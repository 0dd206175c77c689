//! Sections that the spec leaves out and that are not managed: what S3 holds in them is shown and left alone. Pure.

use shared::Bucket;
use shared::bucket::Unmanaged;
use shared::subconfig::Difference;

use crate::events::Note;
use crate::report::Report;
use crate::text;

/// A section that is not managed and in which S3 holds something else than a new bucket would.
#[derive(Debug, PartialEq)]
pub struct Shown {
    /// The sub-configuration's name.
    pub config: &'static str,
    /// The fields.
    pub fields: Vec<Difference>,
}

/// What the last pass that read S3 left in the status.
#[must_use]
pub fn standing(bucket: &Bucket) -> &[Unmanaged] {
    bucket.status.as_ref().and_then(|status| status.unmanaged.as_deref()).unwrap_or_default()
}

/// Whether the section was shown as not managed before. What differs in it now that it is managed is work, not drift.
#[must_use]
pub fn was_shown(bucket: &Bucket, config: &str) -> bool {
    standing(bucket).iter().any(|entry| entry.config == config)
}

/// What `status.unmanaged` says after the pass. What was not read again stands.
#[must_use]
pub fn entries(bucket: &Bucket, report: &Report) -> Option<Vec<Unmanaged>> {
    let is_news = |config: &str| report.unmanaged.iter().any(|shown| shown.config == config);
    let keep = !report.complete && !report.created;
    let kept = standing(bucket).iter().filter(|old| keep && !is_news(&old.config)).cloned();
    let fields = |shown: &Shown| shown.fields.iter().map(|field| entry(shown.config, field)).collect();
    let groups = report.unmanaged.iter().map(fields).collect();
    let entries: Vec<Unmanaged> = text::fairly(groups).into_iter().chain(kept).collect();
    (!entries.is_empty()).then_some(entries)
}

/// One Event for each section when it is first shown.
pub fn notes<'a>(bucket: &'a Bucket, report: &'a Report) -> impl Iterator<Item = Note> + 'a {
    report.unmanaged.iter().filter(|shown| !was_shown(bucket, shown.config)).map(|shown| {
        let held: Vec<String> = shown.fields.iter().map(text::held).collect();
        let held = text::list_by("; ", held.iter().map(String::as_str));
        let text =
            format!("{}: left alone, as the spec leaves it out and --unset-fields or an annotation says ignore: {held}", shown.config);
        Note::normal("Unmanaged", "Check", &text)
    })
}

fn entry(config: &str, field: &Difference) -> Unmanaged {
    Unmanaged { config: config.to_owned(), field: text::shortened(&field.field, 2 * text::VALUE), observed: text::value(&field.observed) }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::json;
    use shared::bucket::BucketStatus;
    use shared::place::Place;
    use shared::subconfig::{self, Have, Observed};
    use shared::unset::UnsetFields;
    use shared::{BucketSpec, annotation};

    use super::*;
    use crate::args::Args;
    use crate::settings::Settings;

    fn shown(config: &'static str, fields: usize) -> Shown {
        let field = |n| Difference { field: format!("spec.{config}.f{n}"), desired: json!(null), observed: json!("x".repeat(900)) };
        Shown { config, fields: (0..fields).map(field).collect() }
    }

    fn read(unmanaged: Vec<Shown>) -> Report {
        Report { complete: true, unmanaged, ..Report::default() }
    }

    fn bucket_after(report: &Report) -> Bucket {
        let mut bucket = Bucket::default();
        let unmanaged = entries(&bucket, report);
        bucket.status = Some(BucketStatus { unmanaged, ..BucketStatus::default() });
        bucket
    }

    fn configs(entries: Option<Vec<Unmanaged>>) -> Vec<String> {
        entries.unwrap_or_default().into_iter().map(|entry| entry.config).collect()
    }

    #[test]
    fn every_section_is_named_however_many_fields_another_one_has() {
        let mut all = vec![shown("cors", 500)];
        all.extend(subconfig::NAMES.iter().filter(|name| **name != "cors").map(|name| shown(name, 2)));
        let entries = entries(&Bucket::default(), &read(all)).unwrap();
        assert!(entries.len() <= text::ENTRIES && text::ENTRIES >= subconfig::NAMES.len());
        for name in subconfig::NAMES {
            assert!(entries.iter().any(|entry| entry.config == *name), "{name}");
        }
        assert!(serde_json::to_string(&entries).unwrap().len() < 10_000);
    }

    #[test]
    fn a_controller_that_ignores_what_is_left_out_plans_no_write_and_shows_it() {
        let args = Args::try_parse_from(["x", "--aws-region=eu-west-1", "--unset-fields=ignore"]).unwrap();
        let default = Settings::of(args).unwrap().reconcile.unset_fields;
        let spec: BucketSpec = serde_json::from_value(json!({ "name": "logs", "versioning": { "status": "Enabled" } })).unwrap();
        let cors = serde_json::from_value(json!({ "corsRules": [{ "allowedMethods": ["GET"], "allowedOrigins": ["*"] }] })).unwrap();
        let observed = Observed { cors: Have::Value(cors), versioning: Have::Empty, ..Observed::default() };
        let of = |annotations: &[(&str, &str)]| {
            let mut bucket = Bucket::new("logs", spec.clone());
            bucket.metadata.annotations = Some(annotations.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect());
            subconfig::plan(&spec, &observed, &Place::default(), UnsetFields::of(&bucket, default))
        };
        let configs = |all: Vec<(&'static str, Vec<Difference>)>| all.into_iter().map(|(config, _)| config).collect::<Vec<_>>();
        assert_eq!((configs(of(&[]).differences()), configs(of(&[]).unmanaged())), (vec!["versioning"], vec!["cors"]));
        let reset = of(&[(annotation::UNSET_FIELDS, "reset")]);
        assert_eq!((configs(reset.differences()), configs(reset.unmanaged())), (vec!["versioning", "cors"], vec![]));
    }

    #[test]
    fn what_was_not_read_stands_and_what_was_read_is_as_it_is_now() {
        let before = bucket_after(&read(vec![shown("cors", 1), shown("policy", 1)]));
        let partly = Report { complete: false, unmanaged: vec![shown("policy", 2)], ..Report::default() };
        assert_eq!(configs(entries(&before, &partly)), ["policy", "policy", "cors"]);
        assert_eq!(configs(entries(&before, &Report::default())), ["cors", "policy"], "nothing was read");
        assert_eq!(entries(&before, &read(Vec::new())), None);
        let made_anew = Report { created: true, ..Report::default() };
        assert_eq!(entries(&before, &made_anew), None, "a new bucket has nothing of the old one");
    }

    #[test]
    fn it_is_told_once() {
        let report = read(vec![shown("cors", 1)]);
        let first: Vec<Note> = notes(&Bucket::default(), &report).collect();
        assert_eq!((first.len(), first[0].warning, first[0].reason.as_str()), (1, false, "Unmanaged"));
        assert!(first[0].text.starts_with("cors: ") && first[0].text.contains("spec.cors.f0"), "{}", first[0].text);
        let after = bucket_after(&report);
        assert_eq!(notes(&after, &report).count(), 0);
        assert!(was_shown(&after, "cors") && !was_shown(&after, "policy"));
    }
}
