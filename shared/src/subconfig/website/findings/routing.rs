//! Routing rules. Source: S3 API reference, `RoutingRule`, `Condition`, `Redirect`; S3 User Guide, "Configuring a webpage redirect".

use super::{rules, website_host_shape, website_protocol_enum};
use crate::admission::check::{element, text_element};
use crate::admission::{Facts, Findings, Path, Reason, quote};
use crate::subconfig::website::{Redirect, RoutingCondition, RoutingRule, Website};

/// The most rules that S3 takes.
const MOST: usize = 50;
/// Of a list that is too long anyway, only so many are looked at one by one.
const LOOKED_AT: usize = 2 * MOST;

pub(super) fn findings(website: &Website, list: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    website_routing_rules_empty(website, list, facts, to);
    website_routing_rule_count(website, list, to);
    for (index, rule) in rules(website).iter().take(LOOKED_AT).enumerate() {
        let at = list.index(index);
        if let Some(given) = &rule.condition {
            condition(given, &at.member("condition"), to);
        }
        redirect(rule.redirect.as_ref(), &at.member("redirect"), to);
    }
}

pub(super) fn size(rule: &RoutingRule) -> usize {
    let condition = |condition: &RoutingCondition| {
        text_element("HttpErrorCodeReturnedEquals", condition.http_error_code_returned_equals.as_deref())
            + text_element("KeyPrefixEquals", condition.key_prefix_equals.as_deref())
    };
    let redirect = |to: &Redirect| {
        text_element("HostName", to.host_name.as_deref())
            + text_element("HttpRedirectCode", to.http_redirect_code.as_deref())
            + text_element("Protocol", to.protocol.as_deref())
            + text_element("ReplaceKeyPrefixWith", to.replace_key_prefix_with.as_deref())
            + text_element("ReplaceKeyWith", to.replace_key_with.as_deref())
    };
    let condition = rule.condition.as_ref().map_or(0, |given| element("Condition", condition(given)));
    element("RoutingRule", condition + rule.redirect.as_ref().map_or(0, |given| element("Redirect", redirect(given))))
}

/// S3 refuses such a list, and it is never sent: who has it stored already is not held up.
fn website_routing_rules_empty(website: &Website, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if website.routing_rules.as_ref().is_some_and(Vec::is_empty) && facts.by_user() {
        to.deny("website-routing-rules-empty", Reason::Required, at, "the list has no rule; add one, or remove the list");
    }
}

fn website_routing_rule_count(website: &Website, at: &Path<'_>, to: &mut Findings) {
    let count = rules(website).len();
    if count > MOST {
        to.deny("website-routing-rule-count", Reason::Invalid, at, format!("{count} rules, S3 takes {MOST}; remove {}", count - MOST));
    }
}

fn condition(condition: &RoutingCondition, at: &Path<'_>, to: &mut Findings) {
    if *condition == RoutingCondition::default() {
        let message = "a condition needs a member; set keyPrefixEquals, or remove the condition to redirect every request";
        to.deny("website-condition-empty", Reason::Required, at, message);
    }
    if let Some(code) = condition.http_error_code_returned_equals.as_deref().filter(|code| !code.is_empty()) {
        website_error_code(code, &at.member("httpErrorCodeReturnedEquals"), to);
    }
    if let Some(prefix) = condition.key_prefix_equals.as_deref() {
        website_key_prefix_slash(prefix, &at.member("keyPrefixEquals"), to);
    }
}

