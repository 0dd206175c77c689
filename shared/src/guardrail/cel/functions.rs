//! The functions that expressions may call, with what the estimate has to know of them. What is not here is refused, whatever the
//! engine would do with it.

use std::sync::Arc;

use super::shape::Shape;

/// How a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// `f(a)`, or `prefix.f(a)` where the name has a prefix.
    Plain,
    /// `a.f()`.
    Method,
    /// Both.
    Either,
}

/// A function.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) call: Call,
    /// How many arguments it takes, without what it is a method of.
    pub(super) arguments: (usize, usize),
    /// What it answers, from what it is given (what it is a method of comes first).
    pub(super) answer: fn(&[Shape]) -> Shape,
}

use Call::{Either, Method, Plain};

/// All of them.
pub(super) const FUNCTIONS: &[&[Function]] = &[BASE, STRINGS, LISTS, OPTIONALS, NUMBERS, NETWORK, TIMES];

const fn function(name: &'static str, call: Call, least: usize, most: usize, answer: fn(&[Shape]) -> Shape) -> Function {
    Function { name, call, arguments: (least, most), answer }
}

const BASE: &[Function] = &[
    function("size", Either, 0, 1, int),
    function("string", Either, 0, 1, |given| Shape::Text(text_of(given, 0).max(64))),
    function("int", Plain, 1, 1, int),
    function("uint", Plain, 1, 1, |_| Shape::Uint),
    function("double", Plain, 1, 1, double),
    function("bytes", Plain, 1, 1, |_| Shape::Other("bytes")),
    function("base64.encode", Plain, 1, 1, |given| Shape::Text(text_of(given, 0).saturating_mul(2))),
    function("base64.decode", Plain, 1, 1, |_| Shape::Other("bytes")),
];

const STRINGS: &[Function] = &[
    function("contains", Method, 1, 1, bool),
    function("startsWith", Method, 1, 1, bool),
    function("endsWith", Method, 1, 1, bool),
    function("matches", Method, 1, 1, bool),
    function("find", Method, 1, 1, text),
    function("findAll", Method, 1, 2, parts),
    function("charAt", Method, 1, 1, |_| Shape::Text(4)),
    function("indexOf", Method, 1, 2, int),
    function("lastIndexOf", Method, 1, 2, int),
    function("lowerAscii", Method, 0, 0, text),
    function("upperAscii", Method, 0, 0, text),
    function("replace", Method, 2, 3, |given| {
        Shape::Text(text_of(given, 0).saturating_add(1).saturating_mul(text_of(given, 2).saturating_add(1)))
    }),
    function("split", Method, 1, 2, parts),
    function("substring", Method, 1, 2, text),
    function("trim", Method, 0, 0, text),
    function("join", Method, 0, 1, joined),
    function("format", Method, 1, 1, |given| Shape::Text(given.iter().map(Shape::units).fold(0, u64::saturating_add).saturating_mul(512))),
    function("strings.quote", Plain, 1, 1, |given| Shape::Text(text_of(given, 0).saturating_mul(2).saturating_add(2))),
    function("format.dns1123Label", Plain, 0, 0, named),
    function("format.dns1123Subdomain", Plain, 0, 0, named),
    function("format.dns1035Label", Plain, 0, 0, named),
    function("format.dns1123LabelPrefix", Plain, 0, 0, named),
    function("format.dns1123SubdomainPrefix", Plain, 0, 0, named),
    function("format.dns1035LabelPrefix", Plain, 0, 0, named),
    function("format.qualifiedName", Plain, 0, 0, named),
    function("format.labelValue", Plain, 0, 0, named),
    function("format.uri", Plain, 0, 0, named),
    function("format.uuid", Plain, 0, 0, named),
    function("format.byte", Plain, 0, 0, named),
    function("format.date", Plain, 0, 0, named),
    function("format.datetime", Plain, 0, 0, named),
    function("validate", Method, 1, 1, |_| Shape::Optional(Arc::new(Shape::List(Arc::new(Shape::Text(256)), 10)))),
];

