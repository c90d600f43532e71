//! A query fitted to a dataset: every name looked up, every type checked, every property named.
//!
//! What can be wrong with a query is found here, before any tile is cut; cutting with a [`Plan`] cannot fail.

use crate::{
    category::{Categories, Category},
    columns::{Column, Kind},
    error::QueryError,
    facts::Scalar,
    filter::Filter,
    measure::{self, Measures},
    query::{Alias, MeasureKind, Mode, Period, Properties, Shape, TileQuery},
    small, suggest,
    table::Table,
    time,
    work::Work,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

/// Columns a row carries unless told.
const DEFAULT_COLUMNS: usize = 16;
/// Texts a row carries unless told are shorter than this on average, in bytes.
const SHORT_TEXT: u64 = 64;

/// A query that fits a dataset.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) filter: Option<Filter>,
    pub(crate) mode: Mode,
    /// Levels of cells below the zoom: a tile is 2^`grid` cells wide.
    pub(crate) grid: u8,
    pub(crate) shape: Shape,
    pub(crate) limit: u32,
    pub(crate) measures: Vec<Measures>,
    pub(crate) categories: Option<Categories>,
    /// The property of the first category; the others follow it.
    pub(crate) first_category: usize,
    pub(crate) extras: Vec<(Extra, usize)>,
    /// Columns that rows carry, each with its property.
    pub(crate) columns: Vec<(usize, usize)>,
    pub(crate) names: Vec<String>,
    properties: Vec<Property>,
    canonical: String,
    filter_text: String,
}

/// A property that features of a tile may carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its name in tiles.
    pub name: String,
    /// The type of its values.
    pub kind: PropertyKind,
    /// Where they come from.
    pub source: Source,
}

/// The type of a property's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// Whole numbers, exact in every client. Times are milliseconds since 1970 UTC.
    Integer,
    /// Numbers.
    Number,
    /// Texts.
    Text,
    /// Truth values.
    Boolean,
}

/// What a property tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Of a cell: the number of its rows.
    Count,
    /// Of a cell: a measure of a column.
    Measure(usize, MeasureKind),
    /// Of a cell: the rows of a category of a column.
    Category(usize, Category),
    /// Of a cell: something made of the count.
    Extra(Extra),
    /// Of a row: the value of a column.
    Column(usize),
}

/// What else is made of the count of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// `point_count_log`: the logarithm to base 10.
    Log,
    /// `cluster`: true.
    Cluster,
    /// `cluster_id`: the feature id.
    ClusterId,
    /// `point_count_abbreviated`: `950`, `1.2k`, `15k`.
    Abbreviated,
    /// `clustered`: true.
    Clustered,
    /// `sqrt_point_count`: the square root to two decimals.
    Sqrt,
}

