//! Cells of a tile, grouped by the database: what is asked of it, and what is made of its answer.
//!
//! It gives what the cells are sufficiently told by: counts, exact sums, extremes, the two values around a rank. Core finishes them
//! and writes every byte.

use super::{
    binary::Binary,
    columns::Column,
    limbs::Limbs,
    place::{KEY, code},
    values::Values,
};
use crate::{engine::Refusal, kind::Kind};
use anyhow::{Context as _, Result, ensure};
use duotile_core::{
    Category, Dictionary, Found, Given, MeasureKind, Plan, Scalar, Shape, Source, Values as CoreValues, World,
};

/// Periods that are counted where they are not all as long.
const UNEVEN: usize = 400;

/// What is asked of each cell.
pub(super) struct Asked<'p> {
    measures: Vec<Measure<'p>>,
    /// How many categories there are.
    slots: usize,
    centroid: bool,
    /// Expressions of the answer.
    pub told: Vec<String>,
}

/// A measure, and how its answer is read.
struct Measure<'p> {
    kind: MeasureKind,
    of: Kind,
    limbs: Option<(Limbs, usize)>,
    texts: Option<&'p Dictionary>,
}

/// What the columns of a plan are in the database.
pub(super) struct Of<'c> {
    /// The columns of the table, in the order of the dataset's.
    pub columns: &'c [Column],
    /// The same as core has them.
    pub known: &'c [duotile_core::Column<'c>],
    /// Between which powers of two the floats of each lie.
    pub limbs: &'c [Option<Limbs>],
    /// For each whether its integers can be added up in 64 bits.
    pub short: &'c [bool],
}

impl<'p> Asked<'p> {
    /// What a plan wants to know of cells of a level.
    ///
    /// # Errors
    /// For what is not asked of a database.
    pub fn of(plan: &Plan, of: &Of<'p>, level: u8, values: &mut Values) -> Result<Self, Refusal> {
        let mut told = vec![format!("{} AS code", code(level)), "count()".into()];
        let mut measures = Vec::new();
        let mut categories: Vec<&Category> = Vec::new();
        let mut by = None;
        for property in plan.properties() {
            match &property.source {
                &Source::Measure(at, kind) => measures.push(measure(kind, at, of, &mut told)?),
                Source::Category(at, category) => {
                    categories.push(category);
                    by = Some(*at);
                }
                Source::Count | Source::Extra(_) | Source::Column(_) => {}
            }
        }
        if let Some((at, column)) = by.and_then(|at| Some((at, of.columns.get(at)?))) {
            told.push(counted(column, of.known.get(at), &categories, values)?);
        }
        let centroid = plan.shape() == Shape::Centroid;
        if centroid {
            for axis in [1, 2] {
                told.push(format!("intDiv(sum(toUInt64(tupleElement(mortonDecode(2, {KEY}), {axis}))), count())"));
            }
        }
        Ok(Self { measures, slots: categories.len(), centroid, told })
    }

    /// Reads the cells, in the order of their codes.
    ///
    /// # Errors
    /// When the answer is none of this question, or tells of rows that came since facts were taken.
    pub fn read(&self, answer: &[u8]) -> Result<Given> {
        let mut rows = Binary(answer);
        let mut given = Given { found: self.measures.iter().map(Measure::empty).collect(), ..Given::default() };
        while !rows.is_empty() {
            given.cells.push((rows.unsigned()?, rows.unsigned()?));
            for (measure, found) in self.measures.iter().zip(&mut given.found) {
                measure.read(&mut rows, found)?;
            }
            if self.slots > 0 {
                let slots = rows.len()?;
                ensure!(slots == self.slots, "{slots} categories came, expected {}", self.slots);
                for _ in 0..slots {
                    given.counts.push(u32::try_from(rows.unsigned()?).unwrap_or(u32::MAX));
                }
            }
            if self.centroid {
                given.means.push(World { x: rows.unsigned()? as u32, y: rows.unsigned()? as u32 });
            }
        }
        Ok(given)
    }
}

/// A sum, with what rounding took of it.
fn added(values: &[f64]) -> f64 {
    let (sum, errors) = values.iter().fold((0.0, 0.0), |(sum, errors), value| {
        let next = sum + value;
        let back = next - sum;
        (next, errors + ((sum - (next - back)) + (value - back)))
    });
    sum + errors
}

