//! What admission says of CORS. Source: S3 API reference, PutBucketCors and `CORSRule`; S3 User Guide, "Elements of a CORS
//! configuration"; RFC 7230, "token" (names of headers).

mod origin;

use super::{Cors, CorsRule};
use crate::admission::check::{self, element, text_element};
use crate::admission::{Facts, Findings, Path, Reason, quote};

/// The most rules that S3 takes.
const MOST: usize = 100;
/// Of a list that is too long anyway, only so many are looked at one by one.
const LOOKED_AT: usize = 2 * MOST;
/// The most bytes of XML that S3 takes.
const LARGEST: usize = 64 * 1024;
const LONGEST_ID: usize = 255;
const METHODS: &[&str] = &["GET", "PUT", "HEAD", "POST", "DELETE"];
const WRITING: &[&str] = &["PUT", "POST", "DELETE"];

pub(super) fn findings(cors: &Cors, section: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    // A section without a list is what the peer stores of a bucket without CORS.
    let Some(rules) = cors.cors_rules.as_deref() else { return };
    let list = section.member("corsRules");
    cors_rules_empty(rules, &list, facts, to);
    cors_rule_count(rules, &list, to);
    // This bounds the lists in the rules, too.
    if cors_size(rules, section, to) {
        return;
    }
    let looked_at = &rules[..rules.len().min(LOOKED_AT)];
    for (index, rule) in looked_at.iter().enumerate() {
        let at = list.index(index);
        methods(rule, &at.member("allowedMethods"), facts, to);
        origin::findings(rule, &at.member("allowedOrigins"), to);
        cors_wildcard_write(rule, &at.member("allowedOrigins"), to);
        allowed_headers(rule, &at.member("allowedHeaders"), to);
        expose_headers(rule, &at.member("exposeHeaders"), to);
        check::at_most(rule.id.as_deref(), LONGEST_ID, "cors-id-length", &at.member("id"), to);
        cors_id_duplicate(rule, &looked_at[..index], &at.member("id"), to);
        cors_max_age(rule, &at.member("maxAgeSeconds"), to);
    }
}

/// S3 refuses such a list, and it is never sent: who has it stored already is not held up.
fn cors_rules_empty(rules: &[CorsRule], at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if rules.is_empty() && facts.by_user() {
        to.deny("cors-rules-empty", Reason::Required, at, "the list has no rule; add one, or remove spec.cors to have none");
    }
}

fn cors_rule_count(rules: &[CorsRule], at: &Path<'_>, to: &mut Findings) {
    let count = rules.len();
    if count > MOST {
        to.deny("cors-rule-count", Reason::Invalid, at, format!("{count} rules, S3 takes {MOST}; remove {}", count - MOST));
    }
}

/// Whether it is too large.
fn cors_size(rules: &[CorsRule], at: &Path<'_>, to: &mut Findings) -> bool {
    let size = element("CORSConfiguration", rules.iter().map(size).sum());
    if size > LARGEST {
        let message = format!("{size} bytes as XML, S3 takes {LARGEST}; use fewer or shorter rules, origins and headers");
        to.deny("cors-size", Reason::Invalid, at, message);
    }
    size > LARGEST
}

fn size(rule: &CorsRule) -> usize {
    let list =
        |name: &str, items: &Option<Vec<String>>| -> usize { items.iter().flatten().map(|item| text_element(name, Some(item))).sum() };
    let lists = [
        list("AllowedHeader", &rule.allowed_headers),
        list("AllowedMethod", &rule.allowed_methods),
        list("AllowedOrigin", &rule.allowed_origins),
        list("ExposeHeader", &rule.expose_headers),
    ];
    let age = rule.max_age_seconds.map_or(0, |_| element("MaxAgeSeconds", 1));
    element("CORSRule", lists.iter().sum::<usize>() + text_element("ID", rule.id.as_deref()) + age)
}

fn methods(rule: &CorsRule, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let methods = rule.allowed_methods.as_deref().unwrap_or_default();
    if methods.is_empty() {
        let message = "a rule needs a method; name one or more of GET, PUT, HEAD, POST and DELETE";
        to.deny("cors-methods-required", Reason::Required, at, message);
    }
    for (index, method) in methods.iter().enumerate() {
        cors_method_enum(method, &at.index(index), facts, to);
    }
}

/// A method in lower case is sent in upper case: who has it stored already is not held up.
fn cors_method_enum(method: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if method == "OPTIONS" {
        let message = "S3 answers OPTIONS (preflight) by itself and does not take it here; remove it";
        to.deny("cors-method-enum", Reason::NotSupported, at, message);
    } else if facts.by_user() || !METHODS.iter().any(|known| known.eq_ignore_ascii_case(method)) {
        check::one_of(Some(method), METHODS, "cors-method-enum", at, to);
    }
}

