//! The fitted filter over rows: 64 rows a word, a leaf at a time.

use super::fitted::{Filter, Test};
use crate::{
    formula::Lanes,
    geometry::Walk,
    outlines::frame_of,
    small::work::{Stopped, Work},
    space::{mercator::World, morton},
    table::{
        columns::Column,
        values::{Codes, Values},
        view::Table,
    },
};
use alloc::vec::Vec;
use core::ops::Range;

/// What is kept from one word to the next: the stack of formulas, the place among the cells of geometries, and what is owed
/// for what they looked at; and why it was given up, if it was.
struct Scratch<'f, 'w> {
    stack: Vec<Lanes>,
    walks: Vec<Walk<'f>>,
    owed: usize,
    /// Rows of the word of which the answer still decides anything, for tests that are dear.
    asked: u64,
    work: &'w Work<'w>,
    stopped: Option<Stopped>,
}

impl Filter {
    /// Which rows of a range pass, as bits, 64 rows a word from the first on; bits after the last are unspecified. The
    /// filter must have been bound to this table; `keys` are the Morton keys of its rows. Each row is paid for by
    /// [`Filter::price`] before it is looked at; those on the border of a geometry cost more.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn words(
        &self,
        table: &Table<'_>,
        keys: &[u64],
        rows: Range<usize>,
        work: &Work<'_>,
    ) -> Result<Vec<u64>, Stopped> {
        let (start, end) = (rows.start, rows.end.min(keys.len()));
        let mut words = Vec::with_capacity(end.saturating_sub(start).div_ceil(64));
        let mut scratch =
            Scratch { stack: Vec::new(), walks: Vec::new(), owed: 0, asked: u64::MAX, work, stopped: None };
        let mut toll = work.toll();
        let price = self.price();
        for row in (start..end).step_by(64) {
            let rows = row..end.min(row + 64);
            toll.pay(rows.len() * price + core::mem::take(&mut scratch.owed))?;
            words.push(self.word(table, keys, rows, &mut scratch));
            if let Some(stopped) = scratch.stopped {
                return Err(stopped);
            }
        }
        Ok(words)
    }

    /// Up to 64 rows as bits; bits from the end on are unspecified.
    fn word<'f>(&'f self, table: &Table<'_>, keys: &[u64], rows: Range<usize>, scratch: &mut Scratch<'f, '_>) -> u64 {
        match self {
            Self::Constant(constant) => u64::from(*constant).wrapping_neg(),
            Self::All(parts) => {
                let asked = scratch.asked;
                let word = parts.iter().fold(u64::MAX, |word, part| {
                    scratch.asked = asked & word;
                    if word == 0 { 0 } else { word & part.word(table, keys, rows.clone(), scratch) }
                });
                scratch.asked = asked;
                word
            }
            Self::Any(parts) => {
                let asked = scratch.asked;
                let word = parts.iter().fold(0, |word, part| {
                    scratch.asked = asked & !word;
                    if word == u64::MAX { word } else { word | part.word(table, keys, rows.clone(), scratch) }
                });
                scratch.asked = asked;
                word
            }
            Self::Column(index, test) => table.columns().get(*index).map_or(0, |column| test.word(column, rows)),
            Self::Relate(relate) => relate.word(table, keys, &rows, &mut scratch.stack),
            Self::Lies(lies) => {
                let (word, owed) = lies.word(keys, &rows, &mut scratch.walks);
                scratch.owed += owed;
                word
            }
            Self::Outlined(outlined) => {
                let Some(all) = table.outlined().filter(|_| scratch.stopped.is_none()) else { return 0 };
                outlined.word(all, rows, scratch.asked, &mut scratch.work.toll()).unwrap_or_else(|stopped| {
                    scratch.stopped = Some(stopped);
                    0
                })
            }
            // Bits apart from each other keep their order, so a coordinate need not be put together again.
            Self::X(first, last) => {
                let key = |x| morton::key(World { x, y: 0 });
                within(&keys[rows], key(u32::MAX), key(*first), key(*last))
            }
            Self::Y(first, last) => {
                let key = |y| morton::key(World { x: 0, y });
                within(&keys[rows], key(u32::MAX), key(*first), key(*last))
            }
            Self::Meets { x, y } => {
                let Some((outlines, boxes)) = table.outlined() else { return 0 };
                let Some(some) = boxes.get(rows.clone()) else { return 0 };
                let mut word = meeting(some, *x, *y);
                // Of what was cut at ±180° the box is the whole round: those of its parts count.
                for (at, frame) in some.iter().enumerate().filter(|_| x.is_some()) {
                    if word >> at & 1 == 1 && frame[0] == 0 && frame[2] == u32::MAX {
                        let row = rows.start + at;
                        let parts: Vec<_> = outlines.rings_of(row).map(|run| frame_of(&outlines, run)).collect();
                        scratch.owed += outlines.vertices_in(row) / 8;
                        let meets = parts.chunks(64).any(|parts| meeting(parts, *x, *y) != 0);
                        word &= !(u64::from(!meets) << at);
                    }
                }
                word
            }
        }
    }
}

