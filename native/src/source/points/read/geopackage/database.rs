//! What the database tells: its layers, their columns, geometries and coordinate systems.

use crate::{kind::Kind, read::field::Field, source::sqlite};
use anyhow::{Result, anyhow, bail};
use polars_core::prelude::DataType;
use rusqlite::Connection;

/// Layers that a database may have, which is more than any has.
const MOST_LAYERS: usize = 10_000;

/// A table that can be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub name: String,
    /// Its column of geometries, and what they are.
    pub geometry: Option<String>,
    kind: String,
    /// Whether they may have heights or measures.
    pub is_deep: bool,
    /// The text of its coordinate system, where that is said.
    pub crs: Option<String>,
}

impl Layer {
    /// What it holds.
    pub fn about(&self) -> String {
        if self.geometry.is_some() { self.kind.to_lowercase() } else { "no geometries".into() }
    }

    /// Whether a column is that of geometries. To `SQLite` case is the same in names.
    pub fn is_geometry(&self, name: &str) -> bool {
        self.geometry.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name))
    }
}

/// Its layers: tables of features, or others where it has none of these.
///
/// # Errors
/// When it is no `GeoPackage`, or damaged.
pub(super) fn layers(database: &Connection) -> Result<Vec<Layer>> {
    let tables = "SELECT count(*) FROM sqlite_master WHERE lower(name) = 'gpkg_contents'";
    let known: i64 = database.query_row(tables, [], |row| row.get(0)).map_err(damaged)?;
    if known == 0 {
        bail!("the SQLite database is no GeoPackage: it has no table gpkg_contents");
    }
    let features = format!(
        "SELECT c.table_name, g.column_name, g.geometry_type_name, coalesce(g.z, 0) + coalesce(g.m, 0), \
                    s.organization || ':' || s.organization_coordsys_id, s.definition, s.srs_id \
                    FROM gpkg_contents c JOIN gpkg_geometry_columns g ON lower(g.table_name) = lower(c.table_name) \
                    LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id \
                    WHERE c.data_type = 'features' ORDER BY c.table_name LIMIT {MOST_LAYERS} + 1"
    );
    let mut statement = database.prepare(&features).map_err(damaged)?;
    let found = statement.query_map([], |row| {
        let (code, definition): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
        // −1 and 0 say that nothing is known.
        let known = row.get::<_, Option<i64>>(6)?.is_some_and(|number| number > 0);
        let named = code.filter(|code| code.to_ascii_uppercase().starts_with("EPSG:"));
        Ok(Layer {
            name: row.get(0)?,
            geometry: row.get(1)?,
            kind: row.get(2)?,
            is_deep: row.get::<_, i64>(3)? > 0,
            crs: named.or(definition).filter(|_| known),
        })
    });
    let mut layers: Vec<Layer> = found.and_then(Iterator::collect).map_err(damaged)?;
    if layers.is_empty() {
        let others = format!(
            "SELECT table_name FROM gpkg_contents WHERE data_type = 'attributes' ORDER BY table_name LIMIT {MOST_LAYERS} + 1"
        );
        let mut statement = database.prepare(&others).map_err(damaged)?;
        let found = statement.query_map([], |row| Ok(Layer { name: row.get(0)?, ..Layer::default() }));
        layers = found.and_then(Iterator::collect).map_err(damaged)?;
    }
    if layers.len() > MOST_LAYERS {
        bail!("the GeoPackage has more than {MOST_LAYERS} layers, expected that many at most");
    }
    Ok(layers)
}

/// How many rows a layer has.
///
/// # Errors
/// When it is damaged.
pub(super) fn count(database: &Connection, layer: &Layer) -> Result<u64> {
    let query = format!("SELECT count(*) FROM {}", quoted(&layer.name));
    let rows: i64 = database.query_row(&query, [], |row| row.get(0)).map_err(damaged)?;
    Ok(rows.unsigned_abs())
}

/// The columns of a layer.
///
/// # Errors
/// When they cannot be looked at.
pub(super) fn fields(database: &Connection, layer: &Layer) -> Result<Vec<Field>> {
    let mut statement = database.prepare("SELECT name, type FROM pragma_table_info(?1)").map_err(damaged)?;
    let found = statement.query_map([&layer.name], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let found: Vec<(String, String)> = found.and_then(Iterator::collect).map_err(damaged)?;
    if found.is_empty() {
        bail!("the GeoPackage names a layer {:?}, for which it has no table", layer.name);
    }
    let field = |(name, said): &(String, String)| {
        if layer.is_geometry(name) {
            return Ok(Field::new(name, &DataType::Binary));
        }
        let said = if said.is_empty() { typed(database, layer, name)? } else { said.to_ascii_uppercase() };
        Ok(of_type(name, &said))
    };
    found.iter().map(field).collect()
}

/// The type of a column that has none, as those of views: that of its first value.
fn typed(database: &Connection, layer: &Layer, name: &str) -> Result<String> {
    let (column, table) = (quoted(name), quoted(&layer.name));
    let query = format!("SELECT typeof({column}) FROM {table} WHERE {column} IS NOT NULL LIMIT 1");
    let mut statement = database.prepare(&query).map_err(damaged)?;
    let mut rows = statement.query([]).map_err(damaged)?;
    let first = rows.next().map_err(damaged)?;
    Ok(first.map_or(Ok("TEXT".into()), |row| row.get::<_, String>(0)).map_err(damaged)?.to_ascii_uppercase())
}

/// A column by the type that the format or SQL has for it.
fn of_type(name: &str, said: &str) -> Field {
    let time = |what: &str| {
        let why = format!("the file says {what}");
        Field { why, ..Field::plain(name, DataType::String, Ok(Kind::Time)) }
    };
    match said.split('(').next().unwrap_or_default().trim() {
        "BOOLEAN" | "BOOL" => Field::new(name, &DataType::Boolean),
        "TINYINT" | "SMALLINT" | "MEDIUMINT" => Field::new(name, &DataType::Int32),
        "INT" | "INTEGER" | "BIGINT" => Field::new(name, &DataType::Int64),
        "FLOAT" | "DOUBLE" | "REAL" | "NUMERIC" | "DOUBLE PRECISION" | "DECIMAL" => {
            Field::new(name, &DataType::Float64)
        }
        "DATE" => time("DATE"),
        "DATETIME" | "TIMESTAMP" => time("DATETIME"),
        "BLOB" => Field::new(name, &DataType::Binary),
        _ => Field::new(name, &DataType::String),
    }
}

/// A name as SQL has it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[expect(clippy::needless_pass_by_value, reason = "what errors are mapped by takes them")]
pub(super) fn damaged(error: rusqlite::Error) -> anyhow::Error {
    if sqlite::took_long(&error) {
        return anyhow!(
            "the GeoPackage takes more work than its length has rows for: a layer of it may be a view without end; make a table of it, \
             such as by ogr2ogr, and read that"
        );
    }
    anyhow!("the GeoPackage is damaged or cut off: {error}")
}
