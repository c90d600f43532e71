//! Errors of `ClickHouse`: found in an answer, in a sentence, and by their number.

use anyhow::{Error, anyhow};

/// Where an error begins in an answer, and its number.
pub(super) fn exception(text: &str) -> Option<(usize, u32)> {
    let at = text.rfind("Code: ")?;
    let number = text[at + 6..].split('.').next()?.parse().ok()?;
    text[at..].contains("DB::Exception").then_some((at, number))
}

/// A server's error, with its number for who asks for it.
#[derive(Debug)]
pub(super) struct Fault(pub u32, pub String);

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.1)
    }
}

impl std::error::Error for Fault {}

/// The number of a server's error.
pub(in crate::source) fn code(error: &Error) -> Option<u32> {
    error.downcast_ref::<Fault>().map(|Fault(code, _)| *code)
}

/// An error of a server in a sentence.
pub(super) fn said(text: &str) -> Error {
    let Some((at, code)) = exception(text) else {
        return anyhow!("the answer is no whole ArrowStream");
    };
    let message = text[at..].split_once("DB::Exception: ").map_or("", |(_, rest)| rest);
    let end = [". (", " (version ", "\n"].iter().filter_map(|end| message.find(end)).min().unwrap_or(message.len());
    let message: String = message[..end].chars().take(400).collect();
    let hint = match code {
        516 | 192 | 194 => ": the user or the password is wrong (DUOTILE_SOURCE_<NAME>_PASSWORD, CLICKHOUSE_PASSWORD)",
        497 => ": GRANT SELECT ON … TO the user that the address names",
        164 => ": give its user readonly = 2, which lets a query set how it is answered",
        159 | 209 | 160 => ": it takes longer than its user may ask for",
        158 | 307 | 396 => ": it reads more than its user may",
        241 => ": it takes more memory than its user may",
        _ => "",
    };
    Fault(code, format!("{message}{hint}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sentences() {
        let text = "ARROW…Code: 60. DB::Exception: Table default.x does not exist. (UNKNOWN_TABLE) (version 26.9)";
        assert_eq!(said(text).to_string(), "Table default.x does not exist");
        assert_eq!(exception(text).map(|(_, code)| code), Some(60));
        assert_eq!(said("half of the rows").to_string(), "the answer is no whole ArrowStream");
    }
}
