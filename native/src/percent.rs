//! Texts as they stand in addresses.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

/// Everything but plain letters, digits and `-_.~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A text as it may stand in a path segment or a query value.
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// What a part of a path says. `None` where a percent sign stands before no byte, or the bytes make no UTF-8.
#[must_use]
pub fn decode(text: &str) -> Option<Cow<'_, str>> {
    let byte = |after: &str| after.len() >= 2 && after.bytes().take(2).all(|digit| digit.is_ascii_hexdigit());
    let whole = text.split('%').skip(1).all(byte);
    whole.then(|| percent_decode_str(text).decode_utf8().ok()).flatten()
}

/// What a part of a query string says, where a plus sign is a space.
#[must_use]
pub fn decode_query(text: &str) -> Option<String> {
    decode(&text.replace('+', " ")).map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_the_same() {
        let text = "a b+c/d?e=f&g%h é日本~-_.";
        assert_eq!(encode(text), "a%20b%2Bc%2Fd%3Fe%3Df%26g%25h%20%C3%A9%E6%97%A5%E6%9C%AC~-_.");
        assert_eq!(decode(&encode(text)).as_deref(), Some(text));
        assert_eq!(decode_query(&encode(text)).as_deref(), Some(text));
        assert_eq!((decode("a+b").as_deref(), decode_query("a+b").as_deref()), (Some("a+b"), Some("a b")));
        for odd in ["%", "%4", "%zz", "%ff", "%4é"] {
            assert_eq!(decode(odd), None, "{odd}");
        }
    }
}
