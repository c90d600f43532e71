//! Sums up all landmarks of a subtree in one sweep over its rows.
//!
//! What enters is a column, the rows that pass and the landmarks inside one of them; what leaves is an aggregate of each.
//! Rows are taken in windows: first the values that pass are put side by side, a word of bits at a time, then each stretch
//! between two landmarks is a slice of them. A stretch holds few rows; finding them bit by bit, stretch after stretch,
//! costs more than adding them up, because the processor cannot guess where the next one ends.

use crate::{
    filter::mask::Mask,
    points::landmarks::{Landmark, Landmarks},
    small::work::{Stopped, Toll, Work},
    sums::{
        exact::{DoubleDouble, Total, ordered},
        partial::{Partial, WORDS},
    },
    table::{
        columns::Column,
        values::{Codes, Values},
    },
};
use alloc::{vec, vec::Vec};
use core::ops::Range;

/// Words of bits in a window.
const WINDOW: usize = 64;
/// Rows in a window.
const ROWS: usize = WINDOW * 64;

/// A landmark with all inside it, whose aggregates are to be found.
#[derive(Debug)]
pub struct Piece<'p> {
    landmarks: Landmarks<'p>,
    column: &'p Column<'p>,
    mask: Option<&'p Mask>,
    crowd: usize,
    at: usize,
    work: &'p Work<'p>,
    /// Whether it was stopped before its end.
    pub(crate) stopped: Option<Stopped>,
    /// Those that have an aggregate, ascending.
    pub(crate) known: Vec<usize>,
    /// Their aggregates.
    pub(crate) nodes: Vec<[u64; WORDS]>,
}

/// What values of a column are added up as.
trait Number: Copy {
    type Sum: Total;
    const ZERO: Self;
    /// Puts the values of some rows side by side: those of `first` on whose bits are set.
    fn gather(column: &Column<'_>, first: usize, bits: &[u64], window: &mut Window<'_, Self>);
    fn order(self) -> i64;
    fn add(self, sum: &mut Self::Sum);
}

impl Number for f64 {
    type Sum = DoubleDouble;
    const ZERO: Self = 0.0;

    fn gather(column: &Column<'_>, first: usize, bits: &[u64], window: &mut Window<'_, Self>) {
        match column.values {
            Values::F32(v) => window.fill(bits, &v[first..], f64::from),
            Values::F64(v) => window.fill(bits, &v[first..], |value| value),
            _ => {}
        }
    }

    #[inline]
    fn order(self) -> i64 {
        ordered(self)
    }

    #[inline]
    fn add(self, sum: &mut DoubleDouble) {
        sum.add(self);
    }
}

impl Number for i64 {
    type Sum = i128;
    const ZERO: Self = 0;

    fn gather(column: &Column<'_>, first: usize, bits: &[u64], window: &mut Window<'_, Self>) {
        match column.values {
            Values::I32(v) => window.fill(bits, &v[first..], i64::from),
            Values::I64(v) | Values::Time(v) => window.fill(bits, &v[first..], |value| value),
            Values::Text(Codes::U8(v), _) => window.fill(bits, &v[first..], i64::from),
            Values::Text(Codes::U16(v), _) => window.fill(bits, &v[first..], i64::from),
            Values::Text(Codes::U32(v), _) => window.fill(bits, &v[first..], i64::from),
            // Windows begin at a whole byte.
            Values::Bool(v) => {
                let all: Vec<bool> = (first..v.len.min(first + ROWS)).map(|row| v.get(row)).collect();
                window.fill(bits, &all, i64::from);
            }
            Values::F32(_) | Values::F64(_) => {}
        }
    }

    #[inline]
    fn order(self) -> i64 {
        self
    }

    #[inline]
    fn add(self, sum: &mut i128) {
        *sum += i128::from(self);
    }
}

/// Some rows in order, and the values of those that pass side by side.
struct Window<'p, N> {
    column: &'p Column<'p>,
    mask: Option<&'p Mask>,
    /// The first row; a multiple of 64.
    first: usize,
    /// Bits of its rows.
    bits: Vec<u64>,
    /// Values before each word of bits, and all of them.
    before: Vec<u16>,
    values: Vec<N>,
}

impl<'p, N: Number> Window<'p, N> {
    fn new(column: &'p Column<'p>, mask: Option<&'p Mask>) -> Self {
        let (before, values) = (vec![0; WINDOW + 1], vec![N::ZERO; ROWS + 64]);
        Self { column, mask, first: 0, bits: Vec::with_capacity(WINDOW), before, values }
    }

    /// The row after its last.
    fn end(&self) -> usize {
        self.first + self.bits.len() * 64
    }

