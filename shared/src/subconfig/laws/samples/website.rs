//! Samples of web sites.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{one_of, text};
use crate::subconfig::Website;
use crate::subconfig::laws::Sample;
use crate::subconfig::website::{ErrorDocument, IndexDocument, Redirect, RedirectAllRequestsTo, RoutingCondition, RoutingRule};

impl Sample for Website {
    fn samples() -> BoxedStrategy<Self> {
        let all = prop_oneof![
            (one_of(&["a.example", "b.example"]), of(one_of(&["", "http", "https"])))
                .prop_map(|(host, protocol)| RedirectAllRequestsTo { host_name: Some(host), protocol }),
            Just(RedirectAllRequestsTo::default()),
        ];
        let error = of(text()).prop_map(|key| ErrorDocument { key });
        let index = of(text()).prop_map(|suffix| IndexDocument { suffix });
        (of(error), of(index), of(all), of(vec(rule(), 0..3)))
            .prop_map(|(error_document, index_document, redirect_all_requests_to, routing_rules)| Self {
                error_document,
                index_document,
                redirect_all_requests_to,
                routing_rules,
            })
            .boxed()
    }
}

fn rule() -> impl Strategy<Value = RoutingRule> {
    let condition = (of(one_of(&["404", "500"])), of(text()))
        .prop_map(|(code, prefix)| RoutingCondition { http_error_code_returned_equals: code, key_prefix_equals: prefix });
    let redirect = (of(text()), of(one_of(&["301", "302"])), of(one_of(&["http", "https"])), of(text()), of(text())).prop_map(
        |(host_name, http_redirect_code, protocol, replace_key_prefix_with, replace_key_with)| Redirect {
            host_name,
            http_redirect_code,
            protocol,
            replace_key_prefix_with,
            replace_key_with,
        },
    );
    (of(condition), of(redirect)).prop_map(|(condition, redirect)| RoutingRule { condition, redirect })
}
