//! `by`: a count for each category, or for each period of time, in a cell.
//!
//! Which categories have a property of their own is decided by the facts of the full dataset, so that the names are the
//! same under every filter and in every tile: the most frequent values, then one for the rest and one for nulls.

use crate::{
    filter::mask::Mask,
    query::By,
    small::{
        self,
        error::QueryError,
        work::{Stopped, Toll},
    },
    table::{
        columns::Column,
        facts::Scalar,
        values::{Kind, Values},
    },
    time::{Interval, Period},
};
use alloc::{format, string::String, vec, vec::Vec};
use core::ops::Range;

/// Values that get a property of their own.
pub const MAX_CATEGORIES: usize = 20;
/// Periods that fit in a tile.
pub const MAX_PERIODS: usize = 1000;

/// The categories of a column, each a slot.
#[derive(Clone, Debug)]
pub struct Categories {
    /// The column.
    pub column: usize,
    /// What each slot counts, in the order of the slots.
    pub slots: Vec<Category>,
    lookup: Lookup,
}

/// What is counted in a slot.
#[derive(Clone, Debug, PartialEq)]
pub enum Category {
    /// One value.
    Value(Scalar),
    /// Values that have no slot of their own.
    Other,
    /// No value.
    Null,
    /// The period that starts at this microsecond.
    Period(i64),
}

/// From a value to its slot.
#[derive(Clone, Debug)]
enum Lookup {
    Codes(Vec<u16>),
    Booleans([u16; 2]),
    /// Sorted values with their slots, and the slot of all others.
    Integers(Vec<(i64, u16)>, u16),
    /// Starts of periods, slot by slot.
    Periods(Vec<i64>),
}

impl Categories {
    /// Fits `by` to a column, of which only the times of an interval pass, where there is one.
    ///
    /// # Errors
    /// When the column is not categorical, or the periods are too many.
    pub fn of(by: &By, index: usize, column: &Column<'_>, passing: Option<Interval>) -> Result<Self, QueryError> {
        match (column.kind(), by.period) {
            (Kind::Time, Some(period)) => Self::periods(index, column, period, passing),
            (Kind::Time, None) => {
                Err(QueryError::new("by", format!("column {} is of times, expected a period", by.column))
                    .hint(format!("by={}:month, or year, day, hour", by.column)))
            }
            (kind, Some(_)) => Err(QueryError::new(
                "by",
                format!(
                    "column {} is of type {}, expected a time column where there is a period",
                    by.column,
                    kind.name()
                ),
            )),
            (_, None) => Self::values(by, index, column),
        }
    }

    fn values(by: &By, index: usize, column: &Column<'_>) -> Result<Self, QueryError> {
        let facts = column.facts;
        if column.kind() == Kind::Float {
            let message = format!("column {} is of numbers with decimals, expected a column of categories", by.column);
            return Err(QueryError::new("by", message)
                .hint(String::from("texts, whole numbers, or true and false; agg= measures numbers")));
        }
        let Some(distinct) = facts.distinct else {
            return Err(QueryError::new(
                "by",
                format!("column {} has too many different values, expected a column of categories", by.column),
            ));
        };
        let top = &facts.categories[..facts.categories.len().min(MAX_CATEGORIES)];
        let mut slots: Vec<Category> = top.iter().map(|&(value, _)| Category::Value(value)).collect();
        let other = slots.len() as u16;
        if distinct > top.len() as u64 {
            slots.push(Category::Other);
        }
        if facts.nulls > 0 {
            slots.push(Category::Null);
        }
        let own = |value: Scalar| top.iter().position(|&(own, _)| own == value).map_or(other, |slot| slot as u16);
        let lookup = match column.values {
            Values::Text(_, words) => {
                let mut codes = vec![other; words.len()];
                for (slot, &(value, _)) in top.iter().enumerate() {
                    if let Scalar::Text(code) = value
                        && let Some(place) = codes.get_mut(code as usize)
                    {
                        *place = slot as u16;
                    }
                }
                Lookup::Codes(codes)
            }
            Values::Bool(_) => Lookup::Booleans([own(Scalar::Boolean(false)), own(Scalar::Boolean(true))]),
            _ => {
                let integers = top.iter().enumerate().filter_map(|(slot, &(value, _))| match value {
                    Scalar::Integer(value) => Some((value, slot as u16)),
                    _ => None,
                });
                let mut integers: Vec<_> = integers.collect();
                small::sort(&mut integers);
                Lookup::Integers(integers, other)
            }
        };
        Ok(Self { column: index, slots, lookup })
    }

