//! The columns of a table as SQL: what they are called there, and what stands for their values as core has them.

use crate::{kind::Kind, source::remote::clickhouse::quoted};

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
    /// Its name, as statements have it.
    raw: String,
    /// Whether a condition on times can be asked of the column as it is, so that an index of it serves.
    instant: bool,
    /// The type, without what stands around it.
    inner: String,
    /// Whether there may be rows without a value.
    pub nullable: bool,
}

/// The type within what may stand around it.
fn inner(kind: &str) -> (&str, bool) {
    let mut inner = kind;
    let mut nullable = false;
    for outer in ["LowCardinality(", "Nullable("] {
        if let Some(rest) = inner.strip_prefix(outer).and_then(|rest| rest.strip_suffix(')')) {
            (inner, nullable) = (rest, nullable || outer == "Nullable(");
        }
    }
    (inner, nullable)
}

impl Column {
    /// A column of a type.
    ///
    /// # Errors
    /// For a type whose values are not asked for live, why.
    pub fn new(name: &str, of: &str) -> Result<Self, String> {
        let (inner, nullable) = inner(of);
        let head = inner.split('(').next().unwrap_or(inner);
        let digits = |at: usize| -> Option<u32> {
            let inside = inner.split_once('(')?.1.trim_end_matches(')');
            inside.split(',').nth(at)?.trim().parse().ok()
        };
        let kind = match head {
            "Int8" | "Int16" | "Int32" | "UInt8" | "UInt16" => Kind::I32,
            "UInt32" | "Int64" | "UInt64" => Kind::I64,
            "Float32" => Kind::F32,
            "Float64" => Kind::F64,
            "Decimal" if digits(0).is_some_and(|precision| precision <= 18) => {
                if digits(1) == Some(0) {
                    Kind::I64
                } else {
                    Kind::F64
                }
            }
            "Bool" => Kind::Bool,
            "String" | "FixedString" | "Enum8" | "Enum16" | "UUID" | "IPv4" | "IPv6" => Kind::Text,
            "Date" | "Date32" | "DateTime" => Kind::Time,
            "DateTime64" if digits(0).is_some_and(|precision| precision <= 6) => Kind::Time,
            _ => return Err(format!("{of} is not asked for live")),
        };
        Ok(Self {
            name: name.into(),
            kind,
            raw: quoted(name),
            instant: head.starts_with("DateTime"),
            inner: head.into(),
            nullable: nullable || matches!(kind, Kind::F32 | Kind::F64),
        })
    }

    /// Its values as core has them: integers, microseconds since 1970, finite floats of 64 bits, truth values, texts; NULL where
    /// there is none.
    pub fn value(&self) -> String {
        let raw = &self.raw;
        match self.kind {
            Kind::I32 | Kind::I64 => format!("toInt64({raw})"),
            // −0.0 becomes 0.0.
            Kind::F32 | Kind::F64 if self.inner == "Decimal" => format!("toFloat64({raw})"),
            Kind::F32 | Kind::F64 => format!("if(isFinite({raw}), toFloat64({raw}) + 0., NULL)"),
            Kind::Bool => raw.clone(),
            Kind::Text if self.inner == "String" => raw.clone(),
            Kind::Text => format!("toString({raw})"),
            Kind::Time => format!("toUnixTimestamp64Micro(toDateTime64({raw}, 6, 'UTC'))"),
        }
    }

    /// Whether a row has a value.
    pub fn present(&self) -> String {
        match self.kind {
            Kind::F32 | Kind::F64 if self.inner != "Decimal" => format!("ifNull(isFinite({}), 0)", self.raw),
            _ => format!("{} IS NOT NULL", self.raw),
        }
    }

    /// What is compared with integers or moments, and what makes these of an integer that is bound.
    pub fn compared(&self) -> (String, fn(String) -> String) {
        match self.kind {
            Kind::Time if self.instant => {
                (self.raw.clone(), |micros| format!("fromUnixTimestamp64Micro({micros}, 'UTC')"))
            }
            Kind::I32 | Kind::I64 => (self.raw.clone(), |value| value),
            _ => (self.value(), |value| value),
        }
    }

    /// Whether its numbers may be beyond those of 64 bits with a sign.
    pub fn is_unsigned(&self) -> bool {
        self.inner == "UInt64"
    }

    /// Its name as statements have it.
    pub fn raw(&self) -> &str {
        &self.raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_become_what_a_file_has() {
        let kind = |of| Column::new("a`b", of).map(|column| (column.kind, column.nullable));
        for (of, expected) in [
            ("UInt16", Ok((Kind::I32, false))),
            ("Nullable(UInt32)", Ok((Kind::I64, true))),
            ("LowCardinality(Nullable(String))", Ok((Kind::Text, true))),
            ("Float32", Ok((Kind::F32, true))),
            ("Decimal(12, 2)", Ok((Kind::F64, true))),
            ("Nullable(DateTime64(3, 'Asia/Tokyo'))", Ok((Kind::Time, true))),
            ("DateTime64(9)", Err("DateTime64(9) is not asked for live".into())),
            ("Array(String)", Err("Array(String) is not asked for live".into())),
        ] {
            assert_eq!(kind(of), expected, "{of}");
        }
        let column = Column::new("a`b", "Enum8('x' = 1)").expect("texts");
        assert_eq!(column.value(), "toString(`a\\`b`)");
    }
}
