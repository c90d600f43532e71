//! Runs: parts of the rows, each in Morton order, on disk until they are merged.
//!
//! A run has a file for its keys, for its row numbers, and for each column; texts are codes into a dictionary of the run's
//! own. A bit that says whether there is a value, or is one, takes a byte here.

use super::{folder::Folder, outlines, spill};
use crate::{
    bits::Bits,
    dataset::Loaded,
    kind::{Codes, Data, Kind},
    prepared::description::Stored,
    read::{Part, Whole},
};
use anyhow::{Context as _, Result, bail};
use duotile_core::Dictionary;
use std::{fs, path::PathBuf};

/// Every so manyth row of a run is kept in memory, to find places in it.
pub(super) const STEP: usize = 1024;

/// The most runs that are merged.
const MOST: usize = 1 << 16;

/// All runs, in the order of their rows.
pub(super) struct Runs<'f> {
    folder: &'f Folder,
    pub all: Vec<Run>,
}

/// One of them.
pub(super) struct Run {
    pub rows: usize,
    /// Key and row number of every [`STEP`]th row, from the first.
    pub marks: Vec<(u64, u32)>,
    pub columns: Vec<RunColumn>,
    /// How many runs of vertices and how many vertices its outlines have; `None` for points.
    pub outlines: Option<[usize; 2]>,
}

/// A column of a run.
pub(super) struct RunColumn {
    pub stored: Stored,
    /// Rows without a value.
    pub nulls: usize,
}

impl<'f> Runs<'f> {
    /// None yet.
    pub fn new(folder: &'f Folder) -> Self {
        Self { folder, all: Vec::new() }
    }

    /// All rows.
    pub fn rows(&self) -> usize {
        self.all.iter().map(|run| run.rows).sum()
    }

    /// Writes a run.
    ///
    /// # Errors
    /// When it cannot be written, or there are too many.
    pub fn add(&mut self, part: Part) -> Result<()> {
        let number = self.all.len();
        if number == MOST {
            bail!(
                "memory for the build is too small: the rows come in more than {MOST} parts; give more with --memory"
            );
        }
        spill::write(&self.keys(number), &part.keys)?;
        spill::write(&self.row_numbers(number), &part.rows)?;
        let marks = part.keys.iter().copied().zip(part.rows.iter().copied()).step_by(STEP).collect();
        let mut run = Run { rows: part.keys.len(), marks, columns: Vec::new(), outlines: None };
        if let Some(flat) = &part.outlines {
            outlines::put(self, number, flat)?;
            run.outlines = Some([flat.rings.len(), flat.x.len()]);
        }
        for (at, column) in part.columns.into_iter().enumerate() {
            run.columns.push(self.put(number, at, &column)?);
        }
        self.all.push(run);
        Ok(())
    }

