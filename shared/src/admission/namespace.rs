//! Rules for account-regional namespaces. Source: S3 User Guide, "Account regional namespaces"; S3 API reference, CreateBucket.

use super::finding::{Findings, Reason};
use super::{Facts, Operation, quote};
use crate::name::{AccountRegional, BucketName};
use crate::{BucketSpec, region, role};

const NAME: &str = "spec.name";
const NAMESPACE: &str = "spec.namespace";
const ACCOUNT_REGIONAL: &str = "account-regional";
/// Regions without the account-regional namespace, as of 2026-03.
const NOT_OFFERED: &[&str] = &["me-south-1", "me-central-1"];

pub(super) fn findings(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    if facts.request.operation == Operation::Create {
        namespace_enum(spec, to);
        namespace_suffix_required(spec, facts, to);
        namespace_header_required(spec, facts, to);
        namespace_account_mismatch(spec, facts, to);
        namespace_region_mismatch(spec, facts, to);
        namespace_prefix_empty(spec, to);
        namespace_region_unavailable(spec, facts, to);
        namespace_directory(spec, to);
    }
    namespace_immutable(spec, facts, to);
}

/// Whether the name is nothing but the suffix of an account-regional name.
pub(super) fn is_bare_suffix(spec: &BucketSpec) -> bool {
    parts(spec).is_some_and(|parts| parts.prefix.is_empty())
}

fn is_account_regional(spec: &BucketSpec) -> bool {
    spec.namespace.as_deref() == Some(ACCOUNT_REGIONAL)
}

/// The parts of the name, where the namespace says that it has parts.
fn parts(spec: &BucketSpec) -> Option<AccountRegional<'_>> {
    if is_account_regional(spec) { BucketName::new(&spec.name).account_regional() } else { None }
}

fn namespace_enum(spec: &BucketSpec, to: &mut Findings) {
    if let Some(namespace) = spec.namespace.as_deref().filter(|namespace| !["global", ACCOUNT_REGIONAL].contains(namespace)) {
        let message = format!("{} is not a namespace; use global or {ACCOUNT_REGIONAL}", quote(namespace));
        to.deny("namespace-enum", Reason::NotSupported, NAMESPACE, message);
    }
}

fn namespace_suffix_required(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    let name = BucketName::new(&spec.name);
    if is_account_regional(spec) && name.account_regional().is_none() && !name.is_directory() {
        let account = facts.account.filter(|account| role::is_account(account)).unwrap_or("<account>");
        let region = facts.region.filter(|region| region::is_well_formed(region)).unwrap_or("<region>");
        let (name, suffix) = (quote(&spec.name), format!("-{account}-{region}-an"));
        let message = format!("an {ACCOUNT_REGIONAL} name ends with account and region; let {name} end with {suffix}");
        to.deny("namespace-suffix-required", Reason::Invalid, NAME, message);
    }
}

fn namespace_header_required(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    let global = spec.namespace.as_deref().is_none_or(|namespace| namespace == "global");
    if BucketName::new(&spec.name).is_account_regional() && global && facts.adoption.policy.is_none() {
        let message = format!("names that end with -an are {ACCOUNT_REGIONAL}; set spec.namespace: {ACCOUNT_REGIONAL}, or rename");
        to.deny("namespace-header-required", Reason::Invalid, NAME, message);
    }
}

fn namespace_account_mismatch(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    let (Some(parts), Some(account)) = (parts(spec), facts.account) else { return };
    if parts.account != account {
        let message = format!("the name carries account {} and the owner is {}; make them equal", parts.account, quote(account));
        to.deny("namespace-account-mismatch", Reason::Invalid, NAME, message);
    }
}

fn namespace_region_mismatch(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    let (Some(parts), Some(region)) = (parts(spec), facts.region) else { return };
    if parts.region != region {
        let message = format!("the name carries region {} and the bucket is to be in {}; make them equal", parts.region, quote(region));
        to.deny("namespace-region-mismatch", Reason::Invalid, NAME, message);
    }
}

/// A name that is too long with its suffix is too long as it is: see `name-length`.
fn namespace_prefix_empty(spec: &BucketSpec, to: &mut Findings) {
    if is_bare_suffix(spec) {
        let message = format!("{} is only a suffix; put a name before it, 63 characters in all at most", quote(&spec.name));
        to.deny("namespace-prefix-empty", Reason::Invalid, NAME, message);
    }
}