const LISTS: &[Function] = &[
    function("isSorted", Method, 0, 0, bool),
    function("sum", Method, 0, 0, element),
    function("min", Method, 0, 0, element),
    function("max", Method, 0, 0, element),
    function("sets.contains", Plain, 2, 2, bool),
    function("sets.equivalent", Plain, 2, 2, bool),
    function("sets.intersects", Plain, 2, 2, bool),
];

const OPTIONALS: &[Function] = &[
    function("optional.none", Plain, 0, 0, |_| Shape::Any.optional()),
    function("optional.of", Plain, 1, 1, |given| first(given).optional()),
    function("optional.ofNonZeroValue", Plain, 1, 1, |given| first(given).optional()),
    function("value", Method, 0, 0, inner),
    function("hasValue", Method, 0, 0, bool),
    function("or", Method, 1, 1, |given| first(given).or(given.get(1).cloned().unwrap_or(Shape::Any))),
    function("orValue", Method, 1, 1, |given| inner(given).or(given.get(1).cloned().unwrap_or(Shape::Any))),
];

const NUMBERS: &[Function] = &[
    function("quantity", Plain, 1, 1, |_| Shape::Other("quantity")),
    function("isQuantity", Plain, 1, 1, bool),
    function("isInteger", Method, 0, 0, bool),
    function("asInteger", Method, 0, 0, int),
    function("asApproximateFloat", Method, 0, 0, double),
    function("sign", Method, 0, 0, int),
    function("add", Method, 1, 1, first),
    function("sub", Method, 1, 1, first),
    function("isGreaterThan", Method, 1, 1, bool),
    function("isLessThan", Method, 1, 1, bool),
    function("compareTo", Method, 1, 1, int),
    function("semver", Plain, 1, 2, |_| Shape::Other("semver")),
    function("isSemver", Plain, 1, 2, bool),
    function("major", Method, 0, 0, int),
    function("minor", Method, 0, 0, int),
    function("patch", Method, 0, 0, int),
    function("math.greatest", Plain, 1, 9, |_| Shape::Any),
    function("math.least", Plain, 1, 9, |_| Shape::Any),
    function("math.ceil", Plain, 1, 1, double),
    function("math.floor", Plain, 1, 1, double),
    function("math.round", Plain, 1, 1, double),
    function("math.trunc", Plain, 1, 1, double),
    function("math.abs", Plain, 1, 1, first),
    function("math.sign", Plain, 1, 1, first),
    function("math.isInf", Plain, 1, 1, bool),
    function("math.isNaN", Plain, 1, 1, bool),
    function("math.isFinite", Plain, 1, 1, bool),
];

const NETWORK: &[Function] = &[
    function("url", Plain, 1, 1, |_| Shape::Other("url")),
    function("isURL", Plain, 1, 1, bool),
    function("getScheme", Method, 0, 0, address),
    function("getHost", Method, 0, 0, address),
    function("getHostname", Method, 0, 0, address),
    function("getPort", Method, 0, 0, address),
    function("getEscapedPath", Method, 0, 0, address),
    function("getQuery", Method, 0, 0, |_| Shape::Any),
    function("ip", Either, 0, 1, |_| Shape::Other("ip")),
    function("isIP", Plain, 1, 1, bool),
    function("ip.isCanonical", Plain, 1, 1, bool),
    function("family", Method, 0, 0, int),
    function("isLoopback", Method, 0, 0, bool),
    function("isUnspecified", Method, 0, 0, bool),
    function("isLinkLocalMulticast", Method, 0, 0, bool),
    function("isLinkLocalUnicast", Method, 0, 0, bool),
    function("isGlobalUnicast", Method, 0, 0, bool),
    function("cidr", Plain, 1, 1, |_| Shape::Other("cidr")),
    function("isCIDR", Plain, 1, 1, bool),
    function("containsIP", Method, 1, 1, bool),
    function("containsCIDR", Method, 1, 1, bool),
    function("prefixLength", Method, 0, 0, int),
    function("masked", Method, 0, 0, |_| Shape::Other("cidr")),
];

