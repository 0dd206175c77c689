//! What is known of a value before there is one: its type, its fields, and how large it can be.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::similar;

/// The most units of one value: a scalar is one, 512 bytes of text are one more. Larger parts of a request are not looked at.
pub(super) const MOST_UNITS: u64 = 50_000;
/// The most units of a value of which nothing is known.
pub(super) const MOST_UNITS_ANY: u64 = 2_000;
/// The most items of a list of which nothing is known.
pub(super) const MOST_ITEMS_ANY: u64 = 1_000;
/// The longest text of which nothing is known.
pub(super) const MOST_TEXT_ANY: u64 = 16 << 10;

/// The type of a value, with bounds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// Nothing is known.
    Any,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    /// At most so many bytes.
    Text(u64),
    /// At most so many items.
    List(Arc<Shape>, u64),
    /// Any keys, at most so many.
    Map(Arc<Shape>, u64),
    /// These keys and no others.
    Object(Arc<BTreeMap<String, Shape>>),
    Optional(Arc<Shape>),
    /// A timestamp, a quantity, a URL and so on, by the name of its type.
    Other(&'static str),
}

impl Shape {
    /// The name of the type, in words of CEL.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Any => "dyn",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::Text(_) => "string",
            Self::List(..) => "list",
            Self::Map(..) | Self::Object(_) => "map",
            Self::Optional(_) => "optional",
            Self::Other(name) => name,
        }
    }

    /// The most units of a value.
    pub(super) fn units(&self) -> u64 {
        let units = match self {
            Self::Any => MOST_UNITS_ANY,
            Self::Null | Self::Bool | Self::Int | Self::Uint | Self::Double | Self::Other(_) => 1,
            Self::Text(bytes) => units_of_text(*bytes),
            Self::List(item, most) => item.units().saturating_mul(*most).saturating_add(1),
            Self::Map(value, most) => value.units().saturating_add(2).saturating_mul(*most).saturating_add(1),
            Self::Object(fields) => fields.values().map(|field| field.units().saturating_add(1)).sum::<u64>().saturating_add(1),
            Self::Optional(inner) => inner.units().saturating_add(1),
        };
        // Larger ones are never made: from a request they are refused, and lists of an expression stem from those.
        if let Self::Text(_) = self { units } else { units.min(MOST_UNITS) }
    }

    /// How many items a loop over the value sees, and what they look like on average: no value is larger than all of them may be
    /// together.
    pub(super) fn items(&self) -> (u64, Self) {
        match self {
            Self::List(item, most) => (*most, item.within(MOST_UNITS / (*most).max(1))),
            Self::Map(_, most) => (*most, Self::Text(256)),
            Self::Object(fields) => (fields.len() as u64, Self::Text(256)),
            Self::Any => (MOST_ITEMS_ANY, Self::Any),
            // The evaluation fails at once.
            Self::Null | Self::Bool | Self::Int | Self::Uint | Self::Double | Self::Text(_) | Self::Optional(_) | Self::Other(_) => {
                (1, Self::Any)
            }
        }
    }

    /// The same type within so many units.
    fn within(&self, units: u64) -> Self {
        match self {
            Self::Text(bytes) => Self::Text((*bytes).min(units.saturating_mul(512))),
            Self::List(item, most) => {
                Self::List(Arc::new(item.within(units)), (*most).min((units / item.units().min(units).max(1)).max(1)))
            }
            Self::Map(value, most) => Self::Map(Arc::new(value.within(units)), (*most).min((units / 2).max(1))),
            Self::Object(fields) => {
                Self::Object(Arc::new(fields.iter().map(|(name, field)| (name.clone(), field.within(units))).collect()))
            }
            Self::Optional(inner) => Self::Optional(Arc::new(inner.within(units))),
            Self::Any | Self::Null | Self::Bool | Self::Int | Self::Uint | Self::Double | Self::Other(_) => self.clone(),
        }
    }

    /// The field of that name, or why there is none. `at` is the path of the value, for the message.
    pub(super) fn field(&self, at: &str, name: &str) -> Result<Self, String> {
        match self {
            Self::Any => Ok(Self::Any),
            Self::Map(value, _) => Ok(Self::clone(value)),
            Self::Object(fields) => fields.get(name).cloned().ok_or_else(|| {
                let known = || fields.keys().map(String::as_str);
                let spelt = known().find(|known| known.eq_ignore_ascii_case(name));
                let hint = spelt.map_or_else(|| similar::did_you_mean(name, known()), |spelt| format!(" Did you mean {spelt}?"));
                format!("{at} has no field {name}.{hint}")
            }),
            Self::Optional(inner) => inner.field(at, name).map(Self::optional),
            Self::List(..) => {
                Err(format!("{at} is a list; it has no field {name}. Ask for its items, such as {at}.exists(x, x.{name} == 'a')"))
            }
            Self::Null | Self::Bool | Self::Int | Self::Uint | Self::Double | Self::Text(_) | Self::Other(_) => {
                Err(format!("{at} is a {} and has no field {name}", self.name()))
            }
        }
    }

    /// The field of that name, where there are fields and it is one.
    pub(super) fn known(&self, name: &str) -> Option<&Self> {
        if let Self::Object(fields) = self { fields.get(name) } else { None }
    }

    /// The item or the value behind a key that is not known before.
    pub(super) fn element(&self) -> Self {
        match self {
            Self::List(item, _) | Self::Map(item, _) => Self::clone(item),
            Self::Optional(inner) => inner.element().optional(),
            Self::Any
            | Self::Null
            | Self::Bool
            | Self::Int
            | Self::Uint
            | Self::Double
            | Self::Text(_)
            | Self::Object(_)
            | Self::Other(_) => Self::Any,
        }
    }

    /// A value that may not be there; optional only once.
    pub(super) fn optional(self) -> Self {
        if let Self::Optional(_) = self { self } else { Self::Optional(Arc::new(self)) }
    }

    /// What is true of both.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => Self::Text(one.max(other)),
            (Self::List(_, 0), list @ Self::List(..)) | (list @ Self::List(..), Self::List(_, 0)) => list,
            (Self::List(one, n), Self::List(other, m)) => Self::List(Arc::new(Self::clone(&one).or(Self::clone(&other))), n.max(m)),
            (one, other) if one == other => one,
            _ => Self::Any,
        }
    }

    /// Whether two values can be equal, or nobody knows.
    pub(super) fn can_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any | Self::Null | Self::Optional(_), _) | (_, Self::Any | Self::Null | Self::Optional(_)) => true,
            _ => self.name() == other.name(),
        }
    }
}