impl TileQuery {
    /// Fits the query to a dataset.
    ///
    /// # Errors
    /// [`QueryError`] for a column that is not there or of the wrong type, with a near name where there is one.
    /// Also when finding out which texts pass would cost more than the work may, or nobody waits any more
    /// ([`QueryError::stopped`](crate::Complaint::stopped)).
    pub fn plan(&self, table: &Table<'_>, work: &Work<'_>) -> Result<Plan, QueryError> {
        let filter = match Filter::of(self, table, work)? {
            Filter::Constant(true) => None,
            filter => Some(filter),
        };
        let rows = Self { filter: self.filter.clone(), datetime: self.datetime, bbox: self.bbox, ..Self::default() };
        let mut names = Names::default();
        names.add("point_count".into(), PropertyKind::Integer, Source::Count);

        let mut measures: Vec<Measures> = Vec::new();
        for measure in &self.measures {
            let index = column(table, "agg", &measure.column)?;
            let column = &table.columns()[index];
            measure::accepts(measure.kind, column.kind()).map_err(|expected| {
                let (kind, got) = (measure.kind.name(), column.kind().name());
                QueryError::new("agg", format!("{kind}:{} is of a {got} column, expected {expected}", measure.column))
            })?;
            let suffix = match measure.kind {
                MeasureKind::Mean if self.aliases.contains(&Alias::Carto) => "average".into(),
                kind => kind.name(),
            };
            let name = format!("{}_{suffix}", escape(column.name));
            let property = names.add(name, measured_kind(measure.kind, column), Source::Measure(index, measure.kind));
            match measures.iter_mut().find(|measures| measures.column == index) {
                Some(measures) => measures.kinds.push((measure.kind, property)),
                None => measures.push(Measures { column: index, kinds: Vec::from([(measure.kind, property)]) }),
            }
        }

        let categories = match &self.by {
            None => None,
            Some(by) => {
                let index = column(table, "by", &by.column)?;
                Some(Categories::of(by, index, &table.columns()[index])?)
            }
        };
        let first_category = names.properties.len();
        if let Some(categories) = &categories {
            let column = &table.columns()[categories.column];
            for category in &categories.slots {
                let period = self.by.as_ref().and_then(|by| by.period);
                let source = Source::Category(categories.column, category.clone());
                names.add(category_name(column, category, period), PropertyKind::Integer, source);
            }
        }

        let mut extras = Vec::new();
        if self.log_count {
            extras.push((Extra::Log, names.extra(Extra::Log)));
        }
        for alias in &self.aliases {
            for &extra in alias.extras() {
                extras.push((extra, names.extra(extra)));
            }
        }

        let mut columns = Vec::new();
        for index in self.row_columns(table)? {
            let column = &table.columns()[index];
            let property = names.add(escape(column.name), column_kind(column), Source::Column(index));
            columns.push((index, property));
        }

        Ok(Plan {
            filter,
            mode: self.mode,
            grid: 9 - self.cell.max(1).ilog2() as u8,
            shape: self.shape,
            limit: self.limit,
            measures,
            categories,
            first_category,
            extras,
            columns,
            names: names.properties.iter().map(|property| property.name.clone()).collect(),
            properties: names.properties,
            canonical: self.to_string(),
            filter_text: rows.to_string(),
        })
    }

    fn row_columns(&self, table: &Table<'_>) -> Result<Vec<usize>, QueryError> {
        let columns = table.columns();
        Ok(match &self.properties {
            Properties::All => (0..columns.len()).collect(),
            Properties::Default => {
                let short = |&i: &usize| columns[i].facts.mean_text_bytes() < SHORT_TEXT;
                (0..columns.len()).filter(short).take(DEFAULT_COLUMNS).collect()
            }
            Properties::Columns(names) => {
                let mut indices: Vec<usize> =
                    names.iter().map(|name| column(table, "properties", name)).collect::<Result<_, _>>()?;
                small::sort(&mut indices);
                indices.dedup();
                indices
            }
        })
    }
}

impl Plan {
    /// Which rows: `filter`, `datetime` and `bbox` together; `None` for every row.
    #[must_use]
    pub const fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// The canonical text of what decides which rows: what a cache of masks goes by. Empty for every row.
    #[must_use]
    pub fn filter_text(&self) -> &str {
        &self.filter_text
    }

    /// The canonical text of the whole query.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// `mode`.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// `shape`.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// `limit`.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// Levels of cells below the zoom: a tile is 2 to this many cells wide.
    #[must_use]
    pub const fn grid(&self) -> u8 {
        self.grid
    }

    /// Whether tiles depend on a [`crate::Profile`].
    #[must_use]
    pub fn needs_profile(&self) -> bool {
        self.mode != Mode::Cells
    }

    /// Every property that features may carry, those of cells first.
    #[must_use]
    pub fn properties(&self) -> &[Property] {
        &self.properties
    }

    /// Columns whose summary shortens the measuring of cells.
    pub fn summaries(&self) -> impl Iterator<Item = usize> {
        self.measures.iter().filter(|measures| measures.uses_summary()).map(|measures| measures.column)
    }
}

impl Alias {
    const fn extras(self) -> &'static [Extra] {
        match self {
            Self::Carto => &[],
            Self::Supercluster => &[Extra::Cluster, Extra::ClusterId, Extra::Abbreviated],
            Self::Tippecanoe => &[Extra::Clustered, Extra::Sqrt],
        }
    }
}

