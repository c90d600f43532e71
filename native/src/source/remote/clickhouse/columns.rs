//! How columns of `ClickHouse` are asked for, by their types.

/// A name as it may stand in a query, whatever is in it.
pub(in crate::source) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

/// How a column is asked for, by its type; `None` for what cannot be shown.
pub(super) fn asked(name: &str, kind: &str) -> Option<String> {
    let name = quoted(name);
    let mut inner = kind;
    for outer in ["LowCardinality(", "Nullable("] {
        inner = inner.strip_prefix(outer).and_then(|rest| rest.strip_suffix(')')).unwrap_or(inner);
    }
    let head = inner.split('(').next().unwrap_or(inner);
    let told = match head {
        "Date" => format!("toDate32(rows.{name})"),
        "DateTime" => format!("toDateTime64(rows.{name}, 0, '{}')", zone(inner)),
        "UUID" | "IPv4" | "IPv6" | "Enum8" | "Enum16" | "Int128" | "UInt128" | "Int256" | "UInt256" | "JSON"
        | "Dynamic" | "Variant" | "Object" | "BFloat16" | "FixedString" => format!("toString(rows.{name})"),
        _ if head.starts_with("Interval") => format!("toString(rows.{name})"),
        "AggregateFunction" | "Nothing" => return None,
        _ => format!("rows.{name}"),
    };
    Some(format!("{told} AS {name}"))
}

/// The zone that a type of times names; UTC if none.
fn zone(kind: &str) -> &str {
    let plain = |zone: &&str| zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
    let named = kind.strip_prefix("DateTime('").and_then(|rest| rest.strip_suffix("')"));
    named.filter(plain).unwrap_or("UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_asked_for_as_what_they_are() {
        for (kind, expected) in [
            ("Float64", "rows.`a``b` AS"),
            ("Nullable(Date)", "toDate32(rows."),
            ("DateTime", "toDateTime64(rows.`a``b`, 0, 'UTC') AS"),
            ("Nullable(DateTime('Europe/Berlin'))", "toDateTime64(rows.`a``b`, 0, 'Europe/Berlin') AS"),
            ("LowCardinality(Nullable(String))", "rows."),
            ("Enum8('a' = 1)", "toString(rows."),
        ] {
            let told = asked("a`b", kind).expect("shown").replace("\\`", "``");
            assert!(told.starts_with(expected) && told.ends_with(" AS `a``b`"), "{told}");
        }
        assert_eq!(asked("a", "AggregateFunction(sum, UInt8)"), None);
    }
}
