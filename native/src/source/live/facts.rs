//! What is known of a table as a whole, taken once for each of its versions.

use super::{
    binary::Binary,
    columns::Column,
    limbs::Limbs,
    place::{KEY, Place},
};
use crate::{
    bits::Bits,
    dataset::{Known, Loaded},
    kind::{Codes, Data, Kind},
};
use anyhow::{Context as _, Result, ensure};
use duotile_core::{Dictionary, Facts, MAX_DISTINCT_INTEGERS, Scalar, Work, World, frame, frame::Extent, morton};
use polars_buffer::Buffer;

/// Different texts of a column that are held.
pub(super) const TEXTS: usize = 100_000;
/// Keys of rows that the first view is made of.
const SAMPLE: usize = 20_000;

/// What is known of a table.
pub(super) struct Taken {
    pub rows: u64,
    /// From the first longitude to the last.
    pub longitudes: (f64, f64),
    /// Some of its keys, ascending.
    pub sample: Vec<u64>,
    pub bounds: Option<[f64; 4]>,
    /// Of each column; `None` for one whose values are counted by a question of their own.
    pub facts: Vec<Option<Facts>>,
    /// Between which powers of two the floats of each column lie.
    pub limbs: Vec<Option<Limbs>>,
    /// Columns of whole numbers beyond those of 64 bits with a sign.
    pub beyond: Vec<bool>,
}

/// What is asked of all rows at once.
pub(super) fn asked(place: &Place, columns: &[Column]) -> Vec<String> {
    let lon = place.lon();
    let mut told = vec![
        "count()".into(),
        format!("min({lon})"),
        format!("max({lon})"),
        format!("min(tupleElement(mortonDecode(2, {KEY}), 1))"),
        format!("max(tupleElement(mortonDecode(2, {KEY}), 1))"),
        format!("min(tupleElement(mortonDecode(2, {KEY}), 2))"),
        format!("max(tupleElement(mortonDecode(2, {KEY}), 2))"),
        format!("groupArraySample({SAMPLE}, 7)({KEY})"),
    ];
    columns.iter().for_each(|column| ask(column, &mut told));
    told
}

/// What is asked of a column.
pub(super) fn ask(column: &Column, told: &mut Vec<String>) {
    let value = column.value();
    told.push(format!("count({value})"));
    match column.kind {
        Kind::I32 | Kind::I64 | Kind::Time => {
            told.extend([format!("assumeNotNull(min({value}))"), format!("assumeNotNull(max({value}))")]);
            if column.kind != Kind::Time {
                told.push(format!("toUInt64(length(groupUniqArray({})({value})))", MAX_DISTINCT_INTEGERS + 1));
                told.push(if column.is_unsigned() {
                    format!("toUInt8(countIf({} > 9223372036854775807) > 0)", column.raw())
                } else {
                    "toUInt8(0)".into()
                });
            }
        }
        Kind::F32 | Kind::F64 => {
            told.extend([format!("assumeNotNull(min({value}))"), format!("assumeNotNull(max({value}))")]);
            // The exponent of the lowest bit that is set.
            let bits = format!("reinterpretAsUInt64(assumeNotNull({value}))");
            let exponent = format!("bitAnd(bitShiftRight({bits}, 52), 2047)");
            let digits = format!("(bitAnd({bits}, 4503599627370495) + if({exponent} = 0, 0, 4503599627370496))");
            let zeros = format!("bitCount(bitXor({digits}, {digits} - 1))");
            let low = format!("toInt64(greatest({exponent}, 1)) + toInt64({zeros}) - 1076");
            told.push(format!("minIf({low}, ({value}) != 0)"));
        }
        Kind::Bool => told.push(format!("toUInt64(countIf({value}))")),
        Kind::Text => {}
    }
}

/// Reads the answer.
pub(super) fn read(answer: &[u8], columns: &[Column]) -> Result<Taken> {
    let mut row = Binary(answer);
    let rows = row.unsigned()?;
    let longitudes = (row.float()?, row.float()?);
    let mut steps = [0; 4];
    for step in &mut steps {
        *step = u32::try_from(row.unsigned()?)?;
    }
    let [west, east, north, south] = steps;
    let mut sample = (0..row.len()?).map(|_| row.unsigned()).collect::<Result<Vec<u64>>>()?;
    sample.sort_unstable();
    let ends = [World { x: west, y: north }, World { x: east, y: south }].map(morton::key);
    let mut taken = Taken {
        rows,
        longitudes,
        sample,
        bounds: (rows > 0).then(|| Extent::of(&ends).bounds()).flatten(),
        facts: Vec::new(),
        limbs: Vec::new(),
        beyond: Vec::new(),
    };
    for column in columns {
        let Told { present, facts, limbs, beyond } = told(&mut row, column)?;
        taken.facts.push(facts.map(|facts| Facts { nulls: rows.saturating_sub(present), ..facts }));
        taken.limbs.push(limbs);
        taken.beyond.push(beyond);
    }
    ensure!(row.is_empty(), "more came than was asked for");
    Ok(taken)
}

/// What was told of a column.
pub(super) struct Told {
    pub present: u64,
    /// `None` where its values are counted by a question of their own.
    pub facts: Option<Facts>,
    limbs: Option<Limbs>,
    beyond: bool,
}

