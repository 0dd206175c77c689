//! Which names a new bucket may have. Source: S3 User Guide, "General purpose bucket naming rules" and "Account regional namespaces".

use super::error::S3Error;
use super::identity::Caller;
use super::request::Request;

const PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const SUFFIXES: [&str; 6] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "--xa-s3"];

/// Whether the caller may create a bucket of the name that the request gives.
pub(crate) fn check(request: &Request, caller: &Caller) -> Result<(), S3Error> {
    let name = request.bucket.as_deref().unwrap_or_default();
    if !is_valid(name) {
        return Err(S3Error::new(400, "InvalidBucketName", "The specified bucket is not valid."));
    }
    namespace(name, request.header("x-amz-bucket-namespace"), caller)
}

fn is_valid(name: &str) -> bool {
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'-')
        && edge(name.as_bytes().first())
        && edge(name.as_bytes().last())
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
        && !PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && !SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// Names of the account's own namespace end with `-<account>-<region>-an`, and no others do.
fn namespace(name: &str, header: Option<&str>, caller: &Caller) -> Result<(), S3Error> {
    let refuse = |code: &'static str, text: &str| Err(S3Error::new(400, code, text));
    match (header, name.strip_suffix("-an")) {
        (None | Some("global"), None) => Ok(()),
        (None | Some("global"), Some(_)) => {
            refuse("MissingNamespaceHeader", "Names that end with -an need header x-amz-bucket-namespace: account-regional")
        }
        (Some("account-regional"), stem) => match stem.and_then(owner) {
            None => refuse("InvalidNamespaceHeader", "Names of namespace account-regional end with -<account>-<region>-an"),
            Some((account, region)) if account == caller.account.as_ref() && region == caller.region.as_ref() => Ok(()),
            Some(_) => refuse("InvalidBucketNamespace", "The name does not end with the account and region of the request"),
        },
        (Some(_), _) => refuse("InvalidNamespaceHeader", "x-amz-bucket-namespace is global or account-regional"),
    }
}

/// The account and the region at the end of a name, behind something else.
fn owner(stem: &str) -> Option<(&str, &str)> {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let dashes = stem.match_indices('-').map(|(at, _)| at).filter(|at| *at > 0);
    let parts = dashes.filter_map(|at| stem[at + 1..].split_once('-'));
    parts.into_iter().find(|(account, region)| is_account(account) && !region.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules() {
        for fine in ["abc", "a.b-c.d", "0-0", "dot.1.example"] {
            assert!(is_valid(fine), "{fine}");
        }
        let long = "x".repeat(64);
        for bad in ["ab", &long, "Upper", "a_b", "-ab", "ab-", "a..b", "192.168.5.4", "xn--a", "sthree-a", "a-s3alias", "a--x-s3", "ab."] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn a_namespace_goes_with_its_suffix() {
        let caller = Caller { account: "111111111111".into(), region: "eu-west-1".into(), ..Caller::default() };
        let code = |name, header| namespace(name, header, &caller).err().map(|error| error.code.into_owned());
        assert_eq!(code("a-111111111111-eu-west-1-an", Some("account-regional")), None);
        assert_eq!(code("team-an", None).as_deref(), Some("MissingNamespaceHeader"));
        assert_eq!(code("a-999999999999-eu-west-1-an", Some("account-regional")).as_deref(), Some("InvalidBucketNamespace"));
        assert_eq!(code("a-111111111111-us-east-1-an", Some("account-regional")).as_deref(), Some("InvalidBucketNamespace"));
        assert_eq!(code("plain", Some("account-regional")).as_deref(), Some("InvalidNamespaceHeader"));
        assert_eq!(code("team-an", Some("account-regional")).as_deref(), Some("InvalidNamespaceHeader"));
    }
}