/// What a measure is made of.
fn measure<'p>(kind: MeasureKind, at: usize, of: &Of<'p>, told: &mut Vec<String>) -> Result<Measure<'p>, Refusal> {
    let (Some(column), Some(known)) = (of.columns.get(at), of.known.get(at)) else {
        return Err(Refusal::failed(&"a measure of no column"));
    };
    let floats = matches!(column.kind, Kind::F32 | Kind::F64);
    let value = match column.kind {
        Kind::Bool => format!("toInt64({})", column.value()),
        _ => column.value(),
    };
    let texts = if let CoreValues::Text(_, texts) = known.values { Some(texts) } else { None };
    let mut measure = Measure { kind, of: column.kind, limbs: None, texts };
    match kind {
        MeasureKind::Sum | MeasureKind::Mean if floats => {
            let limbs = of.limbs.get(at).copied().flatten();
            let Some((limbs, (digits, rest))) = limbs.and_then(|limbs| Some((limbs, limbs.digits(&value)?))) else {
                // Too far apart to be added up there.
                told.push(format!("arraySort(groupArray({value}))"));
                return Ok(measure);
            };
            measure.limbs = Some((limbs, digits.len()));
            told.push(format!("count({value})"));
            told.extend(digits.iter().map(|digit| format!("ifNull(sum({digit}), 0)")));
            let beyond = libm::exp2(f64::from(limbs.top)).to_bits();
            told.push(format!(
                "toUInt8(countIf({rest} != 0 OR abs({value}) >= reinterpretAsFloat64(toUInt64({beyond}))) > 0)"
            ));
        }
        MeasureKind::Sum | MeasureKind::Mean => {
            told.push(format!("count({value})"));
            let whole = if of.short.get(at) == Some(&true) { value } else { format!("toInt128({value})") };
            told.push(format!("toInt128(ifNull(sum({whole}), 0))"));
        }
        MeasureKind::Min | MeasureKind::Max => {
            told.push(format!("toUInt8(count({value}) > 0)"));
            told.push(format!("assumeNotNull({}({value}))", kind.name()));
        }
        MeasureKind::Percentile(hundredths) => {
            let sorted = format!("arraySort(groupArray({value}))");
            let (count, rank) = (format!("count({value})"), |more: u8| {
                format!("greatest(1, intDiv((toInt64(count({value})) - 1) * {hundredths}, 10000) + {more})")
            });
            told.push(count.clone());
            told.push(format!("arrayElement({sorted}, {})", rank(1)));
            told.push(format!("arrayElement({sorted}, greatest(1, least({}, toInt64({count}))))", rank(2)));
        }
        MeasureKind::Mode => {
            let counts = format!("sumMapIf([assumeNotNull({value})], [toUInt64(1)], ({value}) IS NOT NULL)");
            told.push(format!("toUInt8(count({value}) > 0)"));
            told.push(format!(
                "arrayElement(tupleElement({counts}, 1), greatest(1, indexOf(tupleElement({counts}, 2), arrayMax(tupleElement({counts}, 2)))))"
            ));
        }
        MeasureKind::Distinct => told.push(format!("uniqExact({value})")),
    }
    Ok(measure)
}

