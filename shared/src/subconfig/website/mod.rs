//! Static web site. S3 API: GetBucketWebsite, PutBucketWebsite, DeleteBucketWebsite.

mod findings;
#[cfg(feature = "s3")]
mod remote;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

/// The bucket as a static web site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Website {
    /// What is served when a request fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_document: Option<ErrorDocument>,
    /// What is served for a directory; required unless all requests are redirected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_document: Option<IndexDocument>,
    /// Another host that gets all requests; nothing else may stand beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_all_requests_to: Option<RedirectAllRequestsTo>,
    /// Redirects for some requests; the first rule that fits counts. At most 50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_rules: Option<Vec<RoutingRule>>,
}

/// What is served when a request fails.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDocument {
    /// The key of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// What is served for a directory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IndexDocument {
    /// What is put behind the path of the directory, such as index.html; no slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
}

/// Another host that gets all requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedirectAllRequestsTo {
    /// The name of the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_name: Option<String>,
    /// http or https; that of the request where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
}

/// One redirect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoutingRule {
    /// Which requests are redirected; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<RoutingCondition>,
    /// Where to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<Redirect>,
}

/// Which requests are redirected; where both members are given, a request has to meet both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoutingCondition {
    /// The HTTP status, 4xx or 5xx, that the request would get.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_error_code_returned_equals: Option<String>,
    /// The start of the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_prefix_equals: Option<String>,
}

/// Where a request is redirected to; at least one member.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Redirect {
    /// The name of the host; that of the request where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_name: Option<String>,
    /// The HTTP status of the answer, 3xx.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_redirect_code: Option<String>,
    /// http or https; that of the request where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// What takes the place of the prefix that the condition names; not beside replaceKeyWith.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_key_prefix_with: Option<String>,
    /// What takes the place of the whole key; not beside replaceKeyPrefixWith.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_key_with: Option<String>,
}

