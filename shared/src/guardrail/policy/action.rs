//! Actions as patterns: `s3:GetObject`, `s3:Put*`, `*`.

use crate::glob;

/// Whether the pattern covers the action; case does not count, and `?` counts as `*`, which is the safe side.
pub(super) fn covers(pattern: &str, action: &str) -> bool {
    glob::fits_loosely(pattern, action)
}

/// Whether the pattern covers all actions of S3.
pub(super) fn covers_all(pattern: &str) -> bool {
    pattern == "*" || pattern.eq_ignore_ascii_case("s3:*")
}

/// Whether some action that the pattern covers only reads, and whether some does more.
pub(super) fn reads_and_writes(pattern: &str) -> (bool, bool) {
    const READING: [&str; 3] = ["get", "list", "describe"];
    let pattern = pattern.to_ascii_lowercase();
    let Some(action) = pattern.strip_prefix("s3:").or_else(|| (pattern.starts_with('*')).then_some(pattern.as_str())) else {
        return (false, false);
    };
    let fixed = action.split(['*', '?']).next().unwrap_or_default();
    let wild = fixed.len() < action.len();
    let reads = READING.iter().any(|verb| fixed.starts_with(verb) || (wild && verb.starts_with(fixed)));
    let only_reads = READING.iter().any(|verb| fixed.starts_with(verb));
    (reads, !only_reads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_reads_writes_or_both() {
        for (pattern, both) in [
            ("s3:GetObject", (true, false)),
            ("S3:List*", (true, false)),
            ("s3:PutObject", (false, true)),
            ("s3:Delete*", (false, true)),
            ("s3:*", (true, true)),
            ("*", (true, true)),
            ("s3:*Object", (true, true)),
            ("s3:G*", (true, true)),
            ("sqs:*", (false, false)),
        ] {
            assert_eq!(reads_and_writes(pattern), both, "{pattern}");
        }
        assert!(
            covers("s3:Put*", "s3:putbucketpolicy")
                && covers("s3:Put????????????", "s3:PutBucketPolicy")
                && !covers("s3:Get*", "s3:PutBucketPolicy")
        );
        assert!(covers_all("S3:*") && !covers_all("s3:Get*"));
    }
}
