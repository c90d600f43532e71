//! CSV files: found out, looked at once, then read by Polars in pieces with types that are known to fit.
//!
//! No line and no value is lost silently: broken lines are counted and named by number, a column keeps its digits where a
//! number would lose them.

mod beneath;
mod clock;
mod decimals;
mod dialect;
mod encoding;
mod fate;
mod fields;
mod look;
mod preamble;
mod scan;
mod seen;
mod split;
mod told;

use super::{
    CsvOptions, Options, Progress, Type,
    civil::Order,
    clocks,
    content::Content,
    field::{Field, Pairs},
    geometry,
    guarded::guarded,
    numbers::Numbers,
    reader::Reader,
    spelling::Spelling,
};
use crate::kind::Kind;
use anyhow::{Result, bail};
use clock::{Clock, Met};
use dialect::Dialect;
use fields::{Fields, next};
use look::{Looked, look};
use polars_core::prelude::{DataFrame, DataType, Schema};
use polars_io::csv::read::{_csv_read_internal::read_chunk, CsvParseOptions};
use rayon::prelude::*;
use scan::{Piece, Scan};
use seen::{Look, Seen};
use split::text;
use std::sync::Arc;
use told::{by_clock, check, compass, meaning};

/// An open CSV file.
#[derive(Debug)]
pub(super) struct Csv {
    content: Content,
    dialect: Dialect,
    scan: Scan,
    how: Look,
    options: Options,
    fields: Vec<Field>,
    /// The time of day that goes with a date, where it stands in a column of its own.
    clock: Option<Clock>,
    /// What was met where it was put behind the dates.
    met: Met,
    /// What was told when the file was opened, and what came to that when its dates were settled.
    lines: Vec<String>,
    late: Vec<String>,
}

impl Csv {
    /// Finds out how the file is written and looks at every field.
    ///
    /// # Errors
    /// When it is no CSV with names, or damaged, or too many lines are broken.
    pub fn open(content: Content, options: &Options, lines: &mut Vec<String>, progress: &dyn Progress) -> Result<Self> {
        let Looked { content, dialect, how, mut scan } = look(content, options, lines, progress)?;
        check(&scan, &dialect, options.strict, lines)?;
        if scan.columns.iter().any(|seen| seen.grouped > seen.marked) {
            // With another sign between thousands these would be texts: it is no advice then.
            scan.columns.iter_mut().for_each(|seen| seen.parted = 0);
        }
        let (options, met) = (options.clone(), Met::default());
        let (fields, own, late) = (Vec::new(), Vec::new(), Vec::new());
        let mut csv = Self { content, dialect, scan, how, options, fields, clock: None, met, lines: own, late };
        csv.lines = csv.decide(csv.order())?;
        lines.extend(csv.lines.iter().cloned());
        Ok(csv)
    }

