//! A number for each cell: sum, mean, extremes, the median and other percentiles, the most frequent value (mode), how many
//! distinct ones.
//!
//! Sums and extremes come from one aggregate of the cell, which a summary may hold. The others need the values
//! themselves: those of a cell with few rows are gathered, as integers in the order of the values, and sorted; those of
//! one with many are never all held together ([`spread`](crate::sums::spread)).

use crate::{
    filter::mask::Mask,
    points::cells::Cell,
    query::MeasureKind,
    small::work::{STEP, Stopped, Toll},
    sums::{
        aggregate::Aggregate,
        exact::{Total as _, unordered},
        spread::{self, Run, between, gather},
        summary::Summary,
    },
    table::{
        columns::Column,
        facts::MAX_EXACT,
        values::{Kind, Values, milliseconds},
    },
};
use alloc::{format, string::String, vec::Vec};

/// Values of a cell that are gathered; of a block of cells they are together.
const FEW: usize = STEP / 8;

/// All measures of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measures {
    /// The column.
    pub column: usize,
    /// Each kind with the position of its property.
    pub kinds: Vec<(MeasureKind, usize)>,
}

/// What is found out about some cells; space that stays warm between tiles.
#[derive(Debug, Default)]
pub struct Space {
    aggregates: Vec<Aggregate>,
    /// The values of each cell in ascending order, as ordered integers, one cell after the other.
    gathered: Vec<i64>,
    /// Where those of each cell end.
    ends: Vec<usize>,
    /// What was found of the cells with many rows, of which nothing is gathered here.
    crowded: Vec<Crowded>,
    spread: spread::Space,
}

/// A cell with many rows, by its place, and its value for each kind of measure.
#[derive(Debug)]
struct Crowded {
    at: usize,
    found: Vec<Option<Measured>>,
}

/// A measured value, before it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// An integer that every client reads exactly, or a time in milliseconds.
    Integer(i64),
    /// An integer too large for that, as text.
    Wide(String),
    /// A single float.
    Float(f32),
    /// A double.
    Double(f64),
    /// A truth value.
    Boolean(bool),
    /// The code of a text.
    Code(u32),
}

/// Whether a measure makes sense of a column, as an error says it: the kinds it works on.
pub const fn accepts(measure: MeasureKind, kind: Kind) -> Result<(), &'static str> {
    match (measure, kind) {
        (MeasureKind::Sum, Kind::Time | Kind::Text) => Err("an integer, number or boolean column"),
        (MeasureKind::Mean, Kind::Text) => Err("an integer, number, boolean or time column"),
        (MeasureKind::Percentile(_), Kind::Text | Kind::Boolean) => Err("an integer, number or time column"),
        _ => Ok(()),
    }
}

impl Measures {
    /// Whether a summary of the column shortens the work.
    pub fn uses_summary(&self) -> bool {
        self.kinds.iter().any(|&(kind, _)| !needs_values(kind))
    }

    /// Whether the values of the rows themselves are needed.
    pub fn needs_values(&self) -> bool {
        self.kinds.iter().any(|&(kind, _)| needs_values(kind))
    }

