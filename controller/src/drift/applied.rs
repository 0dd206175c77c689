//! What the spec said when a section was last carried out, for sections whose drift is only shown: so that a change of the spec
//! elsewhere does not pass for a change of these, and what others did to them is not overwritten.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;
use shared::drift_mode::{DriftMode, DriftModes};
use shared::subconfig::{FIELDS, NAMES};
use shared::{Bucket, BucketSpec};

/// How much of the digest is kept, in bytes.
const KEPT: usize = 6;

/// Digests of sections, by sub-configuration.
pub type Applied = BTreeMap<&'static str, String>;

/// A digest of each section whose drift is only shown, as the spec has it.
#[must_use]
pub fn applied(spec: &BucketSpec, modes: &DriftModes) -> Applied {
    let shown = || NAMES.iter().zip(FIELDS).filter(|(name, _)| modes.about(name) == DriftMode::Warn);
    if shown().next().is_none() {
        return BTreeMap::new();
    }
    let spec = serde_json::to_value(spec).unwrap_or_default();
    shown().map(|(name, fields)| (*name, of(&spec, fields))).collect()
}

fn of(spec: &Value, fields: &[&str]) -> String {
    let section: Vec<&Value> = fields.iter().map(|field| spec.get(field).unwrap_or(&Value::Null)).collect();
    let text = serde_json::to_string(&section).unwrap_or_default();
    digest(&SHA256, text.as_bytes()).as_ref().iter().take(KEPT).fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// Whether the section is, in the spec, as it was when it was last carried out.
#[must_use]
pub fn is_untouched(bucket: &Bucket, config: &str, now: &Applied) -> bool {
    let before = bucket.status.as_ref().and_then(|status| status.applied_sections.as_ref()?.get(config));
    before.is_some() && before == now.get(config)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::bucket::BucketStatus;
    use shared::drift_mode::Said;

    use super::*;

    fn digests(spec: &Value, mode: &str) -> BTreeMap<&'static str, String> {
        let modes = DriftModes::of(&Bucket::default(), None, &Said::parse(mode).unwrap());
        applied(&serde_json::from_value(spec.clone()).unwrap(), &modes)
    }

    #[test]
    fn only_an_edit_of_the_section_itself_touches_it() {
        let before = digests(&json!({"name": "b", "versioning": {"status": "Enabled"}}), "warn");
        let mut bucket = Bucket::default();
        let kept = before.into_iter().map(|(config, digest)| (config.to_owned(), digest)).collect();
        bucket.status = Some(BucketStatus { applied_sections: Some(kept), ..BucketStatus::default() });
        let elsewhere = digests(&json!({"name": "b", "versioning": {"status": "Enabled"}, "policy": "{}"}), "warn");
        assert!(is_untouched(&bucket, "versioning", &elsewhere) && !is_untouched(&bucket, "policy", &elsewhere));
        assert!(is_untouched(&bucket, "website", &elsewhere), "left out, then and now");
        assert!(!is_untouched(&Bucket::default(), "versioning", &elsewhere), "nobody knows");
    }

    #[test]
    fn what_is_put_right_needs_no_digest() {
        let spec = json!({"name": "b"});
        assert!(digests(&spec, "").is_empty());
        assert_eq!(digests(&spec, "policy=warn").into_keys().collect::<Vec<_>>(), ["policy"]);
    }
}
