//! Samples of request metrics.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{Sample, keyed, tag, text};
use crate::subconfig::Metrics;
use crate::subconfig::metrics::{MetricsConfiguration, MetricsFilter, MetricsFilterAnd};

impl Sample for Metrics {
    fn samples() -> BoxedStrategy<Self> {
        let alone = (of(text()), of(text()), of(tag())).prop_map(|(access_point_arn, prefix, tag)| MetricsFilter {
            access_point_arn,
            and: None,
            prefix,
            tag,
        });
        let and = (of(text()), of(text()), of(vec(tag(), 0..3))).prop_map(|(access_point_arn, prefix, tags)| MetricsFilterAnd {
            access_point_arn,
            prefix,
            tags,
        });
        let filter = prop_oneof![alone, and.prop_map(|and| MetricsFilter { and: Some(and), ..MetricsFilter::default() })];
        let item = of(filter).prop_map(|filter| MetricsConfiguration { filter, id: None });
        keyed::list(item, |item, id| MetricsConfiguration { id: Some(id), ..item }).prop_map(Self).boxed()
    }
}
