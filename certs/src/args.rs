//! The command line.

use std::{net::IpAddr, path::PathBuf};

use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand};
use jiff::{SignedDuration, Span, SpanRelativeTo};

use crate::material::Force;

/// Mints and rotates the certificates of Cooper's webhook, and tells kube-apiserver to trust them.
///
/// Exit codes: 0 done, or nothing to do; 1 failed, trying again may help; 2 wrong usage; 3 a person has to decide, nothing was changed.
#[derive(Debug, Parser)]
#[command(name = "cooper-certs", version)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a CA and a server certificate where there is none; sign a new one where it is due or the names changed. Else do nothing
    Mint(Mint),
    /// Renew what is due, the CA in steps with both in the bundle. Run it again to make the next step
    Rotate(Rotate),
    /// Write the bundle into the webhook configurations
    Inject(Inject),
    /// Do all of it, again and again, until SIGTERM
    Run(Run),
}

/// Flags of `mint`.
#[derive(Debug, ClapArgs)]
pub struct Mint {
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// A DNS name or IP address that the webhook is called by; repeat it for each
    #[arg(long = "host", required = true, value_parser = host)]
    pub hosts: Vec<String>,
    /// How long.
    #[command(flatten)]
    pub lives: Lives,
    /// Throw away what is there, even if it cannot be read, and make everything anew
    #[arg(long)]
    pub force: bool,
}

/// Flags of `rotate`.
#[derive(Debug, ClapArgs)]
pub struct Rotate {
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// A DNS name or IP address that the webhook is called by [default: those of the certificate that is there]
    #[arg(long = "host", value_parser = host)]
    pub hosts: Vec<String>,
    /// How long.
    #[command(flatten)]
    pub lives: Lives,
    /// Whom to tell.
    #[command(flatten)]
    pub configurations: Configurations,
    /// Say that everybody who calls the webhook has the bundle as it is stored now, so that the next CA may sign
    #[arg(long, conflicts_with_all = ["validating", "mutating"])]
    pub bundle_distributed: bool,
    /// Renew it although it is not due
    #[arg(long, value_enum)]
    pub force: Option<Force>,
}

/// Flags of `inject`.
#[derive(Debug, ClapArgs)]
#[command(group(ArgGroup::new("configurations").args(["validating", "mutating"]).required(true).multiple(true)))]
pub struct Inject {
    /// Where the bundle (ca.crt) is.
    #[command(flatten)]
    pub place: Place,
    /// Whom to tell.
    #[command(flatten)]
    pub configurations: Configurations,
}

/// Flags of `run`.
#[derive(Debug, ClapArgs)]
#[command(group(ArgGroup::new("configurations").args(["validating", "mutating"]).required(true).multiple(true)))]
pub struct Run {
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// A DNS name or IP address that the webhook is called by; repeat it for each
    #[arg(long = "host", required = true, value_parser = host)]
    pub hosts: Vec<String>,
    /// How long.
    #[command(flatten)]
    pub lives: Lives,
    /// Whom to tell.
    #[command(flatten)]
    pub configurations: Configurations,
    /// How often to look; a bundle that somebody removed is back after this time
    #[arg(long, default_value = "1m", value_parser = duration)]
    pub interval: SignedDuration,
}

/// Where the certificates are.
#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub struct Place {
    /// A folder
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
    /// A Secret
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = secret)]
    pub secret: Option<(String, String)>,
}

/// How long certificates live: `365d`, `12h`, `5m`. They are renewed at two thirds of that.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct Lives {
    /// How long a CA lives, such as 365d or 12h; it is renewed at two thirds of that
    #[arg(long, default_value = "365d", value_parser = duration)]
    pub ca_life: SignedDuration,
    /// How long a server certificate lives, at most as long as its CA; it is renewed at two thirds of that
    #[arg(long, default_value = "90d", value_parser = duration)]
    pub leaf_life: SignedDuration,
}

