//! What S3 refuses in a single notification: its id, its events, its filter, its destination.
//! Source: S3 API, PutBucketNotificationConfiguration; S3 User Guide, "Event notification types and destinations".

use std::collections::BTreeSet;

use super::Put;
use super::notification_events::is_known;
use crate::s3::error::S3Error;
use crate::s3::glob;
use crate::s3::xml::Element;

const MOST: usize = 100;
const MOST_BYTES: usize = 1024;
/// Says that the destinations are not to be asked.
const SKIP: &str = "x-amz-skip-destination-validation";

/// Checks the configurations one by one.
pub(super) fn check(configurations: &[&Element], put: &Put<'_>) -> Result<(), S3Error> {
    if configurations.len() > MOST {
        let text = format!("Too many configurations submitted. The maximum number of configurations is {MOST}");
        return Err(S3Error::invalid_request(text));
    }
    let mut ids = BTreeSet::new();
    for configuration in configurations {
        id(configuration, &mut ids)?;
        if configuration.all("Event").any(|event| !is_known(&event.text)) {
            return Err(S3Error::invalid_argument("The event is not supported for notifications"));
        }
        configuration.at(&["Filter", "S3Key"]).map_or(Ok(()), filter)?;
        destination(configuration, put)?;
    }
    Ok(())
}

fn id<'a>(configuration: &'a Element, seen: &mut BTreeSet<&'a str>) -> Result<(), S3Error> {
    match configuration.text_of("Id").filter(|id| !id.is_empty()) {
        Some(id) if id.encode_utf16().count() > 255 => Err(S3Error::invalid_argument("ID length exceeded allowed limit of 255")),
        Some(id) if !seen.insert(id) => Err(S3Error::invalid_argument("Same ID used for multiple configurations. IDs must be unique.")),
        _ => Ok(()),
    }
}

fn filter(key: &Element) -> Result<(), S3Error> {
    let mut seen = BTreeSet::new();
    for rule in key.all("FilterRule") {
        let name = rule.text_of("Name").unwrap_or_default().to_ascii_lowercase();
        if name != "prefix" && name != "suffix" {
            return Err(S3Error::invalid_argument("filter rule name must be either prefix or suffix"));
        }
        if rule.text_of("Value").is_some_and(|value| value.len() > MOST_BYTES) {
            let text = format!("Size of filter rule value cannot exceed {MOST_BYTES} bytes in UTF-8 representation");
            return Err(S3Error::invalid_argument(text));
        }
        if !seen.insert(name.clone()) {
            return Err(S3Error::invalid_argument(format!("Cannot specify more than one {name} rule in a filter.")));
        }
    }
    Ok(())
}

fn destination(configuration: &Element, put: &Put<'_>) -> Result<(), S3Error> {
    let (member, service) = match configuration.name.as_str() {
        "TopicConfiguration" => ("Topic", "sns"),
        "QueueConfiguration" => ("Queue", "sqs"),
        _ => ("CloudFunction", "lambda"),
    };
    let arn = configuration.text_of(member).unwrap_or_default();
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", partition, kind, region, account, resource] = parts[..] else {
        return Err(S3Error::invalid_argument("The ARN could not be parsed"));
    };
    if resource.rsplit_once('.').is_some_and(|(_, kind)| kind == "fifo") {
        return Err(S3Error::invalid_argument("FIFO SQS queues are not supported."));
    }
    let of_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !partition.starts_with("aws") || kind != service || !of_account || !is_resource(service, resource) {
        return Err(S3Error::invalid_argument(format!("The ARN failed to satisfy constraint: {arn} is no ARN of {service}")));
    }
    if region != put.bucket.region.as_ref() {
        let text = "The notification destination service region is not valid for the bucket location constraint";
        return Err(S3Error::invalid_argument(text));
    }
    let skipped = put.request.header(SKIP).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !skipped && put.world.unknown_destinations.iter().any(|pattern| glob::matches(pattern, arn)) {
        return Err(S3Error::invalid_argument("Unable to validate the following destination configurations"));
    }
    Ok(())
}

fn is_resource(service: &str, resource: &str) -> bool {
    let word = |text: &str, most: usize| {
        !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    match (service, resource.split(':').collect::<Vec<_>>().as_slice()) {
        ("sns", [name]) => word(name, 256),
        ("sqs", [name]) => word(name, 80),
        ("lambda", ["function", name]) => word(name, 140),
        ("lambda", ["function", name, version]) => word(name, 140) && (word(version, 128) || *version == "$LATEST"),
        _ => false,
    }
}
