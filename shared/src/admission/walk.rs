//! A walk over anything that can be serialised, without building a tree of it.

use serde::Serialize;
use serde::de::value::Error;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    Serializer,
};

use super::Path;

/// What looks on during a walk.
pub(super) trait Visitor {
    /// A member with a value; whether to go on into the value.
    fn enter(&mut self, _name: &str) -> bool {
        true
    }
    /// A whole number.
    fn number(&mut self, _at: &Path<'_>, _value: i128) {}
    /// A text.
    fn text(&mut self, _at: &Path<'_>, _value: &str) {}
}

/// Walks over the value, which stands at the path.
pub(super) fn walk<T: Serialize + ?Sized>(value: &T, at: &Path<'_>, visitor: &mut dyn Visitor) {
    // Only a value that cannot be serialised ends a walk early; there is nothing to be said of the rest of it then.
    let _ = value.serialize(Walker { at, visitor, index: 0 });
}

/// Stands at one value; for lists also the place of the next item.
struct Walker<'w> {
    at: &'w Path<'w>,
    visitor: &'w mut dyn Visitor,
    index: usize,
}

impl Walker<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let at = self.at.index(self.index);
        self.index += 1;
        value.serialize(Walker { at: &at, visitor: &mut *self.visitor, index: 0 })
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        if !self.visitor.enter(name) {
            return Ok(());
        }
        let at = self.at.member(name);
        value.serialize(Walker { at: &at, visitor: &mut *self.visitor, index: 0 })
    }

    fn number(self, value: impl Into<i128>) {
        self.visitor.number(self.at, value.into());
    }
}

macro_rules! numbers {
    ($($method:ident $type:ty),+) => { $(fn $method(self, value: $type) -> Result<(), Error> {
        self.number(value);
        Ok(())
    })+ };
}

macro_rules! silent {
    ($($method:ident($($type:ty),*)),+ $(,)?) => { $(fn $method(self, $(_: $type),*) -> Result<(), Error> {
        Ok(())
    })+ };
}

macro_rules! compound {
    ($($method:ident($($type:ty),*) -> $compound:ident),+ $(,)?) => { $(fn $method(self, $(_: $type),*) -> Result<Self::$compound, Error> {
        Ok(self)
    })+ };
}

impl Serializer for Walker<'_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128);
    numbers!(serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);
    silent!(
        serialize_bool(bool),
        serialize_f32(f32),
        serialize_f64(f64),
        serialize_char(char),
        serialize_bytes(&[u8]),
        serialize_none(),
        serialize_unit(),
        serialize_unit_struct(&'static str),
        serialize_unit_variant(&'static str, u32, &'static str),
    );
    compound!(
        serialize_tuple(usize) -> SerializeTuple,
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct,
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant,
        serialize_seq(Option<usize>) -> SerializeSeq,
        serialize_map(Option<usize>) -> SerializeMap,
        serialize_struct(&'static str, usize) -> SerializeStruct,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant,
    );

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.visitor.text(self.at, value);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }
}

macro_rules! items {
    ($($trait:ident $method:ident),+) => { $(impl $trait for Walker<'_> {
        type Ok = ();
        type Error = Error;
        fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
            self.item(value)
        }
        fn end(self) -> Result<(), Error> {
            Ok(())
        }
    })+ };
}

macro_rules! members {
    ($($trait:ident),+) => { $(impl $trait for Walker<'_> {
        type Ok = ();
        type Error = Error;
        fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
            self.member(name, value)
        }
        fn end(self) -> Result<(), Error> {
            Ok(())
        }
    })+ };
}

items!(SerializeSeq serialize_element, SerializeTuple serialize_element);
items!(SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);
members!(SerializeStruct, SerializeStructVariant);

/// A map's entries go by their place: the spec has none, and a key need not be a text.
impl SerializeMap for Walker<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _key: &T) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Tree {
        #[serde(skip_serializing_if = "Option::is_none")]
        gone: Option<u8>,
        here: Option<Vec<Leaf>>,
        hidden: Leaf,
        map: BTreeMap<&'static str, i64>,
        kind: Kind,
    }

    #[derive(Serialize)]
    struct Leaf(i64);

    #[derive(Serialize)]
    enum Kind {
        Text(String),
    }

    #[derive(Default)]
    struct Seen(Vec<String>);

    impl Visitor for Seen {
        fn enter(&mut self, name: &str) -> bool {
            name != "hidden"
        }
        fn number(&mut self, at: &Path<'_>, value: i128) {
            self.0.push(format!("{at}={value}"));
        }
        fn text(&mut self, at: &Path<'_>, value: &str) {
            self.0.push(format!("{at}={value}"));
        }
    }

    #[test]
    fn every_leaf_is_seen_at_its_path_and_what_is_not_entered_is_not() {
        let kind = Kind::Text("t".to_owned());
        let tree = Tree { gone: None, here: Some(vec![Leaf(1), Leaf(-2)]), hidden: Leaf(3), map: BTreeMap::from([("a", 4)]), kind };
        let mut seen = Seen::default();
        walk(&tree, &Path::root("spec"), &mut seen);
        assert_eq!(seen.0, ["spec.here[0]=1", "spec.here[1]=-2", "spec.map[0]=4", "spec.kind=t"]);
    }
}
