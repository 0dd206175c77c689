//! What S3 refuses in the routing rules of a website. Source: S3 API, RoutingRule, Condition, Redirect; error texts as S3 gives them.

use crate::s3::error::S3Error;
use crate::s3::xml::Element;

const MOST_RULES: usize = 50;

/// Checks the rules, and every protocol in the document.
pub(super) fn check(root: &Element) -> Result<(), S3Error> {
    root.child("RedirectAllRequestsTo").map_or(Ok(()), protocol)?;
    let rules: Vec<_> = root.child("RoutingRules").into_iter().flat_map(|rules| rules.all("RoutingRule")).collect();
    if rules.len() > MOST_RULES {
        let count = rules.len();
        return Err(S3Error::invalid_request(format!(
            "{count} routing rules provided, the number of routing rules in a website configuration is limited to {MOST_RULES}."
        )));
    }
    for rule in rules {
        rule.child("Condition").map_or(Ok(()), condition)?;
        redirect(rule.child("Redirect").ok_or_else(S3Error::malformed_xml)?)?;
    }
    Ok(())
}

fn protocol(element: &Element) -> Result<(), S3Error> {
    match element.text_of("Protocol") {
        None | Some("http" | "https") => Ok(()),
        Some(_) => Err(S3Error::invalid_request(
            "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.",
        )),
    }
}

fn condition(condition: &Element) -> Result<(), S3Error> {
    if condition.children.is_empty() {
        let text = "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.";
        return Err(S3Error::invalid_request(text));
    }
    match condition.number("HttpErrorCodeReturnedEquals") {
        Some(code) if !(400..=417).contains(&code) && !(500..=505).contains(&code) => {
            let text = format!("The provided HTTP error code ({code}) is not valid. Valid codes are 4XX or 5XX.");
            Err(S3Error::invalid_request(text))
        }
        _ => Ok(()),
    }
}

fn redirect(redirect: &Element) -> Result<(), S3Error> {
    if redirect.children.is_empty() {
        return Err(S3Error::malformed_xml());
    }
    if redirect.has("ReplaceKeyWith") && redirect.has("ReplaceKeyPrefixWith") {
        return Err(S3Error::invalid_request("You can only define ReplaceKeyPrefix or ReplaceKey but not both."));
    }
    if let Some(code) = redirect.number("HttpRedirectCode").filter(|code| ![301, 302, 303, 304, 305, 307, 308].contains(code)) {
        let text = format!("The provided HTTP redirect code ({code}) is not valid. Valid codes are 3XX except 300.");
        return Err(S3Error::invalid_request(text));
    }
    protocol(redirect)
}
