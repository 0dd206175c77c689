//! Name, zone and kind of a directory bucket. What `createBucketConfiguration` leaves out follows from the name.

use crate::admission::finding::{Findings, Reason};
use crate::admission::{Facts, Operation, quote};
use crate::bucket::{CreateBucketConfiguration, DirectoryBucket};
use crate::name::BucketName;
use crate::zone::{Zone, ZoneKind};
use crate::{BucketSpec, region};

const NAME: &str = "spec.name";
const LOCATION: &str = "spec.createBucketConfiguration.location";
const LOCATION_NAME: &str = "spec.createBucketConfiguration.location.name";
const LOCATION_TYPE: &str = "spec.createBucketConfiguration.location.type";
const BUCKET: &str = "spec.createBucketConfiguration.bucket";
const BUCKET_TYPE: &str = "spec.createBucketConfiguration.bucket.type";
const REDUNDANCY: &str = "spec.createBucketConfiguration.bucket.dataRedundancy";

pub(super) fn findings(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    if facts.request.operation != Operation::Create {
        return;
    }
    name(&spec.name, to);
    let given = spec.create_bucket_configuration.clone().unwrap_or_default();
    let zone = BucketName::new(&spec.name).zone_id();
    zones(zone, &given, facts, to);
    kinds(zone, &given, to);
    directory_locationconstraint(&given, to);
}

/// What makes a directory bucket, on a bucket that is none.
pub(super) fn gp_location_set(spec: &BucketSpec, to: &mut Findings) {
    let Some(section) = &spec.create_bucket_configuration else { return };
    for (at, is_set) in [(LOCATION, section.location.is_some()), (BUCKET, section.bucket.is_some())] {
        if is_set {
            let message = "only for directory buckets; remove it, or name the bucket <base>--<zone id>--x-s3";
            to.deny("gp-location-set", Reason::Forbidden, at, message);
        }
    }
}

/// A template or an ARN is told apart before; see the rules of the name.
fn name(name: &str, to: &mut Findings) {
    if super::super::name::is_no_name(name) {
        return;
    }
    if let Some(found) = name.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')) {
        let found = quote(found.encode_utf8(&mut [0; 4]));
        let message = format!("{} holds {found}; use only a-z, 0-9 and - in the name of a directory bucket", quote(name));
        to.deny("directory-name-charset", Reason::Invalid, NAME, message);
    } else if name.starts_with('-') || BucketName::new(name).zone_id().is_none() {
        let message =
            format!("{} is no name of a directory bucket; use <base>--<zone id>--x-s3, such as logs--usw2-az1--x-s3", quote(name));
        to.deny("directory-name-format", Reason::Invalid, NAME, message);
    }
    let length = name.chars().count();
    if length > 63 {
        let message = format!("{} has {length} characters, suffix included; 63 at most", quote(name));
        to.deny("directory-name-length", Reason::Invalid, NAME, message);
    }
}

/// The zone in the name, the zone that is given, and the region that they lie in.
fn zones(in_name: Option<&str>, given: &CreateBucketConfiguration, facts: &Facts<'_>, to: &mut Findings) {
    let location = given.location.as_ref().and_then(|location| location.name.as_deref()).filter(|name| !name.is_empty());
    for (id, at) in [(in_name, NAME), (location, LOCATION_NAME)] {
        if let Some(id) = id.filter(|id| Zone::parse(id).is_none()) {
            directory_zone_id_format(id, at, to);
        }
    }
    let Some(zone) = in_name.and_then(Zone::parse) else { return };
    if let Some(location) = location.and_then(Zone::parse).filter(|location| *location != zone) {
        let message = format!("the zone is {}, and the name says {}; make them equal, or leave location.name out", location.id, zone.id);
        to.deny("directory-location-mismatch", Reason::Invalid, LOCATION_NAME, message);
    }
    directory_zone_region(zone, facts, to);
}

fn directory_zone_id_format(id: &str, at: &str, to: &mut Findings) {
    let what = if is_zone_name(id) { "the name of a zone, not its id" } else { "not the id of a zone" };
    let message = format!("{} is {what}; use one such as usw2-az1 or, of a Local Zone, usw2-lax1-az1", quote(id));
    to.deny("directory-zone-id-format", Reason::Invalid, at, message);
}

