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
        work::{Stopped, Toll, Work},
    },
    table::{
        columns::Column,
        facts::Scalar,
        values::{Kind, Values},
        view::Table,
    },
    time::{Interval, Period, UTC, Zone},
};
use alloc::{format, string::String, vec, vec::Vec};
use core::ops::{Range, RangeInclusive};

/// Values that get a property of their own.
pub const MAX_CATEGORIES: usize = 20;
/// Periods that fit in a tile.
pub const MAX_PERIODS: usize = 1000;
/// What finding the period of a row costs, in looks at rows.
const LOOK: usize = 8;

/// The categories of a column, each a slot.
#[derive(Clone, Debug)]
pub struct Categories {
    /// The column.
    pub column: usize,
    /// What each slot counts, in the order of the slots.
    pub slots: Vec<Category>,
    /// What periods go by.
    pub calendar: Option<Calendar>,
    lookup: Lookup,
}

/// Periods, in UTC or by the clock of a zone.
#[derive(Clone, Debug)]
pub struct Calendar {
    period: Period,
    zone: Option<Zone>,
}

impl Calendar {
    fn floor(&self, micros: i64) -> i64 {
        self.zone.as_ref().map_or_else(|| self.period.floor(micros), |zone| zone.floor(self.period, micros))
    }

    /// The start of the period after one that begins so.
    fn next(&self, start: i64) -> i64 {
        self.zone.as_ref().map_or_else(|| self.period.next(start), |zone| zone.next(self.period, start))
    }

    /// The start of a period as a date, or as a time where the period is shorter than a day.
    pub fn label(&self, start: i64) -> String {
        match &self.zone {
            None => self.period.label(start),
            Some(zone) => {
                let shown = zone.shows(start);
                let label = self.period.label(shown);
                match label.strip_suffix('Z') {
                    Some(time) => format!("{time}{}", Ahead(shown.saturating_sub(start))),
                    None => label,
                }
            }
        }
    }
}

/// How far a clock is ahead of UTC, as times have it.
struct Ahead(i64);

