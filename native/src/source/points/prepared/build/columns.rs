//! Columns are brought into the order of all rows and written: each is read from its runs and written once.

use super::{merge::Order, runs::Runs, spill};
use crate::{
    kind::Kind,
    prepared::{
        description::{Described, Stored, Words},
        writer::Writer,
    },
    read::Progress,
};
use anyhow::Result;
use bytemuck::Pod;
use duotile_core::Dictionary;
use rayon::prelude::*;
use std::ops::Range;

/// A column that is about to be written.
pub(super) struct Column {
    pub name: String,
    pub stored: Stored,
    pub nulls: u64,
    /// All texts, and for each run the place of each of its own among them.
    pub texts: Option<(Dictionary, Vec<Vec<u32>>)>,
}

impl Column {
    /// What a column of the runs becomes.
    ///
    /// # Errors
    /// When the texts of a run cannot be read.
    pub fn of(runs: &Runs<'_>, at: usize, name: &str) -> Result<Self> {
        let nulls = runs.all.iter().map(|run| run.columns[at].nulls as u64).sum();
        let first = runs.all.first().map_or(Stored::of(Kind::I32, 0), |run| run.columns[at].stored);
        let texts = if first.kind == Kind::Text { Some(texts(runs, at)?) } else { None };
        let stored = texts.as_ref().map_or(first, |(all, _)| Stored::of(Kind::Text, all.len()));
        Ok(Self { name: name.to_owned(), stored, nulls, texts })
    }

    /// Writes the buffers of the column.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn write(
        self,
        at: usize,
        runs: &Runs<'_>,
        order: &Order,
        words: Option<Words>,
        out: &mut Writer,
        progress: &dyn Progress,
    ) -> Result<Described> {
        let valid = if self.nulls > 0 {
            write_bits(order, |run, rows| valid(runs, run, at, rows), out)?;
            Some(out.end_buffer()?)
        } else {
            None
        };
        let plain = Plain { runs, at, order, progress, rows: runs.rows() };
        let places = self.texts.as_ref().map(|(_, places)| &places[..]).unwrap_or_default();
        match (self.stored.kind, self.stored.width) {
            (Kind::Bool, _) => write_bits(order, |run, rows| spill::read(&runs.values(run, at), rows), out)?,
            (Kind::Text, 1) => plain.codes(places, |code| code as u8, out)?,
            (Kind::Text, 2) => plain.codes(places, |code| code as u16, out)?,
            (Kind::Text, _) => plain.codes(places, |code| code, out)?,
            (_, 4) => plain.copy::<u32>(out)?,
            _ => plain.copy::<u64>(out)?,
        }
        runs.delete(|runs, run| runs.values(run, at));
        runs.delete(|runs, run| runs.valid(run, at));
        let values = out.end_buffer()?;
        Ok(Described {
            name: self.name,
            stored: self.stored,
            values,
            valid,
            dictionary: words,
            facts: None,
            summary: None,
        })
    }
}

/// Where the values of a column come from.
struct Plain<'a> {
    runs: &'a Runs<'a>,
    at: usize,
    order: &'a Order,
    progress: &'a dyn Progress,
    rows: usize,
}

impl Plain<'_> {
    fn copy<T: Pod + Send + Sync>(&self, out: &mut Writer) -> Result<()> {
        self.follow(|run, rows| spill::read::<T>(&self.runs.values(run, self.at), rows), out)
    }

    /// Codes of the runs as codes of all texts, zero where there is no value.
    fn codes<T: Pod + Send + Sync>(
        &self,
        places: &[Vec<u32>],
        narrow: impl Fn(u32) -> T + Sync,
        out: &mut Writer,
    ) -> Result<()> {
        let read = |run: usize, rows: Range<usize>| -> Result<Vec<T>> {
            let path = self.runs.values(run, self.at);
            let codes: Vec<u32> = match self.runs.all[run].columns[self.at].stored.width {
                1 => spill::read::<u8>(&path, rows.clone())?.into_iter().map(u32::from).collect(),
                2 => spill::read::<u16>(&path, rows.clone())?.into_iter().map(u32::from).collect(),
                _ => spill::read(&path, rows.clone())?,
            };
            let valid = valid(self.runs, run, self.at, rows)?;
            let place = |(code, valid): (u32, u8)| {
                let place = places[run].get(code as usize).copied().unwrap_or(0);
                narrow(if valid != 0 { place } else { 0 })
            };
            Ok(codes.into_iter().zip(valid).map(place).collect())
        };
        self.follow(read, out)
    }

    fn follow<T: Pod + Send + Sync>(
        &self,
        read: impl Fn(usize, Range<usize>) -> Result<Vec<T>> + Sync,
        out: &mut Writer,
    ) -> Result<()> {
        let mut done = 0;
        self.progress.stage("write columns", Some(self.rows as u64));
        self.order.follow(read, |values| {
            done += values.len() as u64;
            self.progress.advance(done);
            out.put(bytemuck::cast_slice(values))
        })
    }
}

