//! S3 Control's side of the store: the tags of the bucket, as a list that is changed and not replaced.

use aws_sdk_s3::config::http::HttpRequest;

use super::State;

const PATH: &str = "/v20180820/tags/arn";

/// The answer to a call of S3 Control; None where it is none.
pub(super) fn answer(state: &mut State, request: &HttpRequest) -> Option<(u16, String)> {
    let (path, query) = request.uri().split_once('?').unwrap_or_else(|| (request.uri(), ""));
    if !path.contains(PATH) {
        return None;
    }
    assert!(path.starts_with("http://s3.invalid/"), "{path}: the host is kept");
    assert_eq!(request.headers().get("x-amz-account-id"), Some("123456789012"));
    let mut held = tags(state.kept.get("tagging").map_or("", String::as_str));
    let detail = match request.method() {
        "GET" => String::new(),
        "POST" => {
            let sent = tags(std::str::from_utf8(request.body().bytes().unwrap()).unwrap());
            held.retain(|(key, _)| sent.iter().all(|(other, _)| other != key));
            held.extend(sent.iter().cloned());
            sent.iter().map(|(key, value)| format!("{key}={}", plain(value))).collect::<Vec<_>>().join(", ")
        }
        "DELETE" => {
            let keys: Vec<_> =
                query.split('&').filter_map(|part| part.strip_prefix("tagKeys=")).map(|key| key.replace("%20", " ")).collect();
            held.retain(|(key, _)| !keys.contains(key));
            keys.join(",")
        }
        other => panic!("{other} {path}"),
    };
    state.journal.push((request.method().to_owned(), format!("tags {detail}").trim_end().to_owned()));
    if let Some(always) = &state.always {
        return Some(always.clone());
    }
    let list: Vec<_> = held.iter().map(|(key, value)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>")).collect();
    let list = list.concat();
    if request.method() != "GET" {
        state.kept.insert("tagging".to_owned(), format!("<Tagging><TagSet>{list}</TagSet></Tagging>"));
        return Some((204, String::new()));
    }
    let list = if list.is_empty() { list } else { format!("<Tags>{list}</Tags>") };
    Some((200, format!("<ListTagsForResourceResult>{list}</ListTagsForResourceResult>")))
}

/// Keys and values of a document, as XML spells them.
fn tags(document: &str) -> Vec<(String, String)> {
    let member = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("<{name}>")).map_or("", |(_, rest)| rest);
        rest.split_once(&format!("</{name}>")).map_or("", |(text, _)| text).to_owned()
    };
    document.split("<Tag>").skip(1).map(|tag| (member(tag, "Key"), member(tag, "Value"))).collect()
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