impl core::fmt::Display for Ahead {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let minutes = self.0.unsigned_abs() / 60_000_000;
        write!(f, "{}{:02}:{:02}", if self.0 < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
    }
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
    /// When the column is not categorical, or the periods are too many; when nobody waits for it any more.
    pub fn of(
        by: &By,
        index: usize,
        table: &Table<'_>,
        passing: Option<Interval>,
        work: &Work<'_>,
    ) -> Result<Self, QueryError> {
        let column = &table.columns()[index];
        match (column.kind(), by.period) {
            (Kind::Time, Some(period)) => {
                let zone = by.zone.as_ref().filter(|name| *name != UTC).map(|name| {
                    let message =
                        format!("got the zone {name:?}, which is not known here, expected one such as Europe/Paris");
                    table.zone(name).cloned().ok_or_else(|| QueryError::new("by", message))
                });
                Self::periods(index, column, Calendar { period, zone: zone.transpose()? }, passing, work)
            }
            (Kind::Time, None) => {
                Err(QueryError::new("by", format!("column {} is of times, expected a period", by.column))
                    .hint(format!("by={}:month, or year, quarter, week, day, hour", by.column)))
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
        Ok(Self { column: index, slots, calendar: None, lookup })
    }

    fn periods(
        index: usize,
        column: &Column<'_>,
        calendar: Calendar,
        passing: Option<Interval>,
        work: &Work<'_>,
    ) -> Result<Self, QueryError> {
        let from = passing.and_then(|interval| interval.start).unwrap_or(i64::MIN);
        let to = passing.and_then(|interval| interval.end).unwrap_or(i64::MAX);
        let mut starts = Vec::new();
        if let Some((Scalar::Time(first), Scalar::Time(last))) = column.facts.range {
            let (first, last) = (first.max(from), last.min(to));
            let mut start = calendar.floor(first);
            while first <= last && start <= last && starts.len() <= MAX_PERIODS {
                starts.push(start);
                start = calendar.next(start);
            }
        }
        if starts.len() > MAX_PERIODS {
            // A few stray times make a long span of few periods.
            let given_up = |stopped| QueryError::new("by", "counting its periods was given up").because(stopped);
            starts = occurring(column, &calendar, from..=to, work).map_err(given_up)?;
        }
        if starts.len() > MAX_PERIODS {
            let message = format!(
                "the times of column {} are in more than {MAX_PERIODS} periods of a {}, expected fewer",
                column.name,
                calendar.period.name()
            );
            return Err(QueryError::new("by", message)
                .hint(String::from("take a longer period, or a part of it with datetime=")));
        }
        let mut slots: Vec<Category> = starts.iter().map(|&start| Category::Period(start)).collect();
        if column.facts.nulls > 0 {
            slots.push(Category::Null);
        }
        Ok(Self { column: index, slots, calendar: Some(calendar), lookup: Lookup::Periods(starts) })
    }

    /// Counts the rows of some runs that pass the mask, slot by slot; `emit` gets each slot that is not empty.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn count(
        &self,
        column: &Column<'_>,
        mut runs: impl Iterator<Item = Range<usize>>,
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
        runs.try_for_each(|run| {
            toll.each_step(run, |part| match mask {
                Some(mask) => mask.rows(part).for_each(&mut visit),
                None => part.for_each(&mut visit),
            })
        })?;
        for (slot, &count) in counts[..last].iter().enumerate().filter(|&(_, &count)| count > 0) {
            emit(slot, count);
        }
        Ok(())
    }
}

/// The starts of the periods in which there are rows, ascending; one too many where they are too many, or where the rows are
/// elsewhere.
fn occurring(
    column: &Column<'_>,
    calendar: &Calendar,
    passing: RangeInclusive<i64>,
    work: &Work<'_>,
) -> Result<Vec<i64>, Stopped> {
    let Values::Time(times) = column.values else { return Ok(Vec::new()) };
    let mut starts = Vec::new();
    if times.is_empty() {
        starts.resize(MAX_PERIODS + 1, 0);
    }
    let (mut toll, mut end) = (work.toll(), i64::MIN);
    let mut start = i64::MAX;
    for (row, &time) in times.iter().enumerate() {
        toll.pay(LOOK)?;
        if !column.is_valid(row) || !passing.contains(&time) || (start..end).contains(&time) {
            continue;
        }
        start = calendar.floor(time);
        end = calendar.next(start);
        if let Err(place) = starts.binary_search(&start) {
            starts.insert(place, start);
            if starts.len() > MAX_PERIODS {
                break;
            }
        }
    }
    Ok(starts)
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
        table::{facts::Facts, view::Roles},
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
            Categories::of(&by, 0, &table, passing, &Work::free()).map(|categories| categories.slots)
        };
        let few = ["2001-01-01", "2023-01-05", "2023-01-31", "2098-09-11"].map(micros).map(Category::Period);
        assert_eq!(slots("by=ts:day").expect("four days of 98 years"), few);
        let days = slots("by=ts:day&datetime=2023-01-05/2023-01-31").expect("fits");
        assert_eq!(days.len(), 27);
        assert_eq!(days[0], Category::Period(micros("2023-01-05")));
        assert_eq!(slots("by=ts:day&datetime=1999-01-01/1999-12-31").expect("none"), []);
        // What begins within a period counts from its beginning.
        let hours = slots("by=ts:hour&datetime=2023-01-05T10:30:00Z/2023-01-05T11:10:00Z").expect("fits");
        assert_eq!(hours, ["2023-01-05T10:00:00Z", "2023-01-05T11:00:00Z"].map(micros).map(Category::Period));
        // With rows on each of too many days there are too many.
        let times: Vec<i64> = (0..=MAX_PERIODS as i64).map(|day| day * time::DAY).collect();
        let facts = Facts::of(Values::Time(&times), None);
        let columns = [Column::new("ts", Values::Time(&times), None, &facts).expect("fits")];
        let table = Table::new("t", times.len(), &columns, Roles::default()).expect("fits");
        let by = TileQuery::parse("by=ts:day").expect("a good query").by.expect("said");
        let error = Categories::of(&by, 0, &table, None, &Work::free()).expect_err("1001 days");
        assert!(error.message.contains("more than 1000 periods of a day"), "{error}");
    }
}
