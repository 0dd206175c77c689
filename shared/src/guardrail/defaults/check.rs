//! What is said of defaults when they are written.

use crate::admission::{Findings, Path, Reason, quote};
use crate::guardrail::rules::Algorithm;
use crate::guardrail::types::Defaults;
use crate::region;

/// What is wrong with the defaults of a guardrail.
pub(in crate::guardrail) fn check(defaults: &Defaults, at: &Path<'_>, to: &mut Findings) {
    if let Some(code) = defaults.region.as_deref().filter(|code| !region::is_well_formed(code)) {
        to.deny(
            "guardrail-region",
            Reason::Invalid,
            at.member("region"),
            format!("{} is no region; use a code such as eu-west-1", quote(code)),
        );
    } else if let Some(code) = defaults.region.as_deref().filter(|code| !region::is_known(code)) {
        let message = format!("{code} is no region that is known.{}", region::did_you_mean(code));
        to.warn("guardrail-region", Reason::Invalid, at.member("region"), message);
    }
    tags(defaults, at, to);
    if let Some(encryption) = &defaults.encryption {
        let at = at.member("encryption");
        if encryption.kms_key_id.is_some() && encryption.algorithm == Algorithm::Aes256 {
            to.deny(
                "guardrail-conflict",
                Reason::Invalid,
                at.member("kmsKeyID"),
                "AES256 uses no key of KMS; use aws:kms, or leave the key out",
            );
        }
        if encryption.bucket_key == Some(true) && encryption.algorithm != Algorithm::Kms {
            to.deny("guardrail-conflict", Reason::Invalid, at.member("bucketKey"), "only aws:kms has bucket keys; leave it out");
        }
    }
    if defaults.abort_incomplete_upload_days.is_some_and(|days| !(1..=36500).contains(&days)) {
        to.deny("guardrail-range", Reason::Invalid, at.member("abortIncompleteUploadDays"), "use 1 to 36500 days");
    }
}

fn tags(defaults: &Defaults, at: &Path<'_>, to: &mut Findings) {
    let (list, tags) = (at.member("tags"), defaults.tags.as_deref().unwrap_or_default());
    if tags.len() > 50 {
        to.deny("guardrail-size", Reason::Invalid, list, format!("has {} tags; a bucket has at most 50", tags.len()));
    }
    for (index, tag) in tags.iter().enumerate().take(50) {
        let at = list.index(index);
        if tag.key.is_empty() || tag.value.is_some() == tag.from_namespace_label.is_some() {
            to.deny("guardrail-conflict", Reason::Invalid, at, "give key, and value or fromNamespaceLabel, one of the two");
        }
        if tags[..index].iter().any(|earlier| earlier.key == tag.key) {
            to.deny(
                "guardrail-duplicate",
                Reason::Duplicate,
                at.member("key"),
                format!("tag {} stands there twice; remove one", quote(&tag.key)),
            );
        }
    }
}
