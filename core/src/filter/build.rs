//! Nodes of the tree from checked parts: what CQL2 text and CQL2 JSON have in common.

use super::{
    MAX_DEPTH, MAX_TERMS, MAX_TEXT,
    ast::{Comparison, Expr},
    error,
    like::Pattern,
};
use crate::{
    formula::{self, Function, Literal, Property, Term, Value},
    small::{error::QueryError, fold::Fold},
    time::{self, Moment},
};
use alloc::{boxed::Box, format, string::ToString as _, vec, vec::Vec};

pub(super) fn too_deep(place: usize) -> QueryError {
    error(format!("parentheses and NOT go deeper than {MAX_DEPTH} levels"), place)
}

pub(super) fn too_many(place: usize) -> QueryError {
    error(format!("there are more than {MAX_TERMS} conditions and operations"), place)
        .hint("many values of one column go into IN".to_string())
}

/// Array predicates are understood as far as that there is nothing for them here.
pub(super) fn no_arrays(name: &str, place: usize) -> QueryError {
    error(format!("{name} compares arrays, but no column holds arrays here"), place)
}

/// The column of a box is where the rows are, whatever it is called in the file.
pub(super) fn geometry(term: &Term) -> Result<(), QueryError> {
    match term {
        Term::Column(property) if ["geometry", "geom"].contains(&property.name.as_str()) => Ok(()),
        Term::Column(property) => {
            Err(error(format!("got {property}, expected geometry, which stands for the position"), property.place.0))
        }
        term => Err(error(format!("got {term}, expected geometry"), term.place().0)),
    }
}

/// Two terms compared: with a column on one side and a value on the other, the plain condition.
pub(super) fn compare(left: Term, op: Comparison, right: Term) -> Result<Expr, QueryError> {
    Ok(match (left, right) {
        (Term::Column(property), Term::Value(literal)) => plain(property, op, literal)?,
        (Term::Value(literal), Term::Column(property)) => plain(property, op.turn(), literal)?,
        (Term::Value(left), Term::Value(right)) => {
            let Some(order) = formula::compare(&left.value, &right.value) else {
                let message = format!("got {}, expected a value of the kind of {}", right.value, left.value);
                return Err(error(message, right.place.0));
            };
            Expr::Constant(op.holds(order))
        }
        (left, right) => Expr::Relate(Box::new(left), op, Box::new(right)),
    })
}

fn plain(property: Property, op: Comparison, mut literal: Literal) -> Result<Expr, QueryError> {
    folded(&property, &mut literal)?;
    Ok(Expr::Compare(property, op, literal))
}

pub(super) fn between(term: Term, low: Term, high: Term) -> Result<Expr, QueryError> {
    match (term, low, high) {
        (Term::Column(property), Term::Value(mut low), Term::Value(mut high)) => {
            folded(&property, &mut low)?;
            folded(&property, &mut high)?;
            Ok(Expr::Between(property, low, high))
        }
        (term, low, high) => {
            let low = compare(term.clone(), Comparison::GreaterOrEqual, low)?;
            Ok(Expr::And(vec![low, compare(term, Comparison::LessOrEqual, high)?]))
        }
    }
}

pub(super) fn among(term: &Term, items: Vec<Term>) -> Result<Expr, QueryError> {
    let value = |item: &Term| if let Term::Value(literal) = item { Some(literal.clone()) } else { None };
    if let (Term::Column(property), Some(mut literals)) = (term, items.iter().map(value).collect::<Option<Vec<_>>>()) {
        literals.iter_mut().try_for_each(|literal| folded(property, literal))?;
        Ok(Expr::In(property.clone(), literals))
    } else {
        repeats(term, items.len())?;
        let equal = |item| compare(term.clone(), Comparison::Equal, item);
        items.into_iter().map(equal).collect::<Result<_, _>>().map(Expr::Or)
    }
}

/// A formula before IN is compared with each value by itself: so often it must not be longer than a filter.
fn repeats(term: &Term, times: usize) -> Result<(), QueryError> {
    let bytes = term.to_string().len() * times;
    if bytes <= MAX_TEXT || matches!(term, Term::Value(_)) {
        return Ok(());
    }
    let message = format!(
        "{times} values are compared with the formula before IN one by one, which makes {bytes} bytes, expected at most \
         {MAX_TEXT}"
    );
    Err(error(message, term.place().0).hint("a column takes up to 1000 values".to_string()))
}