/// Boxes (west, north, east, south) that have a step in common with another, which may run over the end of the world.
pub(super) fn meeting(boxes: &[[u32; 4]], x: Option<(u32, u32)>, (top, bottom): (u32, u32)) -> u64 {
    bits(boxes, |&[west, north, east, south]| {
        let across =
            x.is_none_or(
                |(first, last)| {
                    if first <= last { west <= last && east >= first } else { west <= last || east >= first }
                },
            );
        across && north <= bottom && south >= top
    })
}

/// Keys whose bits of one coordinate lie from `first` to `last`, over the end of the world if `first` is above `last`.
fn within(keys: &[u64], coordinate: u64, first: u64, last: u64) -> u64 {
    if first <= last {
        bits(keys, |key| (first..=last).contains(&(key & coordinate)))
    } else {
        !bits(keys, |key| key & coordinate > last && key & coordinate < first)
    }
}

impl Test {
    fn word(&self, column: &Column<'_>, rows: Range<usize>) -> u64 {
        let start = rows.start;
        let valid = column.valid_word(start);
        if *self == Self::Null {
            return !valid;
        }
        if valid == 0 {
            return 0;
        }
        let passes = match (self, column.values) {
            (Self::Present, _) => u64::MAX,
            (Self::Boolean(true), Values::Bool(values)) => values.word(start),
            (Self::Boolean(false), Values::Bool(values)) => !values.word(start),
            (Self::Codes(set), Values::Text(codes, _)) => match codes {
                Codes::U8(codes) => bits(&codes[rows], |&code| member(set, code.into())),
                Codes::U16(codes) => bits(&codes[rows], |&code| member(set, code.into())),
                Codes::U32(codes) => bits(&codes[rows], |&code| member(set, code as usize)),
            },
            (_, Values::Text(codes, _)) => match codes {
                Codes::U8(codes) => self.integers(&codes[rows]),
                Codes::U16(codes) => self.integers(&codes[rows]),
                Codes::U32(codes) => self.integers(&codes[rows]),
            },
            (_, Values::I32(values)) => self.integers(&values[rows]),
            (_, Values::I64(values) | Values::Time(values)) => self.integers(&values[rows]),
            (_, Values::F32(values)) => self.floats(&values[rows]),
            (_, Values::F64(values)) => self.floats(&values[rows]),
            // A test for another type: the filter was bound to other points.
            _ => 0,
        };
        passes & valid
    }

    fn integers<T: Whole>(&self, values: &[T]) -> u64 {
        match self {
            Self::Integers { min, max, not } => {
                // Compared at their own width, many at a time.
                let passes = match T::within(*min, *max) {
                    Some((min, max)) => bits(values, |&value| (min..=max).contains(&value)),
                    None => 0,
                };
                passes ^ u64::from(*not).wrapping_neg()
            }
            Self::IntegerSet { values: set, not } => {
                bits(values, |&value| set.binary_search(&value.into()).is_ok()) ^ u64::from(*not).wrapping_neg()
            }
            _ => 0,
        }
    }

    fn floats<T: Copy + Into<f64>>(&self, values: &[T]) -> u64 {
        match self {
            Self::Floats { min, max, not } => {
                bits(values, |&value| (*min..=*max).contains(&value.into())) ^ u64::from(*not).wrapping_neg()
            }
            Self::FloatSet { values: set, not } => {
                let contains = |value: f64| set.binary_search_by(|probe| probe.total_cmp(&value)).is_ok();
                bits(values, |&value| contains(value.into())) ^ u64::from(*not).wrapping_neg()
            }
            _ => 0,
        }
    }
}

/// Integers of a width.
trait Whole: Copy + Ord + Into<i64> {
    /// The part of a closed range that this width can hold; `None` for no part of it.
    fn within(min: i64, max: i64) -> Option<(Self, Self)>;
}

macro_rules! whole {
    ($($width:ty),*) => {$(
        impl Whole for $width {
            fn within(min: i64, max: i64) -> Option<(Self, Self)> {
                let (min, max) = (min.max(Self::MIN.into()), max.min(Self::MAX.into()));
                (min <= max).then_some((min as Self, max as Self))
            }
        }
    )*};
}

whole!(u8, u16, u32, i32, i64);

/// A bit for each of up to 64 values: first a byte for each, in a loop without a step that waits for the one before.
fn bits<T>(values: &[T], test: impl Fn(&T) -> bool) -> u64 {
    let mut bytes = [0; 64];
    match values.first_chunk::<64>() {
        // Of a fixed length, so that the loop can be unrolled.
        Some(full) => bytes.iter_mut().zip(full).for_each(|(byte, value)| *byte = u8::from(test(value))),
        None => bytes.iter_mut().zip(values).for_each(|(byte, value)| *byte = u8::from(test(value))),
    }
    // Multiplying puts the low bits of eight bytes side by side into the highest.
    let eights = bytes.as_chunks::<8>().0.iter().rev();
    eights.fold(0, |word, &eight| word << 8 | u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56)
}

fn member(set: &[u64], code: usize) -> bool {
    set.get(code / 64).is_some_and(|word| word >> (code % 64) & 1 != 0)
}