/// Properties with names that differ.
#[derive(Default)]
struct Names {
    properties: Vec<Property>,
}

impl Names {
    /// Adds a property. A name that is taken gets a number: `name_2`. A cell's measure and a row's column may share a
    /// name only if it is not `point_count`, which tells cells from rows.
    fn add(&mut self, name: String, kind: PropertyKind, source: Source) -> usize {
        let taken = |name: &str| self.properties.iter().any(|property| property.name == name);
        // One more than the properties there are must be free.
        let numbered = (2..self.properties.len() + 3).map(|n| format!("{name}_{n}"));
        let name = core::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name);
        self.properties.push(Property { name, kind, source });
        self.properties.len() - 1
    }

    fn extra(&mut self, extra: Extra) -> usize {
        let (name, kind) = match extra {
            Extra::Log => ("point_count_log", PropertyKind::Number),
            Extra::Cluster => ("cluster", PropertyKind::Boolean),
            Extra::ClusterId => ("cluster_id", PropertyKind::Integer),
            Extra::Abbreviated => ("point_count_abbreviated", PropertyKind::Text),
            Extra::Clustered => ("clustered", PropertyKind::Boolean),
            Extra::Sqrt => ("sqrt_point_count", PropertyKind::Number),
        };
        self.add(name.into(), kind, Source::Extra(extra))
    }
}

fn column(table: &Table<'_>, parameter: &str, name: &str) -> Result<usize, QueryError> {
    table.column(name).ok_or_else(|| suggest::unknown_column(table, parameter, name))
}

fn category_name(column: &Column<'_>, category: &Category, period: Option<Period>) -> String {
    let name = escape(column.name);
    match *category {
        Category::Period(start) => {
            format!("point_count|{}", period.map_or_else(|| time::print(start), |period| period.label(start)))
        }
        Category::Value(value) => format!("{name}_{}", escape(&text(column, value))),
        Category::Other => format!("{name}_other"),
        Category::Null if period.is_some() => "point_count_null".into(),
        Category::Null => format!("{name}_null"),
    }
}

/// A value as text.
pub(crate) fn text(column: &Column<'_>, value: Scalar) -> String {
    match (value, column.values) {
        (Scalar::Integer(value), _) => value.to_string(),
        (Scalar::Float(value), _) => value.to_string(),
        (Scalar::Boolean(value), _) => value.to_string(),
        (Scalar::Time(value), _) => time::print(value),
        (Scalar::Text(code), crate::Values::Text(_, words)) => words.get(code as usize).into(),
        (Scalar::Text(code), _) => code.to_string(),
    }
}

/// `|` is kept for periods of time: elsewhere it is written as in URLs.
fn escape(name: &str) -> String {
    name.replace('|', "%7C")
}

fn column_kind(column: &Column<'_>) -> PropertyKind {
    match column.kind() {
        Kind::Integer if column.facts.is_wide() => PropertyKind::Text,
        Kind::Integer | Kind::Time => PropertyKind::Integer,
        Kind::Float => PropertyKind::Number,
        Kind::Boolean => PropertyKind::Boolean,
        Kind::Text => PropertyKind::Text,
    }
}

fn measured_kind(measure: MeasureKind, column: &Column<'_>) -> PropertyKind {
    match (measure, column.kind()) {
        (MeasureKind::Sum, Kind::Integer) if column.facts.is_sum_wide() => PropertyKind::Text,
        (MeasureKind::Distinct, _)
        | (MeasureKind::Sum, Kind::Integer | Kind::Boolean)
        | (MeasureKind::Mean | MeasureKind::Percentile(_), Kind::Time) => PropertyKind::Integer,
        (MeasureKind::Sum | MeasureKind::Mean | MeasureKind::Percentile(_), _) => PropertyKind::Number,
        (MeasureKind::Min | MeasureKind::Max | MeasureKind::Mode, _) => column_kind(column),
    }
}
