//! Geometries as CQL2 text: WKT, and `BBOX(west, south, east, north)`.

use super::{
    error,
    lex::Token,
    parser::Parser,
    spatial::{self, Operand},
};
use crate::{
    geometry::{Position, Shape},
    small::error::QueryError,
};
use alloc::{format, vec, vec::Vec};

/// How geometries begin.
const SHAPES: [&str; 8] =
    ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION", "BBOX"];

impl Parser {
    /// A side of a spatial predicate.
    pub(super) fn place_or_shape(&mut self) -> Result<Operand, QueryError> {
        let at = self.place();
        let begins = |token: &Token| {
            matches!(token, Token::Symbol("(")) || matches!(token, Token::Word(z) if z.eq_ignore_ascii_case("Z"))
        };
        if SHAPES.iter().any(|shape| self.is_keyword(shape)) && begins(self.second()) {
            let shape = self.shape()?;
            return spatial::shape(shape, at);
        }
        if SHAPES.iter().any(|shape| self.is_keyword(shape))
            && matches!(self.second(), Token::Word(word) if word.eq_ignore_ascii_case("EMPTY"))
        {
            return Err(error("got an empty geometry, expected one that is somewhere", at));
        }
        if let (Token::Word(word), Token::Symbol("(")) = (self.peek(), self.second()) {
            let message = format!("got {word}, expected geometry or one of {}", SHAPES.join(", "));
            return Err(error(message, at));
        }
        spatial::rows(&self.operand()?)
    }

    fn shape(&mut self) -> Result<Shape, QueryError> {
        let kind = SHAPES.iter().position(|shape| self.is_keyword(shape));
        let Some(kind) = kind else { return Err(self.unexpected(&format!("one of {}", SHAPES.join(", ")))) };
        self.next += 1;
        if self.is_keyword("Z") {
            self.next += 1;
        }
        Ok(match kind {
            0 => Shape::Points(vec![self.point()?]),
            1 => Shape::Lines(vec![self.line()?]),
            2 => Shape::Polygons(vec![self.list(Self::line)?]),
            3 => Shape::Points(self.list(Self::point_or_position)?),
            4 => Shape::Lines(self.list(Self::line)?),
            5 => Shape::Polygons(self.list(|parser| parser.list(Self::line))?),
            6 => Shape::Collection(self.list(|parser| parser.deeper(Self::shape))?),
            _ => Shape::Box(self.sides()?),
        })
    }

    /// `(one,two,three)`
    fn list<T>(&mut self, one: fn(&mut Self) -> Result<T, QueryError>) -> Result<Vec<T>, QueryError> {
        self.expect("(")?;
        let mut list = vec![one(self)?];
        while self.symbol(",") {
            list.push(one(self)?);
        }
        if self.symbol(")") { Ok(list) } else { Err(self.unexpected("`,` or `)`")) }
    }

    fn line(&mut self) -> Result<Vec<Position>, QueryError> {
        self.list(Self::position)
    }

    fn point(&mut self) -> Result<Position, QueryError> {
        self.expect("(")?;
        let position = self.position()?;
        self.expect(")")?;
        Ok(position)
    }

    fn point_or_position(&mut self) -> Result<Position, QueryError> {
        if self.peek() == &Token::Symbol("(") { self.point() } else { self.position() }
    }

    /// Longitude and latitude; a height is read and left out.
    fn position(&mut self) -> Result<Position, QueryError> {
        let position = [self.degrees()?, self.degrees()?];
        if matches!(self.peek(), Token::Number(_) | Token::Symbol("-" | "+")) {
            self.number()?;
        }
        Ok(position)
    }

    fn degrees(&mut self) -> Result<f64, QueryError> {
        self.number().map(|value| spatial::degrees(&value))
    }

    /// Four numbers, or six with heights, which are left out.
    fn sides(&mut self) -> Result<[f64; 4], QueryError> {
        let at = self.place();
        let sides = self.list(Self::degrees)?;
        spatial::sides(&sides).map_err(|message| error(message, at))
    }
}