    /// Makes every column of every run what it is in the whole. Gives for each column how many values that cost.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn settle(&mut self, whole: &Whole<'_>) -> Result<Vec<u64>> {
        let mut lost = vec![0; whole.columns.len()];
        for number in 0..self.all.len() {
            for (at, lost) in lost.iter_mut().enumerate() {
                if whole.columns[at].1 == self.all[number].columns[at].stored.kind {
                    continue;
                }
                let (settled, count) = whole.settle(at, self.column(number, at)?);
                *lost += count;
                self.all[number].columns[at] = self.put(number, at, &settled)?;
            }
        }
        Ok(lost)
    }

    /// The file of a run's keys.
    pub fn keys(&self, run: usize) -> PathBuf {
        self.folder.file(&format!("{run}.keys"))
    }

    /// The file of a run's row numbers.
    pub fn row_numbers(&self, run: usize) -> PathBuf {
        self.folder.file(&format!("{run}.rows"))
    }

    /// The files of a run's outlines: ends of rows and of runs, kinds, eastings and southings.
    pub fn outlines(&self, run: usize) -> [PathBuf; 5] {
        ["ends", "runs", "kinds", "x", "y"].map(|what| self.folder.file(&format!("{run}.outlines.{what}")))
    }

    /// Whether any of them has more than points.
    pub fn has_outlines(&self) -> bool {
        self.all.iter().any(|run| run.outlines.is_some())
    }

    /// The file of a column's values.
    pub fn values(&self, run: usize, column: usize) -> PathBuf {
        self.folder.file(&format!("{run}.{column}"))
    }

    /// The file of a column's validity, a byte for each row; there is none where every row has a value.
    pub fn valid(&self, run: usize, column: usize) -> PathBuf {
        self.folder.file(&format!("{run}.{column}.valid"))
    }

    /// The texts of a column.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn words(&self, run: usize, column: usize) -> Result<Dictionary> {
        let (ends, texts) = self.word_files(run, column);
        let read = |path: &PathBuf| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        let ends: Vec<u64> = bytemuck::pod_collect_to_vec(&read(&ends)?);
        let texts = String::from_utf8(read(&texts)?).context("texts have changed on disk")?;
        let mut start = 0;
        let each = ends.into_iter().map(|end| {
            let text = texts.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            text
        });
        Ok(Dictionary::new(each)?)
    }

    /// Deletes a file of all runs, to make room for what was written from it.
    pub fn delete(&self, file: impl Fn(&Self, usize) -> PathBuf) {
        for run in 0..self.all.len() {
            // What is not deleted now goes with the folder.
            let _ = fs::remove_file(file(self, run));
        }
    }

    /// Forgets all runs, which are to come again.
    pub fn clear(&mut self) {
        self.delete(Self::keys);
        self.delete(Self::row_numbers);
        (0..5).for_each(|at| self.delete(|runs, run| runs.outlines(run)[at].clone()));
        for column in 0..self.all.first().map_or(0, |run| run.columns.len()) {
            self.delete(|runs, run| runs.values(run, column));
            self.delete(|runs, run| runs.valid(run, column));
            self.delete(|runs, run| runs.word_files(run, column).0);
            self.delete(|runs, run| runs.word_files(run, column).1);
        }
        self.all.clear();
    }

    fn word_files(&self, run: usize, column: usize) -> (PathBuf, PathBuf) {
        (self.folder.file(&format!("{run}.{column}.ends")), self.folder.file(&format!("{run}.{column}.texts")))
    }

    fn put(&self, run: usize, at: usize, column: &Loaded) -> Result<RunColumn> {
        let path = self.values(run, at);
        match &column.data {
            Data::Bool(bits) => spill::write(&path, &bytes(bits))?,
            data => spill::write(&path, data.bytes())?,
        }
        let words = if let Data::Text(_, words) = &column.data { Some(words) } else { None };
        words.map_or(Ok(()), |words| self.put_words(run, at, words))?;
        let stored = Stored::of(column.data.kind(), words.map_or(0, Dictionary::len));
        if let Some(valid) = &column.valid {
            spill::write(&self.valid(run, at), &bytes(valid))?;
        }
        Ok(RunColumn { stored, nulls: column.valid.as_ref().map_or(0, Bits::unset) })
    }

    fn put_words(&self, run: usize, at: usize, words: &Dictionary) -> Result<()> {
        let (ends, texts) = self.word_files(run, at);
        let (mut all, mut bytes) = (Vec::with_capacity(words.len()), Vec::new());
        for text in words.iter() {
            bytes.extend_from_slice(text.as_bytes());
            all.push(bytes.len() as u64);
        }
        spill::write(&ends, &all)?;
        spill::write(&texts, &bytes)
    }

    /// A column with all its values, without its name.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn column(&self, run: usize, at: usize) -> Result<Loaded> {
        let rows = 0..self.all[run].rows;
        let RunColumn { stored, nulls } = self.all[run].columns[at];
        let path = self.values(run, at);
        let codes = || -> Result<Codes> {
            Ok(match stored.width {
                1 => Codes::U8(spill::read(&path, rows.clone())?.into()),
                2 => Codes::U16(spill::read(&path, rows.clone())?.into()),
                _ => Codes::U32(spill::read(&path, rows.clone())?.into()),
            })
        };
        let data = match stored.kind {
            Kind::I32 => Data::I32(spill::read(&path, rows.clone())?.into()),
            Kind::I64 => Data::I64(spill::read(&path, rows.clone())?.into()),
            Kind::F32 => Data::F32(spill::read(&path, rows.clone())?.into()),
            Kind::F64 => Data::F64(spill::read(&path, rows.clone())?.into()),
            Kind::Time => Data::Time(spill::read(&path, rows.clone())?.into()),
            Kind::Bool => Data::Bool(bits(&spill::read(&path, rows.clone())?)),
            Kind::Text => Data::Text(codes()?, self.words(run, at)?),
        };
        let valid = if nulls > 0 { Some(bits(&spill::read(&self.valid(run, at), rows)?)) } else { None };
        Ok(Loaded { name: String::new(), data, valid })
    }

    /// Adds a column to a run, after the others.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, run: usize, column: &Loaded) -> Result<()> {
        let put = self.put(run, self.all[run].columns.len(), column)?;
        self.all[run].columns.push(put);
        Ok(())
    }
}

fn bits(bytes: &[u8]) -> Bits {
    bytes.iter().map(|&byte| byte != 0).collect()
}

fn bytes(bits: &Bits) -> Vec<u8> {
    bits.iter().map(u8::from).collect()
}