    /// Adds up the rows of a run that pass; moves to where they are.
    fn take(&mut self, run: Range<usize>, total: &mut Partial<N::Sum>, toll: &mut Toll<'_>) -> Result<(), Stopped> {
        let mut row = run.start;
        while row < run.end {
            if row < self.first || row >= self.end() {
                toll.pay(ROWS)?;
                self.go_to(row);
            }
            let stop = run.end.min(self.end());
            let values = &self.values[self.rank(row)..self.rank(stop)];
            total.present += values.len() as u64;
            for &value in values {
                value.add(&mut total.sum);
                let order = value.order();
                (total.min, total.max) = (total.min.min(order), total.max.max(order));
            }
            row = stop;
        }
        Ok(())
    }

    fn go_to(&mut self, row: usize) {
        let (column, mask) = (self.column, self.mask);
        let first = row / 64 * 64;
        let rows = (column.len() - first).min(ROWS);
        let mut bits = core::mem::take(&mut self.bits);
        bits.clear();
        let word = |row| mask.map_or(u64::MAX, |mask| mask.word(row)) & column.valid_word(row);
        bits.extend((first..first + rows).step_by(64).map(word));
        if let (Some(last), used @ 1..) = (bits.last_mut(), rows % 64) {
            *last &= (1 << used) - 1;
        }
        N::gather(column, first, &bits, self);
        (self.first, self.bits) = (first, bits);
    }

    fn fill<V: Copy>(&mut self, bits: &[u64], values: &[V], number: impl Fn(V) -> N) {
        let mut found = 0;
        for (i, (&word, values)) in bits.iter().zip(values.chunks(64)).enumerate() {
            self.before[i] = found as u16;
            let Some(room) = self.values[found..].first_chunk_mut::<64>() else { break };
            if let (u64::MAX, Some(values)) = (word, values.first_chunk::<64>()) {
                *room = values.map(&number);
            } else {
                let (mut rest, mut at) = (word, 0);
                while rest != 0 {
                    room[at % 64] = number(values[rest.trailing_zeros() as usize]);
                    at += 1;
                    rest &= rest - 1;
                }
            }
            found += word.count_ones() as usize;
        }
        self.before[bits.len()] = found as u16;
    }

    /// Values before a row of it, or before the row after its last.
    #[inline]
    fn rank(&self, row: usize) -> usize {
        let (word, bit) = ((row - self.first) / 64, (row - self.first) % 64);
        let within = self.bits.get(word).map_or(0, |bits| bits & ((1 << bit) - 1));
        usize::from(self.before[word]) + within.count_ones() as usize
    }
}

impl<'p> Piece<'p> {
    pub(crate) const fn new(
        landmarks: Landmarks<'p>,
        column: &'p Column<'p>,
        mask: Option<&'p Mask>,
        crowd: usize,
        at: usize,
        work: &'p Work<'p>,
    ) -> Self {
        Self { landmarks, column, mask, crowd, at, work, stopped: None, known: Vec::new(), nodes: Vec::new() }
    }

    /// Finds them, unless it is told to stop.
    pub fn fill(&mut self) {
        let filled = match self.column.values {
            Values::F32(_) | Values::F64(_) => self.sweep::<f64>(),
            _ => self.sweep::<i64>(),
        };
        self.stopped = filled.err();
        // All pieces are held at once, until they are put together.
        self.known.shrink_to_fit();
        self.nodes.shrink_to_fit();
    }

    fn sweep<N: Number>(&mut self) -> Result<(), Stopped> {
        let Self { landmarks, column, mask, crowd, at, work, ref mut known, ref mut nodes, .. } = *self;
        let toll = &mut work.toll();
        let end = landmarks.get(at).skip;
        let mut window = Window::<N>::new(column, mask);
        let mut row = landmarks.get(at).start;
        let mut open: Vec<Open<N::Sum>> = Vec::new();
        let mut at = at;
        loop {
            let next = (at < end).then(|| landmarks.get(at));
            // Those that end before it.
            while let Some(mut inner) = open.pop_if(|open| next.is_none_or(|next| open.end <= next.start)) {
                window.take(row..inner.end, &mut inner.total, toll)?;
                row = inner.end;
                nodes[inner.place] = inner.total.to_words();
                if let Some(around) = open.last_mut() {
                    around.total.merge(&inner.total);
                }
            }
            let Some(next) = next else { return Ok(()) };
            toll.pay(1)?;
            if !is_crowded(&next, mask, crowd) {
                at = next.skip;
                continue;
            }
            if let Some(around) = open.last_mut() {
                window.take(row..next.start, &mut around.total, toll)?;
            }
            row = next.start;
            open.push(Open { place: nodes.len(), end: next.end, total: Partial::EMPTY });
            known.push(at);
            nodes.push([0; WORDS]);
            at += 1;
        }
    }
}

/// Whether so many of its rows pass that their aggregate is kept. If so, the same holds for all around it.
pub(crate) fn is_crowded(landmark: &Landmark, mask: Option<&Mask>, crowd: usize) -> bool {
    mask.is_none_or(|mask| mask.count(landmark.run()) > crowd)
}

/// A landmark whose rows are being taken.
struct Open<T> {
    place: usize,
    end: usize,
    total: Partial<T>,
}