    /// Looks at the rows of some cells that pass the mask, which are those of the summary. Each is some squares with passing
    /// rows, one where it is a square.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn prepare<'c>(
        &self,
        column: &Column<'_>,
        summary: Option<Summary<'_>>,
        cells: impl ExactSizeIterator<Item = &'c [Cell]> + Clone,
        mask: Option<&Mask>,
        toll: &mut Toll<'_>,
        space: &mut Space,
    ) -> Result<(), Stopped> {
        let Space { aggregates, gathered, ends, crowded, spread } = space;
        aggregates.clear();
        gathered.clear();
        ends.clear();
        crowded.clear();
        if self.uses_summary() {
            let extremes = self.kinds.iter().any(|(kind, _)| matches!(kind, MeasureKind::Min | MeasureKind::Max));
            aggregates.reserve(cells.len());
            for squares in cells.clone() {
                let of = |cell, toll: &mut Toll<'_>| {
                    Aggregate::of(column, summary, cell, mask, extremes, |rows| toll.pay(rows))
                };
                let Some((first, rest)) = squares.split_first() else { continue };
                let mut all = of(first, toll)?;
                for cell in rest {
                    all.merge(&of(cell, toll)?);
                }
                aggregates.push(all);
            }
        }
        if self.needs_values() {
            for (at, squares) in cells.enumerate() {
                if squares.iter().map(|cell| cell.count).sum::<usize>() > FEW {
                    let rows: Vec<_> = squares.iter().map(|cell| cell.run.clone()).collect();
                    let run = Run { column, rows: &rows, mask, work: toll.work() };
                    crowded.push(Crowded { at, found: self.find(&run, spread)? });
                } else {
                    let start = gathered.len();
                    for cell in squares {
                        toll.pay(cell.run.len())?;
                        gather(column, cell.run.clone(), mask, gathered);
                    }
                    gathered[start..].sort_unstable();
                }
                ends.push(gathered.len());
            }
        }
        Ok(())
    }

    /// What the values of a run give for each kind.
    fn find(&self, run: &Run<'_>, space: &mut spread::Space) -> Result<Vec<Option<Measured>>, Stopped> {
        let (column, kinds) = (run.column, self.kinds.iter().map(|&(kind, _)| kind));
        let Some(all) = run.extent(space)? else {
            return Ok(kinds.map(|kind| (kind == MeasureKind::Distinct).then_some(Measured::Integer(0))).collect());
        };
        let mut ranks: Vec<u64> = Vec::new();
        for kind in kinds.clone() {
            if let MeasureKind::Percentile(hundredths) = kind {
                let (below, _) = rank(all.count, hundredths);
                ranks.extend([below, (below + 1).min(all.count - 1)]);
            }
        }
        crate::small::sort(&mut ranks);
        let values = if ranks.is_empty() { Vec::new() } else { run.at_ranks(all, &ranks, space)? };
        let (mut distinct, mut mode) = (0, (0, 0));
        if kinds.clone().any(|kind| matches!(kind, MeasureKind::Mode | MeasureKind::Distinct)) {
            run.each_distinct(all, space, &mut |value, count| {
                distinct += 1;
                if count > mode.1 {
                    mode = (value, count);
                }
            })?;
        }
        let at = |rank: u64| values.get(ranks.partition_point(|&other| other < rank)).copied().unwrap_or(all.high);
        Ok(kinds
            .map(|kind| match kind {
                MeasureKind::Percentile(hundredths) => percentile(column, all.count, hundredths, at),
                MeasureKind::Mode => Some(present(column, mode.0)),
                MeasureKind::Distinct => Some(Measured::Integer(distinct)),
                _ => None,
            })
            .collect())
    }

    /// One of the kinds, of the cells that were looked at; `emit` gets the place of each cell and its value. Where no row
    /// has a value there is nothing to emit but a distinct count of zero.
    pub fn each(&self, column: &Column<'_>, kind: usize, space: &Space, mut emit: impl FnMut(usize, Measured)) {
        /// For each kind a loop of its own.
        fn all<T>(
            of: impl Iterator<Item = T>,
            value: impl Fn(T) -> Option<Measured>,
            mut emit: impl FnMut(usize, Measured),
        ) {
            for (at, of) in of.enumerate() {
                if let Some(value) = value(of) {
                    emit(at, value);
                }
            }
        }
        let (aggregates, values) = (space.aggregates.iter(), space.values());
        // What is said of the values of a cell, if they were gathered.
        let of = |gathered: &dyn Fn(&[i64]) -> Option<Measured>, emit: &mut dyn FnMut(usize, Measured)| {
            let mut crowded = space.crowded.iter().peekable();
            for (at, values) in values.enumerate() {
                let known = crowded.next_if(|crowded| crowded.at == at);
                if let Some(value) = known.map_or_else(|| gathered(values), |crowded| crowded.found[kind].clone()) {
                    emit(at, value);
                }
            }
        };
        match self.kinds[kind].0 {
            MeasureKind::Sum => all(aggregates, |of| sum(column, of), emit),
            MeasureKind::Mean => all(aggregates, |of| mean(column, of), emit),
            kind @ (MeasureKind::Min | MeasureKind::Max) => all(aggregates, |of| of_sums(kind, column, of), emit),
            MeasureKind::Percentile(hundredths) => {
                of(&|sorted| percentile(column, sorted.len() as u64, hundredths, |at| sorted[at as usize]), &mut emit);
            }
            MeasureKind::Mode => of(&|sorted| mode(sorted).map(|order| present(column, order)), &mut emit),
            MeasureKind::Distinct => {
                of(&|sorted| Some(Measured::Integer(sorted.chunk_by(|a, b| a == b).count() as i64)), &mut emit);
            }
        }
    }
}

