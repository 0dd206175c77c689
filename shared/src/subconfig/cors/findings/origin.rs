//! Origins: what S3 refuses, and what no browser ever sends. Source: S3 User Guide, "AllowedOrigin element"; RFC 6454,
//! "Serializing Origins". S3 compares the header `Origin` as text.

use super::{CorsRule, wildcards};
use crate::admission::{Findings, Path, Reason, quote};

/// What the origins of web pages begin with.
const SCHEMES: &[&str] = &["http://", "https://"];

pub(super) fn findings(rule: &CorsRule, at: &Path<'_>, to: &mut Findings) {
    let origins = rule.allowed_origins.as_deref().unwrap_or_default();
    if origins.is_empty() {
        let message = r#"a rule needs an origin, such as https://example.com, or "*" for all"#;
        to.deny("cors-origins-required", Reason::Required, at, message);
    }
    for (index, origin) in origins.iter().enumerate() {
        let at = at.index(index);
        let wildcards = wildcards(origin);
        if wildcards > 1 {
            let message = format!("{} holds {wildcards} wildcards, S3 takes one in an origin; name the origins one by one", quote(origin));
            to.deny("cors-origin-wildcards", Reason::Invalid, at, message);
        } else {
            cors_origin_shape(origin, &at, to);
        }
    }
}

fn cors_origin_shape(origin: &str, at: &Path<'_>, to: &mut Findings) {
    if fits_an_origin(origin) {
        return;
    }
    let better = match origin.split_once("://") {
        Some((scheme, rest)) => format!("use {}", quote(&format!("{scheme}://{}", rest.split('/').next().unwrap_or_default()))),
        None => "an origin is scheme, host and port, such as http://localhost:3000".to_owned(),
    };
    let message = format!("no browser sends the origin {}; {better}", quote(origin));
    to.warn("cors-origin-shape", Reason::Invalid, at, message);
}

/// Whether the text, with at most one wildcard, can be what a browser sends: scheme and host, and nothing after a slash. `null` is
/// sent by pages without an origin.
fn fits_an_origin(origin: &str) -> bool {
    let host = origin.split_once("//").map_or(origin, |(_, host)| host);
    let begins_with_wildcard = || origin.split_once('*').is_some_and(|(before, _)| SCHEMES.iter().any(|scheme| scheme.starts_with(before)));
    let has_scheme = origin == "null" || origin.contains("://") || begins_with_wildcard();
    has_scheme && !host.contains('/')
}

#[cfg(test)]
mod tests {
    use super::super::cases::origin;
    use super::*;

    #[test]
    fn what_browsers_send_fits() {
        for good in [
            "*",
            "null",
            "https://a.com",
            "http://localhost:3000",
            "http://[::1]:80",
            "https://*",
            "https://*.a.com",
            "*.a.com",
            "*a.com:8443",
            "http*",
            "http*://a.com",
            "*://a.com",
            "*//a.com",
            "https:*",
            "file://",
            "capacitor://localhost",
            "chrome-extension://abc",
            "https://ü.com",
        ] {
            assert!(fits_an_origin(good), "{good}");
        }
    }

    #[test]
    fn paths_and_bare_hosts_do_not() {
        for bad in ["", "localhost", "a.com:80", "localhost:*", "a.*", "//a.com", "https://a.com/", "https://*/", "*.a.com/x", "file:///x"]
        {
            assert!(!fits_an_origin(bad), "{bad}");
        }
    }

    #[test]
    fn a_path_is_cut_off_in_the_advice() {
        let said = |text: &str| origin(text).verdict().findings[0].message.clone();
        assert_eq!(said("https://a.com:8/x/y"), r#"no browser sends the origin "https://a.com:8/x/y"; use "https://a.com:8""#);
        assert!(said("localhost").ends_with("such as http://localhost:3000"));
        assert_eq!(origin("http://*.*.com/").rules(), ["cors-origin-wildcards"]);
    }
}