    fn periods(
        index: usize,
        column: &Column<'_>,
        period: Period,
        passing: Option<Interval>,
    ) -> Result<Self, QueryError> {
        let mut starts = Vec::new();
        if let Some((Scalar::Time(first), Scalar::Time(last))) = column.facts.range {
            let from = passing.and_then(|interval| interval.start).unwrap_or(i64::MIN);
            let to = passing.and_then(|interval| interval.end).unwrap_or(i64::MAX);
            let (first, last) = (first.max(from), last.min(to));
            let mut start = period.floor(first);
            while first <= last && start <= last {
                if starts.len() == MAX_PERIODS {
                    let message = format!(
                        "column {} spans more than {MAX_PERIODS} periods of a {}, expected fewer",
                        column.name,
                        period.name()
                    );
                    return Err(QueryError::new("by", message)
                        .hint(String::from("take a longer period, or a part of it with datetime=")));
                }
                starts.push(start);
                start = period.next(start);
            }
        }
        let mut slots: Vec<Category> = starts.iter().map(|&start| Category::Period(start)).collect();
        if column.facts.nulls > 0 {
            slots.push(Category::Null);
        }
        Ok(Self { column: index, slots, lookup: Lookup::Periods(starts) })
    }

    /// Counts the rows of a run that pass the mask, slot by slot; `emit` gets each slot that is not empty.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn count(
        &self,
        column: &Column<'_>,
        run: Range<usize>,
        mask: Option<&Mask>,
        toll: &mut Toll<'_>,
        counts: &mut Vec<u32>,
        mut emit: impl FnMut(usize, u32),
    ) -> Result<(), Stopped> {
        counts.clear();
        // One more than the slots, for values that a subset's facts did not foresee.
        counts.resize(self.slots.len() + 1, 0);
        let last = self.slots.len();
        let null = self.slots.iter().position(|slot| *slot == Category::Null).unwrap_or(last);
        let mut visit = |row| {
            let slot = if column.is_valid(row) { self.lookup.slot(&column.values, row) } else { null };
            counts[slot.min(last)] += 1;
        };
        toll.each_step(run, |part| match mask {
            Some(mask) => mask.rows(part).for_each(&mut visit),
            None => part.for_each(&mut visit),
        })?;
        for (slot, &count) in counts[..last].iter().enumerate().filter(|&(_, &count)| count > 0) {
            emit(slot, count);
        }
        Ok(())
    }
}

impl Lookup {
    #[inline]
    fn slot(&self, values: &Values<'_>, row: usize) -> usize {
        match (self, values) {
            // A code that has no text, as in a file that was damaged, has no slot either.
            (Self::Codes(slots), Values::Text(codes, _)) => {
                slots.get(codes.get(row)).map_or(usize::MAX, |&slot| slot.into())
            }
            (Self::Booleans(slots), Values::Bool(bits)) => slots[usize::from(bits.get(row))].into(),
            (Self::Integers(slots, other), values) => {
                let value = match values {
                    Values::I32(v) => v[row].into(),
                    Values::I64(v) => v[row],
                    _ => return usize::MAX,
                };
                slots.binary_search_by_key(&value, |&(value, _)| value).map_or(*other, |at| slots[at].1).into()
            }
            (Self::Periods(starts), Values::Time(v)) => {
                starts.partition_point(|&start| start <= v[row]).wrapping_sub(1)
            }
            _ => usize::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        query::TileQuery,
        table::{
            facts::Facts,
            view::{Roles, Table},
        },
        time,
    };

    #[test]
    fn two_stray_dates_do_not_keep_a_month_from_having_its_days() {
        let micros = |text| time::parse(text).expect(text).first();
        let times = ["2001-01-01T00:10:00Z", "2023-01-05", "2023-01-31T23:59:59Z", "2098-09-11T02:23:31Z"].map(micros);
        let facts = Facts::of(Values::Time(&times), None);
        let columns = [Column::new("ts", Values::Time(&times), None, &facts).expect("fits")];
        let table = Table::new("t", 4, &columns, Roles { time: Some(0), ..Roles::default() }).expect("fits");
        let slots = |query: &str| {
            let query = TileQuery::parse(query).expect(query);
            let passing = query.datetime.filter(|_| table.roles().time == Some(0));
            let by = query.by.expect("said");
            Categories::of(&by, 0, &columns[0], passing).map(|categories| categories.slots)
        };
        assert!(slots("by=ts:day").expect_err("98 years").message.contains("more than 1000 periods of a day"));
        let days = slots("by=ts:day&datetime=2023-01-05/2023-01-31").expect("fits");
        assert_eq!(days.len(), 27);
        assert_eq!(days[0], Category::Period(micros("2023-01-05")));
        assert_eq!(slots("by=ts:day&datetime=1999-01-01/1999-12-31").expect("none"), []);
        // What begins within a period counts from its beginning.
        let hours = slots("by=ts:hour&datetime=2023-01-05T10:30:00Z/2023-01-05T11:10:00Z").expect("fits");
        assert_eq!(hours, ["2023-01-05T10:00:00Z", "2023-01-05T11:00:00Z"].map(micros).map(Category::Period));
    }
}
