//! Configurations with an id each: kept one by one, listed a hundred at a time.

use std::collections::BTreeMap;

const PAGE: usize = 100;

/// The name under which one of them is kept, such as `metrics/the-id`; other names stay.
pub(super) fn name(name: &str, query: &str) -> String {
    part(query, "id=").map_or_else(|| name.to_owned(), |id| format!("{name}/{id}"))
}

/// One page of a list, in an order that is not that of the ids; `None` where the name is that of no list.
pub(super) fn page(name: &str, query: &str, kept: &BTreeMap<String, String>) -> Option<(u16, String)> {
    let root = match name {
        "analytics" => "ListBucketAnalyticsConfigurationResult",
        "intelligent-tiering" => "ListBucketIntelligentTieringConfigurationsOutput",
        "inventory" => "ListInventoryConfigurationsResult",
        "metrics" => "ListMetricsConfigurationsResult",
        _ => return None,
    };
    let of_this = format!("{name}/");
    let all: Vec<&str> = kept.iter().rev().filter(|(name, _)| name.starts_with(&of_this)).map(|(_, document)| document.as_str()).collect();
    let start: usize = part(query, "continuation-token=").map_or(0, |token| token.parse().unwrap());
    let end = all.len().min(start + PAGE);
    let more = end < all.len();
    let next = if more { format!("<NextContinuationToken>{end}</NextContinuationToken>") } else { String::new() };
    let items: String = all[start..end].concat();
    Some((200, format!("<{root}><IsTruncated>{more}</IsTruncated>{items}{next}</{root}>")))
}

fn part<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|part| part.strip_prefix(name))
}
