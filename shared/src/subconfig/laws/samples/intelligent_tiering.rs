//! Samples of archive settings of the storage class INTELLIGENT_TIERING.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Sample, int32, keyed, one_of};
use crate::subconfig::IntelligentTiering;
use crate::subconfig::intelligent_tiering::{IntelligentTieringConfiguration, Tiering};

impl Sample for IntelligentTiering {
    fn samples() -> BoxedStrategy<Self> {
        let tiering = (one_of(&["ARCHIVE_ACCESS", "DEEP_ARCHIVE_ACCESS", "A_NEW_TIER"]), int32())
            .prop_map(|(tier, days)| Tiering { access_tier: Some(tier), days: Some(days) });
        let item = (keyed::filter(), one_of(&["Enabled", "Disabled"]), vec(tiering, 1..4)).prop_map(|(filter, status, tierings)| {
            IntelligentTieringConfiguration { filter, id: None, status: Some(status), tierings: Some(tierings) }
        });
        keyed::list(item, |item, id| IntelligentTieringConfiguration { id: Some(id), ..item }).prop_map(Self).boxed()
    }
}
