//! Texts of others as they are shown: what would move a cursor, colour letters or turn the way they run is written out.

use std::borrow::Cow;

/// A text on one line, without letters that do anything but stand there: those are written as the escapes that name them.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return text.into();
    }
    let letter = |letter: char| if acts(letter) { letter.escape_default().to_string() } else { letter.to_string() };
    text.chars().map(letter).collect::<String>().into()
}

/// Whether a letter does something where it is shown: control codes, ends of lines, and those that turn the way letters run.
fn acts(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_written_out_and_all_else_stands_as_it_is() {
        for (text, expected) in [
            ("a\u{1b}[31mX\u{9b}2J", "a\\u{1b}[31mX\\u{9b}2J"),
            ("one\nerror: two\r\t\u{7}\u{7f}", "one\\nerror: two\\r\\t\\u{7}\\u{7f}"),
            ("abc\u{202e}vsc.\u{2066}", "abc\\u{202e}vsc.\\u{2066}"),
            ("Zürich, 東京, 🗺 \\n \u{200d}", "Zürich, 東京, 🗺 \\n \u{200d}"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }
}
