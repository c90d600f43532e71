//! Whether rows cut out with one query hold all rows of another: what says that a subset will do in place of the dataset.
//!
//! Says yes only when that is certain from the queries alone, whatever the dataset: conditions are compared as they are
//! written, numbers as the ranges that they span, boxes as the steps of the world that they become.

use crate::{
    filter::{Comparison, Expr, Literal, Property, Relation, Steps, Value},
    geometry::Shape as Geometry,
    query::{Mode, TileQuery},
    space::tile::TileId,
    table::{facts::MAX_EXACT, plain::told},
    time::Interval,
};
use alloc::{string::ToString as _, vec::Vec};

impl TileQuery {
    /// Whether every row that passes `query` passes this one. Tiles of `query` that are cut from the rows that pass this
    /// one are then those of the full dataset.
    #[must_use]
    pub fn covers(&self, query: &Self) -> bool {
        self.covers_where(query, None)
    }

    /// Whether every row of a tile that passes `query` passes this one. Where rows take over from cells, and how rows are
    /// thinned, also depends on the rows of other tiles; with `mode=cells` and `mode=places` the tile is that of the full dataset.
    /// Rows that are more than points, `outlined`, are in the tiles beside theirs, too.
    #[must_use]
    pub fn covers_tile(&self, query: &Self, tile: TileId, outlined: bool) -> bool {
        // Cells of H3 have rows beside the tile.
        let within = query.hexagons.is_none() || query.mode == Mode::Points;
        self.covers_where(query, within.then(|| Steps::of_tile(tile, outlined)))
    }

    fn covers_where(&self, query: &Self, tile: Option<Steps>) -> bool {
        // A column that is made has the facts of the rows that are there, and these decide properties.
        if !self.lets.is_empty() || !query.lets.is_empty() {
            return false;
        }
        // Ranks are those among all rows.
        let whole = self.filter.is_none() && self.datetime.is_none() && self.bbox.is_none();
        if query.rank.is_some() && !whole {
            return false;
        }
        let theirs = terms(query);
        let sides =
            theirs.iter().filter_map(|term| if let Expr::Inside(sides, _) = term { Some(*sides) } else { None });
        let steps = |sides: [f64; 4]| Steps::of(sides).ok();
        let boxes: Vec<Steps> = sides.filter_map(steps).chain(tile).collect();
        let holds = |ours: Steps| boxes.iter().any(|theirs| ours.holds(*theirs));
        let covered = |sides| steps(sides).is_some_and(holds);
        // The box of a row that is more than a point may meet one of which the row itself has nothing.
        let met = |sides| {
            steps(sides)
                .is_some_and(|ours| holds(ours) || query.bbox.and_then(steps).is_some_and(|box_| ours.holds(box_)))
        };
        let area =
            |ours: &Geometry| boxes.iter().any(|theirs| theirs.degrees().is_some_and(|theirs| ours.holds(&theirs)));
        let term = |ours: &&Expr| match ours {
            Expr::Constant(true) => true,
            Expr::Inside(sides, _) => covered(*sides),
            // Not Within: of rows that are more than points, those that reach out of the shape meet the box, too.
            Expr::Spatial(Relation::Intersects, shape, _) if area(shape) => true,
            ours => theirs.iter().any(|theirs| implies(theirs, ours)),
        };
        self.datetime.is_none_or(|ours| within(query.datetime, ours))
            && self.bbox.is_none_or(met)
            && terms(self).iter().all(term)
    }
}

/// The conditions of a filter that must all hold.
fn terms(query: &TileQuery) -> Vec<&Expr> {
    let mut terms = Vec::new();
    let mut rest: Vec<&Expr> = query.filter.iter().collect();
    while let Some(expr) = rest.pop() {
        match expr {
            Expr::And(list) => rest.extend(list),
            term => terms.push(term),
        }
    }
    terms
}

/// Whether all of an interval, the whole of time if there is none, lies in another.
fn within(theirs: Option<Interval>, ours: Interval) -> bool {
    let Interval { start, end } = theirs.unwrap_or(Interval { start: None, end: None });
    ours.start.is_none_or(|first| start.is_some_and(|start| first <= start))
        && ours.end.is_none_or(|last| end.is_some_and(|end| end <= last))
}