fn allowed_headers(rule: &CorsRule, at: &Path<'_>, to: &mut Findings) {
    for (index, header) in rule.allowed_headers.iter().flatten().enumerate() {
        let at = at.index(index);
        let wildcards = wildcards(header);
        if wildcards > 1 {
            let message = format!("{} holds {wildcards} wildcards, S3 takes one; name the headers one by one", quote(header));
            to.deny("cors-header-wildcards", Reason::Invalid, at, message);
        }
        cors_header_token(header, &at, to);
    }
}

fn expose_headers(rule: &CorsRule, at: &Path<'_>, to: &mut Findings) {
    for (index, header) in rule.expose_headers.iter().flatten().enumerate() {
        let at = at.index(index);
        if wildcards(header) > 0 {
            let message = format!("{}: S3 takes no wildcard here; name every header, such as ETag", quote(header));
            to.deny("cors-expose-wildcard", Reason::NotSupported, at, message);
        }
        cors_header_token(header, &at, to);
    }
}

fn wildcards(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'*').count()
}

/// Nobody knows what S3 says of an empty name.
fn cors_header_token(header: &str, at: &Path<'_>, to: &mut Findings) {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if let Some(found) = header.chars().find(|c| !is_token(*c)) {
        let found = quote(found.encode_utf8(&mut [0; 4]));
        let message = format!("{} holds {found}, which no name of a header may; give one name an entry", quote(header));
        to.deny("cors-header-token", Reason::Invalid, at, message);
    }
}

fn cors_id_duplicate(rule: &CorsRule, earlier: &[CorsRule], at: &Path<'_>, to: &mut Findings) {
    let Some(id) = rule.id.as_deref().filter(|id| !id.is_empty()) else { return };
    if earlier.iter().any(|other| other.id.as_deref() == Some(id)) {
        let message = format!("another rule has the id {} already; give each an id of its own", quote(id));
        to.warn("cors-id-duplicate", Reason::Duplicate, at, message);
    }
}

/// What does not even fit in 32 bits has a rule of its own.
fn cors_max_age(rule: &CorsRule, at: &Path<'_>, to: &mut Findings) {
    if let Some(age) = rule.max_age_seconds.filter(|age| (i64::from(i32::MIN)..0).contains(age)) {
        to.deny("cors-max-age", Reason::Invalid, at, format!("{age} seconds; use 0 or more"));
    }
}

