//! Cross-origin resource sharing. S3 API: GetBucketCors, PutBucketCors, DeleteBucketCors.

mod findings;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

/// Which web origins may use the bucket from a browser.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cors {
    /// At most 100 rules; the first one that matches a request decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors_rules: Option<Vec<CorsRule>>,
}

/// What some origins may do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CorsRule {
    /// Request headers that a preflight request may ask for; each may hold one `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_headers: Option<Vec<String>>,
    /// GET, PUT, HEAD, POST, DELETE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_methods: Option<Vec<String>>,
    /// Origins such as https://example.com; each may hold one `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_origins: Option<Vec<String>>,
    /// Answer headers that a script may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expose_headers: Option<Vec<String>>,
    /// A name of the rule, at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How long a browser may keep the answer to a preflight request, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<i64>,
}

impl CorsRule {
    /// The lists are sets; methods are upper case.
    fn normalise(self) -> Self {
        let methods = self.allowed_methods.map(|methods| methods.iter().map(|method| method.to_ascii_uppercase()).collect());
        Self {
            allowed_headers: normal::set(self.allowed_headers),
            allowed_methods: normal::set(methods),
            allowed_origins: normal::set(self.allowed_origins),
            expose_headers: normal::set(self.expose_headers),
            id: normal::text(self.id),
            max_age_seconds: self.max_age_seconds,
        }
    }
}

impl SubConfig for Cors {
    const NAME: &'static str = "cors";
    const FIELD: &'static str = "cors";
    const ABSENT: &'static str = "none";

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.cors.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.cors = Some(self);
    }

    /// The rules keep their order: it decides.
    fn normalise(self) -> Option<Self> {
        let rules = self.cors_rules.unwrap_or_default().into_iter().map(CorsRule::normalise);
        normal::list(rules.collect()).map(|rules| Self { cors_rules: Some(rules) })
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

#[cfg(feature = "s3")]
mod remote {
    use aws_sdk_s3::types::{CorsConfiguration, CorsRule as S3Rule};

    use super::{Cors, CorsRule};
    use crate::admission::Path;
    use crate::fault::{Fault, Operation};
    use crate::subconfig::remote::{Remote, S3Bucket, fault, int32, unread};
    use crate::subconfig::{Have, SubConfig};

    impl Remote for Cors {
        const GET: Operation = Operation { name: "GetBucketCors", action: "s3:GetBucketCORS" };
        const PUT: Operation = Operation { name: "PutBucketCors", action: "s3:PutBucketCORS" };
        const DELETE: Operation = Operation { name: "DeleteBucketCors", action: "s3:PutBucketCORS" };

        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_bucket_cors().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            match call.send().await {
                Ok(answer) => Ok(answer.cors_rules.map_or(Have::Unsupported, |rules| Have::Value(Self::from_sdk(rules)))),
                Err(error) => unread(Self::GET, &["NoSuchCORSConfiguration"], error),
            }
        }

        async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            let call = s3.client.put_bucket_cors().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            call.cors_configuration(want.to_sdk()?).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
        }

        async fn remove(s3: &S3Bucket, _have: &Self) -> Result<(), Fault> {
            let call = s3.client.delete_bucket_cors().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            call.send().await.map(drop).map_err(|error| fault(Self::DELETE, error))
        }
    }

    impl Cors {
        fn from_sdk(rules: Vec<S3Rule>) -> Self {
            let rule = |rule: S3Rule| CorsRule {
                allowed_headers: rule.allowed_headers,
                allowed_methods: Some(rule.allowed_methods),
                allowed_origins: Some(rule.allowed_origins),
                expose_headers: rule.expose_headers,
                id: rule.id,
                max_age_seconds: rule.max_age_seconds.map(i64::from),
            };
            Self { cors_rules: Some(rules.into_iter().map(rule).collect()) }
        }

        pub(super) fn to_sdk(&self) -> Result<CorsConfiguration, Fault> {
            let spec = Path::root("spec");
            let cors = spec.member(Self::FIELD);
            let at = cors.member("corsRules");
            let rules = self.cors_rules.iter().flatten().enumerate();
            let rules = rules.map(|(index, rule)| rule.clone().normalise().into_sdk(&at.index(index))).collect::<Result<_, _>>()?;
            CorsConfiguration::builder().set_cors_rules(Some(rules)).build().map_err(|error| Fault::unbuildable(Self::PUT, error))
        }
    }

    impl CorsRule {
        fn into_sdk(self, at: &Path<'_>) -> Result<S3Rule, Fault> {
            let max_age = int32(Cors::PUT, &at.member("maxAgeSeconds"), self.max_age_seconds)?;
            let builder = S3Rule::builder()
                .set_allowed_headers(self.allowed_headers)
                .set_allowed_methods(self.allowed_methods)
                .set_allowed_origins(self.allowed_origins)
                .set_expose_headers(self.expose_headers)
                .set_id(self.id)
                .set_max_age_seconds(max_age);
            builder.build().map_err(|error| Fault::unbuildable(Cors::PUT, error))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::place::Place;
    use crate::subconfig::{Have, Step};

    fn of(rules: &Value) -> Cors {
        serde_json::from_value(json!({ "corsRules": rules })).unwrap()
    }

    fn plan(want: &Value, have: &Value) -> Step<Cors> {
        let spec = BucketSpec { cors: Some(of(want)), ..BucketSpec::default() };
        Step::plan(&spec, &Have::Value(of(have)), &Place::default())
    }

    #[test]
    fn lists_are_sets_and_rules_are_not() {
        let want = json!([{"allowedMethods": ["put", "GET"], "allowedOrigins": ["b", "a"], "allowedHeaders": []}]);
        let have = json!([{"allowedMethods": ["GET", "PUT"], "allowedOrigins": ["a", "b", "a"], "id": ""}]);
        assert_eq!(plan(&want, &have), Step::None);
        let (one, two) = (json!({"allowedOrigins": ["a"]}), json!({"allowedOrigins": ["b"]}));
        assert!(matches!(plan(&json!([one, two]), &json!([two, one])), Step::Put { .. }));
    }

    #[test]
    fn no_rules_are_none() {
        assert!(matches!(plan(&json!([]), &json!([{"allowedOrigins": ["a"]}])), Step::Remove { .. }));
    }

    #[cfg(feature = "s3")]
    #[test]
    fn a_number_beyond_32_bits_is_a_fault_that_names_the_field() {
        let rule = json!({"allowedMethods": ["GET"], "allowedOrigins": ["*"], "maxAgeSeconds": 4_294_967_297_i64});
        let fault = of(&json!([rule])).to_sdk().unwrap_err();
        assert_eq!(fault.class, crate::fault::Class::Terminal);
        assert!(fault.to_string().contains("spec.cors.corsRules[0].maxAgeSeconds: 4294967297"), "{fault}");
        let fault = of(&json!([{"allowedMethods": ["GET"], "allowedOrigins": []}])).to_sdk().unwrap_err();
        assert!(fault.to_string().contains("allowed_origins"), "{fault}");
    }
}