/// A byte for each row of a run: whether it has a value.
fn valid(runs: &Runs<'_>, run: usize, at: usize, rows: Range<usize>) -> Result<Vec<u8>> {
    if runs.all[run].columns[at].nulls == 0 {
        return Ok(vec![1; rows.len()]);
    }
    spill::read(&runs.valid(run, at), rows)
}

/// Writes bytes that are 0 or 1 as bits, the lowest of a byte first.
fn write_bits(
    order: &Order,
    read: impl Fn(usize, Range<usize>) -> Result<Vec<u8>> + Sync,
    out: &mut Writer,
) -> Result<()> {
    // What did not fill a byte.
    let mut rest: Vec<u8> = Vec::new();
    let pack = |eight: &[u8]| eight.iter().rev().fold(0u8, |byte, bit| byte << 1 | bit);
    order.follow(read, |bits| {
        rest.extend_from_slice(bits);
        let whole = rest.len() / 8 * 8;
        let bytes: Vec<u8> = rest[..whole].chunks(8).map(pack).collect();
        rest.drain(..whole);
        out.put(&bytes)
    })?;
    out.put(&rest.chunks(8).map(pack).collect::<Vec<u8>>())
}

/// The texts of all runs, and for each run the place of each of its own among them.
fn texts(runs: &Runs<'_>, at: usize) -> Result<(Dictionary, Vec<Vec<u32>>)> {
    let mut all = Dictionary::new([])?;
    for run in 0..runs.all.len() {
        let words = runs.words(run, at)?;
        if !words.iter().eq(all.iter()) {
            all = Dictionary::new(Union { a: all.iter().peekable(), b: words.iter().peekable() })?;
        }
    }
    let places = (0..runs.all.len()).into_par_iter().map(|run| {
        let words = runs.words(run, at)?;
        Ok(words.iter().map(|text| all.code(text).unwrap_or_default() as u32).collect())
    });
    let places = places.collect::<Result<_>>()?;
    Ok((all, places))
}

/// The texts of two dictionaries in order, each once.
struct Union<'w, A: Iterator<Item = &'w str>, B: Iterator<Item = &'w str>> {
    a: std::iter::Peekable<A>,
    b: std::iter::Peekable<B>,
}

impl<'w, A: Iterator<Item = &'w str>, B: Iterator<Item = &'w str>> Iterator for Union<'w, A, B> {
    type Item = &'w str;

    fn next(&mut self) -> Option<&'w str> {
        match (self.a.peek(), self.b.peek()) {
            (Some(a), Some(b)) if a == b => {
                self.b.next();
                self.a.next()
            }
            (Some(a), Some(b)) if a > b => self.b.next(),
            (None, _) => self.b.next(),
            _ => self.a.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dictionaries_become_one() {
        let union = |a: &[&'static str], b: &[&'static str]| {
            Union { a: a.iter().copied().peekable(), b: b.iter().copied().peekable() }.collect::<Vec<_>>()
        };
        assert_eq!(union(&["a", "c"], &["", "b", "c", "d"]), ["", "a", "b", "c", "d"]);
        assert_eq!(union(&[], &["b"]), ["b"]);
        assert!(union(&[], &[]).is_empty());
    }
}
