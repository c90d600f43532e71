//! Which names stand bare, and which in double quotes.

/// Words that are not bare names.
pub(crate) const KEYWORDS: [&str; 11] =
    ["AND", "OR", "NOT", "BETWEEN", "IN", "LIKE", "IS", "NULL", "TRUE", "FALSE", "DIV"];

/// Whether a word is one of them.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// Whether a bare name may start so.
pub(crate) fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == ':'
}

/// Whether a bare name may go on so: letters, digits, combining marks and `_.:`.
pub(crate) fn continues_name(c: char) -> bool {
    starts_name(c) || c.is_numeric() || c == '.' || ('\u{300}'..='\u{36f}').contains(&c)
}

/// Whether a name may stand without quotes.
pub(crate) fn is_bare(name: &str) -> bool {
    name.chars().next().is_some_and(starts_name) && name.chars().all(continues_name) && !is_keyword(name)
}
