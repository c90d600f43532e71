//! Values that go with a statement, each bound to a parameter and never a part of it.

use crate::source::remote::clickhouse::escaped;

/// The parameters of a statement, as its server reads them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Values(pub Vec<(String, String)>);

impl Values {
    /// An integer.
    pub fn integer(&mut self, value: i64) -> String {
        self.bind("Int64", value.to_string())
    }

    /// Integers.
    pub fn integers(&mut self, values: impl Iterator<Item = i64>) -> String {
        self.bind("Array(Int64)", list(values.map(|value| value.to_string())))
    }

    /// A float, by its bits: no digits are read.
    pub fn float(&mut self, value: f64) -> String {
        format!("reinterpretAsFloat64({})", self.bind("UInt64", value.to_bits().to_string()))
    }

    /// Floats.
    pub fn floats(&mut self, values: impl Iterator<Item = f64>) -> String {
        let bits = self.bind("Array(UInt64)", list(values.map(|value| value.to_bits().to_string())));
        format!("arrayMap(bits -> reinterpretAsFloat64(bits), {bits})")
    }

    /// A text.
    pub fn text(&mut self, value: &str) -> String {
        self.bind("String", escaped(value))
    }

    /// Texts. In a list each stands in quotes, and only these are escaped.
    pub fn texts<'t>(&mut self, values: impl Iterator<Item = &'t str>) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
        self.bind("Array(String)", list(values.map(quoted)))
    }

    /// Bytes that they take in an address, at most.
    pub fn size(&self) -> usize {
        self.0.iter().map(|(_, value)| 3 * value.len() + 16).sum()
    }

    fn bind(&mut self, kind: &str, value: String) -> String {
        let name = format!("p{}", self.0.len());
        let told = format!("{{{name}:{kind}}}");
        self.0.push((format!("param_{name}"), value));
        told
    }
}

fn list(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(","))
}
