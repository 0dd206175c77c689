//! What a spec that is filled in from S3 holds beside the sub-configurations.

use crate::BucketSpec;
use crate::name::BucketName;

/// The namespace of names that end with account and region.
const ACCOUNT_REGIONAL: &str = "account-regional";

/// The spec without any sub-configuration: name and namespace, and what is only ever read while a bucket is created. The namespace
/// is known by the name. Source: S3 User Guide, "Namespaces for general purpose buckets".
pub(super) fn frame(base: &BucketSpec) -> BucketSpec {
    let regional = BucketName::new(&base.name).account_regional().map(|_| ACCOUNT_REGIONAL.to_owned());
    BucketSpec {
        name: base.name.clone(),
        namespace: base.namespace.clone().or(regional),
        create_bucket_configuration: base.create_bucket_configuration.clone(),
        object_ownership: base.object_ownership.clone(),
        ..BucketSpec::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::bucket::CreateBucketConfiguration;
    use crate::place::{ControllerTag, Place};
    use crate::subconfig::{FIELDS, Have, Observed, Tagging};

    fn exported(name: &str, observed: &Observed, place: &Place) -> BucketSpec {
        observed.export(&BucketSpec { name: name.to_owned(), ..BucketSpec::default() }, place)
    }

    #[test]
    fn all_that_is_no_sub_configuration_is_taken_over() {
        let schema = schemars::schema_for!(BucketSpec).to_value();
        let fields: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let sections: BTreeSet<&str> = FIELDS.concat().into_iter().collect();
        let others: Vec<&str> = fields.difference(&sections).copied().collect();
        assert_eq!(others, ["createBucketConfiguration", "name", "namespace", "objectOwnership"]);
        let base = BucketSpec {
            name: "logs".to_owned(),
            namespace: Some("global".to_owned()),
            create_bucket_configuration: Some(CreateBucketConfiguration::default()),
            object_ownership: Some("ObjectWriter".to_owned()),
            policy: Some(serde_json::from_value(json!("{}")).unwrap()),
            ..BucketSpec::default()
        };
        assert_eq!(Observed::default().export(&base, &Place::default()), BucketSpec { policy: None, ..base }, "nothing was read");
    }

    #[test]
    fn an_account_regional_name_says_its_namespace() {
        let namespace = |name| exported(name, &Observed::default(), &Place::default()).namespace;
        assert_eq!(namespace("logs-123456789012-eu-west-1-an").as_deref(), Some(ACCOUNT_REGIONAL));
        assert_eq!((namespace("logs"), namespace("logs-an")), (None, None));
    }

    #[test]
    fn tags_of_aws_and_of_the_controller_stay_out_of_the_spec() {
        let own = ControllerTag { key: "services.k8s.aws/namespace".to_owned(), value: "team-a".to_owned() };
        let place = Place { tags: vec![own], ..Place::default() };
        let with = |keys: &[&str]| {
            let tags: Vec<_> = keys.iter().map(|key| json!({"key": key, "value": "x"})).collect();
            let tagging: Tagging = serde_json::from_value(json!({"tagSet": tags})).unwrap();
            let observed = Observed { tagging: Have::Value(tagging), ..Observed::default() };
            serde_json::to_value(exported("logs", &observed, &place)).unwrap()
        };
        let all = with(&["aws:cloudformation:stack-name", "services.k8s.aws/namespace", "team"]);
        assert_eq!(all["tagging"], json!({"tagSet": [{"key": "team", "value": "x"}]}));
        assert_eq!(with(&["AWS:x", "services.k8s.aws/namespace"])["tagging"], json!({}), "managed, as from the peer");
    }

    #[test]
    fn an_access_list_is_one_canned_word_or_grants() {
        let of = |members: serde_json::Value| {
            let acl = crate::subconfig::Acl { owner: Some("me".to_owned()), ..serde_json::from_value(members).unwrap() };
            serde_json::to_value(exported("logs", &Observed { acl: Have::Value(acl), ..Observed::default() }, &Place::default())).unwrap()
        };
        let everybody = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"";
        assert_eq!(of(json!({"grantFullControl": "id=\"me\""})), json!({"name": "logs", "acl": "private"}));
        let public = json!({"grantFullControl": "id=\"me\"", "grantRead": everybody});
        assert_eq!(of(public), json!({"name": "logs", "acl": "public-read"}));
        let granted = json!({"grantFullControl": "id=\"me\"", "grantWrite": "id=\"x\""});
        assert_eq!(of(granted), json!({"name": "logs", "grantFullControl": "id=\"me\"", "grantWrite": "id=\"x\""}));
    }
}