impl SubConfig for Website {
    const NAME: &'static str = "website";
    const FIELD: &'static str = "website";
    const ABSENT: &'static str = "none";

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.website.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.website = Some(self);
    }

    /// The rules keep their order: the first one that fits counts.
    fn normalise(self) -> Option<Self> {
        let document = |key| normal::text(key).map(|key| ErrorDocument { key: Some(key) });
        let index = |suffix| normal::text(suffix).map(|suffix| IndexDocument { suffix: Some(suffix) });
        let rules = self.routing_rules.unwrap_or_default().into_iter().map(RoutingRule::normalise);
        normal::said(Self {
            error_document: self.error_document.and_then(|error| document(error.key)),
            index_document: self.index_document.and_then(|document| index(document.suffix)),
            redirect_all_requests_to: self.redirect_all_requests_to.map(RedirectAllRequestsTo::normalise).and_then(normal::said),
            routing_rules: normal::list(rules.collect()),
        })
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

impl RedirectAllRequestsTo {
    fn normalise(self) -> Self {
        Self { host_name: normal::text(self.host_name), protocol: normal::text(self.protocol) }
    }
}

impl RoutingRule {
    fn normalise(self) -> Self {
        let condition = self.condition.map(|condition| RoutingCondition {
            http_error_code_returned_equals: normal::text(condition.http_error_code_returned_equals),
            key_prefix_equals: normal::text(condition.key_prefix_equals),
        });
        Self { condition: condition.and_then(normal::said), redirect: self.redirect.map(Redirect::normalise).and_then(normal::said) }
    }
}

impl Redirect {
    /// A prefix or a key that is replaced by nothing says something: the prefix goes.
    fn normalise(self) -> Self {
        Self {
            host_name: normal::text(self.host_name),
            http_redirect_code: normal::text(self.http_redirect_code),
            protocol: normal::text(self.protocol),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::place::Place;
    use crate::subconfig::{Have, Step};

    fn of(site: &Value) -> Website {
        serde_json::from_value(site.clone()).unwrap()
    }

    fn plan(want: &Value, have: &Value) -> Step<Website> {
        let spec = BucketSpec { website: Some(of(want)), ..BucketSpec::default() };
        Step::plan(&spec, &Have::Value(of(have)), &Place::default())
    }

    #[test]
    fn members_that_say_nothing_are_gone() {
        let chatty = json!({"indexDocument": {"suffix": "i"}, "errorDocument": {"key": ""}, "redirectAllRequestsTo": {},
            "routingRules": [{"condition": {"keyPrefixEquals": ""}, "redirect": {"hostName": "h", "protocol": ""}}]});
        let terse = json!({"indexDocument": {"suffix": "i"}, "routingRules": [{"redirect": {"hostName": "h"}}]});
        assert_eq!(plan(&chatty, &terse), Step::None);
        let have = json!({"indexDocument": {"suffix": "i"}});
        assert_eq!(plan(&json!({"indexDocument": {}, "routingRules": []}), &have), Step::Remove { have: of(&have) });
    }

    #[test]
    fn the_order_of_rules_counts_and_a_prefix_may_go() {
        let rule = |to: &str| json!({"redirect": {"replaceKeyPrefixWith": to}});
        let site = |rules: &[Value]| json!({"indexDocument": {"suffix": "i"}, "routingRules": rules});
        assert!(matches!(plan(&site(&[rule("a"), rule("b")]), &site(&[rule("b"), rule("a")])), Step::Put { .. }));
        let differences = plan(&site(&[rule("")]), &site(&[rule("a")])).differences();
        assert_eq!(
            differences.iter().map(|d| d.field.as_str()).collect::<Vec<_>>(),
            ["spec.website.routingRules[0].redirect.replaceKeyPrefixWith"]
        );
    }

    #[cfg(feature = "s3")]
    #[test]
    fn a_site_that_only_redirects_is_written_once_and_never_deleted() {
        use crate::subconfig::{laws::remote::runtime, laws::store::Store, remote::Remote};

        let (store, runtime) = (Store::new_bucket(), runtime());
        let want = json!({"redirectAllRequestsTo": {"hostName": "example.com", "protocol": "https"}});
        let spec = BucketSpec { website: Some(of(&want)), ..BucketSpec::default() };
        let read = || runtime.block_on(Website::read(&store.bucket())).unwrap();
        let Step::Put { want, have: None } = Step::plan(&spec, &read(), &Place::default()) else { panic!("no put") };
        runtime.block_on(Website::put(&store.bucket(), &want, None)).unwrap();
        assert_eq!(Step::plan(&spec, &read(), &Place::default()), Step::None);
        assert_eq!(store.calls(), ["GET website", "PUT website", "GET website"]);
        let document = store.document("website").unwrap();
        assert!(document.contains("<HostName>example.com</HostName><Protocol>https</Protocol>"), "{document}");
    }

    #[cfg(feature = "s3")]
    #[test]
    fn a_site_without_members_is_no_answer() {
        use crate::subconfig::{laws::remote::runtime, laws::store::Store, remote::Remote};

        let read = |body: &str| runtime().block_on(Website::read(&Store::answering(200, body).bucket())).unwrap();
        assert_eq!(read("<WebsiteConfiguration/>"), Have::Unsupported);
        let torn = read("<WebsiteConfiguration><RedirectAllRequestsTo/><RoutingRules><RoutingRule/></RoutingRules></WebsiteConfiguration>");
        assert!(matches!(torn, Have::Value(_)), "members that are missing do no harm: {torn:?}");
    }

    #[cfg(feature = "s3")]
    #[test]
    fn a_redirect_without_a_host_is_a_fault() {
        let fault = of(&json!({"redirectAllRequestsTo": {"protocol": "https"}})).to_sdk().unwrap_err();
        assert_eq!(fault.class, crate::fault::Class::Terminal);
        assert!(fault.to_string().contains("host_name"), "{fault}");
    }
}
