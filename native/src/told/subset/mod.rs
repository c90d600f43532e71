//! Rows of a dataset as an Arrow IPC stream in Morton order, for the browser: keys and row numbers as they are here, so
//! that positions and ids match without projecting again, and the facts of the full dataset as metadata.
//!
//! Columns: `_key` (u64), `_row` (u32), `lon`, `lat` (degrees, for other tools; left out where a column has that name),
//! then `_outline` of lines and polygons (bytes, see core's `carried`), then the value columns: integers, floats, booleans, times as timestamps in microseconds UTC, texts as a dictionary in
//! byte order. Schema metadata `duotile` is JSON, see [`facts`]. It is made message by message, as `docs/format.md`
//! describes it: a stream may be larger than what memory is for.

mod columns;
mod facts;

use crate::{
    engine::{Fitted, Refusal, select::Selected},
    source::points::Dataset,
    told::pieces::Pieces,
};
use columns::{Kept, Telling};
use duotile_core::{Points, Work};
use polars_arrow::io::ipc::write::{
    EncodedData, WriteOptions, common_sync, encode_dictionary_values, encode_record_batch, schema_to_bytes,
};
use std::{ops::Range, sync::Arc};

/// Rows of a batch: a few MB.
const BATCH: usize = 1 << 16;
/// Vertices of a batch, unless a row has more.
const VERTICES: usize = 1 << 20;
/// Bytes of a vertex at most, in a batch and while that is made.
const VERTEX: u64 = 11;
/// Rows that a piece looks at, should few of them pass.
const LOOKS: usize = 1 << 22;
/// Bytes that the texts of a column can have: their places are told in 32 bits with a sign.
const MOST_TEXT: u64 = i32::MAX as u64;
/// Bytes of a message's header beside what it says of columns.
const HEADER: u64 = 1 << 12;

/// What is found out about the rows of a subset before the first of them is told.
#[derive(Debug)]
pub struct Contents {
    columns: Vec<Kept>,
    /// About how many bytes the largest message takes.
    largest: u64,
    /// What is kept from one message to the next.
    kept: u64,
}

impl Contents {
    /// The columns that a query tells of, and which texts its rows have.
    ///
    /// # Errors
    /// [`Refusal::Bytes`] where the texts of a column are too long; when nobody waits for it any more, or it costs too much.
    pub fn of(fitted: &Fitted, selected: &Selected, work: &Work<'_>) -> Result<Self, Refusal> {
        let dataset = &fitted.dataset;
        dataset.with_points(|points| {
            let mut told = fitted.query.told_columns(&fitted.plan, &points);
            // Without these, ids and what `datetime` speaks of would be others than here.
            let roles = [points.roles().id, points.roles().time, points.roles().latitude];
            told.extend(roles.into_iter().flatten());
            told.sort_unstable();
            told.dedup();
            let kept = |index| Kept::of(&points, index, selected.mask.as_deref(), work);
            let columns = told.into_iter().map(kept).collect::<Result<Vec<_>, _>>()?;
            let telling = Telling { points: &points, columns: &columns };
            let texts = telling.dictionaries().map(|texts| texts.bytes(work));
            let texts = texts.reduce(|most, of| Ok(most?.max(of?))).unwrap_or(Ok(0))?;
            if texts > MOST_TEXT {
                return Err(Refusal::Bytes { got: texts, most: MOST_TEXT });
            }
            let rows = BATCH.min(selected.total(dataset));
            let outlines = points.shapes().map(duotile_core::Shapes::outlines);
            work.pay(outlines.map_or(0, |outlines| outlines.len() / 8))?;
            let outlines = outlines.map_or(0, |outlines| {
                let longest = (0..outlines.len()).map(|row| outlines.vertices_in(row)).max().unwrap_or(0);
                longest.max(VERTICES.min(outlines.vertices())) as u64 * VERTEX + rows as u64 * (2 + 4)
            });
            let largest = texts.max(telling.width(rows) + outlines) + HEADER;
            let kept = columns.iter().map(Kept::size).sum::<u64>() + fitted.size() as u64;
            Ok(Self { columns, largest, kept })
        })
    }

    /// About how many bytes a subset takes of memory while it is on its way: a message, and what it is made of.
    #[must_use]
    pub const fn holds(&self) -> u64 {
        2 * self.largest + self.kept
    }
}

/// A subset, and how far it is written.
#[derive(Debug)]
pub struct Subset {
    fitted: Arc<Fitted>,
    columns: Vec<Kept>,
    /// Messages that were written before those of rows.
    begun: usize,
    /// The first row that was not looked at.
    next: usize,
    /// Rows that pass, for the next batch.
    rows: Vec<u32>,
    /// Batches that were written.
    batches: usize,
}

impl Subset {
    /// Nothing is written yet.
    #[must_use]
    pub fn new(fitted: Arc<Fitted>, contents: Contents) -> Self {
        Self { fitted, columns: contents.columns, begun: 0, next: 0, rows: Vec::new(), batches: 0 }
    }