impl Space {
    /// Bytes held.
    pub fn size(&self) -> usize {
        let gathered = (self.gathered.capacity() + self.ends.capacity()) * 8;
        self.aggregates.capacity() * size_of::<Aggregate>() + gathered + self.spread.size()
    }

    /// The values of each cell.
    fn values(&self) -> impl Iterator<Item = &[i64]> {
        let starts = core::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.gathered[start..end])
    }
}

const fn needs_values(kind: MeasureKind) -> bool {
    matches!(kind, MeasureKind::Percentile(_) | MeasureKind::Mode | MeasureKind::Distinct)
}

/// A value of the column from its ordered integer.
pub(crate) fn present(column: &Column<'_>, order: i64) -> Measured {
    match column.values {
        Values::I32(_) | Values::I64(_) => integer(order.into(), column.facts.is_wide()),
        Values::F32(_) => Measured::Float(unordered(order) as f32),
        Values::F64(_) => Measured::Double(unordered(order)),
        Values::Bool(_) => Measured::Boolean(order != 0),
        Values::Text(..) => Measured::Code(order as u32),
        Values::Time(_) => Measured::Integer(milliseconds(order)),
    }
}

/// What a kind of measure makes of what values of a column add up to.
pub(crate) fn of_sums(kind: MeasureKind, column: &Column<'_>, aggregate: &Aggregate) -> Option<Measured> {
    match kind {
        MeasureKind::Sum => sum(column, aggregate),
        MeasureKind::Mean => mean(column, aggregate),
        MeasureKind::Min => (aggregate.present() > 0).then(|| present(column, aggregate.extremes().0)),
        MeasureKind::Max => (aggregate.present() > 0).then(|| present(column, aggregate.extremes().1)),
        MeasureKind::Percentile(_) | MeasureKind::Mode | MeasureKind::Distinct => None,
    }
}

/// An integer, or its digits where the property is of texts because some values are too large to be exact.
fn integer(value: i128, wide: bool) -> Measured {
    match i64::try_from(value) {
        Ok(value) if !wide && value.unsigned_abs() <= MAX_EXACT.unsigned_abs() => Measured::Integer(value),
        _ => Measured::Wide(format!("{value}")),
    }
}

fn sum(column: &Column<'_>, aggregate: &Aggregate) -> Option<Measured> {
    match aggregate {
        Aggregate::Integers(partial) if partial.present > 0 => Some(integer(partial.sum, column.facts.is_sum_wide())),
        Aggregate::Floats(partial) if partial.present > 0 => finite(partial.sum.rounded()),
        _ => None,
    }
}

fn mean(column: &Column<'_>, aggregate: &Aggregate) -> Option<Measured> {
    let present = aggregate.present();
    match aggregate {
        _ if present == 0 => None,
        Aggregate::Integers(partial) if column.kind() == Kind::Time => {
            let micros = partial.sum.div_euclid(present.into());
            i64::try_from(micros).ok().map(|micros| Measured::Integer(milliseconds(micros)))
        }
        _ => finite(aggregate.sum() / present as f64),
    }
}

/// A double, unless the sum of finite values has left their range.
fn finite(value: f64) -> Option<Measured> {
    value.is_finite().then_some(Measured::Double(value))
}

/// Where among so many values a percentile lies: the rank below it and the way from there to the next.
pub(crate) fn rank(count: u64, hundredths: u16) -> (u64, f64) {
    let rank = (count - 1) * u64::from(hundredths);
    (rank / 10_000, (rank % 10_000) as f64 / 10_000.0)
}

