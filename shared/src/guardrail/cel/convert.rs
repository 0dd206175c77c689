//! JSON to values of the engine, within the bounds that the cost of an expression was estimated with.

use std::collections::HashMap;

use kube_cel::cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString};
use kube_cel::cel::common::value::Val;
use serde_json::Value as Json;

use super::shape::{MOST_ITEMS_ANY, MOST_TEXT_ANY, MOST_UNITS, MOST_UNITS_ANY, Shape, units_of_text};

/// Any value of the engine.
pub(super) type Boxed = Box<dyn Val>;

/// Converts a value.
///
/// # Errors
/// It is larger than its shape says; what exactly, for a message.
pub(super) fn convert(json: &Json, shape: &Shape) -> Result<Boxed, String> {
    let most = if *shape == Shape::Any { MOST_UNITS_ANY } else { MOST_UNITS };
    Conversion { left: most, most }.value(json, shape)
}

struct Conversion {
    left: u64,
    most: u64,
}

impl Conversion {
    fn value(&mut self, json: &Json, shape: &Shape) -> Result<Boxed, String> {
        self.spend(1)?;
        Ok(match json {
            Json::Null => Box::new(CelNull),
            Json::Bool(value) => Box::new(CelBool::from(*value)),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Box::new(CelInt::from(value)),
                None => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
            },
            Json::String(text) => {
                let most = if let Shape::Text(most) = shape { *most } else { MOST_TEXT_ANY };
                let bytes = text.len() as u64;
                if bytes > most {
                    return Err(format!("holds a text of {bytes} bytes; expressions look at {most} at most"));
                }
                self.spend(units_of_text(bytes) - 1)?;
                Box::new(CelString::from(text.as_str()))
            }
            Json::Array(items) => {
                let (most, item) = if let Shape::List(item, most) = shape { (*most, &**item) } else { (MOST_ITEMS_ANY, &Shape::Any) };
                if items.len() as u64 > most {
                    return Err(format!("holds a list of {} items; expressions look at {most} at most", items.len()));
                }
                let items: Result<Vec<Boxed>, String> = items.iter().map(|value| self.value(value, item)).collect();
                Box::new(CelList::from(items?))
            }
            Json::Object(members) => {
                let most = if let Shape::Map(_, most) = shape { *most } else { MOST_ITEMS_ANY };
                if members.len() as u64 > most {
                    return Err(format!("holds {} keys; expressions look at {most} at most", members.len()));
                }
                let mut map: HashMap<CelMapKey, Boxed> = HashMap::with_capacity(members.len());
                for (name, value) in members {
                    self.spend(1)?;
                    let of_member = if let Shape::Map(value, _) = shape { &**value } else { shape.known(name).unwrap_or(&Shape::Any) };
                    map.insert(CelMapKey::from(name.as_str()), self.value(value, of_member)?);
                }
                Box::new(CelMap::from(map))
            }
        })
    }

    fn spend(&mut self, units: u64) -> Result<(), String> {
        self.left = self
            .left
            .checked_sub(units)
            .ok_or_else(|| format!("is too large: expressions look at {} values at most. Ask for a smaller part of it", self.most))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kube_cel::cel;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_json_has_its_value() {
        let value = convert(&json!({"a": [1, 1.5, "x", true, null]}), &Shape::Any).unwrap();
        let value = cel::Value::try_from(value.as_ref()).unwrap();
        let expected: cel::Value = cel::to_value(json!({"a": [1_i64, 1.5, "x", true, null]})).unwrap();
        assert_eq!(value, expected);
    }

    #[test]
    fn what_is_larger_than_its_shape_is_not_looked_at() {
        let list = Shape::List(Arc::new(Shape::Text(3)), 2);
        assert!(convert(&json!(["abc", "def"]), &list).is_ok());
        assert!(convert(&json!(["abc", "def", "g"]), &list).unwrap_err().contains("a list of 3 items"));
        assert!(convert(&json!(["abcd"]), &list).unwrap_err().contains("a text of 4 bytes"));
        assert!(convert(&json!({"a": 1, "b": 2}), &Shape::Map(Arc::new(Shape::Int), 1)).unwrap_err().contains("2 keys"));
        assert!(convert(&json!(vec![vec![0; 900]; 900]), &Shape::Any).unwrap_err().contains("too large"));
    }
}
