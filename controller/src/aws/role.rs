//! The credentials of one role: fetched from STS once for all who need them at the same time, renewed in the background before they
//! end, and not asked for again at once where STS refused. So 1,000 Buckets of one role are one call an hour, and 1,000 Buckets of a
//! role that cannot be assumed are a call every two minutes.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_s3::config::interceptors::FinalizerInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use shared::telemetry::Chain;
use tokio::time::Instant;

use super::Expiry;

/// The name of the controller's sessions, as CloudTrail shows it.
pub const SESSION: &str = "cooper-controller";
/// How long a session lasts where nobody asks for another time. Source: STS API reference, AssumeRole.
const LASTS: Duration = Duration::from_hours(1);
/// The end of a life that is not used, so that a request under way still ends in time; of a short one it is a tenth.
const MARGIN: Duration = Duration::from_secs(10);
/// The life of a session that has ended already by the clock of this machine: the clock is wrong, the session is new.
const UNKNOWN: Duration = Duration::from_mins(1);
/// The longest time of one try. Those who wait for it hold up nobody else for longer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a refusal counts: this after the first one, doubled with each further one.
const AGAIN: Duration = Duration::from_secs(5);
/// And this at the most.
const AGAIN_AT_MOST: Duration = Duration::from_mins(2);

/// The least age of credentials that S3 refuses before others are asked for: they may have been revoked.
const DOUBTFUL: Duration = Duration::from_mins(5);

/// The credentials of one role. Clones share them.
#[derive(Clone)]
pub(super) struct AssumedRole(Arc<Inner>);

struct Inner {
    arn: String,
    sts: aws_sdk_sts::Client,
    expiry: Expiry,
    kept: Mutex<Kept>,
    /// Held by the one who asks STS.
    asking: tokio::sync::Mutex<()>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.expiry.forget(&self.arn);
    }
}

#[derive(Default)]
struct Kept {
    session: Option<Session>,
    refused: Option<Refused>,
    renewing: bool,
}

/// Credentials, and how long they are good.
struct Session {
    credentials: Credentials,
    began: Instant,
    renew: Instant,
    end: Instant,
}

/// The last try failed.
struct Refused {
    why: Arc<CredentialsError>,
    times: u32,
    until: Instant,
}

/// A refusal that counts for those who did not ask themselves as well.
#[derive(Debug, thiserror::Error)]
#[error("the role cannot be assumed")]
struct Shared(#[source] Arc<CredentialsError>);

impl AssumedRole {
    /// The role; nothing is asked before the first call needs credentials.
    pub(super) fn new(arn: &str, sts: aws_sdk_sts::Client, expiry: Expiry) -> Self {
        Self(Arc::new(Inner { arn: arn.to_owned(), sts, expiry, kept: Mutex::default(), asking: tokio::sync::Mutex::default() }))
    }

    async fn credentials(&self) -> provider::Result {
        if let Some(answer) = self.known() {
            return answer;
        }
        let _one_at_a_time = self.0.asking.lock().await;
        match self.known() {
            Some(answer) => answer,
            None => self.ask().await,
        }
    }

    /// What is known without asking; a renewal that is due starts beside.
    fn known(&self) -> Option<provider::Result> {
        let now = Instant::now();
        let mut kept = self.kept();
        let refused = kept.refused.as_ref().filter(|refused| now < refused.until).map(|refused| Arc::clone(&refused.why));
        if let Some(session) = kept.session.as_ref().filter(|session| now < session.end) {
            let credentials = session.credentials.clone();
            if now >= session.renew && refused.is_none() && !kept.renewing {
                kept.renewing = true;
                tokio::spawn(renew(self.clone()));
            }
            return Some(Ok(credentials));
        }
        refused.map(|why| Err(CredentialsError::provider_error(Shared(why))))
    }

    async fn ask(&self) -> provider::Result {
        let asked = tokio::time::timeout(TIMEOUT, self.assume()).await;
        let answer = asked.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(TIMEOUT)));
        let now = Instant::now();
        let mut kept = self.kept();
        match answer {
            Ok((credentials, life)) => {
                let end = now + life.saturating_sub(MARGIN.min(life / 10));
                kept.session = Some(Session { credentials: credentials.clone(), began: now, renew: now + life.mul_f64(0.8), end });
                kept.refused = None;
                self.0.expiry.tell(&self.0.arn, credentials.expiry());
                Ok(credentials)
            }
            Err(error) => {
                let times = kept.refused.as_ref().map_or(0, |refused| refused.times);
                let (why, wait) = (Arc::new(error), AGAIN.saturating_mul(1 << times.min(10)).min(AGAIN_AT_MOST));
                kept.refused = Some(Refused { why: Arc::clone(&why), times: times.saturating_add(1), until: now + wait });
                Err(CredentialsError::provider_error(Shared(why)))
            }
        }
    }

    /// One call to STS: the credentials, and how long they last.
    async fn assume(&self) -> Result<(Credentials, Duration), CredentialsError> {
        let call = self.0.sts.assume_role().role_arn(&self.0.arn).role_session_name(SESSION);
        let answer = call.send().await.map_err(CredentialsError::provider_error)?;
        let given =
            answer.credentials.ok_or_else(|| CredentialsError::unhandled("STS answered without credentials; check the STS endpoint"))?;
        let end = SystemTime::try_from(given.expiration).map_err(CredentialsError::unhandled)?;
        let left = end.duration_since(SystemTime::now()).unwrap_or_default();
        let life = if left.is_zero() { UNKNOWN } else { left.min(LASTS) };
        let token = Some(given.session_token);
        Ok((Credentials::new(given.access_key_id, given.secret_access_key, token, Some(end), "AssumeRole"), life))
    }

    /// S3 refused: the session may have been revoked, or the role made anew, so that the next call has it renewed. A refusal has many
    /// reasons, so a young session is not doubted, and an older one is used until there is another, unless S3 says that it is over.
    fn doubt(&self, is_over: bool) {
        let now = Instant::now();
        if let Some(session) = self.kept().session.as_mut().filter(|session| now.duration_since(session.began) >= DOUBTFUL) {
            session.renew = session.renew.min(now);
            if is_over {
                session.end = session.end.min(now);
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Every change is a plain assignment: a panic leaves nothing half done.
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Renews credentials that are still good; where that fails they are used to their end.
async fn renew(role: AssumedRole) {
    let one_at_a_time = role.0.asking.lock().await;
    if let Err(error) = role.ask().await {
        tracing::warn!(role = role.0.arn, error = %Chain(&error), "the credentials of a role could not be renewed; they are used as long as they last");
    }
    drop(one_at_a_time);
    role.kept().renewing = false;
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

/// Whether S3's answer says that the session itself is over. Source: S3 API reference, "Error responses".
fn says_over(body: &[u8]) -> bool {
    let says = |code: &[u8]| body.windows(code.len()).any(|part| part == code);
    says(b"<Code>ExpiredToken</Code>") || says(b"<Code>InvalidToken</Code>")
}

/// Doubts the session where S3 refuses a call. The answer to HEAD has no error code: its status has to do.
impl Intercept for AssumedRole {
    fn name(&self) -> &'static str {
        "AssumedRole"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(response) = context.response().filter(|response| matches!(response.status().as_u16(), 400 | 401 | 403)) {
            self.doubt(response.body().bytes().is_some_and(says_over));
        }
        Ok(())
    }
}

impl fmt::Debug for AssumedRole {
    /// Without the credentials.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("AssumedRole").field("arn", &self.0.arn).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
