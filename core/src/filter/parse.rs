//! CQL2 text to the tree, by recursive descent: OR over AND over NOT over conditions.
//!
//! One function a rule of the grammar. Everything that is refused says where, what stands there and what was expected.

use super::{
    MAX_DEPTH, MAX_ITEMS, MAX_TERMS,
    ast::{Comparison, Expr, Literal, Place, Property, Value},
    build::{self, Side},
    error,
    lex::{Token, tokens},
};
use crate::small::error::QueryError;
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// Words that are not bare names.
pub(super) const KEYWORDS: [&str; 11] =
    ["AND", "OR", "NOT", "BETWEEN", "IN", "LIKE", "IS", "NULL", "TRUE", "FALSE", "DIV"];

impl Expr {
    /// Reads CQL2 text: at most 4096 bytes, 256 conditions, 32 levels of parentheses and NOT, 1000 values in a list.
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
        let expr = parser.or()?;
        if parser.peek() == &Token::End { Ok(expr) } else { Err(parser.unexpected("AND, OR or the end")) }
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    next: usize,
    depth: usize,
    terms: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(token, _)| token)
    }

    fn second(&self) -> &Token {
        self.tokens.get(self.next + 1).map_or(&Token::End, |(token, _)| token)
    }

    /// The place of the next token.
    fn place(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |&(_, place)| place)
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let is = self.is_keyword(keyword);
        self.next += usize::from(is);
        is
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let is = matches!(self.peek(), Token::Symbol(s) if *s == symbol);
        self.next += usize::from(is);
        is
    }

    fn expect(&mut self, symbol: &str) -> Result<(), QueryError> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    /// What stands here is not what was expected.
    fn unexpected(&self, expected: &str) -> QueryError {
        let arithmetic = match self.peek() {
            Token::Symbol("+" | "-" | "*" | "/" | "%" | "^") => true,
            Token::Word(word) => word.eq_ignore_ascii_case("DIV"),
            _ => false,
        };
        if arithmetic && self.next > 0 {
            return error("arithmetic is not supported, expected a comparison of a column with a value", self.place())
                .hint("a column whose name has such a character is written in double quotes".to_string());
        }
        let hint = self.is_keyword("ILIKE").then(|| "use CASEI(column) LIKE CASEI('text')".to_string());
        error(format!("got {}, expected {expected}", describe(self.peek())), self.place()).hint(hint)
    }

    /// One level deeper, within the limit.
    fn deeper<T>(&mut self, rule: fn(&mut Self) -> Result<T, QueryError>) -> Result<T, QueryError> {
        if self.depth == MAX_DEPTH {
            return Err(build::too_deep(self.place()));
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Result<Expr, QueryError> {
        self.list("OR", Self::and, Expr::Or)
    }

    fn and(&mut self) -> Result<Expr, QueryError> {
        self.list("AND", Self::not, Expr::And)
    }

    fn list(
        &mut self,
        keyword: &str,
        operand: fn(&mut Self) -> Result<Expr, QueryError>,
        join: fn(Vec<Expr>) -> Expr,
    ) -> Result<Expr, QueryError> {
        let first = operand(self)?;
        if !self.is_keyword(keyword) {
            return Ok(first);
        }
        let mut list = Vec::from([first]);
        while self.keyword(keyword) {
            list.push(operand(self)?);
        }
        Ok(join(list))
    }

    fn not(&mut self) -> Result<Expr, QueryError> {
        if self.keyword("NOT") {
            return Ok(Expr::Not(Box::new(self.deeper(Self::not)?)));
        }
        if self.symbol("(") {
            let inner = self.deeper(Self::or)?;
            self.expect(")")?;
            // What looked like a boolean column may have been a column in parentheses.
            return if let Expr::Holds(property) = inner { self.about(property) } else { Ok(inner) };
        }
        self.condition()
    }

    /// A comparison, BETWEEN, IN, LIKE, IS NULL, a box, TRUE, FALSE or a boolean column.
    fn condition(&mut self) -> Result<Expr, QueryError> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(build::too_many(self.place()));
        }
        if matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case("S_INTERSECTS"))
            && self.second() == &Token::Symbol("(")
        {
            return self.inside();
        }
        let place = self.place();
        match self.operand()? {
            Side::Property(property) => self.about(property),
            Side::Literal(literal) => match self.comparison() {
                Some(op) => {
                    let op_place = self.place();
                    match self.operand()? {
                        Side::Property(property) => build::compare(property, op.turn(), literal),
                        Side::Literal(_) => Err(error("got a value on both sides, expected a column on one", op_place)),
                    }
                }
                None => match literal.value {
                    Value::Boolean(constant) => Ok(Expr::Constant(constant)),
                    _ if self.is_keyword("BETWEEN") || self.is_keyword("IN") || self.is_keyword("NOT") => {
                        Err(error("got a value before BETWEEN, IN or NOT, expected a column there", place))
                    }
                    _ => Err(self.unexpected("a comparison: =, <>, <, <=, > or >=")),
                },
            },
        }
    }

    /// What follows a column.
    fn about(&mut self, property: Property) -> Result<Expr, QueryError> {
        if let Some(op) = self.comparison() {
            let literal = self.literal(Some(&property.name))?;
            return build::compare(property, op, literal);
        }
        if self.keyword("IS") {
            let not = self.keyword("NOT");
            if !self.keyword("NULL") {
                return Err(self.unexpected(if not { "NULL" } else { "NULL or NOT NULL" }));
            }
            return Ok(negated(not, build::is_null(property)?));
        }
        let not = self.keyword("NOT");
        let expr = if self.keyword("BETWEEN") {
            let low = self.literal(None)?;
            if !self.keyword("AND") {
                return Err(self.unexpected("AND and the upper end"));
            }
            build::between(property, low, self.literal(None)?)?
        } else if self.keyword("IN") {
            build::among(property, self.items()?)?
        } else if self.keyword("LIKE") {
            build::like(property, self.literal(None)?)?
        } else if not {
            return Err(self.unexpected("BETWEEN, IN or LIKE after NOT"));
        } else {
            match self.peek() {
                // Something stands where an operator should be: say so, rather than that AND was expected.
                Token::Word(_) if self.is_keyword("AND") || self.is_keyword("OR") => {}
                Token::End | Token::Symbol(")") => {}
                _ => return Err(self.unexpected("a comparison, BETWEEN, IN, LIKE, IS NULL, AND, OR or the end")),
            }
            return build::holds(property);
        };
        Ok(negated(not, expr))
    }

    fn items(&mut self) -> Result<Vec<Literal>, QueryError> {
        self.expect("(")?;
        let mut items = Vec::new();
        loop {
            if items.len() == MAX_ITEMS {
                return Err(error(format!("got more than {MAX_ITEMS} values in a list"), self.place()));
            }
            items.push(self.literal(None)?);
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

    /// A value; anything that is a column instead gets the hint it needs.
    fn literal(&mut self, compared: Option<&str>) -> Result<Literal, QueryError> {
        let place = self.place();
        let quoted = matches!(self.peek(), Token::Quoted(_));
        if self.is_keyword("NULL") {
            let hint = format!("use {} IS NULL or IS NOT NULL", compared.unwrap_or("the column"));
            return Err(error("got NULL, which equals nothing", place).hint(hint));
        }
        match self.operand()? {
            Side::Literal(literal) => Ok(literal),
            Side::Property(property) => {
                let name = property.name;
                let hint = match self.peek() {
                    Token::Text(text) if !quoted => format!("a function has parentheses: {name}('{text}')"),
                    _ => format!("if the text is meant, use single quotes: '{}'", name.replace('\'', "''")),
                };
                Err(if quoted {
                    error(format!("got \"{name}\", the name of a column, expected a value"), place)
                } else {
                    error(format!("got {name}, expected a value; comparing two columns is not supported"), place)
                }
                .hint(hint))
            }
        }
    }

    /// A column or a value.
    fn operand(&mut self) -> Result<Side, QueryError> {
        let place = Place(self.place());
        let literal = |value| Ok(Side::Literal(Literal { value, place }));
        let token = self.peek().clone();
        match token {
            Token::Text(text) => {
                self.next += 1;
                literal(Value::Text(text))
            }
            Token::Number(_) | Token::Symbol("-" | "+") => self.number().and_then(literal),
            Token::Quoted(name) => {
                self.next += 1;
                Ok(Side::Property(Property { name, fold: false, place }))
            }
            Token::Word(word)
                if self.second() == &Token::Symbol("(") && !KEYWORDS.iter().any(|k| word.eq_ignore_ascii_case(k)) =>
            {
                self.next += 2;
                self.function(&word, place)
            }
            Token::Word(word) if word.eq_ignore_ascii_case("TRUE") || word.eq_ignore_ascii_case("FALSE") => {
                self.next += 1;
                literal(Value::Boolean(word.eq_ignore_ascii_case("TRUE")))
            }
            Token::Word(word) if !KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) => {
                self.next += 1;
                Ok(Side::Property(Property { name: word, fold: false, place }))
            }
            Token::Word(word) => {
                Err(self.unexpected("a column or a value").hint(format!("a column of that name is written \"{word}\"")))
            }
            _ => Err(self.unexpected("a column or a value")),
        }
    }

    fn number(&mut self) -> Result<Value, QueryError> {
        let place = self.place();
        let mut text = String::new();
        if self.symbol("-") {
            text.push('-');
        } else {
            self.symbol("+");
        }
        let Token::Number(digits) = self.peek() else { return Err(self.unexpected("a number")) };
        text.push_str(digits);
        self.next += 1;
        build::number(&text, place)
    }

    /// What a function call stands for, from after its parenthesis.
    fn function(&mut self, name: &str, place: Place) -> Result<Side, QueryError> {
        let side = if name.eq_ignore_ascii_case("CASEI") {
            let inner = self.deeper(Self::operand)?;
            build::fold(inner)?
        } else if name.eq_ignore_ascii_case("DATE") || name.eq_ignore_ascii_case("TIMESTAMP") {
            let at = self.place();
            let Token::Text(text) = self.peek().clone() else {
                return Err(self.unexpected("a text in single quotes, such as '2024-03-05'"));
            };
            self.next += 1;
            let moment = build::moment(&text, name.eq_ignore_ascii_case("DATE"), at, 1)?;
            Side::Literal(Literal { value: Value::Time(moment), place })
        } else {
            return Err(build::no_function(name, place.0));
        };
        self.expect(")")?;
        Ok(side)
    }

    /// `S_INTERSECTS(geometry, BBOX(w, s, e, n))`.
    fn inside(&mut self) -> Result<Expr, QueryError> {
        let place = self.place();
        self.next += 2;
        build::geometry(self.operand()?)?;
        self.expect(",")?;
        let at = self.place();
        if !(self.keyword("BBOX") && self.symbol("(")) {
            return Err(error("got another geometry, expected BBOX(west, south, east, north)", at));
        }
        let mut sides = Vec::new();
        loop {
            sides.push(self.number()?);
            if !self.symbol(",") {
                break;
            }
        }
        self.expect(")")?;
        self.expect(")")?;
        build::inside(&sides, place)
    }
}

fn negated(not: bool, expr: Expr) -> Expr {
    if not { Expr::Not(Box::new(expr)) } else { expr }
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
