//! CQL2 text to tokens, each with the character where it starts.

use super::{MAX_TEXT, error};
use crate::{
    formula::name::{continues_name, starts_name},
    small::error::QueryError,
};
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// A piece of the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A bare word: a keyword, a function or a column.
    Word(String),
    /// A double-quoted name.
    Quoted(String),
    /// A single-quoted text.
    Text(String),
    /// An unsigned number as written.
    Number(String),
    /// An operator or a mark.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

/// Operators and marks, longer ones before their beginnings.
const SYMBOLS: [&str; 17] = ["<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%", "^", "[", "]"];

/// What people write from habit, and what CQL2 has for it.
const HABITS: [(&str, &str); 8] = [
    ("==", "equality is a single `=`"),
    ("!=", "inequality is `<>`"),
    ("=>", "at least is `>=`"),
    ("=<", "at most is `<=`"),
    ("&&", "use `AND`"),
    ("||", "use `OR`"),
    ("!", "use `NOT`"),
    (";", "a filter is one condition; join several with `AND`"),
];

/// All tokens with their places; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, QueryError> {
    if text.len() > MAX_TEXT {
        return Err(error(
            format!("got {} bytes, expected at most {MAX_TEXT}", text.len()),
            MAX_TEXT.min(text.chars().count()),
        ));
    }
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        while chars.get(at).is_some_and(|c| c.is_whitespace()) {
            at += 1;
        }
        let (token, next) = token(&chars, at)?;
        let last = token == Token::End;
        tokens.push((token, at));
        if last {
            return Ok(tokens);
        }
        at = next;
    }
}

/// The token at a place, and the place after it.
fn token(chars: &[char], at: usize) -> Result<(Token, usize), QueryError> {
    let Some(&first) = chars.get(at) else { return Ok((Token::End, at)) };
    let follows = |text: &str| text.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    if first == '\'' || first == '"' {
        let (text, next) = quoted(chars, at, first)?;
        return Ok((if first == '"' { Token::Quoted(text) } else { Token::Text(text) }, next));
    }
    if first.is_ascii_digit() || first == '.' && chars.get(at + 1).is_some_and(char::is_ascii_digit) {
        return number(chars, at);
    }
    if starts_name(first) {
        let length = chars[at..].iter().take_while(|&&c| continues_name(c)).count();
        return Ok((Token::Word(chars[at..at + length].iter().collect()), at + length));
    }
    if let Some((habit, hint)) = HABITS.into_iter().find(|(habit, _)| follows(habit)) {
        return Err(error(format!("got `{habit}`, which CQL2 does not have"), at).hint(hint.to_string()));
    }
    if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| follows(symbol)) {
        return Ok((Token::Symbol(symbol), at + symbol.len()));
    }
    let hint = match first {
        '‘' | '’' | '“' | '”' | '`' | '´' => {
            Some("texts stand in straight single quotes: 'like this'".to_string())
        }
        _ => None,
    };
    Err(error(format!("got {first:?}, expected a column, a value or an operator"), at).hint(hint))
}

/// A quoted text, in which the quote itself is doubled.
fn quoted(chars: &[char], at: usize, quote: char) -> Result<(String, usize), QueryError> {
    let mut text = String::new();
    let mut next = at + 1;
    loop {
        match chars.get(next) {
            Some(&c) if c == quote && chars.get(next + 1) == Some(&quote) => {
                text.push(quote);
                next += 2;
            }
            Some(&c) if c == quote => return Ok((text, next + 1)),
            Some(&c) => {
                text.push(c);
                next += 1;
            }
            None => {
                let hint = format!("a {quote} inside is written {quote}{quote}");
                return Err(error(format!("the quote {quote} is never closed"), at).hint(hint));
            }
        }
    }
}

/// An unsigned number: digits, a fraction, an exponent.
fn number(chars: &[char], at: usize) -> Result<(Token, usize), QueryError> {
    let digits =
        |from: usize| chars.get(from..).map_or(0, |rest| rest.iter().take_while(|c| c.is_ascii_digit()).count());
    let mut next = at + digits(at);
    if chars.get(next) == Some(&'.') {
        next += 1 + digits(next + 1);
    }
    if matches!(chars.get(next), Some('e' | 'E')) {
        let sign = usize::from(matches!(chars.get(next + 1), Some('+' | '-')));
        let exponent = digits(next + 1 + sign);
        if exponent > 0 {
            next += 1 + sign + exponent;
        }
    }
    if let Some(&c) = chars.get(next)
        && continues_name(c)
    {
        let got: String = chars[at..].iter().take_while(|&&c| continues_name(c)).collect();
        let hint = format!("a column with such a name is written \"{got}\", a text '{got}'");
        return Err(error(format!("got {got}, which is no number"), at).hint(hint));
    }
    Ok((Token::Number(chars[at..next].iter().collect()), next))
}
