//! IAM roles: what is the ARN of one, and which of them a namespace allows its Buckets to name.
//! Source: IAM User Guide, "IAM identifiers" (role names of at most 64 characters, paths of at most 512).

use std::collections::BTreeMap;

use crate::arn::Arn;
use crate::{annotation, glob, region};

/// Whether the text is the ARN of an IAM role.
#[must_use]
pub fn is_role(text: &str) -> bool {
    let Some(Arn { partition, service: "iam", region: "", account, resource }) = Arn::parse(text) else { return false };
    let Some(path_and_name) = resource.strip_prefix("role/") else { return false };
    let (path, name) = path_and_name.rsplit_once('/').map_or((None, path_and_name), |(path, name)| (Some(path), name));
    let path_fits = path.is_none_or(|path| (1..=510).contains(&path.len()) && path.bytes().all(|b| b.is_ascii_graphic()));
    let name_fits = (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b));
    region::is_partition(partition) && is_account(account) && path_fits && name_fits
}

/// What else the ARN names that people take for a role: `user`, `group`, `root`, `policy`, `instance-profile` or `assumed-role`.
#[must_use]
pub fn other_kind(text: &str) -> Option<&'static str> {
    const IAM: &[&str] = &["user", "group", "root", "policy", "instance-profile"];
    let arn = Arn::parse(text)?;
    let kind = arn.resource.split('/').next()?;
    match arn.service {
        "iam" => IAM.iter().find(|other| **other == kind).copied(),
        "sts" => (kind == "assumed-role").then_some("assumed-role"),
        _ => None,
    }
}

/// Whether the text is an account id: 12 digits.
#[must_use]
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the namespace of these annotations lets its Buckets name the role: it is the namespace's own, or one of the list of
/// allowed roles fits.
#[must_use]
pub fn is_allowed(role: &str, namespace: &BTreeMap<String, String>) -> bool {
    let own = namespace.get(annotation::ROLE_ARN).is_some_and(|own| own == role);
    let list = namespace.get(annotation::ALLOWED_ROLE_ARNS).map_or("", String::as_str);
    own || list.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()).any(|pattern| glob::fits(pattern, role, b"/:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::123456789012:role/team-a/buckets";

    #[test]
    fn a_role_is_told_from_what_looks_like_one() {
        for role in [ROLE, "arn:aws-cn:iam::123456789012:role/x", "arn:aws:iam::123456789012:role/service-role/a/b+=,.@_-"] {
            assert!(is_role(role), "{role}");
        }
        let long = format!("arn:aws:iam::123456789012:role/{}", "x".repeat(65));
        for bad in [
            "arn:aws:iam::123:role/x",
            "arn:moon:iam::123456789012:role/x",
            "arn:aws:iam:eu-west-1:123456789012:role/x",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role//x",
            "arn:aws:iam::123456789012:role/x y",
            "arn:aws:iam::123456789012:user/x",
            "",
            &long,
        ] {
            assert!(!is_role(bad), "{bad}");
        }
        assert_eq!(other_kind("arn:aws:sts::123456789012:assumed-role/x/s"), Some("assumed-role"));
        assert_eq!(other_kind("arn:aws:iam::123456789012:root"), Some("root"));
        assert_eq!(other_kind(ROLE), None);
    }

    #[test]
    fn a_namespace_allows_its_own_role_and_what_its_list_names() {
        let with = |key: &str, value: &str| is_allowed(ROLE, &BTreeMap::from([(key.to_owned(), value.to_owned())]));
        assert!(with(annotation::ROLE_ARN, ROLE));
        assert!(!with(annotation::ROLE_ARN, "arn:aws:iam::123456789012:role/team-a/other"));
        assert!(with(annotation::ALLOWED_ROLE_ARNS, &format!("arn:aws:iam::111122223333:role/x , {ROLE}")));
        assert!(with(annotation::ALLOWED_ROLE_ARNS, "arn:aws:iam::123456789012:role/team-a/*"));
        assert!(with(annotation::ALLOWED_ROLE_ARNS, "arn:aws:iam::*:role/*/buck*"));
        assert!(!with(annotation::ALLOWED_ROLE_ARNS, "arn:aws:iam::123456789012:role/*"), "* does not cross a /");
        assert!(!with(annotation::ALLOWED_ROLE_ARNS, "*"));
        assert!(!with(annotation::ALLOWED_ROLE_ARNS, " , "));
        assert!(!with("other", ROLE));
    }
}
