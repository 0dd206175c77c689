//! What admission says of a web site. Source: S3 API reference, PutBucketWebsite and its types; S3 User Guide, "Hosting a static
//! website using Amazon S3".

mod access;
mod routing;

use super::{RedirectAllRequestsTo, RoutingRule, Website};
use crate::admission::check::{self, element, text_element};
use crate::admission::{Facts, Findings, Path, Reason, quote};

/// The most bytes of XML that S3 takes.
const LARGEST: usize = 128 * 1024;
const PROTOCOLS: &[&str] = &["http", "https"];

pub(super) fn findings(website: &Website, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    // A section that says nothing is what the peer stores of a bucket that is none.
    if *website == Website::default() {
        return;
    }
    website_size(website, at, to);
    website_redirect_all_exclusive(website, at, to);
    website_index_required(website, at, to);
    website_index_suffix(website, at, to);
    website_error_key(website, at, to);
    if let Some(all) = &website.redirect_all_requests_to {
        redirect_all(all, &at.member("redirectAllRequestsTo"), to);
    }
    routing::findings(website, &at.member("routingRules"), facts, to);
    access::findings(website, at, facts, to);
}

fn website_size(website: &Website, at: &Path<'_>, to: &mut Findings) {
    let error = website.error_document.as_ref().map_or(0, |error| element("ErrorDocument", text_element("Key", error.key.as_deref())));
    let index =
        website.index_document.as_ref().map_or(0, |index| element("IndexDocument", text_element("Suffix", index.suffix.as_deref())));
    let rules: usize = website.routing_rules.iter().flatten().map(routing::size).sum();
    let size = element("WebsiteConfiguration", error + index + element("RoutingRules", rules));
    if size > LARGEST {
        let message = format!("{size} bytes as XML, S3 takes {LARGEST}; use fewer or shorter routing rules");
        to.deny("website-size", Reason::Invalid, at, message);
    }
}

fn website_redirect_all_exclusive(website: &Website, at: &Path<'_>, to: &mut Findings) {
    if !website.redirect_all_requests_to.as_ref().is_some_and(|all| *all != RedirectAllRequestsTo::default()) {
        return;
    }
    let members = [
        ("indexDocument", website.index_document.as_ref().is_some_and(|index| index.suffix.is_some())),
        ("errorDocument", website.error_document.as_ref().is_some_and(|error| error.key.is_some())),
        ("routingRules", !rules(website).is_empty()),
    ];
    let others: Vec<&str> = members.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    if !others.is_empty() {
        let message = format!("all requests go elsewhere, so nothing else may be set; remove {}, or this", others.join(", "));
        to.deny("website-redirect-all-exclusive", Reason::Forbidden, at.member("redirectAllRequestsTo"), message);
    }
}

/// An empty list of routing rules has a rule of its own.
fn website_index_required(website: &Website, at: &Path<'_>, to: &mut Findings) {
    let says = website.error_document.is_some() || !rules(website).is_empty();
    if says && website.index_document.is_none() && website.redirect_all_requests_to.is_none() {
        let message = "a web site needs a document for directories; give suffix, such as index.html, or redirectAllRequestsTo";
        to.deny("website-index-required", Reason::Required, at.member("indexDocument"), message);
    }
}

fn website_index_suffix(website: &Website, at: &Path<'_>, to: &mut Findings) {
    let Some(index) = &website.index_document else { return };
    let document = at.member("indexDocument");
    let at = document.member("suffix");
    let suffix = index.suffix.as_deref().unwrap_or_default();
    if suffix.is_empty() {
        to.deny("website-index-suffix", Reason::Required, at, "it may not be empty; use a name such as index.html");
    } else if suffix.contains('/') {
        let message =
            format!("{} is put behind the path of each directory and may hold no /; use a name such as index.html", quote(suffix));
        to.deny("website-index-suffix", Reason::Invalid, at, message);
    }
}

fn website_error_key(website: &Website, at: &Path<'_>, to: &mut Findings) {
    let Some(error) = &website.error_document else { return };
    if error.key.as_deref().is_none_or(str::is_empty) {
        let document = at.member("errorDocument");
        let message = "it names no object; give its key, such as error.html, or remove errorDocument";
        to.deny("website-error-key", Reason::Required, document.member("key"), message);
    }
}

fn redirect_all(all: &RedirectAllRequestsTo, at: &Path<'_>, to: &mut Findings) {
    if all.host_name.as_deref().is_none_or(str::is_empty) {
        to.deny("website-host-required", Reason::Required, at.member("hostName"), "name the host that gets all requests");
    }
    website_host_shape(all.host_name.as_deref(), &at.member("hostName"), to);
    website_protocol_enum(all.protocol.as_deref(), &at.member("protocol"), to);
}

fn website_host_shape(host: Option<&str>, at: &Path<'_>, to: &mut Findings) {
    let Some(host) = host else { return };
    if host.contains("://") || host.contains(char::is_whitespace) {
        let message =
            format!("{} is not only a host, and browsers would not find it; what stands before :// goes into protocol", quote(host));
        to.warn("website-host-shape", Reason::Invalid, at, message);
    }
}

