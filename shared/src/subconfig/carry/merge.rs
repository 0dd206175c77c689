//! Which members of an answer the SDK does not know, and how they get into what is written next. Pure.
//!
//! A member goes into the element that it came from: the one element of that name, or the item of a list with the same id, or with
//! the same known content. Where that is not one element, the member stays out.

use std::ops::Range;

use roxmltree::{Document, Node};

use super::known::{Known, Times, roots};

/// The elements by which S3 tells the items of its lists apart.
const IDS: [&str; 3] = ["ID", "Id", "Key"];

/// The unknown members of an answer by path, such as `BucketLoggingStatus/LoggingEnabled/Colour`. An answer that is no XML, or that
/// has another root than the calls that are made, has none.
pub(super) fn unknown(answer: &str) -> Vec<String> {
    let Ok(document) = Document::parse(answer) else { return Vec::new() };
    let root = document.root_element();
    let mut found = Vec::new();
    if let Some(known) = roots().child(root.tag_name().name()) {
        collect(root, known, known.name, &mut found);
    }
    found
}

fn collect(of: Node<'_, '_>, known: &Known, path: &str, to: &mut Vec<String>) {
    for element in elements(of) {
        let name = element.tag_name().name();
        let path = format!("{path}/{name}");
        match known.child(name) {
            Some(known) => collect(element, known, &path, to),
            None => to.push(path),
        }
    }
}

/// The code of an answer that is an error.
pub(super) fn error_code(answer: &str) -> Option<String> {
    let document = Document::parse(answer).ok()?;
    let code = elements(document.root_element()).find(|element| named(*element, "Code"))?;
    code.text().map(str::to_owned)
}

/// The body of a put with the unknown members of the answers; `None` where nothing is to be added, as nearly always.
pub(super) fn merge(body: &str, answers: &[String]) -> Option<String> {
    if answers.is_empty() {
        return None;
    }
    let document = Document::parse(body).ok()?;
    let mut additions = Vec::new();
    for answer in answers {
        let Ok(read) = Document::parse(answer) else { continue };
        let (from, to) = (read.root_element(), document.root_element());
        let Some(known) = roots().child(from.tag_name().name()) else { continue };
        let to_name = to.tag_name().name();
        if known.name == to_name {
            add(from, to, known, answer, body, &mut additions);
        } else if let Some(item) = known.child(to_name)
            && let Some(from) = only(elements(from).filter(|from| named(*from, to_name) && id(*from).is_some() && id(*from) == id(to)))
        {
            // One of the configurations that are read as a list and written one by one.
            add(from, to, item, answer, body, &mut additions);
        }
    }
    insert(body, additions)
}

/// A text and the place in the body that it takes.
type Addition = (Range<usize>, String);

/// Adds what is unknown below `from` to `to`, which is the same element in the body of the put.
fn add(from: Node<'_, '_>, to: Node<'_, '_>, known: &Known, answer: &str, body: &str, additions: &mut Vec<Addition>) {
    let mut lost = String::new();
    for element in elements(from) {
        let name = element.tag_name().name();
        match known.child(name) {
            Some(known) => {
                if element.has_children()
                    && let Some(partner) = partner(element, from, to, known)
                {
                    add(element, partner, known, answer, body, additions);
                }
            }
            None if is_plain(element, from, answer) && !elements(to).any(|there| named(there, name)) => lost += &answer[element.range()],
            None => {}
        }
    }
    if !lost.is_empty() {
        additions.push(at_end(to, body, &lost));
    }
}

/// The element below `to` that is the same as this one below `from`.
fn partner<'a, 'i>(element: Node<'_, '_>, from: Node<'_, '_>, to: Node<'a, 'i>, known: &Known) -> Option<Node<'a, 'i>> {
    let below_to = || elements(to).filter(|other| named(*other, known.name));
    let below_from = || elements(from).filter(|other| named(*other, known.name));
    if known.times == Times::Once {
        only(below_from())?;
        return only(below_to());
    }
    let same = |other: Node<'_, '_>| match (id(element), id(other)) {
        (Some(id), Some(other)) => id == other,
        (None, None) => content(element, known) == content(other, known),
        _ => false,
    };
    only(below_from().filter(|other| same(*other)))?;
    only(below_to().filter(|other| same(*other)))
}

/// All that is known of an element, in an order of its own.
fn content(of: Node<'_, '_>, known: &Known) -> String {
    let inner = |element: Node<'_, '_>| Some(content(element, known.child(element.tag_name().name())?));
    let mut inner: Vec<String> = elements(of).filter_map(inner).collect();
    inner.sort_unstable();
    let text = if inner.is_empty() { of.text().unwrap_or_default().trim() } else { "" };
    format!("<{}>{text}{}</>", known.name, inner.concat())
}

