//! A query is fitted to a table: every name looked up, every type checked, every property named.
//!
//! What can be wrong with a query is found here, before any tile is cut; cutting with a [`Plan`] can only be told to
//! stop.

use super::{
    Extra, Plan, PropertyKind, Source,
    property::{Names, category_name, column_kind, escape, measured_kind},
};
use crate::{
    filter::Filter,
    measure::{
        category::Categories,
        numbers::{Measures, accepts},
    },
    query::{Alias, MeasureKind, Properties, Shape, TileQuery},
    small::{self, error::QueryError, work::Work},
    table::{unknown::unknown_column, values::Kind, view::Table},
};
use alloc::{format, string::ToString as _, vec::Vec};

/// Columns a row carries unless told.
const DEFAULT_COLUMNS: usize = 16;
/// Texts a row carries unless told are shorter than this on average, in bytes.
const SHORT_TEXT: u64 = 64;

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
        // Summaries go by it and by a column's place, and what the query makes has one, too.
        let lets = self.lets.clone();
        let rows =
            Self { lets, filter: self.filter.clone(), datetime: self.datetime, bbox: self.bbox, ..Self::default() };
        let mut names = Names::default();
        names.add("point_count".into(), PropertyKind::Integer, Source::Count);

        let mut measures: Vec<Measures> = Vec::new();
        for measure in &self.measures {
            let index = column(table, "agg", &measure.column)?;
            let column = &table.columns()[index];
            accepts(measure.kind, column.kind()).map_err(|expected| {
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
                let passing = self.datetime.filter(|_| table.roles().time == Some(index));
                Some(Categories::of(by, index, table, passing, work)?)
            }
        };
        let first_category = names.properties.len();
        if let Some(categories) = &categories {
            let column = &table.columns()[categories.column];
            for category in &categories.slots {
                let source = Source::Category(categories.column, category.clone());
                let name = category_name(column, category, categories.calendar.as_ref());
                names.add(name, PropertyKind::Integer, source);
            }
        }

        if self.hexagons.is_some() && self.shape == Shape::Centroid {
            let message = "got centroid for cells of H3, expected polygon or point: the mean of their rows may be in another tile";
            return Err(QueryError::new("shape", message));
        }
        if self.hexagons.is_some() && self.aliases.contains(&Alias::Quadbin) {
            let message = "got quadbin for cells of H3, expected it for squares: those of H3 have their index in h3";
            return Err(QueryError::new("alias", message));
        }
        let mut extras = Vec::new();
        if self.hexagons.is_some() {
            extras.push((Extra::H3, names.extra(Extra::H3)));
        }
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

        let canonical = self.to_string();
        Ok(Plan {
            filter,
            mode: self.mode,
            grid: 9 - self.cell.max(1).ilog2() as u8,
            hexagons: self.hexagons,
            shape: self.shape,
            geometry: self.geometry,
            rank: self.rank(table)?,
            detail: self.detail,
            limit: self.limit,
            measures,
            categories,
            first_category,
            extras,
            columns,
            names: names.properties.iter().map(|property| property.name.clone()).collect(),
            properties: names.properties,
            filter_text: if rows == *self { canonical.clone() } else { rows.to_string() },
            canonical,
        })
    }

    fn rank(&self, table: &Table<'_>) -> Result<Option<usize>, QueryError> {
        let Some(name) = &self.rank else { return Ok(None) };
        let index = column(table, "rank", name)?;
        if table.columns()[index].kind() == Kind::Text {
            return Err(QueryError::new(
                "rank",
                format!("{name} is a text column, expected numbers, times or truth values"),
            ));
        }
        Ok(Some(index))
    }

    fn row_columns(&self, table: &Table<'_>) -> Result<Vec<usize>, QueryError> {
        let columns = table.columns();
        Ok(match &self.properties {
            Properties::All => (0..columns.len()).collect(),
            Properties::Default => {
                let short = |&i: &usize| columns[i].facts.mean_text_bytes() < SHORT_TEXT;
                // What the query makes it also shows.
                let own = |&i: &usize| self.lets.iter().any(|made| made.name == columns[i].name);
                let others = (0..columns.len())
                    .filter(|i| !own(i))
                    .filter(|&i| !columns[i].facts.measured)
                    .filter(short)
                    .take(DEFAULT_COLUMNS);
                others.chain((0..columns.len()).filter(own)).collect()
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

fn column(table: &Table<'_>, parameter: &str, name: &str) -> Result<usize, QueryError> {
    table.column(name).ok_or_else(|| unknown_column(table, parameter, name))
}
