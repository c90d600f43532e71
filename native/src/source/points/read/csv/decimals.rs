//! Which sign stands before decimals, by the numbers of the first rows that can be nothing else.
//!
//! `12.310` and `12,310` may be thousands or decimals and prove neither sign, but for degrees, which are no thousands. `50,1210` and
//! `0,125` prove the comma, and so do `1.234,5` and `1.234.567`.

use super::split::Raw;
use crate::read::{names::words, numbers, pairs};
use std::collections::{BTreeMap, BTreeSet};

/// What the fields prove.
pub(super) struct Decimals {
    /// Columns named like positions.
    places: Vec<bool>,
    comma: Side,
    point: Side,
}

/// Numbers with one sign that proves itself, and those that may have it between thousands; and the columns that they stand in.
#[derive(Default)]
struct Side {
    proven: u32,
    first: Option<String>,
    provers: BTreeSet<usize>,
    /// The first of each column.
    open: BTreeMap<usize, String>,
}

impl Decimals {
    /// Of columns of these names.
    pub fn new(names: &[String]) -> Self {
        let places = names.iter().map(|name| words(name).iter().any(|word| pairs::is_axis(word))).collect();
        Self { places, comma: Side::default(), point: Side::default() }
    }

    /// Adds a field of a column.
    pub fn add(&mut self, column: usize, raw: Raw<'_>) {
        let field = numbers::bare(raw.bytes);
        let digits = field.strip_prefix(b"-").or_else(|| field.strip_prefix(b"+")).unwrap_or(field);
        let count = |sign: u8| digits.iter().map(|&byte| usize::from(byte == sign)).sum::<usize>();
        let (commas, points) = (count(b','), count(b'.'));
        if commas + points == 0 || !digits.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.')) {
            return;
        }
        let parted = |sign: u8, decimal: u8| numbers::grouped(digits, sign, decimal).is_some();
        let is_place = self.places.get(column) == Some(&true);
        match (commas, points) {
            (1, 0) if parted(b',', b'.') && !is_place => self.comma.may(column, field),
            (1, 0) => self.comma.proves(column, field),
            (0, 1) if parted(b'.', b',') && !is_place => self.point.may(column, field),
            (0, 1) => self.point.proves(column, field),
            _ if parted(b'.', b',') => self.comma.proves(column, field),
            _ if parted(b',', b'.') => self.point.proves(column, field),
            _ => {}
        }
    }

    /// Whether decimals have a comma, in a file with this between its fields, and what is told of it: the sign that more numbers
    /// prove. Where none proves one it is the point.
    pub fn comma(&self, delimiter: u8, lines: &mut Vec<String>) -> bool {
        let comma = self.comma.proven > self.point.proven && !(delimiter == b',' && self.is_list());
        let (kept, other, flag) = if comma {
            (&self.comma, &self.point, "--decimal-comma=false")
        } else {
            (&self.point, &self.comma, "--decimal-comma")
        };
        let sign = if comma { "comma" } else { "point" };
        // A few in columns of other things are told where those are.
        if let (Some(kept), Some(first)) = (&kept.first, &other.first)
            && other.proven * 10 >= self.comma.proven.max(self.point.proven)
        {
            lines.push(format!(
                "decimals have a {sign} here as in {kept:?}, though others such as {first:?} have the other sign (else say {flag})"
            ));
        }
        // Points are those of decimals where some are proven, as programs write them; commas are written by people.
        if let Some(open) = kept.unsure().find(|_| comma || kept.first.is_none()) {
            lines.push(format!(
                "numbers such as {open:?} are taken as decimals, where they could be thousands (else say {flag})"
            ));
        }
        comma
    }

    /// Whether all commas that prove themselves stand in one column that is no position, which may be a list as `1,2` is, and would
    /// decide for the numbers of another.
    fn is_list(&self) -> bool {
        let provers: Vec<&usize> = self.comma.provers.iter().collect();
        matches!(provers[..], [&only] if self.places.get(only) != Some(&true)) && self.comma.unsure().next().is_some()
    }
}

impl Side {
    fn proves(&mut self, column: usize, field: &[u8]) {
        self.proven += 1;
        self.provers.insert(column);
        self.first.get_or_insert_with(|| String::from_utf8_lossy(field).into_owned());
    }

    fn may(&mut self, column: usize, field: &[u8]) {
        self.open.entry(column).or_insert_with(|| String::from_utf8_lossy(field).into_owned());
    }

    /// The first number of each column that may all be thousands.
    fn unsure(&self) -> impl Iterator<Item = &String> {
        self.open.iter().filter(|(column, _)| !self.provers.contains(column)).map(|(_, first)| first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_can_be_nothing_else_decide() {
        for (rows, comma, told) in [
            (&["50,1210;12.310;1.210"][..], true, false),
            (&["50,121;12.310"], true, false),
            (&["50,121;12,310"], true, true),
            (&["50,121;12,310", "50,2;9,5"], true, false),
            (&["50.121;12.310"], false, false),
            (&["50.121;1.234,50"], false, true),
            (&["50;1.234,50"], true, false),
            (&["50;1.234.567"], true, false),
            (&["50;1,234,567"], false, false),
            (&["50;12,345"], false, false),
            (&["50;12.345"], false, true),
            (&["50;60,0 %"], true, false),
            (&["50;0,125"], true, false),
            (&["50;-0.125"], false, false),
            (&["50;192.168.1.1"], false, false),
            (&["50;01.02.2024"], false, false),
            (&["50,5;1.5", "51,5;2"], true, true),
        ] {
            let mut decimals = Decimals::new(&["lat".into(), "a".into(), "b".into()]);
            for row in rows {
                for (at, field) in row.split(';').enumerate() {
                    decimals.add(at, Raw { bytes: field.as_bytes(), ..Raw::default() });
                }
            }
            let mut lines = Vec::new();
            assert_eq!((decimals.comma(b';', &mut lines), !lines.is_empty()), (comma, told), "{rows:?} {lines:?}");
        }
    }
}
