//! What S3 objects to, beside the message of an error: which destination, which header, which value.

/// The arguments that an error document names, as ` (name: value; name: value)`; nothing where it names none. S3 numbers them where
/// there are several (`ArgumentName1`, `ArgumentValue1`). Source: S3 API reference, "REST error responses".
pub(super) fn named(document: &[u8]) -> String {
    let Some(document) = std::str::from_utf8(document).ok().and_then(|text| roxmltree::Document::parse(text).ok()) else {
        return String::new();
    };
    let members: Vec<_> = document.root_element().children().filter(roxmltree::Node::is_element).collect();
    let text = |name: &str| {
        let member = members.iter().find(|member| member.tag_name().name() == name)?;
        Some(member.text()?.trim()).filter(|text| !text.is_empty() && *text != "null").map(shortened)
    };
    let numbers = members.iter().filter_map(|member| member.tag_name().name().strip_prefix("ArgumentName"));
    let arguments = numbers.filter_map(|number| match (text(&format!("ArgumentName{number}")), text(&format!("ArgumentValue{number}"))) {
        (Some(name), Some(value)) => Some(format!("{name}: {value}")),
        (one, other) => one.or(other),
    });
    let arguments: Vec<String> = arguments.collect();
    if arguments.is_empty() { String::new() } else { format!(" ({})", arguments.join("; ")) }
}

/// S3 repeats what it was sent, which may be long.
fn shortened(text: &str) -> String {
    const CHARACTERS: usize = 300;
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_named_with_their_values() {
        let one = "<Error><Code>C</Code><ArgumentName>arn:aws:sqs:::q, null</ArgumentName><ArgumentValue>gone</ArgumentValue></Error>";
        assert_eq!(named(one.as_bytes()), " (arn:aws:sqs:::q, null: gone)");
        let two = "<Error><ArgumentName1>a</ArgumentName1><ArgumentValue1>b</ArgumentValue1><ArgumentName2>c</ArgumentName2>\
                   <ArgumentValue2>null</ArgumentValue2></Error>";
        assert_eq!(named(two.as_bytes()), " (a: b; c)");
    }

    #[test]
    fn documents_without_any_name_none() {
        for document in ["", "{}", "<Error><Code>C</Code><ArgumentName/></Error>", "<Error", "\u{fffd}"] {
            assert_eq!(named(document.as_bytes()), "", "{document}");
        }
    }

    #[test]
    fn long_ones_are_cut_between_characters() {
        let long = format!("<Error><ArgumentName>{}</ArgumentName></Error>", "ä".repeat(400));
        assert_eq!(named(long.as_bytes()), format!(" ({}...)", "ä".repeat(300)));
    }
}
