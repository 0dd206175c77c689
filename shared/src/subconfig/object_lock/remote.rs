//! How Object Lock is read from and written to S3.

use aws_sdk_s3::types::{
    DefaultRetention as S3Retention, EventHoldDuration, ObjectLockConfiguration as S3Configuration, ObjectLockEnabled,
    ObjectLockRule as S3Rule,
};

use super::{DefaultRetention, EventHold, ObjectLock};
use crate::admission::Path;
use crate::fault::{Fault, Operation};
use crate::subconfig::remote::{Remote, S3Bucket, fault, int32, unread, unsendable};
use crate::subconfig::{Have, SubConfig};

impl Remote for ObjectLock {
    const GET: Operation = Operation { name: "GetObjectLockConfiguration", action: "s3:GetBucketObjectLockConfiguration" };
    const PUT: Operation = Operation { name: "PutObjectLockConfiguration", action: "s3:PutBucketObjectLockConfiguration" };
    const DELETE: Operation = Self::PUT;

    async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
        let call = s3.client.get_object_lock_configuration().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        match call.send().await {
            Ok(answer) => Ok(answer.object_lock_configuration.map_or(Have::Unsupported, Self::from_sdk)),
            Err(error) => unread(Self::GET, &["ObjectLockConfigurationNotFoundError"], error),
        }
    }

    async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
        let call = s3.client.put_object_lock_configuration().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        let call = call.object_lock_configuration(want.to_sdk()?);
        call.send().await.map(drop).map_err(|error| fault(Self::PUT, error))
    }

    /// Only ever asked for by a spec that says no to a lock that is on, and nobody can do that: no call is made.
    async fn remove(_s3: &S3Bucket, _have: &Self) -> Result<(), Fault> {
        Err(declined("Object Lock is on in S3 and cannot be turned off; set it to true or leave it out"))
    }
}

impl ObjectLock {
    /// Without the lock it is no answer: S3 answers a code of its own where Object Lock is off.
    fn from_sdk(configuration: S3Configuration) -> Have<Self> {
        if configuration.object_lock_enabled != Some(ObjectLockEnabled::Enabled) {
            return Have::Unsupported;
        }
        let retention = configuration.rule.and_then(|rule| rule.default_retention);
        let kept = Self::keeping(retention.map(DefaultRetention::from_sdk));
        Have::Value(Self { object_lock_enabled_for_bucket: Some(true), ..kept })
    }

    /// S3 takes no rule without the lock, so that is said always.
    fn to_sdk(&self) -> Result<S3Configuration, Fault> {
        let normal = self.clone().normalise().unwrap_or_default();
        if normal.object_lock_enabled_for_bucket == Some(false) {
            return Err(declined("objectLockConfiguration has a rule, which needs Object Lock; set it to true or take the rule out"));
        }
        let rule = normal.retention().map(DefaultRetention::to_sdk).transpose()?;
        let rule = rule.map(|retention| S3Rule::builder().default_retention(retention).build());
        Ok(S3Configuration::builder().object_lock_enabled(ObjectLockEnabled::Enabled).set_rule(rule).build())
    }
}

impl DefaultRetention {
    fn from_sdk(retention: S3Retention) -> Self {
        let hold = |hold: EventHoldDuration| EventHold { days: hold.days.map(i64::from), years: hold.years.map(i64::from) };
        Self {
            days: retention.days.map(i64::from),
            default_event_hold: retention.default_event_hold.map(hold),
            mode: retention.mode.map(|mode| mode.as_str().to_owned()),
            years: retention.years.map(i64::from),
        }
    }

    fn to_sdk(&self) -> Result<S3Retention, Fault> {
        let spec = Path::root("spec");
        let (configuration, rule) = (spec.member(ObjectLock::FIELD), "rule");
        let rule = configuration.member(rule);
        let at = rule.member("defaultRetention");
        let number = |at: &Path<'_>, name: &'static str, value| int32(ObjectLock::PUT, &at.member(name), value);
        let event = at.member("defaultEventHold");
        let hold = |hold: &EventHold| {
            let (days, years) = (number(&event, "days", hold.days)?, number(&event, "years", hold.years)?);
            Ok(EventHoldDuration::builder().set_days(days).set_years(years).build())
        };
        Ok(S3Retention::builder()
            .set_days(number(&at, "days", self.days)?)
            .set_default_event_hold(self.default_event_hold.as_ref().map(hold).transpose()?)
            .set_mode(self.mode.as_deref().map(Into::into))
            .set_years(number(&at, "years", self.years)?)
            .build())
    }
}

fn declined(why: &str) -> Fault {
    unsendable(ObjectLock::PUT, &Path::root("spec").member("objectLockEnabledForBucket"), why)
}