/// `us-west-2a`, which differs from account to account.
fn is_zone_name(id: &str) -> bool {
    id.strip_suffix(|c: char| c.is_ascii_lowercase()).is_some_and(region::is_well_formed)
}

fn directory_zone_region(zone: Zone<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if let (Some(is), Some(region)) = (zone.region(), facts.region.filter(|region| region::is_known(region)))
        && is != region
    {
        let message = format!("zone {} is in {is}, and the bucket is to be in {region}; use a zone or a region that fits", zone.id);
        to.deny("directory-zone-region", Reason::Invalid, NAME, message);
    }
}

/// Type and redundancy, with what the name says of them.
fn kinds(zone: Option<&str>, given: &CreateBucketConfiguration, to: &mut Findings) {
    let Some(zone) = zone.and_then(Zone::parse) else { return };
    let (location, bucket) = (given.location.clone().unwrap_or_default(), given.bucket.clone().unwrap_or_default());
    let members = [
        (location.name.as_deref(), LOCATION_NAME),
        (location.type_.as_deref(), LOCATION_TYPE),
        (bucket.type_.as_deref(), BUCKET_TYPE),
        (bucket.data_redundancy.as_deref(), REDUNDANCY),
    ];
    for (_, at) in members.iter().filter(|(value, _)| *value == Some("")) {
        let message = "S3 needs a value here; leave it out, so that it follows from the name, or give it";
        to.deny("directory-location-required", Reason::Required, at, message);
    }
    let given = |value: Option<String>| value.filter(|value| !value.is_empty());
    directory_bucket_type(given(bucket.type_), to);
    let kind = given(location.type_).map_or(Some(zone.kind), |type_| location_kind(&type_, zone, to));
    if let (Some(redundancy), Some(kind)) = (given(bucket.data_redundancy), kind) {
        directory_redundancy_pair(&redundancy, kind, to);
    }
}

fn directory_bucket_type(given: Option<String>, to: &mut Findings) {
    if let Some(type_) = given.filter(|type_| type_ != DirectoryBucket::TYPE) {
        let message = format!("{} is no type of a directory bucket; use Directory, or leave it out", quote(&type_));
        to.deny("directory-bucket-type", Reason::NotSupported, BUCKET_TYPE, message);
    }
}

/// The kind of zone that is given, if it is the zone's.
fn location_kind(type_: &str, zone: Zone<'_>, to: &mut Findings) -> Option<ZoneKind> {
    let kind = ZoneKind::of_location_type(type_);
    if kind.is_none() {
        let message = format!("{} is no type of a location; use AvailabilityZone or LocalZone, or leave it out", quote(type_));
        to.deny("directory-location-type", Reason::NotSupported, LOCATION_TYPE, message);
    } else if kind != Some(zone.kind) {
        let message = format!("{} is of type {}, not {type_}; leave location.type out", zone.id, zone.kind.location_type());
        to.deny("directory-location-mismatch", Reason::Invalid, LOCATION_TYPE, message);
    }
    kind.filter(|kind| *kind == zone.kind)
}

fn directory_redundancy_pair(redundancy: &str, kind: ZoneKind, to: &mut Findings) {
    let wanted = kind.data_redundancy();
    if redundancy != wanted {
        let message = format!("a location of type {} goes with {wanted}, not {}", kind.location_type(), quote(redundancy));
        to.deny("directory-redundancy-pair", Reason::Invalid, REDUNDANCY, message);
    }
}