    /// Decides what each column becomes, where dates have this order unless they say so themselves; and says what is to be told.
    fn decide(&mut self, usual: Option<Order>) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        let Self { dialect, scan, how, options, .. } = self;
        let mut fields = Vec::with_capacity(dialect.names.len());
        for (name, seen) in dialect.names.iter().zip(&scan.columns) {
            let fate = seen.fate(name, options.csv.dates, usual, dialect.decimal_comma);
            let (dtype, kind) = match fate.kind {
                Some(kind) => (natural(kind), Ok(kind)),
                None => (DataType::Null, Err("it holds no values".into())),
            };
            let numbers = Numbers { mark: seen.mark.filter(|_| !seen.marks_differ), ..how.numbers };
            let numbers =
                if said_number(name, options) { meaning(name, seen, numbers, options, &mut lines) } else { numbers };
            // Where no column was said to be times, it is the form of those of which most have it.
            let form = how.form(name).filter(|_| how.is_time(name) || seen.formatted * 2 > seen.moments());
            let spelling = Spelling {
                numbers,
                order: fate.order,
                format: form.cloned(),
                ahead: ahead(name, options),
                decimals: None,
            };
            let lettered = seen.lettered == seen.pairs;
            let pair =
                (seen.pairs > 0 && seen.pairs * 10 >= seen.values() * 9).then_some(Pairs { over: seen.over, lettered });
            fields.push(Field {
                note: fate.note.or_else(|| compass(name, seen)),
                why: fate.why,
                spelling: Some(spelling),
                pair,
                geometries: !seen.odd.is_empty() && seen.odd.iter().all(|(_, text)| geometry::begins(text.as_bytes())),
                outlined: seen.outlines > 0,
                lost: seen.lost(),
                dates: kind == Ok(Kind::Time) && seen.is_dates(),
                ..Field::plain(name, dtype, kind)
            });
        }
        self.clock = clock::find(&mut fields, &scan.columns, options, &mut lines)?;
        if let Some(Clock { date, time, .. }) = self.clock {
            let ahead = ahead(&fields[time].name, options);
            if let Some(spelling) = &mut fields[date].spelling {
                spelling.ahead = spelling.ahead.or(ahead);
            }
        }
        for (at, field) in fields.iter().enumerate() {
            let time = self.clock.filter(|clock| clock.date == at).map(|clock| fields[clock.time].name.as_str());
            let has_clock = time.is_some() || field.kind == Ok(Kind::Time) && !field.dates;
            lines.extend(by_clock(field, time).filter(|_| has_clock && options.timezone.is_none()));
        }
        self.fields = fields;
        Ok(lines)
    }

    /// The type Polars shall read a column as: its own where every field is plainly one, else text.
    fn dtype(&self, at: usize, wanted: Option<Kind>) -> DataType {
        let seen = &self.scan.columns[at];
        if seen.padded || seen.missing > 0 || seen.texts > 0 || seen.grouped > 0 {
            return DataType::String;
        }
        match (self.fields[at].kind.as_ref().ok(), wanted) {
            (Some(Kind::I32), Some(Kind::I32)) => DataType::Int32,
            // What is lost of wide ones is counted where they become floats.
            (Some(Kind::I32 | Kind::I64), Some(Kind::I64)) | (Some(Kind::I64), Some(Kind::F64)) => DataType::Int64,
            // They count from 1970 on, unless a form was said.
            (Some(Kind::I32 | Kind::I64), Some(Kind::Time)) if self.spelling_is_free(at) => DataType::Int64,
            (Some(Kind::I32 | Kind::I64), Some(Kind::F64) | None) => DataType::Float64,
            (Some(Kind::F64), Some(Kind::F64) | None) if !self.dialect.decimal_comma => DataType::Float64,
            _ => DataType::String,
        }
    }

    /// Whether no form of times was said.
    fn spelling_is_free(&self, at: usize) -> bool {
        self.fields[at].spelling.as_ref().is_none_or(|spelling| spelling.format.is_none())
    }

    /// The rows of a piece.
    fn read(
        &self,
        piece: &Piece,
        options: &CsvParseOptions,
        schema: &Schema,
        projection: &[usize],
    ) -> Result<DataFrame> {
        let tidy = piece.untidy.then(|| self.tidy(piece));
        let bytes = tidy.as_deref().unwrap_or(&self.content.as_ref()[piece.span.clone()]);
        let (end, rows) = (bytes.len(), piece.rows);
        let frame = guarded(|| {
            Ok(read_chunk(bytes, options, schema, false, projection, 0, rows, None, usize::MAX, end, Some(0))?)
        })?;
        if frame.height() != rows {
            bail!("{} rows were read where {rows} were seen; the quotes of the file are damaged", frame.height());
        }
        Ok(frame)
    }

    /// A piece as Polars shall see it: as it is, or written anew without what is broken.
    fn tidy(&self, piece: &Piece) -> Vec<u8> {
        let bytes = self.content.as_ref();
        let (cut, width) = (self.dialect.cut, self.dialect.names.len());
        let mut out = Vec::with_capacity(piece.span.len());
        let mut fields = Fields::with_capacity(width);
        let mut at = piece.span.start;
        while at < piece.span.end {
            let end = next(bytes, at, &self.dialect, &mut fields);
            at = end.to;
            if end.comment || fields.is_blank() || fields.is_long {
                continue;
            }
            for number in 0..width {
                if number > 0 {
                    out.push(cut.delimiter);
                }
                match fields.first.get(number) {
                    Some(raw) if raw.quoted || raw.odd => {
                        let quote = char::from(cut.quote.unwrap_or(b'"'));
                        let doubled: String = [quote, quote].iter().collect();
                        out.push(quote as u8);
                        out.extend(text(*raw, cut.quote).replace(quote, &doubled).into_bytes());
                        out.push(quote as u8);
                    }
                    Some(raw) => out.extend_from_slice(raw.bytes),
                    None => {}
                }
            }
            out.push(b'\n');
        }
        out
    }
}

impl Reader for Csv {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn rows(&self) -> Option<u64> {
        Some(self.scan.rows)
    }

    fn left_out(&self) -> u64 {
        self.scan.long.count
    }

    fn order(&self) -> Option<Order> {
        // A date in a column of notes says nothing of other columns.
        let times = self.scan.columns.iter().filter(|seen| seen.is_times());
        let proven: Vec<Order> = times.filter_map(Seen::proven).collect();
        proven.first().copied().filter(|first| proven.iter().all(|order| order == first))
    }

    fn settle(&mut self, order: Order) -> Result<()> {
        let mut late = self.decide(Some(order))?;
        late.retain(|line| !self.lines.contains(line));
        self.late.append(&mut late);
        Ok(())
    }