/// A status as S3 reads it: three digits.
fn status(code: &str) -> Option<u16> {
    code.parse().ok().filter(|_| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// S3 says "4XX or 5XX" when it refuses one. Some copies of it take fewer; nobody has seen S3 do so.
fn website_error_code(code: &str, at: &Path<'_>, to: &mut Findings) {
    if !status(code).is_some_and(|code| (400..600).contains(&code)) {
        let message = format!("{} is no error that S3 redirects; use one of 400 to 599, such as 404", quote(code));
        to.deny("website-error-code", Reason::Invalid, at, message);
    }
}

fn website_key_prefix_slash(prefix: &str, at: &Path<'_>, to: &mut Findings) {
    let without = prefix.trim_start_matches('/');
    if without.len() < prefix.len() {
        let advice = if without.is_empty() { "remove it".to_owned() } else { format!("did you mean {}?", quote(without)) };
        let message = format!("{} fits only keys that begin with /, which few do; {advice}", quote(prefix));
        to.warn("website-key-prefix-slash", Reason::Invalid, at, message);
    }
}

fn redirect(given: Option<&Redirect>, at: &Path<'_>, to: &mut Findings) {
    let Some(redirect) = given.filter(|redirect| says(redirect)) else {
        return website_redirect_required(at, to);
    };
    website_host_shape(redirect.host_name.as_deref(), &at.member("hostName"), to);
    website_protocol_enum(redirect.protocol.as_deref(), &at.member("protocol"), to);
    website_redirect_code(redirect, &at.member("httpRedirectCode"), to);
    website_replace_both(redirect, at, to);
}

/// A prefix or a key that is replaced by nothing says something: the prefix goes.
fn says(redirect: &Redirect) -> bool {
    let members = [&redirect.host_name, &redirect.http_redirect_code, &redirect.protocol];
    members.into_iter().flatten().any(|text| !text.is_empty())
        || redirect.replace_key_prefix_with.is_some()
        || redirect.replace_key_with.is_some()
}

fn website_redirect_required(at: &Path<'_>, to: &mut Findings) {
    let message = "a rule needs to say where to; set hostName, replaceKeyPrefixWith or another member";
    to.deny("website-redirect-required", Reason::Required, at, message);
}

/// An empty one is not sent. S3 says "3XX except 300" when it refuses one.
fn website_redirect_code(redirect: &Redirect, at: &Path<'_>, to: &mut Findings) {
    let Some(code) = redirect.http_redirect_code.as_deref().filter(|code| !code.is_empty()) else { return };
    if !status(code).is_some_and(|code| (301..400).contains(&code)) {
        let message = format!("{} is no redirect that S3 answers with; use one such as 301, 302, 307 or 308", quote(code));
        to.deny("website-redirect-code", Reason::NotSupported, at, message);
    }
}

/// Nobody knows what S3 says where one of the two is empty.
fn website_replace_both(redirect: &Redirect, at: &Path<'_>, to: &mut Findings) {
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if given(&redirect.replace_key_with) && given(&redirect.replace_key_prefix_with) {
        let message = "S3 replaces the key or its prefix; remove replaceKeyWith or replaceKeyPrefixWith";
        to.deny("website-replace-both", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::super::cases::{redirected, routed};
    use crate::admission::testing::{Case, World, case};

    const HOST: &str = r#""hostName":"a.com""#;

    pub(super) fn on(condition: &str) -> World {
        routed(&format!(r#"{{"condition":{{{condition}}},"redirect":{{{HOST}}}}}"#))
    }

    pub(super) fn on_error(code: &str) -> World {
        on(&format!(r#""httpErrorCodeReturnedEquals":"{code}""#))
    }

    pub(super) fn code(code: &str) -> World {
        redirected(&format!(r#"{HOST},"httpRedirectCode":"{code}""#))
    }

    pub(super) fn many(count: usize, key: usize) -> World {
        let rule = |index: usize| {
            let key = format!(r#"{{"replaceKeyWith":"{}"}}"#, "k".repeat(key));
            format!(r#"{{"condition":{{"keyPrefixEquals":"{index}/"}},"redirect":{key}}}"#)
        };
        routed(&(0..count).map(rule).collect::<Vec<_>>().join(","))
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let prefix = |prefix: &str| on(&format!(r#""keyPrefixEquals":"{prefix}""#));
        let both = r#""replaceKeyWith":"a","replaceKeyPrefixWith":"b/""#;
        vec![
            case("website-routing-rule-count", many(51, 9), many(50, 9)),
            case("website-routing-rules-empty", routed(""), many(1, 9)),
            case("website-redirect-required", routed(r#"{"condition":{"keyPrefixEquals":"a/"}}"#), prefix("a/")),
            case("website-replace-both", redirected(both), redirected(r#""replaceKeyWith":"a""#)),
            case("website-condition-empty", on(""), prefix("a/")),
            case("website-error-code", on_error("200"), on_error("404")),
            case("website-redirect-code", code("200"), code("301")),
            case("website-size", many(50, 2600), many(50, 2400)),
            case("website-key-prefix-slash", prefix("/docs"), prefix("docs")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{redirected, routed};
    use super::cases::{code, many, on, on_error};

    #[test]
    fn the_codes_that_s3_knows() {
        for good in ["400", "417", "429", "451", "500", "511", "599", ""] {
            assert_eq!(on_error(good).rules(), [""; 0], "{good}");
        }
        for bad in ["399", "600", "200", "4XX", "0404", "+404", " 404", "40", "4040", "٤٠٤"] {
            assert_eq!(on_error(bad).rules(), ["website-error-code"], "{bad}");
        }
        for bad in ["300", "200", "400", "3xx"] {
            assert_eq!(code(bad).rules(), ["website-redirect-code"], "{bad}");
        }
        assert_eq!(code("").rules(), [""; 0]);
    }

    #[test]
    fn a_redirect_needs_a_member_that_says_something() {
        for silent in ["", r#""hostName":"""#, r#""hostName":"","protocol":"","httpRedirectCode":"""#] {
            assert_eq!(redirected(silent).rules(), ["website-redirect-required"], "{silent}");
        }
        for saying in [r#""replaceKeyPrefixWith":"""#, r#""protocol":"https""#, r#""replaceKeyWith":"","replaceKeyPrefixWith":"a""#] {
            assert_eq!(redirected(saying).rules(), [""; 0], "{saying}");
        }
        assert_eq!(routed("{}").rules(), ["website-redirect-required"]);
    }

    #[test]
    fn a_condition_without_any_member_is_empty() {
        assert_eq!(on("").verdict().findings[0].field, "spec.website.routingRules[0].condition");
        assert_eq!(on(r#""keyPrefixEquals":"""#).rules(), [""; 0]);
        let slashes = on(r#""keyPrefixEquals":"//""#).verdict();
        assert!(slashes.findings[0].message.ends_with("remove it"), "{:?}", slashes.findings);
    }

    #[test]
    fn what_is_stored_and_never_sent_does_not_hold_the_controller_up() {
        assert_eq!(routed("").existing().guard().rules(), [""; 0]);
    }

    #[test]
    fn a_list_that_is_far_too_long_is_looked_at_in_part() {
        assert_eq!(many(500, 9).rules(), ["website-routing-rule-count"]);
        let verdict = routed(&vec!["{}"; 1000].join(",")).verdict();
        assert_eq!(verdict.findings.len(), 1 + super::LOOKED_AT);
    }
}
