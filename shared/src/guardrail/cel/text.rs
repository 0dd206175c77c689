//! Functions of texts in which the engine differs from Kubernetes, or that it makes costly.
#![expect(clippy::needless_pass_by_value, reason = "the engine hands over owned arguments")]

use std::cell::RefCell;
use std::sync::Arc;

use kube_cel::cel::extractors::{Arguments, This};
use kube_cel::cel::{Context, ExecutionError, FunctionContext, ResolveResult, Value};
use regex::{Regex, RegexBuilder};

use crate::guardrail::re2::translated;

/// The longest pattern, as in the fields of guardrails.
const MOST_PATTERN: usize = 1 << 10;
/// The most memory of one compiled pattern.
const MOST_COMPILED: usize = 256 << 10;
/// The most patterns that a thread keeps compiled.
const MOST_KEPT: usize = 64;

/// Replaces the engine's functions.
pub(super) fn register(context: &mut Context<'_>) {
    context.add_function("size", size);
    context.add_function("contains", contains);
    context.add_function("matches", matches);
    context.add_function("find", find);
    context.add_function("findAll", find_all);
    context.add_function("replace", replace);
    context.add_function("split", split);
    context.add_function("string", string);
}

/// Of a text: its characters, not its bytes.
#[expect(clippy::wildcard_enum_match_arm, reason = "nothing else has a size")]
fn size(call: &FunctionContext<'_, '_>, This(this): This<Value>) -> ResolveResult {
    let size = match &this {
        Value::String(text) => text.chars().count(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.map.len(),
        Value::Bytes(bytes) => bytes.len(),
        other => return Err(call.error(format!("a {} has no size", other.type_of()))),
    };
    i64::try_from(size).map(Value::Int).map_err(|error| call.error(error))
}

/// Of texts only; the engine's answers `false` for whatever it is asked.
fn contains(This(this): This<Arc<String>>, part: Arc<String>) -> bool {
    this.contains(part.as_str())
}

fn matches(call: &FunctionContext<'_, '_>, This(this): This<Arc<String>>, pattern: Arc<String>) -> Result<bool, ExecutionError> {
    with_pattern(&pattern, |regex| regex.is_match(&this)).map_err(|problem| call.error(problem))
}

fn find(call: &FunctionContext<'_, '_>, This(this): This<Arc<String>>, pattern: Arc<String>) -> ResolveResult {
    let found = |regex: &Regex| regex.find(&this).map(|found| found.as_str().to_owned()).unwrap_or_default();
    with_pattern(&pattern, found).map(|found| Value::String(Arc::new(found))).map_err(|problem| call.error(problem))
}

fn find_all(call: &FunctionContext<'_, '_>, This(this): This<Arc<String>>, Arguments(args): Arguments) -> ResolveResult {
    let Some(Value::String(pattern)) = args.first() else { return Err(call.error("takes a pattern")) };
    let most = match args.get(1) {
        None => usize::MAX,
        // A negative number means all, as in Go.
        Some(Value::Int(most)) => usize::try_from(*most).unwrap_or(usize::MAX),
        Some(_) => return Err(call.error("takes a pattern and a number")),
    };
    let found = |regex: &Regex| {
        let found = regex.find_iter(&this).take(most);
        found.map(|found| Value::String(Arc::new(found.as_str().to_owned()))).collect::<Vec<_>>()
    };
    with_pattern(pattern, found).map(|found| Value::List(Arc::new(found))).map_err(|problem| call.error(problem))
}

/// A negative number means all, as in Go.
fn replace(call: &FunctionContext<'_, '_>, This(this): This<Arc<String>>, Arguments(args): Arguments) -> ResolveResult {
    let replaced = match args.as_slice() {
        [Value::String(from), Value::String(to)] => this.replace(from.as_str(), to),
        [Value::String(from), Value::String(to), Value::Int(most)] => {
            this.replacen(from.as_str(), to, usize::try_from(*most).unwrap_or(usize::MAX))
        }
        _ => return Err(call.error("takes two texts, and perhaps a number")),
    };
    Ok(Value::String(Arc::new(replaced)))
}

/// Without a separator: its characters, as in Go.
fn split(call: &FunctionContext<'_, '_>, This(this): This<Arc<String>>, Arguments(args): Arguments) -> ResolveResult {
    let Some(Value::String(separator)) = args.first() else { return Err(call.error("takes a text")) };
    let most = match args.get(1) {
        None => usize::MAX,
        // A negative number means all, as in Go.
        Some(Value::Int(most)) => usize::try_from(*most).unwrap_or(usize::MAX),
        Some(_) => return Err(call.error("takes a text and a number")),
    };
    let text = |part: &str| Value::String(Arc::new(part.to_owned()));
    let parts: Vec<Value> = if separator.is_empty() {
        let last = most.saturating_sub(1);
        let (characters, rest) = this.split_at(this.char_indices().nth(last).map_or(this.len(), |(at, _)| at));
        let characters = characters.chars().map(|letter| text(letter.encode_utf8(&mut [0; 4])));
        characters.chain((!rest.is_empty()).then(|| text(rest))).take(most).collect()
    } else {
        this.splitn(most, separator.as_str()).map(text).collect()
    };
    Ok(Value::List(Arc::new(parts)))
}

/// The text of a value; the engine's knows no bool, and writes times and durations in other ways than Kubernetes.
#[expect(clippy::wildcard_enum_match_arm, reason = "nothing else has a text")]
fn string(call: &FunctionContext<'_, '_>, This(this): This<Value>) -> ResolveResult {
    let text = match this {
        Value::String(text) => return Ok(Value::String(text)),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::UInt(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Timestamp(time) => time.to_rfc3339().replace("+00:00", "Z"),
        Value::Duration(duration) => {
            let seconds = duration.num_seconds();
            match duration.subsec_nanos().unsigned_abs() {
                0 => format!("{seconds}s"),
                nanos => {
                    let sign = if seconds == 0 && duration.subsec_nanos() < 0 { "-" } else { "" };
                    format!("{sign}{seconds}.{}s", format!("{nanos:09}").trim_end_matches('0'))
                }
            }
        }
        Value::Bytes(bytes) => String::from_utf8(bytes.to_vec()).map_err(|_| call.error("the bytes are no UTF-8"))?,
        other => return Err(call.error(format!("a {} has no text", other.type_of()))),
    };
    Ok(Value::String(Arc::new(text)))
}

/// A pattern, compiled; its size is bounded, so that no pattern can use up the memory.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    if pattern.len() > MOST_PATTERN {
        return Err(format!("the pattern has {} bytes; it may have {MOST_PATTERN}", pattern.len()));
    }
    RegexBuilder::new(&translated(pattern)).size_limit(MOST_COMPILED).dfa_size_limit(MOST_COMPILED).build().map_err(|error| {
        if let regex::Error::CompiledTooBig(_) = error {
            return format!("the pattern {pattern} is too large once compiled");
        }
        format!("the pattern {pattern} is none: {}", error.to_string().lines().last().unwrap_or_default())
    })
}

