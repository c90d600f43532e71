//! CQL2 text to the tree, by recursive descent: OR over AND over NOT over conditions.
//!
//! One function a rule of the grammar. Everything that is refused says where, what stands there and what was expected.

use super::{
    MAX_ITEMS,
    ast::{Comparison, Expr},
    build, error,
    lex::{Token, tokens},
    parser::{Parser, Side},
};
use crate::{formula::Term, small::error::QueryError};
use alloc::{boxed::Box, format, vec::Vec};

impl Expr {
    /// Reads CQL2 text: at most 32 KiB, 256 conditions and operations, 32 levels of parentheses and NOT, 1000 values in a list.
    ///
    /// # Errors
    /// [`QueryError`] with the character, what stands there, what was expected and often a hint.
    ///
    /// ```
    /// use duotile_core::filter::Expr;
    /// let filter = Expr::parse("NOT fare < 10 and kind in ('b', 'a', 'b')").unwrap();
    /// assert_eq!(filter.to_string(), "fare >= 10 AND kind IN ('a','b')");
    /// assert_eq!(Expr::parse("fare == 10").unwrap_err().position, Some(5));
    /// ```
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0, terms: 0 };
        if parser.peek() == &Token::End {
            return Err(error("got nothing, expected a condition such as fare > 10", 0));
        }
        let expr = parser.or()?.condition()?;
        if parser.peek() == &Token::End { Ok(expr) } else { Err(parser.unexpected("AND, OR or the end")) }
    }
}

impl Term {
    /// Reads a formula, such as `fare / distance`: within the limits of filters.
    ///
    /// # Errors
    /// As [`Expr::parse`].
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0, terms: 0 };
        if parser.peek() == &Token::End {
            return Err(error("got nothing, expected a formula such as fare / distance", 0));
        }
        let term = parser.operand()?;
        if parser.peek() == &Token::End { Ok(term) } else { Err(parser.unexpected("an operator or the end")) }
    }
}

impl Parser {
    pub(super) fn or(&mut self) -> Result<Side, QueryError> {
        self.joined("OR", Self::and, Expr::Or)
    }

    fn and(&mut self) -> Result<Side, QueryError> {
        self.joined("AND", Self::not, Expr::And)
    }

    fn joined(
        &mut self,
        keyword: &str,
        operand: fn(&mut Self) -> Result<Side, QueryError>,
        join: fn(Vec<Expr>) -> Expr,
    ) -> Result<Side, QueryError> {
        let first = operand(self)?;
        if !self.is_keyword(keyword) {
            return Ok(first);
        }
        let mut list = Vec::from([first.condition()?]);
        while self.keyword(keyword) {
            list.push(operand(self)?.condition()?);
        }
        Ok(Side::Condition(join(list)))
    }

    fn not(&mut self) -> Result<Side, QueryError> {
        if self.keyword("NOT") {
            let inner = self.deeper(Self::not)?.condition()?;
            return Ok(Side::Condition(Expr::Not(Box::new(inner))));
        }
        self.condition()
    }

    /// A comparison, BETWEEN, IN, LIKE, IS NULL, a predicate, or a term, which may be a condition by itself.
    fn condition(&mut self) -> Result<Side, QueryError> {
        match self.sum()? {
            Side::Term(term) => self.about(term),
            condition @ Side::Condition(_) => Ok(condition),
        }
    }

    /// What follows a term.
    fn about(&mut self, term: Term) -> Result<Side, QueryError> {
        if let Some(op) = self.comparison() {
            self.count()?;
            return build::compare(term, op, self.operand()?).map(Side::Condition);
        }
        if self.keyword("IS") {
            self.count()?;
            let not = self.keyword("NOT");
            if !self.keyword("NULL") {
                return Err(self.unexpected(if not { "NULL" } else { "NULL or NOT NULL" }));
            }
            return Ok(negated(not, build::is_null(term)?));
        }
        let not = self.keyword("NOT");
        let expr = if self.keyword("BETWEEN") {
            let low = self.operand()?;
            if !self.keyword("AND") {
                return Err(self.unexpected("AND and the upper end"));
            }
            build::between(term, low, self.operand()?)?
        } else if self.keyword("IN") {
            build::among(&term, self.items()?)?
        } else if self.keyword("LIKE") {
            build::like(term, self.operand()?)?
        } else if not {
            return Err(self.unexpected("BETWEEN, IN or LIKE after NOT"));
        } else {
            match self.peek() {
                // Something stands where an operator should be: say so, rather than that AND was expected.
                Token::Word(_) if self.is_keyword("AND") || self.is_keyword("OR") => {}
                Token::End | Token::Symbol(")" | ",") => {}
                _ => return Err(self.unexpected("a comparison, BETWEEN, IN, LIKE, IS NULL, AND, OR or the end")),
            }
            self.count()?;
            return Ok(Side::Term(term));
        };
        self.count()?;
        Ok(negated(not, expr))
    }

    fn items(&mut self) -> Result<Vec<Term>, QueryError> {
        self.expect("(")?;
        let mut items = Vec::new();
        loop {
            if items.len() == MAX_ITEMS {
                return Err(error(format!("got more than {MAX_ITEMS} values in a list"), self.place()));
            }
            items.push(self.operand()?);
            if !self.symbol(",") {
                break;
            }
        }
        if self.symbol(")") { Ok(items) } else { Err(self.unexpected("`,` or `)`")) }
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let op = Comparison::ALL.into_iter().find(|op| self.peek() == &Token::Symbol(op.symbol()))?;
        self.next += 1;
        Some(op)
    }
}

fn negated(not: bool, expr: Expr) -> Side {
    Side::Condition(if not { Expr::Not(Box::new(expr)) } else { expr })
}
