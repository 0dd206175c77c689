//! The command line of the model as a program of its own.

use std::time::Duration;

use clap::Parser;

use super::identity::{AccessKey, Role};
use super::options::S3Options;

/// Serves a model of S3 and STS on 127.0.0.1, for trying things out without an AWS account. Everything is lost at the end.
#[derive(Clone, Debug, Parser)]
#[command(name = "s3-model", version)]
pub struct Args {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// How long every call takes, in milliseconds.
    #[arg(long, default_value_t = 0)]
    pub latency_ms: u64,
    /// An access key, as ACCOUNT:ID:SECRET; may be given several times.
    #[arg(long = "key", value_name = "ACCOUNT:ID:SECRET", value_parser = key)]
    pub keys: Vec<AccessKey>,
    /// The ARN of a role that anybody may take on; may be given several times.
    #[arg(long = "role", value_name = "ARN")]
    pub roles: Vec<String>,
    /// Takes an access key of 12 digits for the account of that number, whatever its secret.
    #[arg(long)]
    pub trust_account_ids: bool,
    /// A pattern of ARNs of queues, topics and functions that are not there; may be given several times.
    #[arg(long = "unknown-destination", value_name = "PATTERN")]
    pub unknown_destinations: Vec<String>,
}

impl From<Args> for S3Options {
    fn from(args: Args) -> Self {
        Self {
            port: args.port,
            latency: Duration::from_millis(args.latency_ms),
            keys: args.keys,
            roles: args.roles.iter().map(|arn| Role::open(arn)).collect(),
            trust_account_ids: args.trust_account_ids,
            unknown_destinations: args.unknown_destinations,
            ..Self::default()
        }
    }
}

fn key(text: &str) -> Result<AccessKey, String> {
    match text.splitn(3, ':').collect::<Vec<_>>()[..] {
        [account, id, secret] if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(AccessKey { account: account.to_owned(), id: id.to_owned(), secret: secret.to_owned() })
        }
        _ => Err("give ACCOUNT:ID:SECRET with an account of 12 digits".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_wrong_ones_refused() {
        let args = Args::try_parse_from(["s3-model", "--key", "111111111111:id:se:cret"]).unwrap();
        assert_eq!(args.keys, [AccessKey { account: "111111111111".into(), id: "id".into(), secret: "se:cret".into() }]);
        for bad in ["id:secret", "11:id:secret", "x"] {
            assert!(Args::try_parse_from(["s3-model", "--key", bad]).is_err(), "{bad}");
        }
    }
}