    fn unnamed(&self) -> Option<usize> {
        let names = &self.dialect.names;
        let is_number = |(at, name): (usize, &String)| *name == beneath::numbered(at);
        (self.dialect.head.is_none() && names.iter().enumerate().all(is_number)).then_some(names.len())
    }

    fn unname(&mut self) -> Result<()> {
        let Some(head) = self.dialect.head.filter(|_| beneath::may_be_row(&self.dialect)) else { return Ok(()) };
        let (width, delimiter) = (self.dialect.names.len(), self.dialect.cut.delimiter);
        let names: Vec<String> = (0..width).map(beneath::numbered).collect();
        let mut bytes = names.join(&String::from(char::from(delimiter))).into_bytes();
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.content.as_ref()[head..self.dialect.body]);
        // What was said of the whole file is done.
        let csv = CsvOptions { delimiter: Some(delimiter), encoding: None, skip_lines: 0, ..self.options.csv.clone() };
        let options = Options { csv, ..self.options.clone() };
        let mut late = vec!["the only line of a file is a row, as the other files have no names".into()];
        *self = Self::open(Content::Owned(Arc::new(bytes)), &options, &mut late, &())?;
        self.late = late;
        Ok(())
    }

    fn chunks(
        &mut self,
        columns: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let mut projection: Vec<usize> = columns.iter().map(|column| column.0).collect();
        // A column that becomes something else keeps what is written there.
        let clock = self.clock.as_ref().filter(|clock| columns.contains(&(clock.date, Some(Kind::Time))));
        let mut met = Met::default();
        projection.extend(clock.map(|clock| clock.time));
        projection.sort_unstable();
        projection.dedup();
        let schema: Schema = (0..self.fields.len())
            .map(|at| {
                if clock.is_some_and(|clock| at == clock.date || at == clock.time) {
                    return (self.fields[at].name.as_str().into(), DataType::String);
                }
                let wanted = columns.iter().find(|column| column.0 == at).and_then(|column| column.1);
                (self.fields[at].name.as_str().into(), self.dtype(at, wanted))
            })
            .collect();
        let options = CsvParseOptions::default()
            .with_separator(self.dialect.cut.delimiter)
            .with_quote_char(self.dialect.cut.quote);
        let run = |read: &Self, pieces: &[usize]| {
            let read = |&at: &usize| read.read(&read.scan.pieces[at], &options, &schema, &projection);
            pieces.par_iter().with_max_len(1).map(read).collect::<Result<Vec<DataFrame>>>()
        };
        // A few pieces at a time: enough for all threads, little memory. The next are read while these are taken in.
        let pieces: Vec<usize> = (0..self.scan.pieces.len()).filter(|&at| self.scan.pieces[at].rows > 0).collect();
        let mut runs = pieces.chunks(2 * rayon::current_num_threads());
        let mut next = runs.next().map(|pieces| run(self, pieces));
        self.content.let_go();
        while let Some(frames) = next.take() {
            rayon::in_place_scope(|scope| {
                if let Some(pieces) = runs.next() {
                    scope.spawn(|_| next = Some(run(self, pieces)));
                }
                let join = |frame| match clock {
                    Some(clock) => clock.join(frame, &self.fields, self.options.strict, &mut met),
                    None => Ok(frame),
                };
                // At once, as each taking in waits for threads that read.
                let mut frames = frames?.into_iter().map(join);
                let Some(first) = frames.next() else { return Ok(()) };
                each(frames.try_fold(first?, |all, frame| Ok::<_, anyhow::Error>(all.vstack(&frame?)?))?)
            })?;
            self.content.let_go();
        }
        self.met = met;
        Ok(())
    }

    fn told(&self) -> Vec<String> {
        let name = |at: usize| self.fields[at].name.as_str();
        let met = self.clock.map_or(Vec::new(), |clock| self.met.lines(name(clock.date), name(clock.time)));
        self.late.iter().cloned().chain(met).collect()
    }
}

/// How many minutes the clock of a column is ahead of UTC by its name, where nothing else was said.
fn ahead(name: &str, options: &Options) -> Option<i64> {
    match clocks::named(name).filter(|_| options.timezone.is_none()) {
        Some(clocks::Clock::Ahead(minutes)) => Some(minutes),
        _ => None,
    }
}

/// Whether a column is said to be numbers.
fn said_number(name: &str, options: &Options) -> bool {
    options.types.iter().any(|(column, kind)| column == name && matches!(kind, Type::Number | Type::Integer))
}

/// The type a column has in messages.
fn natural(kind: Kind) -> DataType {
    match kind {
        Kind::I32 => DataType::Int32,
        Kind::I64 => DataType::Int64,
        Kind::F32 | Kind::F64 => DataType::Float64,
        Kind::Bool => DataType::Boolean,
        Kind::Text | Kind::Time => DataType::String,
    }
}
