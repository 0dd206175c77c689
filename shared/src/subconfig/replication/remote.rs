//! How replication is read from and written to S3.

use aws_sdk_s3::types::{ReplicationConfiguration, ReplicationRule as S3Rule};

use super::types::{Replication, ReplicationRule, RoleRef};
use super::wire::PUT;
use crate::admission::Path;
use crate::fault::{Class, Fault, Operation};
use crate::subconfig::remote::{Remote, S3Bucket, fault, given, unread, unsendable};
use crate::subconfig::{Have, SubConfig, normal};

impl Remote for Replication {
    const GET: Operation = Operation { name: "GetBucketReplication", action: "s3:GetReplicationConfiguration" };
    const PUT: Operation = PUT;
    const DELETE: Operation = Operation { name: "DeleteBucketReplication", action: "s3:PutReplicationConfiguration" };

    async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
        let call = s3.client.get_bucket_replication().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        match call.send().await {
            Ok(answer) => Ok(answer.replication_configuration.map_or(Have::Unsupported, Self::from_sdk)),
            Err(error) => unread(Self::GET, &["ReplicationConfigurationNotFoundError"], error),
        }
    }

    async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
        let call = s3.client.put_bucket_replication().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        call.replication_configuration(want.to_sdk()?).send().await.map(drop).map_err(|error| fault(PUT, error))
    }

    async fn remove(s3: &S3Bucket, _have: &Self) -> Result<(), Fault> {
        let call = s3.client.delete_bucket_replication().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        call.send().await.map(drop).map_err(|error| fault(Self::DELETE, error))
    }
}

impl Replication {
    /// A configuration without rules is none that S3 would have taken.
    fn from_sdk(configuration: ReplicationConfiguration) -> Have<Self> {
        if configuration.rules.is_empty() {
            return Have::Unsupported;
        }
        let rules = configuration.rules.into_iter().map(ReplicationRule::from_sdk).collect();
        Have::Value(Self { role: given(&configuration.role), role_ref: None, rules: Some(rules) })
    }

    fn to_sdk(&self) -> Result<ReplicationConfiguration, Fault> {
        let spec = Path::root("spec");
        let section = spec.member(Self::FIELD);
        self.check_reference(&section)?;
        let at = section.member("rules");
        let rules = self.rules.iter().flatten().enumerate().map(|(index, rule)| rule.clone().spelled().into_sdk(&at.index(index)));
        let rules: Vec<S3Rule> = rules.collect::<Result<_, _>>()?;
        let builder = ReplicationConfiguration::builder().set_role(normal::text(self.role.clone())).set_rules(Some(rules));
        builder.build().map_err(|error| Fault::unbuildable(PUT, error))
    }

    /// S3 knows roles by their ARN only; the reference has to be resolved before.
    fn check_reference(&self, section: &Path<'_>) -> Result<(), Fault> {
        if self.role_ref.clone().and_then(RoleRef::normalise).is_none() {
            return Ok(());
        }
        let at = section.member("roleRef");
        if normal::text(self.role.clone()).is_some() {
            return Err(unsendable(PUT, &at, "role is given too; keep one of the two"));
        }
        let message = format!("{at}: the Role that it names was not resolved to an ARN; check that it exists and is in sync");
        Err(Fault { class: Class::Missing, operation: PUT, code: "ReferenceNotResolved".to_owned(), message, source: None })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::subconfig::laws::remote::runtime;
    use crate::subconfig::laws::store::Store;

    fn put(section: Value) -> Result<String, Fault> {
        let store = Store::new_bucket();
        let section: Replication = serde_json::from_value(section).unwrap();
        let put = runtime().block_on(Replication::put(&store.bucket(), &section, None));
        assert_eq!(put.is_err(), store.calls().is_empty(), "a fault of the spec is found without a call");
        put.map(|()| store.document("replication").unwrap())
    }

    fn rule(more: &Value) -> Value {
        let mut rule = json!({"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::b"}});
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    }

    #[test]
    fn the_two_forms_are_sent_as_s3_wants_them() {
        let newer = put(json!({"role": "r", "rules": [rule(&json!({"filter": {}}))]})).unwrap();
        assert!(newer.contains("<Priority>0</Priority>") && newer.contains("<Filter><Prefix></Prefix></Filter>"), "{newer}");
        assert!(newer.contains("<DeleteMarkerReplication><Status>Disabled"), "{newer}");
        let older = put(json!({"role": "r", "rules": [rule(&json!({}))]})).unwrap();
        assert!(older.contains("</ID><Prefix></Prefix><Status>"), "no more than that: {older}");
        assert!(!older.contains("<DeleteMarkerReplication>"), "{older}");
    }

    #[test]
    fn a_reference_is_never_sent() {
        let reference = json!({"from": {"name": "copies"}});
        let fault = put(json!({"roleRef": reference, "rules": [rule(&json!({}))]})).unwrap_err();
        assert_eq!((fault.class, fault.code.as_str()), (Class::Missing, "ReferenceNotResolved"));
        let fault = put(json!({"role": "r", "roleRef": reference, "rules": [rule(&json!({}))]})).unwrap_err();
        assert_eq!(fault.class, Class::Terminal, "waiting does not help");
        assert!(fault.to_string().contains("spec.replication.roleRef: role is given too"), "{fault}");
        assert!(put(json!({"rules": [rule(&json!({}))]})).unwrap_err().to_string().contains("role"));
    }

    #[test]
    fn what_does_not_fit_is_a_fault_that_names_the_field() {
        let big = i64::from(i32::MAX) + 1;
        let time = json!({"destination": {"bucket": "b", "replicationTime": {"status": "Enabled", "time": {"minutes": big}}}});
        let metrics = json!({"destination": {"bucket": "b", "metrics": {"status": "Enabled", "eventThreshold": {"minutes": big}}}});
        for (wrong, field) in [
            (json!({"priority": big, "filter": {}}), "rules[0].priority: 2147483648"),
            (time, "rules[0].destination.replicationTime.time.minutes: 2147483648"),
            (metrics, "rules[0].destination.metrics.eventThreshold.minutes: 2147483648"),
            (json!({"filter": {"prefix": "a", "and": {"prefix": "b"}}}), "rules[0].filter: "),
            (json!({"status": ""}), "status"),
            (json!({"destination": {"account": "1"}}), "bucket"),
        ] {
            let fault = put(json!({"role": "r", "rules": [rule(&wrong)]})).unwrap_err();
            assert!(fault.class == Class::Terminal && fault.to_string().contains(field), "{fault}");
        }
    }

    #[test]
    fn members_that_are_missing_in_an_answer_do_no_harm() {
        let read = |body: &str| {
            let body = format!("<ReplicationConfiguration>{body}</ReplicationConfiguration>");
            runtime().block_on(Replication::read(&Store::answering(200, &body).bucket())).unwrap()
        };
        assert_eq!(read(""), Have::Unsupported);
        for torn in
            ["", "<Destination/><Filter><Tag/></Filter>", "<Destination><Metrics/><ReplicationTime/></Destination><Filter><And/></Filter>"]
        {
            assert!(matches!(read(&format!("<Rule>{torn}</Rule>")), Have::Value(_)), "{torn}");
        }
    }
}
