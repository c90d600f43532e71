//! Nodes of the tree from checked parts: what CQL2 text and CQL2 JSON have in common.

use super::{
    MAX_DEPTH, MAX_TERMS,
    ast::{Comparison, Expr, Literal, Place, Property, Value},
    error,
    like::{Pattern, lower},
};
use crate::{
    small::{error::QueryError, nearest::did_you_mean},
    time::{self, Moment},
};
use alloc::{format, string::ToString as _, vec::Vec};

/// One side of a condition.
pub(super) enum Side {
    Property(Property),
    Literal(Literal),
}

/// Functions there are.
const FUNCTIONS: [&str; 4] = ["CASEI", "DATE", "TIMESTAMP", "S_INTERSECTS"];

pub(super) fn too_deep(place: usize) -> QueryError {
    error(format!("parentheses and NOT go deeper than {MAX_DEPTH} levels"), place)
}

pub(super) fn too_many(place: usize) -> QueryError {
    error(format!("there are more than {MAX_TERMS} conditions"), place)
        .hint("many values of one column go into IN".to_string())
}

pub(super) fn no_function(name: &str, place: usize) -> QueryError {
    let hint = match name.to_ascii_uppercase().as_str() {
        "LOWER" | "UPPER" => Some("CASEI(column) = CASEI('text') compares without minding case".to_string()),
        _ => did_you_mean(name, FUNCTIONS),
    };
    error(format!("the function {name} is not supported, expected CASEI, DATE, TIMESTAMP or S_INTERSECTS"), place)
        .hint(hint)
}

/// The column of a box is where the rows are, whatever it is called in the file.
pub(super) fn geometry(side: Side) -> Result<(), QueryError> {
    match side {
        Side::Property(property) if ["geometry", "geom"].contains(&property.name.as_str()) => Ok(()),
        Side::Property(property) => {
            Err(error(format!("got {property}, expected geometry, which stands for the position"), property.place.0))
        }
        Side::Literal(literal) => Err(error(format!("got {}, expected geometry", literal.value), literal.place.0)),
    }
}

pub(super) fn compare(property: Property, op: Comparison, mut literal: Literal) -> Result<Expr, QueryError> {
    folded(&property, &mut literal)?;
    Ok(Expr::Compare(property, op, literal))
}

pub(super) fn between(property: Property, mut low: Literal, mut high: Literal) -> Result<Expr, QueryError> {
    folded(&property, &mut low)?;
    folded(&property, &mut high)?;
    Ok(Expr::Between(property, low, high))
}

pub(super) fn among(property: Property, mut items: Vec<Literal>) -> Result<Expr, QueryError> {
    items.iter_mut().try_for_each(|item| folded(&property, item))?;
    Ok(Expr::In(property, items))
}

pub(super) fn like(property: Property, mut literal: Literal) -> Result<Expr, QueryError> {
    folded(&property, &mut literal)?;
    let place = literal.place.0;
    let Value::Text(pattern) = literal.value else {
        return Err(error(format!("got {}, expected a pattern in single quotes after LIKE", literal.value), place));
    };
    if Pattern::new(&pattern).is_none() {
        let message = "the pattern ends with \\, expected the character it is to take literally";
        return Err(error(message, place).hint("a backslash itself is written \\\\".to_string()));
    }
    Ok(Expr::Like(property, pattern))
}

pub(super) fn is_null(property: Property) -> Result<Expr, QueryError> {
    bare(property).map(Expr::IsNull)
}

pub(super) fn holds(property: Property) -> Result<Expr, QueryError> {
    bare(property).map(Expr::Holds)
}

/// `CASEI(side)`.
pub(super) fn fold(side: Side) -> Result<Side, QueryError> {
    match side {
        Side::Property(property) => Ok(Side::Property(Property { fold: true, ..property })),
        Side::Literal(Literal { value: Value::Text(text), place }) => {
            Ok(Side::Literal(Literal { value: Value::Text(lower(&text)), place }))
        }
        Side::Literal(literal) => {
            Err(error(format!("got {}, expected a column or a text in CASEI", literal.value), literal.place.0))
        }
    }
}

pub(super) fn number(text: &str, place: usize) -> Result<Value, QueryError> {
    Value::parse_number(text).ok_or_else(|| error(format!("the number {text} is out of range"), place))
}

/// The text of `DATE` or `TIMESTAMP`, whose quote stands at `place` and whose text starts `skip` characters after it.
pub(super) fn moment(text: &str, date: bool, place: usize, skip: usize) -> Result<Moment, QueryError> {
    match (time::parse(text), date) {
        (Ok(Moment::Instant(_)), true) => {
            Err(error(format!("got '{text}', expected a date without a time"), place).hint("use TIMESTAMP".to_string()))
        }
        (Ok(Moment::Date(_)), false) => {
            Err(error(format!("got '{text}', expected a date with a time"), place).hint("use DATE".to_string()))
        }
        (Ok(moment), _) => Ok(moment),
        (Err(bad), _) => Err(error(format!("got '{text}', expected {}", bad.expected), place + skip + bad.position)),
    }
}

/// A box from its four sides in degrees.
pub(super) fn inside(sides: &[Value], place: usize) -> Result<Expr, QueryError> {
    let mut numbers = sides.iter().map(|side| match side {
        Value::Integer(whole) => *whole as f64,
        Value::Decimal(number) => *number,
        _ => f64::NAN,
    });
    let sides = match (numbers.next(), numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
        (Some(west), Some(south), Some(east), Some(north), None) => [west, south, east, north],
        _ => return Err(error(format!("got {} numbers, expected west, south, east, north", sides.len()), place)),
    };
    check_box(sides).map_err(|message| error(message, place))?;
    Ok(Expr::Inside(sides, Place(place)))
}

/// Whether four sides in degrees make a box: the complaint if not.
pub(crate) fn check_box([west, south, east, north]: [f64; 4]) -> Result<(), alloc::string::String> {
    for (name, side) in [("west", west), ("east", east)] {
        if !(-180.0..=360.0).contains(&side) {
            return Err(format!("{name} is {side}, expected degrees from -180 to 180"));
        }
    }
    for (name, side) in [("south", south), ("north", north)] {
        if !(-90.0..=90.0).contains(&side) {
            return Err(format!("{name} is {side}, expected degrees from -90 to 90"));
        }
    }
    if south > north {
        return Err(format!("south ({south}) is above north ({north}), expected west, south, east, north"));
    }
    Ok(())
}

/// Under CASEI a literal is a text in lower case.
fn folded(property: &Property, literal: &mut Literal) -> Result<(), QueryError> {
    if property.fold {
        let Value::Text(text) = &literal.value else {
            return Err(error(format!("got {}, expected a text beside CASEI", literal.value), literal.place.0));
        };
        literal.value = Value::Text(lower(text));
    }
    Ok(())
}

fn bare(property: Property) -> Result<Property, QueryError> {
    if property.fold {
        return Err(error("CASEI gives a text, expected a comparison, BETWEEN, IN or LIKE after it", property.place.0));
    }
    Ok(property)
}