/// Whether the text of an element means the same in another document: no prefix, and no other namespace than its parent's.
fn is_plain(element: Node<'_, '_>, parent: Node<'_, '_>, answer: &str) -> bool {
    element.descendants().filter(Node::is_element).all(|inner| {
        let prefixed = name_as_written(&answer[inner.range()]).contains(':');
        let same_namespace = inner.tag_name().namespace() == parent.tag_name().namespace();
        !prefixed && same_namespace && inner.attributes().all(|attribute| attribute.namespace().is_none())
    })
}

/// The name in the start tag that an element's text begins with.
fn name_as_written(element: &str) -> &str {
    let name = element.strip_prefix('<').unwrap_or(element);
    name.split(|letter: char| letter.is_whitespace() || letter == '/' || letter == '>').next().unwrap_or_default()
}

/// The text as the last child of an element.
fn at_end(of: Node<'_, '_>, body: &str, text: &str) -> Addition {
    let range = of.range();
    let written = &body[range.clone()];
    if written.ends_with("/>") {
        let name = name_as_written(written);
        return (range.end - "/>".len()..range.end, format!(">{text}</{name}>"));
    }
    let end = range.start + written.rfind("</").unwrap_or(written.len());
    (end..end, text.to_owned())
}

/// The body with all additions, the last one first, so that the places of the others stay.
fn insert(body: &str, mut additions: Vec<Addition>) -> Option<String> {
    if additions.is_empty() {
        return None;
    }
    additions.sort_by_key(|(place, _)| place.start);
    let mut merged = body.to_owned();
    for (place, text) in additions.into_iter().rev() {
        merged.replace_range(place, &text);
    }
    Some(merged)
}

fn elements<'a, 'i>(of: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    of.children().filter(Node::is_element)
}

fn named(element: Node<'_, '_>, name: &str) -> bool {
    element.tag_name().name() == name
}

