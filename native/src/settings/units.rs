//! Sizes, counts and times as people write them.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};

/// A number of bytes: `512MB`, `1GB`, `65536`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(try_from = "Written", into = "String")]
pub struct Bytes(pub u64);

/// A count of rows: `10M`, `250k`, `1_000_000`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(try_from = "Written", into = "String")]
pub struct Count(pub u64);

/// How long something takes: `90s`, `15m`, `1h`, `2d`.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(try_from = "String", into = "String")]
pub struct Span(pub Duration);

/// A number as it stands in a configuration file, where one without a unit needs no quotes.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number, or a text such as \"10M\" or \"512MB\"")]
enum Written {
    Number(u64),
    Text(String),
}

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.trim().to_ascii_uppercase();
        let upper = upper.trim_end_matches('B').trim_end_matches('I');
        let (digits, shift) = match upper.chars().last() {
            Some('K') => (&upper[..upper.len() - 1], 10),
            Some('M') => (&upper[..upper.len() - 1], 20),
            Some('G') => (&upper[..upper.len() - 1], 30),
            _ => (upper, 0),
        };
        let number = digits.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
        number.map(Self).ok_or_else(|| format!("\"{text}\" is no size, expected something like 512MB"))
    }
}

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.trim().replace(['_', ','], "");
        let (digits, unit) = match plain.chars().last() {
            Some('k' | 'K') => (&plain[..plain.len() - 1], 1_000),
            Some('m' | 'M') => (&plain[..plain.len() - 1], 1_000_000),
            Some('g' | 'G') => (&plain[..plain.len() - 1], 1_000_000_000),
            _ => (&plain[..], 1),
        };
        let count = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
        count.map(Self).ok_or_else(|| format!("\"{text}\" is no count, expected something like 10M"))
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.trim();
        let unit = match plain.chars().last() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            _ => 0,
        };
        let digits = plain.get(..plain.len().saturating_sub(1)).unwrap_or_default();
        let seconds = digits.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
        let span = seconds.filter(|_| unit > 0).map(|seconds| Self(Duration::from_secs(seconds)));
        span.ok_or_else(|| format!("\"{text}\" is no time, expected something like 90s, 15m, 1h or 2d"))
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        format!("{}s", span.0.as_secs())
    }
}

impl TryFrom<Written> for Bytes {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Number(number) => Ok(Self(number)),
            Written::Text(text) => text.parse(),
        }
    }
}

impl TryFrom<Written> for Count {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Number(number) => Ok(Self(number)),
            Written::Text(text) => text.parse(),
        }
    }
}

impl From<Bytes> for String {
    fn from(bytes: Bytes) -> Self {
        bytes.0.to_string()
    }
}

impl From<Count> for String {
    fn from(count: Count) -> Self {
        count.0.to_string()
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("15 m", 900), ("1h", 3600), ("2d", 172_800)] {
            assert_eq!(text.parse(), Ok(Span(Duration::from_secs(seconds))), "{text}");
        }
        for odd in ["", "h", "60", "-1h", "1.5h", "1h30m", "1é", "999999999999999999d"] {
            assert!(odd.parse::<Span>().is_err(), "{odd}");
        }
    }

    #[test]
    fn sizes_and_counts_have_units() {
        for (text, bytes) in [("0", 0), ("65536", 65536), ("512MB", 512 << 20), ("1 GiB", 1 << 30), ("2k", 2048)] {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
        for odd in ["", "MB", "-1", "1.5GB", "99999999999G"] {
            assert!(odd.parse::<Bytes>().is_err(), "{odd}");
        }
        assert_eq!("10M".parse(), Ok(Count(10_000_000)));
        assert_eq!("1_000".parse(), Ok(Count(1000)));
        for odd in ["ten", "", "-1", "99999999999G"] {
            assert!(odd.parse::<Count>().is_err(), "{odd}");
        }
    }
}
