//! One permission is taken away at a time: the status names that action, and all the rest goes on.

use futures::future::try_join_all;
use serde_json::{Value, json};
use shared::fault::Operation;
use shared::subconfig::{AFTER, CALLS};
use tests::s3::{Act, FaultId, FaultRule};

use super::super::sections::{Section, beside, eight, first};
use super::super::team::{Outcome, Team};
use super::team;

/// One Bucket that lives through the denial of one call.
struct Denied<'a> {
    team: &'a Team<'static>,
    name: String,
    config: &'static str,
    operation: Operation,
    /// What is denied, and of the eight most used what S3 lets stand beside it.
    sections: Vec<Section>,
}

impl<'a> Denied<'a> {
    fn of(team: &'a Team<'static>, config: &'static str, operation: Operation) -> Self {
        let name = config.replace('_', "-");
        let others: Vec<&str> = eight("", "").iter().map(|section| section.config).collect();
        let all = beside(config, &team.s3_name(&name), &team.namespace);
        let sections = all.into_iter().filter(|section| section.config == config || others.contains(&section.config)).collect();
        Self { team, name, config, operation, sections }
    }

    async fn made(&self) -> Outcome {
        self.team.make(&self.name, &first(&self.sections)).await.map(drop)
    }

    fn deny(&self) -> FaultId {
        let rule = FaultRule::new(Act::Deny).on(self.operation.name).bucket(&self.team.s3_name(&self.name));
        self.team.world.s3().faults().add(rule)
    }

    fn section(&self) -> &Section {
        self.sections.iter().find(|section| section.config == self.config).unwrap_or_else(|| panic!("no section {}", self.config))
    }

    /// The spec with this in the place of what is denied.
    fn spec_with(&self, value: Option<&Value>) -> Value {
        let mut spec = first(&self.sections);
        let field = self.section().field;
        match value {
            Some(value) => spec[field] = value.clone(),
            None => drop(spec.as_object_mut().and_then(|spec| spec.remove(field))),
        }
        spec
    }

    /// The condition names the call and its action and nothing else that failed, in words that people can act on; all the rest is in
    /// S3 as declared, but what has to come after it. Once the permission is there the Bucket gets ready by itself.
    async fn is_named(&self, rule: FaultId) -> Outcome {
        let told = self.team.told(&self.name, "ACK.Recoverable").await?;
        let Operation { name, action } = self.operation;
        assert!(told.starts_with(&format!("{}: {name}: AccessDenied: ", self.config)), "{told}");
        assert!(told.contains(&format!("is not authorized to perform: {action} on resource")), "S3 means another action: {told}");
        assert!(told.contains(&format!("(allow {action} for the identity that the controller uses)")), "{told}");
        assert_eq!(told.matches("(allow ").count(), 1, "nothing else failed: {told}");
        let waits = |config: &str| AFTER.iter().any(|(of, after)| *of == config && after.contains(&self.config));
        for other in self.sections.iter().filter(|other| other.config != self.config && !waits(other.config)) {
            let held = self.team.in_s3(&self.name, other.query);
            assert_eq!(held.as_deref(), Some(other.first.1.as_str()), "{} while {action} is denied", other.config);
        }
        self.team.world.s3().faults().remove(rule);
        self.team.ready(&self.name).await.map(drop)
    }
}

#[tokio::test]
async fn each_read_that_is_denied_is_named_and_the_rest_goes_on() -> Outcome {
    let team = team("reads").await?;
    let read = async |denied: Denied<'_>| -> Outcome {
        denied.made().await?;
        let rule = denied.deny();
        denied.is_named(rule).await
    };
    let all = CALLS.iter().map(|calls| read(Denied::of(&team, calls.name, calls.get)));
    assert_eq!(try_join_all(all).await?.len(), 21);
    Ok(())
}

#[tokio::test]
async fn each_write_that_is_denied_is_named_and_the_rest_goes_on() -> Outcome {
    let team = team("writes").await?;
    let written = async |denied: Denied<'_>| -> Outcome {
        denied.made().await?;
        let rule = denied.deny();
        team.apply(&denied.name, &denied.spec_with(Some(&denied.section().second.0))).await?;
        denied.is_named(rule).await
    };
    let all = CALLS.iter().map(|calls| written(Denied::of(&team, calls.name, calls.put)));
    assert_eq!(try_join_all(all).await?.len(), 21);
    Ok(())
}

#[tokio::test]
async fn each_removal_that_is_denied_is_named_and_the_rest_goes_on() -> Outcome {
    let team = team("removals").await?;
    let removed = async |denied: Denied<'_>| -> Outcome {
        denied.made().await?;
        let rule = denied.deny();
        team.apply(&denied.name, &denied.spec_with(None)).await?;
        denied.is_named(rule).await
    };
    // What S3 or the controller gives every bucket comes back as that: it is written, not taken away.
    let given = ["ownership_controls", "public_access_block", "encryption", "tagging"];
    let own = CALLS.iter().filter(|calls| calls.delete.name != calls.put.name && !given.contains(&calls.name));
    let all: Vec<_> = own.map(|calls| removed(Denied::of(&team, calls.name, calls.delete))).collect();
    assert!(all.len() >= 9, "{}", all.len());
    try_join_all(all).await.map(drop)
}

#[tokio::test]
async fn what_is_denied_of_the_bucket_as_a_whole_is_named() -> Outcome {
    let team = team("whole").await?;
    let deny =
        |bucket: &str, operation: &str| team.world.s3().faults().add(FaultRule::new(Act::Deny).on(operation).bucket(&team.s3_name(bucket)));
    let (head, create) = (deny("head", "HeadBucket"), deny("create", "CreateBucket"));
    for bucket in ["head", "create"] {
        team.apply(bucket, &json!({})).await?;
    }
    for (bucket, action, rule) in [("head", "s3:ListBucket", head), ("create", "s3:CreateBucket", create)] {
        let told = team.told(bucket, "ACK.Recoverable").await?;
        assert!(told.contains(&format!("(allow {action} for the identity that the controller uses)")), "{told}");
        assert!(!team.exists(bucket), "{bucket}");
        team.world.s3().faults().remove(rule);
        team.ready(bucket).await?;
    }
    let rule = deny("head", "DeleteBucket");
    team.delete("head").await?;
    let told = team.told("head", "ACK.Recoverable").await?;
    assert!(told.contains("(allow s3:DeleteBucket for the identity that the controller uses)"), "{told}");
    team.world.s3().faults().remove(rule);
    team.gone("head").await
}
