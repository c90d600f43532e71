//! In what letters the texts of a table are: what was said, what the .cpg file says, or the table itself.

use anyhow::{Context as _, Result};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::{
    borrow::Cow,
    sync::atomic::{AtomicU64, Ordering},
};

/// How texts are read.
#[derive(Debug)]
pub(super) struct Letters {
    /// `None` where nothing is said: UTF-8 where a text is that, else Windows-1252.
    encoding: Option<&'static Encoding>,
    /// Texts with bytes that are no letters.
    broken: AtomicU64,
}

impl Letters {
    /// `given` is what the user said, `cpg` the text of that file, `mark` the byte of the table. What is worth telling is added to
    /// `lines`.
    ///
    /// # Errors
    /// When the user said what is none.
    pub fn new(given: Option<&str>, cpg: Option<&str>, mark: u8, lines: &mut Vec<String>) -> Result<Self> {
        let encoding = match (given, cpg.map(str::trim).filter(|cpg| !cpg.is_empty())) {
            (Some(given), _) => {
                let known = Encoding::for_label(given.as_bytes());
                Some(
                    known
                        .with_context(|| format!("--encoding {given} is not known, expected utf-8, windows-1252 …"))?,
                )
            }
            (None, Some(cpg)) => {
                let known = named(cpg);
                if known.is_none() {
                    lines.push(unknown(&format!("the .cpg file says {cpg:?}")));
                }
                known
            }
            (None, None) => {
                let known = marked(mark);
                if known.is_none() && mark != 0 {
                    lines.push(unknown(&format!("the .dbf file says code page {mark:#04x}")));
                }
                known
            }
        };
        Ok(Self { encoding, broken: AtomicU64::new(0) })
    }

    /// The text of a field.
    pub fn text<'b>(&self, bytes: &'b [u8]) -> Cow<'b, str> {
        if bytes.is_ascii() {
            return String::from_utf8_lossy(bytes);
        }
        let (text, broken) = match self.encoding {
            Some(encoding) => encoding.decode_without_bom_handling(bytes),
            None => match std::str::from_utf8(bytes) {
                Ok(text) => (text.into(), false),
                Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes),
            },
        };
        if broken {
            self.broken.fetch_add(1, Ordering::Relaxed);
        }
        text
    }

    /// What is to be told of the texts that were read.
    pub fn told(&self) -> Option<String> {
        let broken = self.broken.load(Ordering::Relaxed);
        let name = self.encoding.map_or("UTF-8", Encoding::name);
        (broken > 0).then(|| {
            format!("{broken} texts are no {name} throughout: what is none is \u{fffd} there (--encoding says another)")
        })
    }
}

fn unknown(what: &str) -> String {
    format!("{what}, which is not known here: texts are read as UTF-8 or Windows-1252 (--encoding says another)")
}

/// An encoding as .cpg files name it: `UTF-8`, `ISO-8859-1`, `88591`, `1252`, `ANSI 1252`, `LDID/87`.
fn named(cpg: &str) -> Option<&'static Encoding> {
    let lower = cpg.to_ascii_lowercase();
    if let Some(mark) = lower.strip_prefix("ldid/") {
        return marked(mark.parse().ok()?);
    }
    Encoding::for_label(lower.as_bytes()).or_else(|| {
        let number = lower.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let label = match number {
            "65001" => "utf-8".to_owned(),
            _ if number.len() > 4 && number.starts_with("8859") => {
                format!("iso-8859-{}", number[4..].trim_start_matches('-'))
            }
            "932" => "shift_jis".to_owned(),
            "936" => "gbk".to_owned(),
            "949" => "euc-kr".to_owned(),
            "950" => "big5".to_owned(),
            "866" => "ibm866".to_owned(),
            _ => format!("windows-{number}"),
        };
        Encoding::for_label(label.as_bytes())
    })
}

/// An encoding by the byte that tables mark it with.
fn marked(mark: u8) -> Option<&'static Encoding> {
    let label = match mark {
        0x03 | 0x57 | 0x58 | 0x59 => "windows-1252",
        0x13 | 0x7b => "shift_jis",
        0x26 | 0x65 => "ibm866",
        0x4d | 0x7a => "gbk",
        0x4e | 0x79 => "euc-kr",
        0x4f | 0x78 => "big5",
        0x50 | 0x7c => "windows-874",
        0xc8 => "windows-1250",
        0xc9 => "windows-1251",
        0xca => "windows-1254",
        0xcb => "windows-1253",
        0xcc => "windows-1257",
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_go_by_every_name() {
        let of = |given: Option<&str>, cpg: Option<&str>, mark: u8, bytes: &[u8]| {
            let mut lines = Vec::new();
            let letters = Letters::new(given, cpg, mark, &mut lines).expect("known");
            (letters.text(bytes).into_owned(), lines.len(), letters.told().is_some())
        };
        for (cpg, bytes, text) in [
            ("UTF-8", &b"Z\xc3\xbcrich"[..], "Zürich"),
            ("65001\r\n", b"Z\xc3\xbcrich", "Zürich"),
            ("ISO-8859-1", b"Z\xfcrich", "Zürich"),
            ("88592", b"\xa3\xf3d\xbc", "Łódź"),
            ("ANSI 1251", b"\xcc\xee\xf1\xea\xe2\xe0", "Москва"),
            ("LDID/87", b"Z\xfcrich", "Zürich"),
            ("932", b"\x93\x8c\x8b\x9e", "東京"),
        ] {
            assert_eq!(of(None, Some(cpg), 0, bytes), (text.to_owned(), 0, false), "{cpg}");
        }
        assert_eq!(of(None, None, 0xc9, b"\xcc\xee\xf1"), ("Мос".to_owned(), 0, false));
        // Nothing is said: what is UTF-8 is UTF-8.
        assert_eq!(of(None, None, 0, b"Z\xc3\xbcrich").0, "Zürich");
        assert_eq!(of(None, None, 0, b"Z\xfcrich").0, "Zürich");
        assert_eq!(of(Some("latin1"), Some("UTF-8"), 0, b"Z\xfcrich").0, "Zürich");
        assert_eq!(of(None, Some("UTF-8"), 0, b"Z\xfcrich"), ("Z\u{fffd}rich".to_owned(), 0, true));
        assert_eq!(of(None, Some("KOI-7"), 0, b"Z\xfcrich").1, 1);
        assert_eq!(of(None, None, 0x02, b"Z\xfcrich").1, 1);
        assert!(Letters::new(Some("nonsense"), None, 0, &mut Vec::new()).is_err());
    }
}