const TIMES: &[Function] = &[
    function("timestamp", Plain, 1, 1, |_| Shape::Other("timestamp")),
    function("duration", Plain, 1, 1, |_| Shape::Other("duration")),
    function("getFullYear", Method, 0, 0, int),
    function("getMonth", Method, 0, 0, int),
    function("getDate", Method, 0, 0, int),
    function("getDayOfMonth", Method, 0, 0, int),
    function("getDayOfWeek", Method, 0, 0, int),
    function("getHours", Method, 0, 0, int),
    function("getMinutes", Method, 0, 0, int),
    function("getSeconds", Method, 0, 0, int),
    function("getMilliseconds", Method, 0, 0, int),
];

/// The function of that name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().copied().flatten().find(|function| function.name == name)
}

/// What the names with a prefix begin with: `sets`, `math` and so on.
pub(super) fn prefixes() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().copied().flatten().filter_map(|function| Some(function.name.split_once('.')?.0))
}

fn first(given: &[Shape]) -> Shape {
    given.first().cloned().unwrap_or(Shape::Any)
}

fn text_of(given: &[Shape], index: usize) -> u64 {
    given.get(index).map_or(0, bytes)
}

/// The most bytes of a text.
fn bytes(shape: &Shape) -> u64 {
    if let Shape::Text(most) = shape { *most } else { shape.units().saturating_mul(512) }
}

fn bool(_: &[Shape]) -> Shape {
    Shape::Bool
}

fn int(_: &[Shape]) -> Shape {
    Shape::Int
}

fn double(_: &[Shape]) -> Shape {
    Shape::Double
}

fn named(_: &[Shape]) -> Shape {
    Shape::Other("format")
}

fn address(_: &[Shape]) -> Shape {
    Shape::Text(4 << 10)
}

fn text(given: &[Shape]) -> Shape {
    Shape::Text(text_of(given, 0))
}

/// A text in parts of four bytes, give or take.
fn parts(given: &[Shape]) -> Shape {
    Shape::List(Arc::new(Shape::Text(64)), (text_of(given, 0) / 4).saturating_add(1))
}

fn joined(given: &[Shape]) -> Shape {
    let (items, item) = first(given).items();
    Shape::Text(bytes(&item).saturating_add(text_of(given, 1)).saturating_mul(items))
}

fn element(given: &[Shape]) -> Shape {
    first(given).element()
}

fn inner(given: &[Shape]) -> Shape {
    if let Some(Shape::Optional(inner)) = given.first() { Shape::clone(inner) } else { Shape::Any }
}

#[cfg(test)]
mod tests {
    use super::super::engine;
    use super::*;

    #[test]
    fn the_engine_has_every_function() {
        for function in FUNCTIONS.iter().copied().flatten() {
            assert!(engine::knows_function(function.name), "{}", function.name);
        }
        assert!(!engine::knows_function("nonsense"));
        assert!(!engine::knows_function("sets.nonsense"));
    }

    #[test]
    fn texts_grow_in_the_estimate() {
        let answer = |name: &str, given: &[Shape]| (find(name).unwrap().answer)(given);
        assert_eq!(answer("replace", &[Shape::Text(9), Shape::Text(1), Shape::Text(4)]), Shape::Text(50));
        assert_eq!(answer("join", &[Shape::List(Arc::new(Shape::Text(10)), 5), Shape::Text(2)]), Shape::Text(60));
        assert_eq!(answer("split", &[Shape::Text(9), Shape::Text(1)]), Shape::List(Arc::new(Shape::Text(64)), 3));
    }
}
