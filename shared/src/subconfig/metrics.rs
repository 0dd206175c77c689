//! CloudWatch request metrics. S3 API: ListBucketMetricsConfigurations, PutBucketMetricsConfiguration,
//! DeleteBucketMetricsConfiguration.

mod findings;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::filter::{Conditions, spell};
use super::keyed::{self, Keyed};
use super::tagging::Tag;
use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

/// CloudWatch request metrics, each with an id of its own; at most 1,000.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Metrics(pub Vec<MetricsConfiguration>);

/// The request metrics of one set of objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsConfiguration {
    /// The objects whose requests count; all where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<MetricsFilter>,
    /// The id in the bucket; the value of the dimension FilterId in CloudWatch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// Whose requests count: those for objects with a prefix or a tag, those through an access point, or those that meet all parts of
/// `and`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsFilter {
    /// The ARN of the access point that the request came through.
    #[serde(rename = "accessPointARN", skip_serializing_if = "Option::is_none")]
    pub access_point_arn: Option<String>,
    /// Several parts at once; a request has to meet all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub and: Option<MetricsFilterAnd>,
    /// The start of the key, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// A tag that the object carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<Tag>,
}

/// Parts of a filter that a request has to meet all at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsFilterAnd {
    /// The ARN of the access point that the request came through.
    #[serde(rename = "accessPointARN", skip_serializing_if = "Option::is_none")]
    pub access_point_arn: Option<String>,
    /// The start of the key, without a leading slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Tags that the object carries, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
}

