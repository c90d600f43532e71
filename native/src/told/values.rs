//! What core tells of columns and values, as JSON.

use duotile_core::{Column, Plain, Scalar, Times};
use serde_json::{Number, Value, json};

/// A value of a column as JSON.
#[must_use]
pub fn value(column: &Column<'_>, value: Scalar, times: Times) -> Value {
    plain(Plain::of(column, value, times))
}

/// What core tells, as JSON.
#[must_use]
pub fn plain(value: Plain<'_>) -> Value {
    match value {
        Plain::Null => Value::Null,
        Plain::Integer(value) => json!(value),
        Plain::Number(value) => Number::from_f64(value).map_or(Value::Null, Value::Number),
        Plain::Boolean(value) => json!(value),
        Plain::Text(text) => json!(text),
    }
}

/// Values with their counts.
#[must_use]
pub fn counted<'a>(all: impl IntoIterator<Item = (Plain<'a>, u64)>) -> Value {
    all.into_iter().map(|(value, count)| json!({ "value": plain(value), "count": count })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_json_as_it_has_them() {
        let all = [Plain::Null, Plain::Integer(-7), Plain::Number(0.1), Plain::Boolean(true), Plain::Text("é".into())];
        let told: Vec<String> = all.into_iter().map(|value| plain(value).to_string()).collect();
        assert_eq!(told, ["null", "-7", "0.1", "true", "\"é\""]);
        assert_eq!(counted([(Plain::Integer(1), 2)]).to_string(), r#"[{"count":2,"value":1}]"#);
    }
}