/// Reads what is told of a column.
pub(super) fn told(row: &mut Binary<'_>, column: &Column) -> Result<Told> {
    let present = row.unsigned()?;
    let (mut limbs, mut beyond) = (None, false);
    let some = |low, high| (present > 0).then_some((low, high));
    let facts = match column.kind {
        Kind::I32 | Kind::I64 => {
            let (low, high, distinct) = (row.integer()?, row.integer()?, row.unsigned()?);
            beyond = row.truth()?;
            let range = some(Scalar::Integer(low), Scalar::Integer(high));
            (distinct > MAX_DISTINCT_INTEGERS as u64).then(|| Facts::new(range, present))
        }
        Kind::Time => {
            let (low, high) = (row.integer()?, row.integer()?);
            Some(Facts::new(some(Scalar::Time(low), Scalar::Time(high)), present))
        }
        Kind::F32 | Kind::F64 => {
            let (low, high, lowest) = (row.float()? + 0.0, row.float()? + 0.0, row.integer()?);
            let most = low.abs().max(high.abs());
            let some_bits = present > 0 && most > 0.0;
            limbs = Some(if some_bits {
                Limbs { top: libm::frexp(most).1, low: i32::try_from(lowest)? }
            } else {
                Limbs { top: 1, low: 0 }
            });
            Some(Facts::new(some(Scalar::Float(low), Scalar::Float(high)), present))
        }
        Kind::Bool => {
            let yes = row.unsigned()?;
            let counts = [(Scalar::Boolean(false), present.saturating_sub(yes)), (Scalar::Boolean(true), yes)];
            Some(Facts::counted(counts, &Work::free())?)
        }
        Kind::Text => None,
    };
    Ok(Told { present, facts, limbs, beyond })
}

/// What is asked of a column whose values are counted one by one, behind the condition; at most so many, and one more.
pub(super) fn counted(column: &Column) -> (Vec<String>, String) {
    let value = column.value();
    let told = vec![format!("assumeNotNull({value}) AS value"), "count()".into()];
    let most = TEXTS + 1;
    let tail = format!(
        "GROUP BY value ORDER BY value LIMIT {most} SETTINGS max_rows_to_group_by = {most}, group_by_overflow_mode = 'any'"
    );
    (told, tail)
}

/// Reads the counts of a column of whole numbers.
pub(super) fn integers(answer: &[u8], rows: u64) -> Result<Facts> {
    let (mut row, mut counts) = (Binary(answer), Vec::new());
    while !row.is_empty() {
        counts.push((Scalar::Integer(row.integer()?), row.unsigned()?));
    }
    let facts = Facts::counted(counts, &Work::free())?;
    Ok(Facts { nulls: rows.saturating_sub(facts.present), ..facts })
}

/// Reads the counts of texts that are known.
pub(super) fn known_texts(answer: &[u8], words: &Dictionary) -> Result<Facts> {
    let (mut row, mut counts, mut text_bytes) = (Binary(answer), Vec::new(), 0);
    while !row.is_empty() {
        let (text, count) = (row.text()?, row.unsigned()?);
        let code = words.code(&text).ok().context("a text that was not there when it was looked at")?;
        text_bytes += text.len() as u64 * count;
        counts.push((Scalar::Text(code as u32), count));
    }
    Ok(Facts { text_bytes, ..Facts::counted(counts, &Work::free())? })
}

/// Reads the texts of a column, each with its count; `None` for too many, or such as are no UTF-8.
pub(super) fn texts(answer: &[u8], rows: u64) -> Result<Option<(Dictionary, Facts)>> {
    let (mut row, mut counts, mut bytes) = (Binary(answer), Vec::new(), 0);
    while !row.is_empty() {
        let (text, count) = (row.bytes()?, row.unsigned()?);
        let Ok(text) = std::str::from_utf8(text) else { return Ok(None) };
        bytes += text.len() as u64 * count;
        counts.push((text, count));
    }
    if counts.len() > TEXTS {
        return Ok(None);
    }
    let words = Dictionary::new(counts.iter().map(|&(text, _)| text))?;
    let coded = counts.iter().enumerate().map(|(code, &(_, count))| (Scalar::Text(code as u32), count));
    let facts = Facts::counted(coded, &Work::free())?;
    Ok(Some((words, Facts { nulls: rows.saturating_sub(facts.present), text_bytes: bytes, ..facts })))
}

/// A column without rows, of which only the type matters, the texts, and whether there are rows without a value.
pub(super) fn empty(column: &Column, words: Option<Dictionary>, nulls: bool) -> Loaded {
    let data = match column.kind {
        Kind::I32 => Data::I32(Buffer::default()),
        Kind::I64 => Data::I64(Buffer::default()),
        Kind::F32 => Data::F32(Buffer::default()),
        Kind::F64 => Data::F64(Buffer::default()),
        Kind::Time => Data::Time(Buffer::default()),
        Kind::Bool => Data::Bool(std::iter::empty().collect()),
        Kind::Text => Data::Text(Codes::U8(Buffer::default()), words.unwrap_or_default()),
    };
    let valid = (nulls || column.nullable).then(|| std::iter::empty().collect::<Bits>());
    Loaded { name: column.name.clone(), data, valid }
}

/// All of it, as datasets have it.
pub(super) fn known(taken: &Taken, facts: Vec<Facts>) -> Known {
    let whole = |runs: &[&[u64]]| runs.iter().map(|run| Extent::of(run)).fold(Extent::NONE, Extent::join);
    Known {
        summaries: vec![None; facts.len()],
        facts,
        bounds: taken.bounds,
        focus: frame::focus(&taken.sample, whole),
        landmarks: Buffer::default(),
    }
}