fn id<'a>(of: Node<'a, '_>) -> Option<&'a str> {
    IDS.iter().find_map(|name| elements(of).find(|element| named(*element, name))).and_then(|element| element.text())
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn merged(body: &str, answer: &str) -> String {
        merge(body, &[answer.to_owned()]).unwrap_or_else(|| body.to_owned())
    }

    #[test]
    fn what_is_unknown_is_told_by_path() {
        let answer = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>a</TargetBucket>\
                      <Colour><Hue/></Colour></LoggingEnabled></BucketLoggingStatus>";
        assert_eq!(unknown(answer), ["BucketLoggingStatus/LoggingEnabled/Colour"]);
        for other in ["", "{}", "<ListBucketResult><Name>a</Name></ListBucketResult>", "<BucketLoggingStatus>"] {
            assert!(unknown(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn a_member_goes_where_it_came_from() {
        let answer = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>a</TargetBucket><Colour>red &amp; blue</Colour></LoggingEnabled>\
                      <Size/></BucketLoggingStatus>";
        let body = "<BucketLoggingStatus xmlns=\"x\"><LoggingEnabled><TargetBucket>b</TargetBucket></LoggingEnabled></BucketLoggingStatus>";
        let expected = "<BucketLoggingStatus xmlns=\"x\"><LoggingEnabled><TargetBucket>b</TargetBucket><Colour>red &amp; blue</Colour>\
                        </LoggingEnabled><Size/></BucketLoggingStatus>";
        assert_eq!(merged(body, answer), expected);
        let emptied = "<BucketLoggingStatus xmlns=\"x\"/>";
        assert_eq!(
            merged(emptied, answer),
            "<BucketLoggingStatus xmlns=\"x\"><Size/></BucketLoggingStatus>",
            "what held the colour is gone"
        );
    }

    #[test]
    fn items_go_by_id() {
        let rule = |id: &str, rest: &str| format!("<Rule><ID>{id}</ID>{rest}<Status>Enabled</Status></Rule>");
        let document = |rules: &[String]| format!("<LifecycleConfiguration>{}</LifecycleConfiguration>", rules.concat());
        let answer = document(&[rule("a", "<Colour>red</Colour>"), rule("b", "<Colour>blue</Colour>")]);
        let body = document(&[rule("b", ""), rule("c", ""), rule("a", "<Prefix>x</Prefix>")]);
        let expected = body.replacen("</Rule>", "<Colour>blue</Colour></Rule>", 1);
        let expected = expected.replace("x</Prefix><Status>Enabled</Status>", "x</Prefix><Status>Enabled</Status><Colour>red</Colour>");
        assert_eq!(merged(&body, &answer), expected);
        let twice = document(&[rule("a", ""), rule("a", "<Prefix>x</Prefix>")]);
        assert_eq!(merged(&twice, &answer), twice, "two could be meant");
    }

    #[test]
    fn items_without_an_id_go_by_what_is_known_of_them() {
        let rule = |origin: &str, rest: &str| format!("<CORSRule><AllowedOrigin>{origin}</AllowedOrigin>{rest}</CORSRule>");
        let document = |rules: &[String]| format!("<CORSConfiguration>{}</CORSConfiguration>", rules.concat());
        let answer = document(&[rule("a", "<Colour/>"), rule("b", "")]);
        assert_eq!(merged(&document(&[rule("c", ""), rule("a", "")]), &answer), document(&[rule("c", ""), rule("a", "<Colour/>")]));
        let changed = document(&[rule("c", "")]);
        assert_eq!(merged(&changed, &answer), changed, "nothing says that it is the same rule");
    }

    #[test]
    fn the_one_rule_of_encryption_needs_no_id() {
        let document = |key: &str, rest: &str| {
            let rule = format!("<Rule><BucketKeyEnabled>{key}</BucketKeyEnabled>{rest}</Rule>");
            format!("<ServerSideEncryptionConfiguration>{rule}</ServerSideEncryptionConfiguration>")
        };
        assert_eq!(merged(&document("true", ""), &document("false", "<Colour/>")), document("true", "<Colour/>"));
    }

    #[test]
    fn a_configuration_that_is_read_in_a_list_is_written_alone() {
        let one = |id: &str, rest: &str| format!("<MetricsConfiguration><Id>{id}</Id>{rest}</MetricsConfiguration>");
        let list = format!("<ListMetricsConfigurationsResult>{}{}</ListMetricsConfigurationsResult>", one("a", "<Colour/>"), one("b", ""));
        let filter = "<Filter><Prefix>x</Prefix></Filter>";
        assert_eq!(merged(&one("a", filter), &list), one("a", &format!("{filter}<Colour/>")));
        assert_eq!(merged(&one("b", filter), &list), one("b", filter));
    }

    #[test]
    fn what_would_mean_something_else_stays_out() {
        let body = "<AbacStatus><Status>Enabled</Status></AbacStatus>";
        for colour in [
            "<x:Colour xmlns:x=\"urn:x\"/>",
            "<Colour xmlns=\"urn:x\"/>",
            "<Colour xmlns:x=\"urn:x\" x:hue=\"1\"/>",
            "<Colour xmlns:x=\"urn:x\"><x:Hue/></Colour>",
        ] {
            let answer = format!("<AbacStatus><Status>Disabled</Status>{colour}</AbacStatus>");
            assert_eq!(unknown(&answer).len(), 1, "{answer}");
            assert_eq!(merged(body, &answer), body, "{answer}");
        }
        assert_eq!(merged("not XML", "<AbacStatus><Colour/></AbacStatus>"), "not XML");
    }

    /// Elements below a lifecycle rule, known and unknown, in any order and number.
    fn rules() -> impl Strategy<Value = String> {
        let leaf = |names: &'static [&'static str], texts: &'static [&'static str]| {
            (prop::sample::select(names), prop::sample::select(texts)).prop_map(|(name, text)| format!("<{name}>{text}</{name}>"))
        };
        let inner =
            || prop::collection::vec(leaf(&["Days", "Date", "Colour", "Hue"], &["1", "2", "&lt;"]), 0..3).prop_map(|all| all.concat());
        let holder = (prop::sample::select(&["Expiration", "Transition", "Filter", "Colour"][..]), inner())
            .prop_map(|(name, inner)| if inner.is_empty() { format!("<{name}/>") } else { format!("<{name}>{inner}</{name}>") });
        let member = prop_oneof![leaf(&["ID", "Status", "Hue"], &["a", "b", ""]), holder];
        let rule = prop::collection::vec(member, 0..5).prop_map(|all| format!("<Rule>{}</Rule>", all.concat()));
        prop::collection::vec(rule, 0..4).prop_map(|all| format!("<LifecycleConfiguration>{}</LifecycleConfiguration>", all.concat()))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_known_stays_as_it_is(body in rules(), answer in rules()) {
            let known = roots().child("LifecycleConfiguration").unwrap();
            let known_of = |text: &str| content(Document::parse(text).unwrap().root_element(), known);
            let once = merged(&body, &answer);
            prop_assert_eq!(known_of(&once), known_of(&body));
            prop_assert!(unknown(&once).len() >= unknown(&body).len());
            prop_assert_eq!(merged(&once, &answer), once.clone(), "a second time nothing is left to add");
        }

        #[test]
        fn no_text_is_too_strange(body in ".{0,60}", answer in "[<>/ a-zA-Z:&;!\\[\\]\"=]{0,60}") {
            prop_assert!(merge(&body, std::slice::from_ref(&answer)).is_none());
            prop_assert!(unknown(&answer).is_empty());
        }
    }
}