fn cors_wildcard_write(rule: &CorsRule, at: &Path<'_>, to: &mut Findings) {
    let Some(index) = rule.allowed_origins.iter().flatten().position(|origin| origin == "*") else { return };
    let allowed = |method: &&&str| rule.allowed_methods.iter().flatten().any(|allowed| allowed == **method);
    let methods: Vec<&str> = WRITING.iter().filter(allowed).copied().collect();
    if !methods.is_empty() {
        let message = format!("scripts of any site may send {}; name the origins that need it", methods.join(", "));
        to.warn("cors-wildcard-write", Reason::Forbidden, at.index(index), message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) fn rules(rules: &str) -> World {
        World::new().section("cors", &format!(r#"{{"corsRules":[{rules}]}}"#))
    }

    /// A good rule with this beside methods and origins.
    pub(super) fn with(members: &str) -> World {
        rules(&format!(r#"{{"allowedMethods":["GET"],"allowedOrigins":["https://a.com"],{members}}}"#))
    }

    pub(super) fn origin(origin: &str) -> World {
        rules(&format!(r#"{{"allowedMethods":["GET"],"allowedOrigins":["{origin}"]}}"#))
    }

    pub(super) fn method(method: &str) -> World {
        rules(&format!(r#"{{"allowedMethods":["{method}"],"allowedOrigins":["https://a.com"]}}"#))
    }

    pub(super) fn many(count: usize) -> World {
        rules(&vec![r#"{"allowedMethods":["GET"],"allowedOrigins":["https://a.com"]}"#; count].join(","))
    }

    /// A rule with so many origins of 100 bytes each, tags included.
    pub(super) fn long(origins: usize) -> World {
        let origin = format!(r#""https://{}""#, "a".repeat(61));
        rules(&format!(r#"{{"allowedMethods":["GET"],"allowedOrigins":[{}]}}"#, vec![origin; origins].join(",")))
    }

    pub(crate) fn all() -> Vec<Case> {
        let ids = |second: &str| {
            let rule = |id: &str| format!(r#"{{"id":"{id}","allowedMethods":["GET"],"allowedOrigins":["https://a.com"]}}"#);
            rules(&format!("{},{}", rule("a"), rule(second)))
        };
        let id = |length: usize| with(&format!(r#""id":"{}""#, "i".repeat(length)));
        let anybody = |method: &str| rules(&format!(r#"{{"allowedMethods":["{method}"],"allowedOrigins":["*"]}}"#));
        vec![
            case("cors-rule-count", many(101), many(100)),
            case("cors-rules-empty", rules(""), many(1)),
            case("cors-methods-required", rules(r#"{"allowedMethods":[],"allowedOrigins":["https://a.com"]}"#), many(1)),
            case("cors-method-enum", method("OPTIONS"), method("DELETE")),
            case("cors-origins-required", rules(r#"{"allowedMethods":["GET"]}"#), many(1)),
            case("cors-origin-wildcards", origin("http://*.*.com"), origin("http://*.a.com")),
            case("cors-origin-shape", origin("https://a.com/"), origin("https://a.com")),
            case("cors-header-wildcards", with(r#""allowedHeaders":["x-*-*"]"#), with(r#""allowedHeaders":["x-*"]"#)),
            case("cors-header-token", with(r#""allowedHeaders":["X Y"]"#), with(r#""allowedHeaders":["X-Y"]"#)),
            case("cors-expose-wildcard", with(r#""exposeHeaders":["*"]"#), with(r#""exposeHeaders":["ETag"]"#)),
            case("cors-id-length", id(256), id(255)),
            case("cors-id-duplicate", ids("a"), ids("b")),
            case("cors-max-age", with(r#""maxAgeSeconds":-1"#), with(r#""maxAgeSeconds":0"#)),
            case("cors-size", long(656), long(650)),
            case("cors-wildcard-write", anybody("DELETE"), anybody("GET")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{many, method, rules, with};
    use crate::admission::testing::World;

    fn fields(world: &World) -> Vec<String> {
        world.verdict().findings.into_iter().map(|finding| finding.field).collect()
    }

    #[test]
    fn a_section_that_says_nothing_is_what_the_peer_stores() {
        assert_eq!(World::new().section("cors", "{}").rules(), [""; 0]);
        assert_eq!(World::new().section("cors", r#"{"corsRules":null}"#).rules(), [""; 0]);
    }

    #[test]
    fn what_is_stored_and_can_be_sent_does_not_hold_the_controller_up() {
        assert_eq!(method("get").rules(), ["cors-method-enum"]);
        assert_eq!(method("get").existing().guard().rules(), [""; 0]);
        assert_eq!(rules("").existing().guard().rules(), [""; 0]);
        assert_eq!(method("TRACE").existing().guard().rules(), ["cors-method-enum"]);
    }

    #[test]
    fn an_empty_rule_lacks_both() {
        assert_eq!(rules("{}").rules(), ["cors-methods-required", "cors-origins-required"]);
        assert_eq!(method("").rules(), ["cors-method-enum"]);
    }

    #[test]
    fn the_entry_is_named() {
        let world = rules(r#"{"allowedMethods":["GET","PATCH"],"allowedOrigins":["*"],"exposeHeaders":["ETag","x-*"]}"#);
        assert_eq!(fields(&world), ["spec.cors.corsRules[0].allowedMethods[1]", "spec.cors.corsRules[0].exposeHeaders[1]"]);
    }

    #[test]
    fn names_of_headers_are_tokens_and_nothing_is_said_of_empty_ones() {
        assert_eq!(with(r#""allowedHeaders":["*","x-amz-*","Content-Type",""],"exposeHeaders":["x_y!#$%&'+.^`|~",""]"#).rules(), [""; 0]);
        for bad in ["a:b", "a,b", "ü", "a\\tb", "(a)"] {
            assert_eq!(with(&format!(r#""exposeHeaders":["{bad}"]"#)).rules(), ["cors-header-token"], "{bad}");
        }
    }

    #[test]
    fn ids_that_are_left_out_are_not_equal() {
        let rule = r#"{"id":"","allowedMethods":["GET"],"allowedOrigins":["https://a.com"]}"#;
        assert_eq!(rules(&format!("{rule},{rule}")).rules(), [""; 0]);
        assert_eq!(with(&format!(r#""id":"{}""#, "𝒌".repeat(128))).rules(), ["cors-id-length"]);
    }

    #[test]
    fn numbers_beyond_32_bits_have_a_rule_of_their_own() {
        assert_eq!(with(r#""maxAgeSeconds":-2147483649"#).rules(), ["int32-range"]);
        assert_eq!(with(r#""maxAgeSeconds":-2147483648"#).rules(), ["cors-max-age"]);
    }

    #[test]
    fn all_writing_methods_are_named_at_once() {
        let world = rules(r#"{"allowedMethods":["GET","PUT","DELETE"],"allowedOrigins":["https://a.com","*"]}"#);
        let finding = &world.verdict().findings[0];
        assert_eq!(finding.field, "spec.cors.corsRules[0].allowedOrigins[1]");
        assert!(finding.message.contains("PUT, DELETE"), "{finding}");
    }

    #[test]
    fn a_list_that_is_far_too_long_is_named_once() {
        assert_eq!(many(5000).rules(), ["cors-size", "cors-rule-count"]);
        let empty = rules(&vec!["{}"; 3000].join(","));
        assert_eq!(empty.verdict().findings.len(), 256);
    }
}