/// The units of a text of so many bytes.
pub(super) fn units_of_text(bytes: u64) -> u64 {
    1 + bytes / 512
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(fields: &[(&str, Shape)]) -> Shape {
        Shape::Object(Arc::new(fields.iter().map(|(name, shape)| ((*name).to_owned(), shape.clone())).collect()))
    }

    #[test]
    fn fields_are_known_or_told() {
        let shape = object(&[("versioning", object(&[("status", Shape::Text(8))])), ("tags", Shape::List(Arc::new(Shape::Any), 3))]);
        assert_eq!(shape.field("spec", "versioning").unwrap().field("x", "status"), Ok(Shape::Text(8)));
        assert_eq!(shape.field("spec", "versionning"), Err("spec has no field versionning. Did you mean versioning?".to_owned()));
        assert_eq!(shape.field("spec", "VERSIONING"), Err("spec has no field VERSIONING. Did you mean versioning?".to_owned()));
        assert!(shape.field("spec", "tags").unwrap().field("spec.tags", "key").unwrap_err().contains("is a list"));
        assert_eq!(Shape::Int.field("a", "b"), Err("a is a int and has no field b".to_owned()));
    }

    #[test]
    fn units_grow_with_the_bounds_and_stop_at_the_most() {
        assert_eq!(Shape::Text(5120).units(), 11);
        assert_eq!(Shape::List(Arc::new(Shape::Int), 10).units(), 11);
        assert_eq!(Shape::List(Arc::new(Shape::Any), 1000).units(), MOST_UNITS);
        assert_eq!(Shape::Text(1 << 40).units(), 1 + (1 << 31), "texts can be put together");
    }

    #[test]
    fn the_items_of_a_long_list_are_small_on_average() {
        let rule = object(&[("id", Shape::Text(4096)), ("transitions", Shape::List(Arc::new(Shape::Text(4096)), 20))]);
        let (count, item) = Shape::List(Arc::new(rule.clone()), 1000).items();
        assert_eq!(count, 1000);
        assert_eq!(item.field("", "transitions"), Ok(Shape::List(Arc::new(Shape::Text(4096)), 5)));
        assert_eq!(Shape::List(Arc::new(rule.clone()), 10).items(), (10, rule));
    }

    #[test]
    fn types_that_differ_are_never_equal() {
        assert!(Shape::Text(1).can_equal(&Shape::Text(9)));
        assert!(Shape::Text(1).can_equal(&Shape::Null));
        assert!(!Shape::Text(1).can_equal(&Shape::Int));
        assert_eq!(Shape::Text(1).or(Shape::Text(9)), Shape::Text(9));
        assert_eq!(Shape::Text(1).or(Shape::Int), Shape::Any);
    }
}
