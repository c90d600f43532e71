//! What two pieces of a column are together.

use super::{SHOWN, Seen};

impl Seen {
    /// Adds what fields behind these are, whose lines are counted from one.
    pub fn merge(&mut self, part: Self, line: u64) {
        self.missing += part.missing;
        self.first_missing = self.first_missing.take().or(part.first_missing);
        self.turned += part.turned;
        self.turned_mark = self.turned_mark.or(part.turned_mark);
        self.first_turned = self.first_turned.take().or(part.first_turned.map(|(at, text)| (at + line, text)));
        self.fixed += part.fixed;
        // Of two signs neither makes numbers of all.
        let same = match (&self.first_parted, &part.first_parted) {
            (Some((a, _)), Some((b, _))) => a == b,
            _ => true,
        };
        self.parted += if same { part.parted } else { 0 };
        self.first_parted = self.first_parted.take().or(part.first_parted);
        self.maybe += part.maybe;
        self.first_maybe = self.first_maybe.take().or(part.first_maybe);
        self.integers += part.integers;
        self.digits += part.digits;
        self.floats += part.floats;
        self.grouped += part.grouped;
        self.broken |= part.broken;
        self.booleans += part.booleans;
        self.times += part.times;
        self.formatted += part.formatted;
        self.civil += part.civil;
        self.day_first += part.day_first;
        self.month_first += part.month_first;
        self.dates += part.dates;
        self.dotted += part.dotted;
        self.open += part.open;
        self.year_first += part.year_first;
        self.clocks += part.clocks;
        self.packed += part.packed;
        self.four += part.four;
        self.zeroed += part.zeroed;
        self.first_zeroed = self.first_zeroed.take().or(part.first_zeroed);
        self.pairs += part.pairs;
        self.over = (self.over.0 + part.over.0, self.over.1 + part.over.1);
        self.marks_differ |= part.marks_differ || self.mark.is_some() && part.mark.is_some() && self.mark != part.mark;
        self.mark = self.mark.or(part.mark);
        self.marked += part.marked;
        self.lettered += part.lettered;
        self.long += part.long;
        self.first_long = self.first_long.take().or(part.first_long);
        self.months += part.months;
        self.seasons += part.seasons;
        self.compass += part.compass;
        self.south += part.south;
        self.plain += part.plain;
        self.unasked += part.unasked;
        self.texts += part.texts;
        self.codes += part.codes;
        self.outlines += part.outlines;
        self.range = match (self.range, part.range) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.padded |= part.padded;
        let room = SHOWN - self.odd.len().min(SHOWN);
        self.odd.extend(part.odd.into_iter().take(room).map(|(at, text)| (at + line, text)));
        self.first_digits = self.first_digits.take().or(part.first_digits);
        self.first_grouped = self.first_grouped.take().or(part.first_grouped);
        self.first_marked = self.first_marked.take().or(part.first_marked);
        self.first_civil = self.first_civil.take().or(part.first_civil);
        for (known, proof) in self.proof.iter_mut().zip(part.proof) {
            *known = known.take().or(proof.map(|(at, text)| (at + line, text)));
        }
    }
}
