//! What S3 makes of a document that it is sent: ids for entries without one, and names of filters with a capital.

/// The document as S3 keeps it.
pub(super) fn of(name: &str, document: String) -> String {
    match name {
        "lifecycle" | "replication" => with_ids(&document, "Rule", "ID"),
        "notification" => {
            let entries = ["QueueConfiguration", "TopicConfiguration", "CloudFunctionConfiguration"];
            let named = entries.iter().fold(document, |document, entry| with_ids(&document, entry, "Id"));
            named.replace("<Name>prefix</Name>", "<Name>Prefix</Name>").replace("<Name>suffix</Name>", "<Name>Suffix</Name>")
        }
        _ => document,
    }
}

fn with_ids(document: &str, element: &str, id: &str) -> String {
    // Ids are unique over the lists of a document.
    let made = if element == "Rule" { "made" } else { element };
    let (open, close, id_open) = (format!("<{element}>"), format!("</{element}>"), format!("<{id}>"));
    let mut parts = document.split(&open);
    let start = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(start, |text, (index, part)| {
        let has_id = part.split(&close).next().is_some_and(|entry| entry.contains(&id_open));
        let id = if has_id { String::new() } else { format!("{id_open}{made}-{index}</{id}>") };
        text + &open + &id + part
    })
}