fn namespace_region_unavailable(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    let Some(region) = facts.region.filter(|region| NOT_OFFERED.contains(region)) else { return };
    if is_account_regional(spec) {
        let message = format!("{ACCOUNT_REGIONAL} was not offered in {region} as of 2026-03; S3 may refuse it");
        to.warn("namespace-region-unavailable", Reason::NotSupported, NAMESPACE, message);
    }
}

fn namespace_directory(spec: &BucketSpec, to: &mut Findings) {
    if spec.namespace.is_some() && BucketName::new(&spec.name).is_directory() {
        to.deny("namespace-directory", Reason::Forbidden, NAMESPACE, "a directory bucket has no namespace; remove spec.namespace");
    }
}

fn namespace_immutable(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    let old = facts.old_spec().and_then(|old| old.namespace.as_deref());
    if let Some(old) = old.filter(|old| spec.namespace.as_deref() != Some(old)) {
        let message = format!("spec.namespace is {} and cannot change; create a new Bucket", quote(old));
        to.deny("namespace-immutable", Reason::Forbidden, NAMESPACE, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};
    use crate::annotation;

    fn regional(name: &str) -> World {
        World::new().spec(|spec| spec.namespace = Some("account-regional".to_owned())).named(name)
    }

    fn owned(name: &str) -> World {
        regional(name).annotate(annotation::OWNER_ACCOUNT_ID, "222222222222")
    }

    pub(in crate::admission) fn all() -> Vec<Case> {
        let good = "logs-123456789012-eu-west-1-an";
        let named = |namespace: &str| World::new().spec(|spec| spec.namespace = Some(namespace.to_owned()));
        let middle_east = "logs-123456789012-me-south-1-an";
        vec![
            case("namespace-enum", named("regional"), named("global")),
            case("namespace-suffix-required", regional("logs"), regional(good)),
            case("namespace-header-required", World::new().named("portfolio-assets-an"), World::new().named("portfolio-assets-ann")),
            case("namespace-account-mismatch", owned(good), owned("logs-222222222222-eu-west-1-an")),
            case("namespace-region-mismatch", regional("logs-123456789012-us-east-1-an"), regional(good)),
            case("namespace-prefix-empty", regional("-123456789012-eu-west-1-an"), regional("a-123456789012-eu-west-1-an")),
            case("namespace-region-unavailable", regional(middle_east).region("me-south-1"), regional(good)),
            case(
                "namespace-immutable",
                named("global").existing().update().spec(|spec| spec.namespace = Some("account-regional".to_owned())),
                World::new().existing().update().spec(|spec| spec.namespace = Some("global".to_owned())),
            ),
            case("namespace-directory", named("global").named("a--euw1-az1--x-s3"), World::new().named("a--euw1-az1--x-s3")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;
    use crate::annotation;

    #[test]
    fn the_account_is_also_known_from_the_namespace_and_from_the_role() {
        let regional = || {
            let world = World::new().named("logs-123456789012-eu-west-1-an");
            world.spec(|spec| spec.namespace = Some("account-regional".to_owned()))
        };
        let other = "222222222222";
        assert_eq!(regional().namespace(annotation::OWNER_ACCOUNT_ID, other).rules(), ["namespace-account-mismatch"]);
        let role = format!("arn:aws:iam::{other}:role/x");
        assert_eq!(regional().namespace(annotation::ROLE_ARN, &role).rules(), ["namespace-account-mismatch"]);
        assert_eq!(regional().rules(), [""; 0]);
    }

    #[test]
    fn a_name_that_exists_is_adopted_whatever_it_ends_with() {
        let world = World::new().named("team-an").adopting("adopt", r#"{"name":"team-an"}"#);
        assert_eq!(world.rules(), [""; 0]);
    }

    #[test]
    fn a_namespace_cannot_be_taken_away() {
        let world = World::new().spec(|spec| spec.namespace = Some("global".to_owned())).update().spec(|spec| spec.namespace = None);
        assert_eq!(world.rules(), ["namespace-immutable"]);
    }
}
