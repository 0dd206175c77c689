//! Archive tiers of the storage class INTELLIGENT_TIERING. S3 API: ListBucketIntelligentTieringConfigurations,
//! PutBucketIntelligentTieringConfiguration, DeleteBucketIntelligentTieringConfiguration.

mod findings;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::ObjectFilter;
use super::keyed::{self, Keyed};
use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

/// Archive settings of the storage class INTELLIGENT_TIERING, each with an id of its own; at most 1,000.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct IntelligentTiering(pub Vec<IntelligentTieringConfiguration>);

/// When which objects of the storage class INTELLIGENT_TIERING are archived.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntelligentTieringConfiguration {
    /// The objects that are meant; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<ObjectFilter>,
    /// The id of the setting in its bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The archive tiers, each at most once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tierings: Option<Vec<Tiering>>,
}

/// One archive tier and when objects move there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tiering {
    /// ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_tier: Option<String>,
    /// Days without access after which an object moves: 90 to 730 for ARCHIVE_ACCESS, 180 to 730 for DEEP_ARCHIVE_ACCESS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
}

impl SubConfig for IntelligentTiering {
    const NAME: &'static str = "intelligent_tiering";
    const FIELD: &'static str = "intelligentTiering";
    const ABSENT: &'static str = "none";
    /// Objects in the archive tiers have to be restored before they are read.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.intelligent_tiering.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.intelligent_tiering = Some(self);
    }

    /// By id: S3 hands them out in an order of its own.
    fn normalise(self) -> Option<Self> {
        keyed::normalise(self.0).map(Self)
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

impl Keyed for IntelligentTieringConfiguration {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The tiers are a set.
    fn normalise(self) -> Self {
        let tier = |tiering: Tiering| Tiering { access_tier: normal::text(tiering.access_tier), ..tiering };
        Self {
            filter: self.filter.and_then(ObjectFilter::normalise),
            id: normal::text(self.id),
            status: normal::text(self.status),
            tierings: normal::set(self.tierings.map(|tierings| tierings.into_iter().map(tier).collect())),
        }
    }
}

#[cfg(feature = "s3")]
mod remote {
    use aws_sdk_s3::error::BuildError;
    use aws_sdk_s3::types::{
        IntelligentTieringAndOperator as S3And, IntelligentTieringConfiguration as S3Setting, IntelligentTieringFilter as S3Filter,
        Tiering as S3Tiering,
    };

    use super::{IntelligentTiering, IntelligentTieringConfiguration, Tiering};
    use crate::admission::Path;
    use crate::fault::Fault;
    use crate::subconfig::Have;
    use crate::subconfig::filter::{ObjectFilter, ObjectFilterAnd, wire};
    use crate::subconfig::keyed::remote::{self as keyed, Calls, Page};
    use crate::subconfig::normal;
    use crate::subconfig::remote::{Remote, S3Bucket, given, int32};

    keyed::calls! {
        IntelligentTiering of IntelligentTieringConfiguration, "IntelligentTiering",
        list: list_bucket_intelligent_tiering_configurations.intelligent_tiering_configuration_list,
        put: put_bucket_intelligent_tiering_configuration.intelligent_tiering_configuration,
        delete: delete_bucket_intelligent_tiering_configuration
    }

    impl IntelligentTieringConfiguration {
        #[expect(clippy::unnecessary_wraps, reason = "as the other keyed configurations, some of which can fail")]
        fn from_sdk(configuration: S3Setting) -> Result<Self, Fault> {
            let tiering =
                |tiering: S3Tiering| Tiering { access_tier: given(tiering.access_tier.as_str()), days: Some(i64::from(tiering.days)) };
            Ok(Self {
                filter: configuration.filter.map(ObjectFilter::from_tiering),
                id: given(&configuration.id),
                status: given(configuration.status.as_str()),
                tierings: Some(configuration.tierings.into_iter().map(tiering).collect()),
            })
        }

        /// The filter is sent in its normal form: it is the spelling that S3 takes.
        fn to_sdk(&self, at: &Path<'_>) -> Result<S3Setting, Fault> {
            let filter = self.filter.clone().and_then(ObjectFilter::normalise);
            let filter = filter.map(|filter| filter.into_tiering(&at.member("filter"))).transpose()?;
            let tierings = at.member("tierings");
            let all = self.tierings.iter().flatten().enumerate();
            let all = all.map(|(index, tiering)| tiering.to_sdk(&tierings.index(index))).collect::<Result<Vec<_>, _>>()?;
            let builder = S3Setting::builder()
                .set_id(self.id.clone())
                .set_filter(filter)
                .set_status(self.status.as_deref().map(Into::into))
                .set_tierings(normal::list(all));
            builder.build().map_err(unbuildable)
        }
    }

    impl ObjectFilter {
        fn from_tiering(filter: S3Filter) -> Self {
            let and = filter.and.map(|and| ObjectFilterAnd { prefix: and.prefix, tags: wire::tags_from_sdk(and.tags) });
            Self { and, prefix: filter.prefix, tag: filter.tag.map(wire::tag_from_sdk) }
        }

        fn into_tiering(self, at: &Path<'_>) -> Result<S3Filter, Fault> {
            let and = |and: ObjectFilterAnd| {
                let tags = wire::tags_to_sdk(IntelligentTiering::PUT, and.tags.as_deref())?;
                Ok(S3And::builder().set_prefix(and.prefix).set_tags(tags).build())
            };
            match self {
                Self { and: Some(_), prefix, tag } if prefix.is_some() || tag.is_some() => Err(wire::several(IntelligentTiering::PUT, at)),
                Self { and: several, prefix, tag } => {
                    let tag = tag.map(|tag| wire::tag_to_sdk(IntelligentTiering::PUT, &tag)).transpose()?;
                    Ok(S3Filter::builder().set_prefix(prefix).set_tag(tag).set_and(several.map(and).transpose()?).build())
                }
            }
        }
    }

    impl Tiering {
        fn to_sdk(&self, at: &Path<'_>) -> Result<S3Tiering, Fault> {
            let days = int32(IntelligentTiering::PUT, &at.member("days"), self.days)?;
            let tier = self.access_tier.as_deref().map(Into::into);
            S3Tiering::builder().set_access_tier(tier).set_days(days).build().map_err(unbuildable)
        }
    }

    fn unbuildable(error: BuildError) -> Fault {
        Fault::unbuildable(IntelligentTiering::PUT, error)
    }
}

#[cfg(test)]
#[cfg(feature = "s3")]
mod tests {
    use serde_json::{Value, json};

    use super::IntelligentTiering;
    use crate::fault::Class;
    use crate::subconfig::keyed::tests::{assert_settled, pass};
    use crate::subconfig::laws::store::Store;

    fn section(tierings: &[(&str, i64)], filter: &Value) -> Value {
        let tierings: Vec<Value> = tierings.iter().map(|(tier, days)| json!({"accessTier": tier, "days": days})).collect();
        json!([{"id": "a", "status": "Enabled", "filter": filter, "tierings": tierings}])
    }

    #[test]
    fn the_order_of_the_tiers_means_nothing() {
        let (store, filter) = (Store::bare(), json!({"and": {"tags": [{"key": "k", "value": "v"}]}}));
        let tiers = [("DEEP_ARCHIVE_ACCESS", 180), ("ARCHIVE_ACCESS", 90)];
        pass::<IntelligentTiering>(&store, &section(&tiers, &filter)).outcome.unwrap();
        assert_settled::<IntelligentTiering>(&store, &section(&[tiers[1], tiers[0]], &json!({"tag": {"key": "k", "value": "v"}})));
        let other = pass::<IntelligentTiering>(&store, &section(&[("ARCHIVE_ACCESS", 91), tiers[0]], &filter));
        assert_eq!(other.fields, ["spec.intelligentTiering[a].tierings[ARCHIVE_ACCESS].days"]);
    }

    #[test]
    fn days_that_do_not_fit_are_a_fault_that_names_them() {
        let store = Store::bare();
        let tiers = [("DEEP_ARCHIVE_ACCESS", 180), ("ARCHIVE_ACCESS", i64::from(i32::MAX) + 1)];
        let pass = pass::<IntelligentTiering>(&store, &section(&tiers, &json!({})));
        let fault = pass.outcome.unwrap_err();
        assert_eq!((fault.class, pass.writes.len()), (Class::Terminal, 0));
        assert!(fault.to_string().contains("spec.intelligentTiering[a].tierings[1].days: 2147483648 does not fit"), "{fault}");
    }

    #[test]
    fn a_setting_that_lacks_a_member_is_a_fault_that_names_it() {
        let pass = pass::<IntelligentTiering>(&Store::bare(), &json!([{"id": "a", "status": "Enabled", "tierings": []}]));
        let fault = pass.outcome.unwrap_err().to_string();
        assert!(fault.contains("spec.intelligentTiering[a]") && fault.contains("tierings"), "{fault}");
    }
}
