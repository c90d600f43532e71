//! A place in the tokens of CQL2 text, and what was read there.

use super::{MAX_DEPTH, MAX_TERMS, ast::Expr, build, error, lex::Token};
use crate::{formula::Term, small::error::QueryError};
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// Reads by recursive descent: conditions, operands and geometries each have a file.
pub(super) struct Parser {
    pub(super) tokens: Vec<(Token, usize)>,
    pub(super) next: usize,
    pub(super) depth: usize,
    pub(super) terms: usize,
}

impl Parser {
    pub(super) fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(token, _)| token)
    }

    pub(super) fn second(&self) -> &Token {
        self.tokens.get(self.next + 1).map_or(&Token::End, |(token, _)| token)
    }

    /// The place of the next token.
    pub(super) fn place(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |&(_, place)| place)
    }

    pub(super) fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    pub(super) fn keyword(&mut self, keyword: &str) -> bool {
        let is = self.is_keyword(keyword);
        self.next += usize::from(is);
        is
    }

    pub(super) fn symbol(&mut self, symbol: &str) -> bool {
        let is = matches!(self.peek(), Token::Symbol(s) if *s == symbol);
        self.next += usize::from(is);
        is
    }

    pub(super) fn expect(&mut self, symbol: &str) -> Result<(), QueryError> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    /// What stands here is not what was expected.
    pub(super) fn unexpected(&self, expected: &str) -> QueryError {
        let hint = self.is_keyword("ILIKE").then(|| "use CASEI(column) LIKE CASEI('text')".to_string());
        error(format!("got {}, expected {expected}", describe(self.peek())), self.place()).hint(hint)
    }

    /// One level deeper, within the limit.
    pub(super) fn deeper<T>(&mut self, rule: fn(&mut Self) -> Result<T, QueryError>) -> Result<T, QueryError> {
        if self.depth == MAX_DEPTH {
            return Err(build::too_deep(self.place()));
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    /// One more condition or operation, within the limit.
    pub(super) fn count(&mut self) -> Result<(), QueryError> {
        self.terms += 1;
        if self.terms > MAX_TERMS { Err(build::too_many(self.place())) } else { Ok(()) }
    }
}

/// What was read: a condition, or a term that may become a part of one.
pub(super) enum Side {
    Condition(Expr),
    Term(Term),
}

impl Side {
    /// As a condition.
    pub fn condition(self) -> Result<Expr, QueryError> {
        match self {
            Self::Condition(expr) => Ok(expr),
            Self::Term(term) => build::holds(term),
        }
    }

    /// As a term.
    pub fn term(self, place: usize) -> Result<Term, QueryError> {
        match self {
            Self::Term(term) => Ok(term),
            Self::Condition(_) => Err(error("got a condition, expected a column or a value", place)),
        }
    }
}

fn describe(token: &Token) -> String {
    match token {
        Token::Word(word) => word.clone(),
        Token::Quoted(name) => format!("\"{name}\""),
        Token::Text(text) => format!("'{text}'"),
        Token::Number(number) => number.clone(),
        Token::Symbol(symbol) => format!("`{symbol}`"),
        Token::End => "the end".to_string(),
    }
}