/// Whether our condition holds wherever theirs does, for certain.
fn implies(theirs: &Expr, ours: &Expr) -> bool {
    match (theirs, ours) {
        _ if theirs == ours || theirs.to_string() == ours.to_string() => true,
        (Expr::Or(list), _) => list.iter().all(|theirs| implies(theirs, ours)),
        (_, Expr::And(list)) => list.iter().all(|ours| implies(theirs, ours)),
        (Expr::And(list), _) => list.iter().any(|theirs| implies(theirs, ours)),
        (_, Expr::Or(list)) => list.iter().any(|ours| implies(theirs, ours)),
        (_, Expr::Not(inner)) => match (&**inner, property(theirs)) {
            // Whatever is said of a value, there is one.
            (Expr::IsNull(ours), Some(theirs)) => ours.name == theirs.name,
            _ => false,
        },
        (
            Expr::Spatial(Relation::Intersects | Relation::Within, theirs, _),
            Expr::Spatial(Relation::Intersects, ours, _),
        )
        | (Expr::Spatial(Relation::Within, theirs, _), Expr::Spatial(Relation::Within, ours, _)) => ours.holds(theirs),
        (_, Expr::In(column, ours)) => {
            let known = |value: &Literal| ours.iter().any(|ours| ours.value == value.value);
            match theirs {
                Expr::In(other, theirs) => other == column && theirs.iter().all(known),
                Expr::Compare(other, Comparison::Equal, value) => other == column && known(value),
                _ => false,
            }
        }
        // The queries do not tell whether the column has single floats, which are met by the number they are shown as.
        _ => [number, shown].into_iter().all(|number| match (span(theirs, number), span(ours, number)) {
            (Some((theirs, inner)), Some((ours, outer))) => theirs == ours && outer.holds(inner),
            _ => false,
        }),
    }
}

/// The column of a condition that is false where the value is missing.
fn property(expr: &Expr) -> Option<&Property> {
    match expr {
        Expr::Holds(property)
        | Expr::Compare(property, ..)
        | Expr::Between(property, ..)
        | Expr::In(property, _)
        | Expr::Like(property, _) => Some(property),
        _ => None,
    }
}

/// A range of numbers; each end is in it or not.
#[derive(Clone, Copy)]
struct Span {
    low: (f64, bool),
    high: (f64, bool),
}

impl Span {
    fn holds(self, inner: Self) -> bool {
        let low = self.low.0 < inner.low.0 || (self.low.0 == inner.low.0 && (self.low.1 || !inner.low.1));
        let high = inner.high.0 < self.high.0 || (inner.high.0 == self.high.0 && (self.high.1 || !inner.high.1));
        low && high
    }
}

/// The numbers that a condition on a column spans, all of them at most: those of a list may have gaps.
fn span(expr: &Expr, number: fn(&Literal) -> Option<f64>) -> Option<(&Property, Span)> {
    let open = |end: f64| (end, true);
    let (property, low, high) = match expr {
        Expr::Compare(property, op, literal) => {
            let value = number(literal)?;
            let (low, high) = match op {
                Comparison::Equal => ((value, true), (value, true)),
                Comparison::Less => (open(f64::NEG_INFINITY), (value, false)),
                Comparison::LessOrEqual => (open(f64::NEG_INFINITY), (value, true)),
                Comparison::Greater => ((value, false), open(f64::INFINITY)),
                Comparison::GreaterOrEqual => ((value, true), open(f64::INFINITY)),
                Comparison::NotEqual => return None,
            };
            (property, low, high)
        }
        Expr::Between(property, low, high) => (property, (number(low)?, true), (number(high)?, true)),
        Expr::In(property, items) => {
            let values = items.iter().map(number).collect::<Option<Vec<f64>>>()?;
            let (low, high) = values
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
            (property, (low, true), (high, true))
        }
        _ => return None,
    };
    Some((property, Span { low, high }))
}

/// The same as single floats are met: one that is a single float stands for the number that this is shown as.
fn shown(literal: &Literal) -> Option<f64> {
    let number = number(literal)?;
    let single = number as f32;
    Some(if f64::from(single) == number { told(single) } else { number })
}

/// A number that a double holds exactly.
fn number(literal: &Literal) -> Option<f64> {
    match literal.value {
        Value::Integer(whole) => (whole.unsigned_abs() <= u128::from(MAX_EXACT.unsigned_abs())).then_some(whole as f64),
        Value::Decimal(number) => Some(number),
        _ => None,
    }
}