pub(super) fn like(term: Term, pattern: Term) -> Result<Expr, QueryError> {
    let place = pattern.place().0;
    let Term::Value(mut literal @ Literal { value: Value::Text(_), .. }) = pattern else {
        return Err(error(format!("got {pattern}, expected a pattern in single quotes after LIKE"), place));
    };
    if let Term::Column(property) = &term {
        folded(property, &mut literal)?;
    }
    let Value::Text(text) = literal.value else { return Err(error("got no text", place)) };
    let Some(pattern) = Pattern::new(&text) else {
        let message = "the pattern ends with \\, expected the character it is to take literally";
        return Err(error(message, place).hint("a backslash itself is written \\\\".to_string()));
    };
    match term {
        Term::Column(property) => Ok(Expr::Like(property, text)),
        Term::Value(Literal { value: Value::Text(text), .. }) => Ok(Expr::Constant(pattern.matches(&text))),
        term => Err(error(format!("got {term}, expected a text column before LIKE"), term.place().0)),
    }
}

pub(super) fn is_null(term: Term) -> Result<Expr, QueryError> {
    match term {
        Term::Column(property) => bare(property).map(Expr::IsNull),
        Term::Value(_) => Ok(Expr::Constant(false)),
        call @ Term::Call(..) => Ok(Expr::Missing(Box::new(call))),
    }
}

/// A term by itself: a boolean column, TRUE or FALSE, or a function of such.
pub(super) fn holds(term: Term) -> Result<Expr, QueryError> {
    let place = term.place();
    match term {
        Term::Column(property) => bare(property).map(Expr::Holds),
        Term::Value(Literal { value: Value::Boolean(constant), .. }) => Ok(Expr::Constant(constant)),
        Term::Call(function @ (Function::Coalesce | Function::Least | Function::Greatest), arguments, place) => {
            let term = Term::Call(function, arguments, place);
            compare(term, Comparison::Equal, Term::Value(Literal { value: Value::Boolean(true), place }))
        }
        term => Err(error(format!("got {term}, expected a condition"), place.0)
            .hint("such as a comparison: =, <>, <, <=, > or >=".to_string())),
    }
}

/// `CASEI(term)` or `ACCENTI(term)`.
pub(super) fn fold(term: Term, more: Fold) -> Result<Term, QueryError> {
    match term {
        Term::Column(property) => {
            let fold = Fold { case: property.fold.case || more.case, accents: property.fold.accents || more.accents };
            Ok(Term::Column(Property { fold, ..property }))
        }
        Term::Value(Literal { value: Value::Text(text), place }) => {
            Ok(Term::Value(Literal { value: Value::Text(more.of(&text)), place }))
        }
        term => {
            let name = more.names().next().unwrap_or_default();
            Err(error(format!("got {term}, expected a column or a text in {name}"), term.place().0))
        }
    }
}

pub(super) fn number(text: &str, place: usize) -> Result<Value, QueryError> {
    Value::parse_number(text).ok_or_else(|| error(format!("the number {text} is out of range"), place))
}

/// The text of `DATE` or `TIMESTAMP`, whose quote stands at `place`.
pub(super) fn moment(text: &str, date: bool, place: usize) -> Result<Moment, QueryError> {
    match (any_moment(text, place)?, date) {
        (Moment::Instant(_), true) => {
            Err(error(format!("got '{text}', expected a date without a time"), place).hint("use TIMESTAMP".to_string()))
        }
        (Moment::Date(_), false) => {
            Err(error(format!("got '{text}', expected a date with a time"), place).hint("use DATE".to_string()))
        }
        (moment, _) => Ok(moment),
    }
}

/// A date or a time, whose quote stands at `place`: the text begins behind it.
pub(super) fn any_moment(text: &str, place: usize) -> Result<Moment, QueryError> {
    time::parse(text).map_err(|bad| error(format!("got '{text}', expected {}", bad.expected), place + 1 + bad.position))
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

/// Beside a column whose texts are folded a literal is a text that is folded as they are.
fn folded(property: &Property, literal: &mut Literal) -> Result<(), QueryError> {
    if let Some(name) = property.fold.names().next() {
        let Value::Text(text) = &literal.value else {
            return Err(error(format!("got {}, expected a text beside {name}", literal.value), literal.place.0));
        };
        literal.value = Value::Text(property.fold.of(text));
    }
    Ok(())
}

fn bare(property: Property) -> Result<Property, QueryError> {
    if let Some(name) = property.fold.names().next() {
        let message = format!("{name} gives a text, expected a comparison, BETWEEN, IN or LIKE after it");
        return Err(error(message, property.place.0));
    }
    Ok(property)
}