/// Linear between ranks: at h = (n − 1)·p, the value at ⌊h⌋ plus the fraction of h of the way to the next (Hyndman and
/// Fan 1996, type 7). Integers are taken as doubles; times are rounded down to milliseconds.
pub(crate) fn percentile(
    column: &Column<'_>,
    count: u64,
    hundredths: u16,
    at: impl Fn(u64) -> i64,
) -> Option<Measured> {
    let last = count.checked_sub(1)?;
    let (below, fraction) = rank(count, hundredths);
    let number = |order: i64| match column.values {
        Values::F32(_) | Values::F64(_) => unordered(order),
        _ => order as f64,
    };
    let low = number(at(below));
    let high = number(at((below + 1).min(last)));
    let value = if fraction == 0.0 { low } else { between(low, high, fraction) };
    match column.values {
        Values::Time(_) => Some(Measured::Integer(milliseconds(libm::floor(value) as i64))),
        _ => finite(value),
    }
}

/// The most frequent of sorted values, ties by the smallest.
fn mode(sorted: &[i64]) -> Option<i64> {
    let mut best: Option<&[i64]> = None;
    for run in sorted.chunk_by(|a, b| a == b) {
        if best.is_none_or(|best| run.len() > best.len()) {
            best = Some(run);
        }
    }
    best.and_then(|run| run.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{small::work::Work, table::facts::Facts};

    fn measure(values: Values<'_>, valid: Option<&[u8]>, kind: MeasureKind) -> Option<Measured> {
        let facts = Facts::of(values, valid);
        let column = Column::new("v", values, valid, &facts).expect("fits");
        let mut out = None;
        let measures = Measures { column: 0, kinds: Vec::from([(kind, 0)]) };
        let cell = Cell { code: 0, run: 0..column.len(), count: column.len(), landmark: None };
        let mut space = Space::default();
        measures.prepare(&column, None, [cell].chunks(1), None, &mut Work::free().toll(), &mut space).expect("goes on");
        measures.each(&column, 0, &space, |_, value| out = Some(value));
        out
    }

    /// The values R's `quantile(c(1, 2, 4, 8), p, type = 7)` gives.
    #[test]
    fn percentiles_are_those_of_type_seven() {
        let values = Values::I32(&[8, 1, 4, 2]);
        for (hundredths, expected) in [(5000, 3.0), (2500, 1.75), (9500, 7.4), (0, 1.0), (10_000, 8.0)] {
            let Some(Measured::Double(got)) = measure(values, None, MeasureKind::Percentile(hundredths)) else {
                panic!("a percentile of integers is a double")
            };
            assert!((got - expected).abs() < 1e-12, "{hundredths}: {got}");
        }
    }

    #[test]
    fn nulls_are_left_out_and_a_cell_of_nulls_has_no_value() {
        let values = Values::F64(&[1.5, 99.0, 2.5]);
        assert_eq!(measure(values, Some(&[0b101]), MeasureKind::Mean), Some(Measured::Double(2.0)));
        for kind in [MeasureKind::Sum, MeasureKind::Mean, MeasureKind::Min, MeasureKind::Mode] {
            assert_eq!(measure(values, Some(&[0]), kind), None);
        }
        assert_eq!(measure(values, Some(&[0]), MeasureKind::Distinct), Some(Measured::Integer(0)));
    }

    #[test]
    fn large_integers_are_told_as_text() {
        let huge = i64::MAX;
        let values = Values::I64(&[huge, huge]);
        assert_eq!(measure(values, None, MeasureKind::Sum), Some(Measured::Wide("18446744073709551614".into())));
        assert_eq!(measure(values, None, MeasureKind::Min), Some(Measured::Wide("9223372036854775807".into())));
        assert_eq!(measure(Values::I64(&[7, 7, 3]), None, MeasureKind::Mode), Some(Measured::Integer(7)));
        assert_eq!(measure(Values::I64(&[7, 3]), None, MeasureKind::Mode), Some(Measured::Integer(3)));
    }
}
