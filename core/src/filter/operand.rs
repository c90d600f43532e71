//! What conditions are made of, as CQL2 text: sums over products over powers of columns, values and functions.
//!
//! In parentheses may stand a condition as well as a term; which it is turns out when it is read.

use super::{
    build, error,
    lex::Token,
    parser::{Parser, Side},
    relation::Relation,
    spatial,
    temporal::{self, End, Span},
};
use crate::{
    formula::{self, Function, Literal, Place, Property, Term, Value, name::is_keyword},
    small::{error::QueryError, fold::Fold, nearest::did_you_mean},
};
use alloc::{
    format,
    string::{String, ToString as _},
    vec,
    vec::Vec,
};

impl Parser {
    /// A column, a value, or what is made of them.
    pub(super) fn operand(&mut self) -> Result<Term, QueryError> {
        let place = self.place();
        self.sum()?.term(place)
    }

    pub(super) fn sum(&mut self) -> Result<Side, QueryError> {
        self.chain(&["+", "-"], Self::product)
    }

    fn product(&mut self) -> Result<Side, QueryError> {
        self.chain(&["*", "/", "%", "div"], Self::power)
    }

    /// Operands joined by operators of one strength, from the left.
    fn chain(
        &mut self,
        operators: &[&str],
        operand: fn(&mut Self) -> Result<Side, QueryError>,
    ) -> Result<Side, QueryError> {
        let place = self.place();
        let mut left = operand(self)?;
        while let Some(function) = self.operator(operators) {
            self.count()?;
            let at = self.place();
            let arguments = vec![left.term(place)?, operand(self)?.term(at)?];
            left = Side::Term(formula::call(function, arguments, Place(place))?);
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<Side, QueryError> {
        let place = self.place();
        let base = self.factor()?;
        if self.operator(&["^"]).is_none() {
            return Ok(base);
        }
        self.count()?;
        let at = self.place();
        let arguments = vec![base.term(place)?, self.factor()?.term(at)?];
        if self.peek() == &Token::Symbol("^") {
            return Err(error("got a second `^`, expected parentheses that say which is first", self.place()));
        }
        formula::call(Function::Power, arguments, Place(place)).map(Side::Term)
    }

    fn operator(&mut self, operators: &[&str]) -> Option<Function> {
        let name = match self.peek() {
            Token::Symbol(symbol) => *symbol,
            Token::Word(word) if word.eq_ignore_ascii_case("div") => "div",
            _ => return None,
        };
        let function = operators.contains(&name).then(|| Function::of(name)).flatten()?;
        self.next += 1;
        Some(function)
    }

    /// An operand with its sign.
    fn factor(&mut self) -> Result<Side, QueryError> {
        let place = self.place();
        let negative = match self.peek() {
            Token::Symbol("-") => true,
            Token::Symbol("+") => false,
            _ => return self.primary(),
        };
        if matches!(self.second(), Token::Number(_)) {
            let value = self.number()?;
            return Ok(Side::Term(Term::Value(Literal { value, place: Place(place) })));
        }
        self.next += 1;
        let at = self.place();
        let term = self.deeper(Self::primary)?.term(at)?;
        if !negative {
            return Ok(Side::Term(term));
        }
        self.count()?;
        let minus = Term::Value(Literal { value: Value::Integer(-1), place: Place(place) });
        formula::call(Function::Multiply, vec![minus, term], Place(place)).map(Side::Term)
    }

    fn primary(&mut self) -> Result<Side, QueryError> {
        let place = Place(self.place());
        let value = |value| Ok(Side::Term(Term::Value(Literal { value, place })));
        let column = |name| Ok(Side::Term(Term::Column(Property { name, fold: Fold::NONE, place })));
        let token = self.peek().clone();
        match token {
            Token::Symbol("(") => {
                self.next += 1;
                let inner = self.deeper(Self::or)?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Text(text) => {
                self.next += 1;
                value(Value::Text(text))
            }
            Token::Number(_) => self.number().and_then(value),
            Token::Quoted(name) => {
                self.next += 1;
                column(name)
            }
            Token::Word(word) if self.second() == &Token::Symbol("(") && !is_keyword(&word) => {
                self.next += 2;
                let side = self.function(&word, place)?;
                self.expect(")")?;
                Ok(side)
            }
            Token::Word(word) if word.eq_ignore_ascii_case("TRUE") || word.eq_ignore_ascii_case("FALSE") => {
                self.next += 1;
                value(Value::Boolean(word.eq_ignore_ascii_case("TRUE")))
            }
            Token::Word(word) if word.eq_ignore_ascii_case("NULL") => {
                let hint = "use IS NULL or IS NOT NULL after the column".to_string();
                Err(error("got NULL, which equals nothing", place.0).hint(hint))
            }
            Token::Word(word) if is_keyword(&word) => {
                Err(self.unexpected("a column or a value").hint(format!("a column of that name is written \"{word}\"")))
            }
            Token::Word(word) => {
                if let Token::Text(text) = self.second() {
                    let hint = format!("a function has parentheses: {word}('{text}')");
                    return Err(error(format!("got {word}, expected a value"), place.0).hint(hint));
                }
                self.next += 1;
                column(word)
            }
            _ => Err(self.unexpected("a column or a value")),
        }
    }

    pub(super) fn number(&mut self) -> Result<Value, QueryError> {
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

    /// What a function call stands for, from after its parenthesis to before the other.
    fn function(&mut self, name: &str, place: Place) -> Result<Side, QueryError> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if let Some(predicate) = temporal::predicate(name) {
            self.count()?;
            let first = self.span()?;
            self.expect(",")?;
            return temporal::build(predicate, &first, &self.span()?).map(Side::Condition);
        }
        if let Some(relation) = Relation::of(name) {
            self.count()?;
            let first = self.place_or_shape()?;
            self.expect(",")?;
            return spatial::build(relation, first, self.place_or_shape()?, place.0).map(Side::Condition);
        }
        if is("A_EQUALS") || is("A_CONTAINS") || is("A_CONTAINEDBY") || is("A_OVERLAPS") {
            return Err(build::no_arrays(name, place.0));
        }
        let term = if is("CASEI") || is("ACCENTI") {
            let inner = self.deeper(Self::operand)?;
            build::fold(inner, Fold { case: is("CASEI"), accents: is("ACCENTI") })?
        } else if is("DATE") || is("TIMESTAMP") {
            let at = self.place();
            let Token::Text(text) = self.peek().clone() else {
                return Err(self.unexpected("a text in single quotes, such as '2024-03-05'"));
            };
            self.next += 1;
            let moment = build::moment(&text, is("DATE"), at)?;
            Term::Value(Literal { value: Value::Time(moment), place })
        } else {
            let function = Function::of(name).ok_or_else(|| no_function(name, place.0))?;
            self.count()?;
            let mut arguments = Vec::new();
            while self.peek() != &Token::Symbol(")") {
                arguments.push(self.deeper(Self::operand)?);
                if !self.symbol(",") {
                    break;
                }
            }
            formula::call(function, arguments, place)?
        };
        Ok(Side::Term(term))
    }

    /// An instant, or `INTERVAL(start, end)`.
    fn span(&mut self) -> Result<Span, QueryError> {
        let place = Place(self.place());
        if !self.is_keyword("INTERVAL") || self.second() != &Token::Symbol("(") {
            return Span::instant(self.deeper(Self::operand)?);
        }
        self.next += 2;
        let start = self.end()?;
        self.expect(",")?;
        let end = self.end()?;
        self.expect(")")?;
        Span::interval(start, end, place)
    }

    fn end(&mut self) -> Result<End, QueryError> {
        if let Token::Text(text) = self.peek().clone() {
            let place = self.place();
            self.next += 1;
            return temporal::end(&text, place);
        }
        temporal::at(self.deeper(Self::operand)?)
    }
}

fn no_function(name: &str, place: usize) -> QueryError {
    let conditions = ["CASEI", "ACCENTI", "DATE", "TIMESTAMP"].into_iter();
    let known = conditions.chain(Function::called()).chain(Relation::names()).chain(temporal::names());
    let hint = match name.to_ascii_uppercase().as_str() {
        "LOWER" | "UPPER" => Some("CASEI(column) = CASEI('text') compares without minding case".to_string()),
        "DWITHIN" | "S_DWITHIN" | "ST_DWITHIN" | "S_DISTANCE" | "ST_DISTANCE" | "BEYOND" => Some(
            "distances are no part of CQL2: S_INTERSECTS with the POLYGON of a circle says nearly the same".to_string(),
        ),
        name if name.starts_with("A_") => Some("there are no columns of arrays".to_string()),
        _ => did_you_mean(name, known),
    };
    let called: Vec<&str> = Function::called().collect();
    let message = format!("there is no function {name} here, expected one of CQL2's or {}", called.join(", "));
    error(message, place).hint(hint)
}