/// An empty one is not sent.
fn website_protocol_enum(protocol: Option<&str>, at: &Path<'_>, to: &mut Findings) {
    check::one_of(protocol.filter(|protocol| !protocol.is_empty()), PROTOCOLS, "website-protocol-enum", at, to);
}

fn rules(website: &Website) -> &[RoutingRule] {
    website.routing_rules.as_deref().unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod cases {
    use super::{access, routing};
    use crate::admission::testing::{Case, World, case};

    /// A Bucket that is open to the public, with this web site.
    pub(super) fn site(members: &str) -> World {
        let open = r#"{"blockPublicACLs":false,"blockPublicPolicy":false,"ignorePublicACLs":false,"restrictPublicBuckets":false}"#;
        World::new().section("publicAccessBlock", open).section("website", &format!("{{{members}}}"))
    }

    /// The same with an index document and these routing rules.
    pub(super) fn routed(rules: &str) -> World {
        site(&format!(r#""indexDocument":{{"suffix":"index.html"}},"routingRules":[{rules}]"#))
    }

    /// The same with a rule for missing objects and such a redirect.
    pub(super) fn redirected(redirect: &str) -> World {
        routed(&format!(r#"{{"condition":{{"httpErrorCodeReturnedEquals":"404"}},"redirect":{{{redirect}}}}}"#))
    }

    /// All requests are redirected, with this beside the redirect.
    pub(super) fn elsewhere(redirect: &str, more: &str) -> World {
        site(&format!(r#""redirectAllRequestsTo":{{{redirect}}}{more}"#))
    }

    pub(super) fn suffix(suffix: &str) -> World {
        site(&format!(r#""indexDocument":{{"suffix":"{suffix}"}}"#))
    }

    pub(crate) fn all() -> Vec<Case> {
        let error = |key: &str| site(&format!(r#""indexDocument":{{"suffix":"i"}},"errorDocument":{{"key":"{key}"}}"#));
        let host = r#""hostName":"a.com""#;
        let protocol = |protocol: &str| elsewhere(&format!(r#"{host},"protocol":"{protocol}""#), "");
        let own = vec![
            case("website-redirect-all-exclusive", elsewhere(host, r#","indexDocument":{"suffix":"index.html"}"#), elsewhere(host, "")),
            case("website-index-required", site(r#""errorDocument":{"key":"error.html"}"#), error("error.html")),
            case("website-index-suffix", suffix("/index.html"), suffix("index.html")),
            case("website-error-key", error(""), error("error.html")),
            case("website-host-required", elsewhere(r#""protocol":"https""#, ""), protocol("https")),
            case("website-host-shape", elsewhere(r#""hostName":"https://a.com""#, ""), elsewhere(host, "")),
            case("website-protocol-enum", protocol("HTTPS"), protocol("https")),
        ];
        own.into_iter().chain(routing::cases::all()).chain(access::cases::all()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{elsewhere, redirected, site, suffix};
    use crate::admission::testing::World;

    #[test]
    fn a_section_that_says_nothing_is_what_the_peer_stores() {
        assert_eq!(World::new().section("website", "{}").rules(), [""; 0]);
    }

    #[test]
    fn a_member_that_is_missing_is_named_once() {
        assert_eq!(suffix("").rules(), ["website-index-suffix"]);
        assert_eq!(site(r#""indexDocument":{}"#).rules(), ["website-index-suffix"]);
        assert_eq!(site(r#""indexDocument":{"suffix":"i"},"errorDocument":{}"#).rules(), ["website-error-key"]);
        assert_eq!(elsewhere("", "").rules(), ["website-host-required"]);
        assert_eq!(elsewhere(r#""hostName":"""#, "").rules(), ["website-host-required"]);
    }

    #[test]
    fn what_stands_beside_a_redirect_of_everything_is_named_together() {
        let others = r#","errorDocument":{"key":"e"},"routingRules":[{"redirect":{"hostName":"b.com"}}]"#;
        let verdict = elsewhere(r#""hostName":"a.com""#, others).verdict();
        assert_eq!(verdict.rules(), ["website-redirect-all-exclusive"]);
        assert!(verdict.findings[0].message.contains("errorDocument, routingRules"), "{:?}", verdict.findings);
        assert_eq!(verdict.findings[0].field, "spec.website.redirectAllRequestsTo");
    }

    #[test]
    fn hosts_and_protocols_of_rules_are_looked_at_too() {
        let world = redirected(r#""hostName":"a.com b.com","protocol":"ftp""#);
        let fields: Vec<String> = world.verdict().findings.into_iter().map(|finding| finding.field).collect();
        let at = "spec.website.routingRules[0].redirect";
        assert_eq!(fields, [format!("{at}.protocol"), format!("{at}.hostName")]);
        assert_eq!(elsewhere(r#""hostName":"ü.com:8443","protocol":"""#, "").rules(), [""; 0]);
    }
}