fn directory_locationconstraint(given: &CreateBucketConfiguration, to: &mut Findings) {
    if given.location_constraint.is_some() {
        let message = "a directory bucket lies in the zone of its name; remove locationConstraint";
        to.deny("directory-locationconstraint", Reason::Forbidden, "spec.createBucketConfiguration.locationConstraint", message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::directory::cases::directory;
    use crate::admission::testing::{Case, World, case};

    fn named(name: &str) -> World {
        World::new().named(name)
    }

    fn made(configuration: &str) -> World {
        directory().section("createBucketConfiguration", configuration)
    }

    pub(in crate::admission) fn all() -> Vec<Case> {
        let long = |length: usize| named(&format!("{}--euw1-az1--x-s3", "a".repeat(length - 16)));
        let local = |redundancy: &str| {
            let section = format!(r#"{{"location":{{"type":"LocalZone"}},"bucket":{{"dataRedundancy":"{redundancy}"}}}}"#);
            named("logs--usw2-lax1-az1--x-s3").region("us-west-2").section("createBucketConfiguration", &section)
        };
        vec![
            case("directory-name-format", named("a--x-s3"), named("a--euw1-az1--x-s3")),
            case("directory-name-charset", named("a.b--euw1-az1--x-s3"), named("a-b--euw1-az1--x-s3")),
            case("directory-name-length", long(64), long(63)),
            case("directory-zone-id-format", named("logs--eu-west-1a--x-s3"), named("logs--euw1-az1--x-s3")),
            case("directory-location-required", made(r#"{"bucket":{"type":""}}"#), made(r#"{"bucket":{"type":"Directory"}}"#)),
            case("directory-location-mismatch", made(r#"{"location":{"name":"euw1-az2"}}"#), made(r#"{"location":{"name":"euw1-az1"}}"#)),
            case("directory-redundancy-pair", local("SingleAvailabilityZone"), local("SingleLocalZone")),
            case("directory-bucket-type", made(r#"{"bucket":{"type":"GeneralPurpose"}}"#), made(r#"{"bucket":{}}"#)),
            case("directory-location-type", made(r#"{"location":{"type":"Zone"}}"#), made(r#"{"location":{"type":"AvailabilityZone"}}"#)),
            case("directory-locationconstraint", made(r#"{"locationConstraint":"eu-west-1"}"#), made("{}")),
            case(
                "gp-location-set",
                World::new().section("createBucketConfiguration", r#"{"bucket":{"type":"Directory"}}"#),
                World::new().section("createBucketConfiguration", r#"{"locationConstraint":"eu-west-1"}"#),
            ),
            case("directory-zone-region", named("logs--usw2-az1--x-s3"), named("logs--usw2-az1--x-s3").region("us-west-2")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::directory::cases::directory;
    use crate::admission::testing::World;

    fn rules(name: &str) -> Vec<&'static str> {
        World::new().named(name).rules()
    }

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        assert_eq!(rules("-a--euw1-az1--x-s3"), ["directory-name-format", "name-first-last"]);
        assert_eq!(rules("--euw1-az1--x-s3"), ["directory-name-format", "name-first-last"]);
        assert_eq!(rules("a--euw1-azz--x-s3"), ["directory-zone-id-format"]);
        assert_eq!(rules("Logs--euw1-az1--x-s3"), ["directory-name-charset"]);
        assert_eq!(rules("$NAME--euw1-az1--x-s3"), ["name-placeholder"]);
        assert_eq!(rules("xn--a--euw1-az1--x-s3"), ["name-prefix-xn"]);
    }

    #[test]
    fn the_rules_for_the_names_of_other_buckets_are_silent() {
        assert_eq!(rules("192.168.5.4--euw1-az1--x-s3"), ["directory-name-charset"]);
        assert_eq!(rules("a..b--euw1-az1--x-s3"), ["directory-name-charset"]);
    }

    #[test]
    fn the_type_of_another_zone_is_a_mismatch() {
        let verdict = directory().section("createBucketConfiguration", r#"{"location":{"type":"LocalZone"}}"#).verdict();
        let finding = &verdict.findings[0];
        assert_eq!((&*finding.rule, finding.field.as_str()), ("directory-location-mismatch", super::LOCATION_TYPE));
    }

    #[test]
    fn nothing_is_said_of_a_region_that_no_table_knows() {
        assert_eq!(World::new().named("logs--usw2-az1--x-s3").namespace("x", "y").region("eu-west-9").rules(), ["region-unknown"]);
        assert_eq!(rules("logs--abcd1-az1--x-s3"), [""; 0]);
    }
}