impl SubConfig for Metrics {
    const NAME: &'static str = "metrics";
    const FIELD: &'static str = "metrics";
    const ABSENT: &'static str = "none";
    const DIRECTORY_BUCKETS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.metrics.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.metrics = Some(self);
    }

    /// By id: S3 hands them out in an order of its own.
    fn normalise(self) -> Option<Self> {
        keyed::normalise(self.0).map(Self)
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

impl Keyed for MetricsConfiguration {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn normalise(self) -> Self {
        Self { filter: self.filter.and_then(MetricsFilter::normalise), id: normal::text(self.id) }
    }
}

impl MetricsFilter {
    /// The one spelling of all that name the same requests; `None` for all requests.
    fn normalise(self) -> Option<Self> {
        let and = self.and.unwrap_or_default();
        let alone = Conditions { access_point_arn: self.access_point_arn, prefix: self.prefix, tags: self.tag.map(|tag| vec![tag]) };
        let together = Conditions { access_point_arn: and.access_point_arn, prefix: and.prefix, tags: and.tags };
        let (alone, and) = spell(alone, together)?;
        let and = and.map(|and| MetricsFilterAnd { access_point_arn: and.access_point_arn, prefix: and.prefix, tags: and.tags });
        Some(Self { access_point_arn: alone.access_point_arn.clone(), and, prefix: alone.prefix.clone(), tag: alone.tag() })
    }
}

#[cfg(feature = "s3")]
mod remote {
    use aws_sdk_s3::types::{MetricsAndOperator as S3And, MetricsConfiguration as S3Metrics, MetricsFilter as S3Filter};

    use super::{Metrics, MetricsConfiguration, MetricsFilter, MetricsFilterAnd};
    use crate::admission::Path;
    use crate::fault::Fault;
    use crate::subconfig::Have;
    use crate::subconfig::filter::wire;
    use crate::subconfig::keyed::Keyed;
    use crate::subconfig::keyed::remote::{self as keyed, Calls, Page};
    use crate::subconfig::remote::{Remote, S3Bucket, given};

    keyed::calls! {
        Metrics of MetricsConfiguration, "Metrics",
        list: list_bucket_metrics_configurations.metrics_configuration_list,
        put: put_bucket_metrics_configuration.metrics_configuration,
        delete: delete_bucket_metrics_configuration
    }

    impl MetricsConfiguration {
        fn from_sdk(configuration: S3Metrics) -> Result<Self, Fault> {
            let filter = configuration.filter.map(|filter| MetricsFilter::from_sdk(filter, &configuration.id)).transpose()?;
            Ok(Self { filter, id: given(&configuration.id) })
        }

        /// The normal form is sent: it is the spelling that S3 takes.
        fn to_sdk(&self, at: &Path<'_>) -> Result<S3Metrics, Fault> {
            let normal = self.clone().normalise();
            let filter = normal.filter.map(|filter| filter.into_sdk(&at.member("filter"))).transpose()?;
            let builder = S3Metrics::builder().set_id(normal.id).set_filter(filter);
            builder.build().map_err(|error| Fault::unbuildable(Metrics::PUT, error))
        }
    }

    impl MetricsFilter {
        fn from_sdk(filter: S3Filter, id: &str) -> Result<Self, Fault> {
            Ok(match filter {
                S3Filter::AccessPointArn(arn) => Self { access_point_arn: Some(arn), ..Self::default() },
                S3Filter::Prefix(prefix) => Self { prefix: Some(prefix), ..Self::default() },
                S3Filter::Tag(tag) => Self { tag: Some(wire::tag_from_sdk(tag)), ..Self::default() },
                S3Filter::And(and) => {
                    let tags = wire::tags_from_sdk(and.tags);
                    Self {
                        and: Some(MetricsFilterAnd { access_point_arn: and.access_point_arn, prefix: and.prefix, tags }),
                        ..Self::default()
                    }
                }
                S3Filter::Unknown { .. } | _ => return Err(wire::unknown(Metrics::GET, id)),
            })
        }

        fn into_sdk(self, at: &Path<'_>) -> Result<S3Filter, Fault> {
            match self {
                Self { access_point_arn: Some(arn), and: None, prefix: None, tag: None } => Ok(S3Filter::AccessPointArn(arn)),
                Self { access_point_arn: None, and: None, prefix: Some(prefix), tag: None } => Ok(S3Filter::Prefix(prefix)),
                Self { access_point_arn: None, and: None, prefix: None, tag: Some(tag) } => {
                    Ok(S3Filter::Tag(wire::tag_to_sdk(Metrics::PUT, &tag)?))
                }
                Self { access_point_arn: None, and: Some(and), prefix: None, tag: None } => {
                    let tags = wire::tags_to_sdk(Metrics::PUT, and.tags.as_deref())?;
                    let builder = S3And::builder().set_access_point_arn(and.access_point_arn).set_prefix(and.prefix).set_tags(tags);
                    Ok(S3Filter::And(builder.build()))
                }
                _ => Err(wire::several(Metrics::PUT, at)),
            }
        }
    }
}

#[cfg(test)]
#[cfg(feature = "s3")]
mod tests {
    use serde_json::json;

    use super::Metrics;
    use crate::subconfig::keyed::tests::{assert_settled, pass};
    use crate::subconfig::laws::store::Store;

    #[test]
    fn every_spelling_of_a_filter_is_read_back() {
        let tag = json!({"key": "k", "value": "v"});
        let xml = "<Tag><Key>k</Key><Value>v</Value></Tag>";
        let arn = "arn:aws:s3:eu-central-1:111122223333:accesspoint/web";
        for (filter, sent) in [
            (json!({"prefix": "a/"}), "<Filter><Prefix>a/</Prefix></Filter>".to_owned()),
            (json!({"tag": tag}), format!("<Filter>{xml}</Filter>")),
            (json!({"and": {"tags": [tag]}}), format!("<Filter>{xml}</Filter>")),
            (json!({"accessPointARN": arn}), format!("<Filter><AccessPointArn>{arn}</AccessPointArn></Filter>")),
            (json!({"and": {"accessPointARN": arn, "prefix": ""}}), format!("<Filter><AccessPointArn>{arn}</AccessPointArn></Filter>")),
            (json!({"prefix": "a/", "tag": tag}), format!("<Filter><And><Prefix>a/</Prefix>{xml}</And></Filter>")),
            (
                json!({"and": {"accessPointARN": arn, "prefix": "a/", "tags": [tag, {"key": "j"}]}}),
                format!(
                    "<Filter><And><Prefix>a/</Prefix><Tag><Key>j</Key><Value></Value></Tag>{xml}<AccessPointArn>{arn}</AccessPointArn></And></Filter>"
                ),
            ),
            (json!({"prefix": "", "and": {}}), String::new()),
        ] {
            let (store, section) = (Store::bare(), json!([{"id": "a", "filter": filter}]));
            assert_eq!(pass::<Metrics>(&store, &section).writes, ["PUT metrics/a"]);
            let document = store.document("metrics/a").unwrap();
            assert!(document.ends_with(&format!("<Id>a</Id>{sent}</MetricsConfiguration>")), "{document}");
            assert_settled::<Metrics>(&store, &section);
        }
    }

    #[test]
    fn a_single_condition_under_and_is_no_difference() {
        let store = Store::bare();
        store.set("metrics/a", "<MetricsConfiguration><Id>a</Id><Filter><And><Prefix>x</Prefix></And></Filter></MetricsConfiguration>");
        assert_settled::<Metrics>(&store, &json!([{"id": "a", "filter": {"prefix": "x"}}]));
        let other = pass::<Metrics>(&store, &json!([{"id": "a", "filter": {"prefix": "y"}}]));
        assert_eq!(other.fields, ["spec.metrics[a].filter.prefix"]);
    }

    #[test]
    fn a_filter_that_contradicts_itself_is_a_fault_that_names_it() {
        let store = Store::bare();
        let fault = pass::<Metrics>(&store, &json!([{"id": "a", "filter": {"prefix": "x", "and": {"prefix": "y"}}}])).outcome.unwrap_err();
        assert!(fault.to_string().contains("InvalidSpec: spec.metrics[a].filter: a filter takes one member"), "{fault}");
        assert!(store.document("metrics/a").is_none());
    }
}
