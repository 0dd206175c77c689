//! One rule: the calls that it is about, which of them it strikes, and what then happens.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::s3::operation::Access;

/// A rule. Patterns take `*` and `?`; what is not given is about every call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultRule {
    /// A pattern of operation names, such as `GetBucketTagging` or `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// A pattern of sub-resource queries, such as `publicAccessBlock`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_resource: Option<String>,
    /// A pattern of bucket names. A rule with one is not about calls without a bucket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The account of the caller, 12 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// A pattern of the caller's ARN, such as `*:assumed-role/reader/*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// Reads or writes only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// How many calls go by before the rule begins to strike.
    #[serde(default)]
    pub after: u64,
    /// How often the rule strikes; without it, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Strikes every so many calls only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// Strikes with this probability, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
    /// Where the row of chances begins.
    #[serde(default)]
    pub seed: u64,
    /// What happens.
    pub act: Act,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Act {
    /// Answers this and does nothing.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
        /// The text; without it, one that says where it is from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// Answers this body, whatever it is, and does nothing.
    Body {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
    },
    /// Does it and spoils the answer on its way.
    Spoil {
        /// How.
        how: Spoil,
    },
    /// Does it and then answers this.
    AnswerAfter {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: String,
    },
    /// 403 AccessDenied in the words of IAM, naming the action that is not allowed.
    Deny,
    /// 501 NotImplemented.
    NotImplemented,
    /// Takes longer.
    Delay {
        /// At least so many milliseconds.
        milliseconds: u64,
        /// And at most so many more.
        #[serde(default)]
        jitter: u64,
    },
    /// Does it and then takes so many milliseconds to answer.
    DelayAfter {
        /// How many milliseconds.
        milliseconds: u64,
    },
    /// Closes the connection and does nothing.
    Cut,
    /// Does it and closes the connection without an answer.
    CutAfter,
    /// After a write, so many reads find what was there before; after CreateBucket, so many reads find no bucket.
    Stale {
        /// How many reads.
        reads: u32,
    },
    /// The same for some time.
    Lag {
        /// How many milliseconds.
        milliseconds: u64,
    },
    /// Takes a call on a sub-resource for one on the bucket, as stores do that do not know it: PUT creates the bucket, DELETE deletes
    /// it, GET lists objects.
    LegacyRouter,
    /// 503 SlowDown for an account that asks faster than this.
    RateLimit {
        /// Calls a second, for each account.
        per_second: f64,
        /// Calls that may come at once.
        burst: f64,
    },
}

/// What happens to an answer on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Spoil {
    /// It ends after so many bytes of its body, as if that were all.
    Shorten {
        /// How many bytes.
        bytes: usize,
    },
    /// The connection is cut after so many bytes of its body.
    Break {
        /// How many bytes.
        bytes: usize,
    },
    /// It comes byte by byte.
    Trickle {
        /// How many milliseconds lie between two bytes.
        milliseconds: u64,
    },
    /// So much space follows before it ends.
    Flood {
        /// How many MiB.
        mebibytes: usize,
    },
}

impl FaultRule {
    /// A rule about every call.
    #[must_use]
    pub fn new(act: Act) -> Self {
        Self {
            operation: None,
            sub_resource: None,
            bucket: None,
            account: None,
            caller: None,
            access: None,
            after: 0,
            times: None,
            every: None,
            chance: None,
            seed: 0,
            act,
        }
    }

    /// Answers this status and code, and does nothing.
    #[must_use]
    pub fn answer(status: u16, code: &str) -> Self {
        Self::new(Act::Answer { status, code: code.to_owned(), message: None })
    }

    /// Answers this status, code and text, and does nothing.
    #[must_use]
    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        Self::new(Act::Answer { status, code: code.to_owned(), message: Some(message.to_owned()) })
    }

    /// Answers this body, whatever it is, and does nothing.
    #[must_use]
    pub fn body(status: u16, body: &str) -> Self {
        Self::new(Act::Body { status, body: body.to_owned() })
    }

    /// Does it and spoils the answer on its way.
    #[must_use]
    pub fn spoil(how: Spoil) -> Self {
        Self::new(Act::Spoil { how })
    }

    /// For this long, reads find what was there before a write.
    #[must_use]
    pub fn lag(time: Duration) -> Self {
        Self::new(Act::Lag { milliseconds: millis(time) })
    }

    /// Does it and then answers this status and code.
    #[must_use]
    pub fn answer_after(status: u16, code: &str) -> Self {
        Self::new(Act::AnswerAfter { status, code: code.to_owned() })
    }

    /// 503 SlowDown.
    #[must_use]
    pub fn slow_down() -> Self {
        Self::answer(503, "SlowDown")
    }

    /// Takes longer by at least this and at most this and the jitter.
    #[must_use]
    pub fn delay(least: Duration, jitter: Duration) -> Self {
        Self::new(Act::Delay { milliseconds: millis(least), jitter: millis(jitter) })
    }

    /// Does it and answers only then.
    #[must_use]
    pub fn delay_after(time: Duration) -> Self {
        Self::new(Act::DelayAfter { milliseconds: millis(time) })
    }

    /// Only calls whose name fits this pattern.
    #[must_use]
    pub fn on(self, operation: &str) -> Self {
        Self { operation: Some(operation.to_owned()), ..self }
    }

    /// Only calls on a sub-resource whose query fits this pattern.
    #[must_use]
    pub fn sub_resource(self, query: &str) -> Self {
        Self { sub_resource: Some(query.to_owned()), ..self }
    }

    /// Only calls on a bucket whose name fits this pattern.
    #[must_use]
    pub fn bucket(self, name: &str) -> Self {
        Self { bucket: Some(name.to_owned()), ..self }
    }

    /// Only calls from this account.
    #[must_use]
    pub fn account(self, account: &str) -> Self {
        Self { account: Some(account.to_owned()), ..self }
    }

    /// Only calls from a caller whose ARN fits this pattern.
    #[must_use]
    pub fn caller(self, arn: &str) -> Self {
        Self { caller: Some(arn.to_owned()), ..self }
    }

    /// Only reads, or only writes.
    #[must_use]
    pub fn access(self, access: Access) -> Self {
        Self { access: Some(access), ..self }
    }

    /// Lets so many calls go by first.
    #[must_use]
    pub fn after(self, calls: u64) -> Self {
        Self { after: calls, ..self }
    }

    /// Strikes so often and then no more.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Strikes every so many calls.
    #[must_use]
    pub fn every(self, calls: u64) -> Self {
        Self { every: Some(calls), ..self }
    }

    /// Strikes with this probability; the same seed gives the same row of chances.
    #[must_use]
    pub fn chance(self, chance: f64, seed: u64) -> Self {
        Self { chance: Some(chance), seed, ..self }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