    /// The next message before those of rows: the schema, then the texts of each column that has some.
    fn head(&mut self, work: &Work<'_>) -> Result<Option<Vec<u8>>, Refusal> {
        let dataset = &self.fitted.dataset;
        let message = dataset.with_points(|points| {
            let telling = Telling { points: &points, columns: &self.columns };
            if self.begun == 0 {
                let (schema, fields) = telling.schema();
                let facts = facts::of(dataset, &telling, self.fitted.plan.filter_text()).to_string();
                let metadata = [("duotile".into(), facts.into())].into_iter().collect();
                let schema = schema_to_bytes(&schema, &fields, Some(&metadata));
                return Ok(Some(EncodedData { ipc_message: schema, arrow_data: Vec::new() }));
            }
            let id = self.begun - 1;
            let Some(texts) = telling.dictionaries().nth(id) else { return Ok(None) };
            let texts = texts.array(work)?;
            encode_dictionary_values(id as i64, &texts, &PLAIN).map(Some).map_err(|error| Refusal::failed(&error))
        })?;
        self.begun += 1;
        message.map(|message| written(&message)).transpose()
    }

    /// Gathers rows until there are enough for a batch. Says whether these are the last.
    fn gather(&mut self, dataset: &Dataset, work: &Work<'_>) -> Result<bool, Refusal> {
        let stop = dataset.len().min(self.next + LOOKS);
        while self.rows.len() < BATCH && self.next < stop {
            // No more than there is room for, so that no row is tested twice.
            let chunk = self.next..stop.min(self.next + BATCH - self.rows.len());
            self.next = chunk.end;
            self.select(dataset, chunk, work)?;
        }
        Ok(self.next == dataset.len())
    }

    /// Adds the rows of a run that pass. The filter is asked again, so that no mask is held for a client that takes hours.
    fn select(&mut self, dataset: &Dataset, run: Range<usize>, work: &Work<'_>) -> Result<(), Refusal> {
        dataset.with_points(|points| {
            if let Some(filter) = self.fitted.plan.filter() {
                let mask = filter.mask(&points, run.clone(), work)?;
                self.rows.extend(mask.rows(run).map(|row| row as u32));
            } else {
                work.pay(run.len())?;
                self.rows.extend(run.map(|row| row as u32));
            }
            Ok(())
        })
    }

    /// Takes the rows of a batch, which have so many vertices. Some may be left.
    fn fill(&mut self, points: &Points<'_>) -> (Vec<u32>, usize) {
        let Some(shapes) = points.shapes() else { return (std::mem::take(&mut self.rows), 0) };
        let (mut rows, mut vertices) = (0, 0);
        for &row in &self.rows {
            let more = shapes.outlines().vertices_in(row as usize);
            if rows > 0 && vertices + more > VERTICES {
                break;
            }
            (rows, vertices) = (rows + 1, vertices + more);
        }
        let left = self.rows.split_off(rows);
        (std::mem::replace(&mut self.rows, left), vertices)
    }

    fn batch(&mut self, dataset: &Dataset, work: &Work<'_>) -> Result<Vec<u8>, Refusal> {
        let (rows, vertices) = dataset.with_points(|points| self.fill(&points));
        work.pay(rows.len() * (self.columns.len() + 1) + vertices)?;
        let batch = dataset.with_points(|points| Telling { points: &points, columns: &self.columns }.batch(&rows));
        let mut message = EncodedData::default();
        encode_record_batch(&batch.map_err(|error| Refusal::failed(&error))?, &PLAIN, &mut message);
        self.batches += 1;
        written(&message)
    }
}

impl Pieces for Subset {
    /// A message, or none where few rows pass.
    fn piece(&mut self, work: &Work<'_>) -> Result<(Vec<u8>, bool), Refusal> {
        work.pay(0)?;
        if let Some(message) = self.head(work)? {
            return Ok((message, false));
        }
        let fitted = self.fitted.clone();
        let dataset = &fitted.dataset;
        let last = self.gather(dataset, work)?;
        // A stream of no rows has a batch of none.
        let wanted = self.rows.len() >= BATCH || last && (!self.rows.is_empty() || self.batches == 0);
        let mut piece = if wanted { self.batch(dataset, work)? } else { Vec::new() };
        let last = last && self.rows.is_empty();
        if last {
            common_sync::write_continuation(&mut piece, 0).map_err(|error| Refusal::failed(&error))?;
        }
        Ok((piece, last))
    }
}

const PLAIN: WriteOptions = WriteOptions { compression: None };

fn written(message: &EncodedData) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::with_capacity(message.ipc_message.len() + message.arrow_data.len() + HEADER as usize);
    common_sync::write_message(&mut out, message).map_err(|error| Refusal::failed(&error))?;
    Ok(out)
}
