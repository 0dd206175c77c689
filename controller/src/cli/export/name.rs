//! The name of a Bucket for an S3 bucket. Pure.

use std::fmt::Write as _;

use aws_lc_rs::digest::{SHA256, digest};
use shared::object_name::is_subdomain;

/// How much of the digest tells names apart, in bytes.
const DIGEST: usize = 4;
/// So much of a name stays where something is added: room for the digest within the 253 characters of Kubernetes.
const KEPT: usize = 240;

/// The bucket's own name where Kubernetes takes it. Else what of it Kubernetes takes, and a few characters of its digest, so that two
/// buckets never share a name.
pub(super) fn of(bucket: &str) -> String {
    if is_subdomain(bucket) {
        return bucket.to_owned();
    }
    let small: String = bucket.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' }).collect();
    let parts: Vec<&str> = small.split('.').map(|part| part.trim_matches('-')).filter(|part| !part.is_empty()).collect();
    let kept: String = parts.join(".").chars().take(KEPT).collect();
    let start = kept.trim_end_matches(['-', '.']);
    let bytes = digest(&SHA256, bucket.as_bytes());
    bytes.as_ref().iter().take(DIGEST).fold(if start.is_empty() { "bucket-".to_owned() } else { format!("{start}-") }, |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_kubernetes_takes_stays() {
        for name in ["logs", "my.logs-2024", "1"] {
            assert_eq!(of(name), name);
        }
    }

    #[test]
    fn what_it_does_not_take_is_changed_and_told_apart() {
        let changed = of("My_Logs-.2024");
        assert!(changed.starts_with("my-logs.2024-"), "{changed}");
        assert_ne!(of("My_Logs"), of("my_logs"));
        assert!(of("___").starts_with("bucket-"));
    }

    proptest! {
        #[test]
        fn kubernetes_takes_every_name(bucket in "\\PC{0,300}") {
            prop_assert!(is_subdomain(&of(&bucket)), "{}", of(&bucket));
        }
    }
}
