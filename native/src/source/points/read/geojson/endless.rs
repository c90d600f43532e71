//! Numbers that no double holds, and those that are none: JSON has no NaN, but Python writes it.

use super::list::string;

/// A text of JSON with `null` where a member is such a number, and how many are. In lists they stay: half of a position is none.
pub(super) fn without(text: &[u8]) -> (Vec<u8>, u64) {
    let (mut out, mut count) = (Vec::with_capacity(text.len()), 0);
    let (mut at, mut is_member) = (0, false);
    while let Some(first) = text.get(at) {
        let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let end = match first {
            b'"' => string(text, at).unwrap_or(text.len()),
            _ => at + text[at..].iter().take_while(is_letter).count().max(1),
        };
        let part = &text[at..end];
        let number = std::str::from_utf8(part).ok().filter(|_| is_member).and_then(|part| part.parse::<f64>().ok());
        if number.is_some_and(|number| !number.is_finite()) {
            out.extend_from_slice(b"null");
            count += 1;
        } else {
            out.extend_from_slice(part);
        }
        is_member = *first == b':' || is_member && first.is_ascii_whitespace();
        at = end;
    }
    (out, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_are_no_finite_numbers_are_null_and_all_else_stays() {
        for (text, expected, count) in [
            (r#"{"a":NaN,"b" : -Infinity, "NaN": 1e400}"#, r#"{"a":null,"b" : null, "NaN": null}"#, 3),
            (
                r#"{"a":"NaN","b":[NaN, 1e999],"c":1e308,"d":"x\":NaN"}"#,
                r#"{"a":"NaN","b":[NaN, 1e999],"c":1e308,"d":"x\":NaN"}"#,
                0,
            ),
            (r#"{"a":true,"b":nul,"c":1.e,"d":"é"#, r#"{"a":true,"b":nul,"c":1.e,"d":"é"#, 0),
        ] {
            let (out, found) = without(text.as_bytes());
            assert_eq!((std::str::from_utf8(&out), found), (Ok(expected), count));
        }
    }
}