/// The webhook configurations.
#[derive(Debug, ClapArgs)]
pub struct Configurations {
    /// The name of a ValidatingWebhookConfiguration to write; repeat it for each
    #[arg(long, value_name = "NAME")]
    pub validating: Vec<String>,
    /// The name of a MutatingWebhookConfiguration to write; repeat it for each
    #[arg(long, value_name = "NAME")]
    pub mutating: Vec<String>,
    /// How long a new CA has to be in the configurations before it signs
    #[arg(long, default_value = "60s", value_parser = duration)]
    pub settle: SignedDuration,
    /// Take caBundle over from another field manager, such as cert-manager's injector
    #[arg(long)]
    pub take_over: bool,
}

/// Reads a DNS name (RFC 1123, in lower case) or an IP address (in its usual short form).
///
/// # Errors
/// Why it is neither.
pub fn host(text: &str) -> Result<String, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let name = text.to_ascii_lowercase();
    let label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.len() <= 63 && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    if name.len() <= 253 && name.split('.').all(label) {
        Ok(name)
    } else {
        Err("neither a DNS name (letters, digits, '-' and '.', without port or scheme) nor an IP address".to_owned())
    }
}

/// Reads `NAMESPACE/NAME`.
fn secret(text: &str) -> Result<(String, String), String> {
    match text.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok((namespace.to_owned(), name.to_owned()))
        }
        _ => Err("write it as NAMESPACE/NAME, such as cooper-system/cooper-webhook-tls".to_owned()),
    }
}

/// Reads a length of time such as `365d`, `1h30m` or `10s`, of a second to a hundred years; a day has 24 hours.
fn duration(text: &str) -> Result<SignedDuration, String> {
    let span: Span = text.parse().map_err(|error| format!("write it like 365d, 1h30m or 10s ({error})"))?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| "use d, h, m and s only".to_owned())?;
    if (SignedDuration::from_secs(1)..=SignedDuration::from_hours(24 * 36_525)).contains(&length) {
        Ok(length)
    } else {
        Err("it has to be between 1s and 36525d (a hundred years)".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_flags_fit_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn hosts_are_names_or_addresses_in_one_form() {
        let same =
            [("Cooper-Webhook.cooper-system.SVC", "cooper-webhook.cooper-system.svc"), ("127.0.0.1", "127.0.0.1"), ("0:0::1", "::1")];
        for (text, form) in same {
            assert_eq!(host(text).as_deref(), Ok(form));
        }
        for text in ["", "https://x", "x:443", "-x", "x-", "a..b", "a_b", "*.x", &"a".repeat(64)] {
            assert!(host(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lengths_of_time_are_read_with_days() {
        assert_eq!(duration("365d").unwrap(), SignedDuration::from_hours(365 * 24));
        assert_eq!(duration("1h30m").unwrap(), SignedDuration::from_mins(90));
        for text in ["", "0s", "-5m", "5", "1y", "100000d", "soon"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn exactly_one_place_is_asked_for() {
        let parse = |words: &str| Args::try_parse_from(words.split(' '));
        assert!(parse("x mint --host a --dir d").is_ok());
        assert!(parse("x mint --host a --secret n/s").is_ok());
        assert!(parse("x mint --host a").is_err());
        assert!(parse("x mint --host a --dir d --secret n/s").is_err());
        assert!(parse("x mint --host a --secret s").is_err());
        assert!(parse("x mint --dir d").is_err());
    }

    #[test]
    fn what_writes_configurations_wants_at_least_one() {
        let parse = |words: &str| Args::try_parse_from(words.split(' '));
        assert!(parse("x inject --dir d").is_err());
        assert!(parse("x run --dir d --host a").is_err());
        assert!(parse("x run --dir d --host a --mutating m").is_ok());
        assert!(parse("x rotate --dir d").is_ok());
        assert!(parse("x rotate --dir d --bundle-distributed --validating v").is_err());
    }
}
