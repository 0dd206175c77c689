//! Who can reach a web site. Its endpoint is for the public and knows no credentials.
//! Source: S3 User Guide, "Setting permissions for website access" and "Using Requester Pays general purpose buckets".

use super::rules;
use crate::admission::{Facts, Findings, Path, Reason};
use crate::subconfig::PublicAccessBlock;
use crate::subconfig::website::{RoutingCondition, Website};
use crate::unset::UnsetFields;

pub(super) fn findings(website: &Website, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    website_public_blocked(website, at, facts, to);
    website_requester_pays(at, facts, to);
}

fn website_public_blocked(website: &Website, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if !redirects_all(website) && blocks_public(facts) && !lets_some_in(facts) {
        let message = "visitors get 403, as publicAccessBlock keeps the public out; open it, or serve the bucket through CloudFront";
        to.warn("website-public-blocked", Reason::Forbidden, at, message);
    }
}

/// Whoever gets only redirects reads no object.
fn redirects_all(website: &Website) -> bool {
    let has_none = |condition: &Option<RoutingCondition>| condition.as_ref().is_none_or(|given| *given == RoutingCondition::default());
    website.redirect_all_requests_to.is_some() || rules(website).iter().any(|rule| has_none(&rule.condition))
}

/// A section that is left out means all four, unless such sections are not managed.
fn blocks_public(facts: &Facts<'_>) -> bool {
    let block = facts.spec().and_then(|spec| spec.public_access_block.as_ref());
    match block.filter(|block| **block != PublicAccessBlock::default()) {
        Some(block) => block.block_public_policy == Some(true) || block.restrict_public_buckets == Some(true),
        None => block.is_some() || !facts.exists() || facts.unset() == UnsetFields::Reset,
    }
}

/// Whether the policy may be for CloudFront, or for some networks only. Such a policy is not public.
fn lets_some_in(facts: &Facts<'_>) -> bool {
    let policy = facts.spec().and_then(|spec| spec.policy.as_ref()).map_or("", |policy| policy.0.as_str());
    ["cloudfront", "CloudFront", "\"Condition\""].iter().any(|word| policy.contains(word))
}

fn website_requester_pays(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let payer = facts.spec().and_then(|spec| spec.request_payment.as_ref()).and_then(|section| section.payer.as_deref());
    if payer == Some("Requester") {
        let message = "visitors get 403, as they cannot pay for their requests; remove requestPayment, or the web site";
        to.warn("website-requester-pays", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::super::cases::suffix;
    use crate::admission::testing::{Case, World, case};

    /// A web site on a Bucket with this block on public access.
    pub(super) fn blocked(block: &str) -> World {
        suffix("index.html").section("publicAccessBlock", block)
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let paid_by = |payer: &str| suffix("index.html").section("requestPayment", &format!(r#"{{"payer":"{payer}"}}"#));
        vec![
            case("website-public-blocked", blocked("null"), suffix("index.html")),
            case("website-requester-pays", paid_by("Requester"), paid_by("BucketOwner")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{elsewhere, routed};
    use super::cases::blocked;
    use crate::admission::testing::World;
    use crate::annotation;

    fn speaks(world: &World) -> bool {
        world.rules().contains(&"website-public-blocked")
    }

    #[test]
    fn one_of_two_members_is_enough() {
        let block = |member: &str| {
            let off = r#""blockPublicACLs":false,"ignorePublicACLs":false"#;
            blocked(&format!(r#"{{{off},"{member}":true}}"#))
        };
        assert!(speaks(&block("blockPublicPolicy")) && speaks(&block("restrictPublicBuckets")) && speaks(&blocked("{}")));
        assert!(!speaks(&blocked(r#"{"blockPublicACLs":true,"ignorePublicACLs":true}"#)));
    }

    #[test]
    fn redirects_need_no_permission() {
        let closed = |world: World| world.section("publicAccessBlock", "null");
        assert!(!speaks(&closed(elsewhere(r#""hostName":"a.com""#, ""))));
        assert!(!speaks(&closed(routed(r#"{"redirect":{"hostName":"a.com"}}"#))));
        assert!(speaks(&closed(routed(r#"{"condition":{"keyPrefixEquals":"a/"},"redirect":{"hostName":"a.com"}}"#))));
    }

    #[test]
    fn a_policy_that_is_not_for_everybody_is_left_in_peace() {
        let with = |policy: &str| blocked("null").section("policy", &serde_json::to_string(policy).unwrap());
        assert!(!speaks(&with(r#"{"Statement":[{"Principal":{"Service":"cloudfront.amazonaws.com"}}]}"#)));
        assert!(!speaks(&with(r#"{"Statement":[{"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}]}"#)));
        assert!(speaks(&with(r#"{"Statement":[{"Principal":"*"}]}"#)));
    }

    #[test]
    fn nothing_is_known_where_sections_that_are_left_out_are_not_managed() {
        let ignoring = |world: World| world.annotate(annotation::UNSET_FIELDS, "ignore");
        assert!(!speaks(&ignoring(blocked("null").existing().update())));
        assert!(speaks(&ignoring(blocked("null"))), "a new bucket has all four");
    }
}
