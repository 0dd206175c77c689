//! What S3 refuses in replication rules, but for their destination.
//! Source: S3 API, ReplicationRule; S3 User Guide, "Replication configuration file elements"; error texts as S3 gives them.

use std::collections::BTreeSet;

use crate::s3::error::S3Error;
use crate::s3::xml::Element;

const MOST_RULES: usize = 1000;
const VERSION: &str = "for this version of Cross Region Replication configuration schema";

/// Checks a configuration that has the right shape.
pub(super) fn check(root: &Element) -> Result<(), S3Error> {
    let role = root.text_of("Role").unwrap_or_default();
    let is_role = matches!(role.splitn(6, ':').collect::<Vec<_>>()[..], ["arn", _, "iam", "", account, name]
        if account.len() == 12 && name.starts_with("role/"));
    if !is_role {
        return Err(S3Error::invalid_argument("Invalid Role specified in replication configuration"));
    }
    let rules: Vec<_> = root.all("Rule").collect();
    if rules.len() > MOST_RULES {
        return Err(S3Error::malformed_xml());
    }
    ids(&rules)?;
    rules.iter().try_for_each(|rule| scope(rule))?;
    // One rule without a filter makes the whole configuration one of the first version.
    if rules.iter().all(|rule| rule.has("Filter")) { second_version(&rules) } else { first_version(&rules) }
}

fn ids(rules: &[&Element]) -> Result<(), S3Error> {
    let mut seen = BTreeSet::new();
    for id in rules.iter().filter_map(|rule| rule.text_of("ID")) {
        if id.encode_utf16().count() > 255 {
            return Err(S3Error::invalid_argument("Rule Id cannot be greater than 255"));
        }
        if !seen.insert(id) {
            return Err(S3Error::invalid_argument("Rule Id must be unique"));
        }
    }
    Ok(())
}

fn scope(rule: &Element) -> Result<(), S3Error> {
    let filter = rule.child("Filter");
    let and = filter.and_then(|filter| filter.child("And"));
    let crowded = filter.is_some_and(|filter| rule.has("Prefix") || filter.children.len() > 1);
    if crowded || and.is_some_and(|and| and.children.len() < 2) || rule.has("ExistingObjectReplication") {
        return Err(S3Error::malformed_xml());
    }
    let keys: Vec<_> = and.into_iter().flat_map(|and| and.all("Tag")).filter_map(|tag| tag.text_of("Key")).collect();
    if keys.iter().collect::<BTreeSet<_>>().len() < keys.len() {
        return Err(S3Error::invalid_request("Duplicate Tag Keys are not allowed."));
    }
    if rule.child("SourceSelectionCriteria").is_some_and(|criteria| criteria.children.is_empty()) {
        return Err(S3Error::invalid_request("SourceSelectionCriteria cannot be empty."));
    }
    Ok(())
}

/// Rules with filters: each has a priority of its own and says what becomes of delete markers.
fn second_version(rules: &[&Element]) -> Result<(), S3Error> {
    let mut seen = BTreeSet::new();
    for rule in rules {
        let priority = rule.number("Priority");
        let priority = priority.ok_or_else(|| S3Error::invalid_request(format!("Priority must be specified {VERSION}.")))?;
        if !(0..=i64::from(i32::MAX)).contains(&priority) {
            return Err(S3Error::invalid_request("Priority must be between 0 and 2147483647."));
        }
        if !seen.insert(priority) {
            return Err(S3Error::invalid_request(format!("Found duplicate priority {priority}.")));
        }
        let markers = rule.at(&["DeleteMarkerReplication", "Status"]);
        let markers = markers.ok_or_else(|| S3Error::invalid_request(format!("DeleteMarkerReplication must be specified {VERSION}.")))?;
        let by_tag = rule.child("Filter").is_some_and(|filter| filter.has("Tag") || filter.at(&["And", "Tag"]).is_some());
        if markers.text == "Enabled" && by_tag {
            return Err(S3Error::invalid_request("Delete marker replication is not supported if any Tag filter is specified."));
        }
    }
    Ok(())
}

/// Rules with prefixes: no priority, one destination, no prefix within another.
fn first_version(rules: &[&Element]) -> Result<(), S3Error> {
    if rules.iter().any(|rule| rule.has("Priority")) {
        return Err(S3Error::invalid_request(format!("Priority cannot be used {VERSION}.")));
    }
    if rules.iter().any(|rule| rule.at(&["SourceSelectionCriteria", "ReplicaModifications"]).is_some()) {
        return Err(S3Error::invalid_request(format!("ReplicaModifications cannot be used {VERSION}.")));
    }
    let destinations: BTreeSet<_> = rules.iter().filter_map(|rule| rule.at(&["Destination", "Bucket"])).map(|arn| &arn.text).collect();
    if destinations.len() > 1 {
        return Err(S3Error::invalid_request("Number of distinct destination bucket ARNs cannot exceed 1"));
    }
    let prefixes: Vec<_> = rules.iter().map(|rule| rule.text_of("Prefix").unwrap_or_default()).collect();
    for (at, prefix) in prefixes.iter().enumerate() {
        if let Some(other) = prefixes[at + 1..].iter().find(|other| other.starts_with(prefix) || prefix.starts_with(*other)) {
            return Err(S3Error::invalid_request(format!("Found overlapping prefixes '{prefix}' and '{other}'")));
        }
    }
    Ok(())
}