/// The rows of each category.
fn counted(
    column: &Column,
    known: Option<&duotile_core::Column<'_>>,
    categories: &[&Category],
    values: &mut Values,
) -> Result<String, Refusal> {
    let slots = categories.len();
    // Out of all slots, where there is none.
    let slot_of = |wanted: Category| categories.iter().position(|own| **own == wanted).unwrap_or(slots);
    let (null, other) = (slot_of(Category::Null), slot_of(Category::Other));
    let value = column.value();
    let starts: Vec<i64> = categories
        .iter()
        .filter_map(|own| if let Category::Period(start) = own { Some(*start) } else { None })
        .collect();
    let own: Vec<Scalar> = categories
        .iter()
        .filter_map(|own| if let Category::Value(value) = own { Some(*value) } else { None })
        .collect();
    let slot = if let [first, rest @ ..] = &starts[..] {
        let width = rest.first().map_or(1, |second| second - first);
        if starts.windows(2).all(|pair| pair[1] - pair[0] == width) && rest.len() > 1 {
            let last = starts.len() as i64 - 1;
            format!(
                "if({value} < {first}, {slots}, least({last}, intDiv({value} - {first}, {width})))",
                value = format_args!("assumeNotNull({value})"),
            )
        } else if starts.len() <= UNEVEN {
            let starts = values.integers(starts.iter().copied());
            format!("toInt64(arrayCount(start -> start <= assumeNotNull({value}), {starts})) - 1")
        } else {
            return Err(Refusal::NotLive("a count of more than 400 periods that are not all as long"));
        }
    } else if column.kind == Kind::Bool {
        let of = |truth: bool| slot_of(Category::Value(Scalar::Boolean(truth)));
        format!("if({value}, {}, {})", of(true), of(false))
    } else {
        let texts =
            known.and_then(|known| if let CoreValues::Text(_, texts) = known.values { Some(texts) } else { None });
        let list = match texts {
            Some(texts) => values.texts(own.iter().filter_map(|value| match value {
                Scalar::Text(code) => Some(texts.get(*code as usize)),
                _ => None,
            })),
            None => values.integers(own.iter().filter_map(|value| match value {
                Scalar::Integer(value) => Some(*value),
                _ => None,
            })),
        };
        let places: Vec<String> = (0..own.len()).map(|slot| slot.to_string()).collect();
        if places.is_empty() {
            other.to_string()
        } else {
            format!("transform(assumeNotNull({value}), {list}, [{}], {other})", places.join(","))
        }
    };
    Ok(format!("countResample(0, {slots}, 1)(toInt64(if(({value}) IS NULL, {null}, {slot})))"))
}

impl Measure<'_> {
    fn empty(&self) -> Found {
        match self.kind {
            MeasureKind::Sum | MeasureKind::Mean if matches!(self.of, Kind::F32 | Kind::F64) => {
                Found::Floats(Vec::new())
            }
            MeasureKind::Sum | MeasureKind::Mean => Found::Integers(Vec::new()),
            MeasureKind::Min | MeasureKind::Max | MeasureKind::Mode => Found::Values(Vec::new()),
            MeasureKind::Percentile(_) => Found::Ranks(Vec::new()),
            MeasureKind::Distinct => Found::Counts(Vec::new()),
        }
    }

    fn read(&self, rows: &mut Binary<'_>, found: &mut Found) -> Result<()> {
        match found {
            Found::Floats(all) => {
                let Some((limbs, digits)) = self.limbs else {
                    let values = (0..rows.len()?).map(|_| rows.float()).collect::<Result<Vec<_>>>()?;
                    all.push((values.len() as u64, added(&values)));
                    return Ok(());
                };
                let count = rows.unsigned()?;
                let sums = (0..digits).map(|_| rows.integer()).collect::<Result<Vec<_>>>()?;
                ensure!(!rows.truth()?, "rows came with numbers that were not there when they were looked at");
                all.push((count, limbs.total(&sums)));
            }
            Found::Integers(all) => all.push((rows.unsigned()?, rows.wide()?)),
            Found::Values(all) => {
                let some = rows.truth()?;
                let value = self.value(rows);
                all.push(if some {
                    Some(value?)
                } else {
                    value.map_or_else(|error| self.none(error), |_| Ok(None))?
                });
            }
            Found::Ranks(all) => {
                let count = rows.unsigned()?;
                let (low, high) = (self.value(rows)?, self.value(rows)?);
                all.push((count > 0).then_some((count, low, high)));
            }
            Found::Counts(all) => all.push(rows.unsigned()?),
        }
        Ok(())
    }

    /// Where there is no value, a text stands for none that there is.
    fn none(&self, error: anyhow::Error) -> Result<Option<Scalar>> {
        if self.texts.is_some() { Ok(None) } else { Err(error) }
    }

    fn value(&self, rows: &mut Binary<'_>) -> Result<Scalar> {
        Ok(match self.of {
            Kind::I32 | Kind::I64 => Scalar::Integer(rows.integer()?),
            Kind::Time => Scalar::Time(rows.integer()?),
            Kind::F32 | Kind::F64 => Scalar::Float(rows.float()?),
            Kind::Bool => Scalar::Boolean(rows.integer()? != 0),
            Kind::Text => {
                let (text, texts) = (rows.text()?, self.texts.context("a text of no dictionary")?);
                let code = texts
                    .code(&text)
                    .ok()
                    .context("rows came with texts that were not there when they were looked at")?;
                Scalar::Text(code as u32)
            }
        })
    }
}