/// Compiles a pattern once per thread: a loop uses it a thousand times.
fn with_pattern<T>(pattern: &str, ask: impl FnOnce(&Regex) -> T) -> Result<T, String> {
    thread_local! {
        static KEPT: RefCell<Vec<(String, Regex)>> = const { RefCell::new(Vec::new()) };
    }
    KEPT.with_borrow_mut(|kept| {
        let position = kept.iter().position(|(text, _)| text == pattern);
        let regex = if let Some(position) = position { kept.remove(position) } else { (pattern.to_owned(), compile(pattern)?) };
        let answer = ask(&regex.1);
        // The one that was used last stands last; the first goes.
        kept.push(regex);
        if kept.len() > MOST_KEPT {
            kept.remove(0);
        }
        Ok(answer)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_bounded() {
        assert!(compile("^[a-z]+$").is_ok());
        assert!(compile(&"a".repeat(MOST_PATTERN + 1)).unwrap_err().contains("bytes"));
        assert!(compile("(\\w{100}){100}").unwrap_err().contains("too large"));
        assert!(compile("(").unwrap_err().contains("is none"));
    }

    #[test]
    fn kept_patterns_answer_as_fresh_ones() {
        for round in 0..2 {
            for n in 0..(2 * MOST_KEPT) {
                assert_eq!(with_pattern(&format!("^a{{{n}}}$"), |regex| regex.is_match(&"a".repeat(n))), Ok(true), "{round}");
            }
        }
    }
}
