//! Which buckets are meant: those that are named, or those of the account that fit.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use shared::fault::Operation;
use shared::glob;
use shared::place::Place;
use shared::subconfig::remote::fault;

use crate::args::export::ExportArgs;
use crate::cli::CliError;
use crate::cli::session::Session;

/// The call, and what allows it.
const LIST: Operation = Operation { name: "ListBuckets", action: "s3:ListAllMyBuckets" };
/// How many buckets a page has: less than the 10,000 that S3 takes, so that the first ones come soon.
const PAGE: i32 = 1000;
/// The most pages of one region: the million buckets that an account can have at most. A store that never ends is none.
const PAGES: usize = 1000;

/// A bucket to export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Its name.
    pub name: String,
    /// Its region, where the list names it.
    pub region: Option<String>,
}

/// The buckets that are meant, by name.
///
/// # Errors
/// They cannot be listed.
pub(super) async fn targets(session: &Session, args: &ExportArgs) -> Result<Vec<Target>, CliError> {
    if !args.names.is_empty() {
        return Ok(args.names.iter().map(|name| Target { name: name.clone(), region: None }).collect());
    }
    let mut all = BTreeMap::new();
    // S3 takes a region to list only at the endpoint of that region.
    let filters: Vec<Option<&String>> = if args.region.is_empty() { vec![None] } else { args.region.iter().map(Some).collect() };
    for region in filters {
        let at = region.or(session.identity.default_region.as_ref()).cloned().unwrap_or_default();
        let place = Place { region: at, account: session.identity.account.clone(), ..Place::default() };
        let listed = list(&session.aws.bucket(&place, "").client, region, &common_prefix(&args.globs)).await?;
        all.extend(listed.into_iter().map(|target| (target.name.clone(), target)));
    }
    Ok(all.into_values().filter(|target| is_meant(target, args)).collect())
}

async fn list(client: &Client, region: Option<&String>, prefix: &str) -> Result<Vec<Target>, CliError> {
    let (mut all, mut token): (Vec<Target>, Option<String>) = (Vec::new(), None);
    for _ in 0..PAGES {
        let call = client.list_buckets().max_buckets(PAGE).set_bucket_region(region.cloned()).set_continuation_token(token.clone());
        let call = call.set_prefix(Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty()));
        let answer = call.send().await.map_err(|error| CliError::List(fault(LIST, error)))?;
        let listed = answer.buckets.unwrap_or_default().into_iter();
        all.extend(
            listed
                .filter_map(|bucket| Some(Target { name: bucket.name?, region: bucket.bucket_region.filter(|region| !region.is_empty()) })),
        );
        let next = answer.continuation_token.filter(|next| !next.is_empty());
        if next.is_none() || next == token {
            break;
        }
        token = next;
    }
    Ok(all)
}

/// Whether the bucket fits. Other stores may not heed the filters of the call, or not say where a bucket is.
fn is_meant(target: &Target, args: &ExportArgs) -> bool {
    let region = target.region.as_ref().is_none_or(|region| args.region.is_empty() || args.region.contains(region));
    region && (args.globs.is_empty() || args.globs.iter().any(|pattern| glob::fits(pattern, &target.name, b"")))
}

/// What the names that fit one of these patterns begin with.
fn common_prefix(patterns: &[String]) -> String {
    let prefixes = patterns.iter().map(|pattern| pattern.split('*').next().unwrap_or_default());
    let common =
        |one: &str, other: &str| one.chars().zip(other.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one).collect();
    let mut prefixes = prefixes.map(str::to_owned);
    let first = prefixes.next().unwrap_or_default();
    prefixes.fold(first, |shared: String, prefix| common(&shared, &prefix))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    fn args(more: &[&str]) -> ExportArgs {
        let Some(Command::Export(args)) = Args::try_parse_from([&["x", "export"], more].concat()).unwrap().command else {
            panic!("export")
        };
        *args
    }

    fn target(name: &str, region: Option<&str>) -> Target {
        Target { name: name.to_owned(), region: region.map(str::to_owned) }
    }

    #[test]
    fn s3_is_asked_for_what_all_patterns_begin_with() {
        let of = |patterns: &[&str]| common_prefix(&patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["team-a-*"]), "team-a-");
        assert_eq!(of(&["team-a-*", "team-b"]), "team-");
        assert_eq!((of(&["*logs"]), of(&[]), of(&["a*", "b*"])), (String::new(), String::new(), String::new()));
    }

    #[test]
    fn region_and_pattern_both_have_to_fit() {
        let args = args(&["--match=team-a-*,*-logs", "--region=eu-west-1"]);
        for (name, region, is) in [
            ("team-a-x", Some("eu-west-1"), true),
            ("web-logs", Some("eu-west-1"), true),
            ("web-logs", None, true),
            ("team-a-x", Some("us-east-1"), false),
            ("team-b-x", Some("eu-west-1"), false),
        ] {
            assert_eq!(is_meant(&target(name, region), &args), is, "{name} {region:?}");
        }
    }

    #[test]
    fn names_and_filters_exclude_each_other() {
        assert!(Args::try_parse_from(["x", "export", "logs", "--match=*"]).is_err());
        assert_eq!(args(&["logs", "web"]).names, ["logs", "web"]);
    }
}
