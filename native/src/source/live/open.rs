//! A table is looked at: its columns, what is known of them, whether its keys are ours.

use super::{
    AT_ONCE, Live, MOST,
    columns::Column,
    facts, is_short,
    limbs::Limbs,
    place::{KEY, Place},
    rows::Numbers,
    values::Values,
};
use crate::{
    dataset::{Loaded, Parts},
    read::Progress,
    source::{
        points::Dataset,
        remote::{self, Address, Engine, Remote, Rows, clickhouse},
    },
};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use bytes::Bytes;
use duotile_core::{Facts, MAX_EXACT, Roles, Scalar, mercator, morton};
use polars_buffer::Buffer;
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use xxhash_rust::xxh3::xxh3_64;

/// Rows that tell what the columns are.
const SAMPLE: usize = 1000;
/// How long looking at all rows may take.
const LOOK: Duration = Duration::from_mins(5);

impl Remote {
    /// The same with some of its rows, which tell what its columns are.
    ///
    /// # Errors
    /// When it is no database that is asked live.
    pub(crate) fn sample(&self) -> Result<Self> {
        let address = self.asked()?;
        let query = format!("SELECT * FROM (\n{}\n) LIMIT {SAMPLE}", clickhouse::query(address)?);
        let place = remote::Place::Database(Address { rows: Rows::Query(query), ..address.clone() });
        Ok(Self { place, ..self.clone() })
    }

    /// The database that is asked.
    fn asked(&self) -> Result<&Address> {
        match &self.place {
            remote::Place::Database(address) if address.engine == Engine::ClickHouse => Ok(address),
            _ => bail!("live is of ClickHouse; what lies elsewhere otherwise is fetched"),
        }
    }
}

impl Live {
    /// Looks at a table, of which some rows were read as a dataset already.
    ///
    /// # Errors
    /// One clear line when it cannot be asked, nothing tells its version, or its positions are not such as are asked for live.
    pub(crate) fn open(
        remote: &Remote,
        name: &str,
        sample: &Dataset,
        key: Option<&str>,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let version = remote.version(name)?.context(
            "nothing tells when its rows change, which live sources need: version = \"SELECT …\" names a query that does",
        )?;
        let address = remote.asked()?.with_secret(name)?;
        let opened = opened((&address, remote.every()), sample, (key, &version), progress);
        remote::block_on(opened)?.with_context(|| address.to_string())
    }
}

async fn opened(
    (address, every): (&Address, Duration),
    sample: &Dataset,
    (key, version): (Option<&str>, &str),
    progress: &dyn Progress,
) -> Result<Live> {
    progress.stage("look at the table", None);
    let described = clickhouse::describe(address).await?;
    let named = |name: &str| described.iter().find(|(known, _)| known == name).map(|(_, kind)| kind.as_str());
    let (lon, lat) = &sample.report().position;
    for name in [lon, lat] {
        let inner = named(name).map(|kind| kind.trim_start_matches("Nullable(").trim_end_matches(')'));
        ensure!(
            lon != lat && matches!(inner, Some("Float32" | "Float64")),
            "live takes columns of longitudes and latitudes in degrees, of type Float64 or Float32; \"{name}\" is {}",
            inner.unwrap_or("none of its columns")
        );
    }
    if let Some(key) = key {
        ensure!(named(key) == Some("UInt64"), "key = \"{key}\": expected a column of type UInt64");
    }
    let mut lines = Vec::new();
    let mut columns = Vec::new();
    for known in sample.columns() {
        let kind = named(known.name).map(|of| Column::new(known.name, of));
        match kind {
            Some(Ok(column)) if is_kind(&column, &known) => columns.push(column),
            Some(Ok(_)) => lines.push(format!("column {:?} is left out: it is another type in a file", known.name)),
            Some(Err(why)) => lines.push(format!("column {:?} is left out: {why}", known.name)),
            // Made of others when rows are read: of latitudes beyond the edge of the map.
            None => {}
        }
    }
    let place = Place::new(lon, lat, key);
    let from = match &address.rows {
        Rows::Table { name, .. } => format!("{}.{}", clickhouse::quoted(&address.database), clickhouse::quoted(name)),
        _ => format!("(\n{}\n)", clickhouse::query(address)?),
    };
    let mut table = Table { address, from, place };
    table.check_keys(key).await?;
    progress.stage("look at all rows", None);
    let answer = table.ask(&facts::asked(&table.place, &columns), &[], "").await?;
    let taken = facts::read(&answer, &columns)?;
    ensure!(taken.rows > 0, "it has no rows with a position");
    let answer = table.count(&["1"]).await?;
    let all = super::binary::Binary(&answer).unsigned()?;
    let beyond = format!("abs({}) > {}", table.place.lat(), mercator::MAX_LATITUDE);
    let beyond = super::binary::Binary(&table.count(&[&table.place.valid(), &beyond]).await?).unsigned()?;
    if beyond > 0 {
        lines.push(format!(
            "{beyond} rows lie beyond the edge of the map: they are drawn at it, and filtered as if they lay there"
        ));
    }
    table.place = table.place.within(taken.longitudes);

    let Known { columns, facts, limbs, loaded } = table.known(columns, &taken, &mut lines).await?;
    let short = facts.iter().map(is_short).collect();
    let find = |name: Option<&String>| name.and_then(|name| columns.iter().position(|column| column.name == *name));
    let (id, time) = (find(sample.report().id.as_ref()), find(sample.report().time.as_ref()));
    let id = id_of(id, &columns, &facts)?;
    if id.is_none() {
        lines.push("no column gives ids: features of rows have none".into());
    }
    lines.iter().for_each(|line| progress.line(line));
    let roles = Roles { id: id.map(|(at, _)| at), time, latitude: None };
    let mut report = sample.report().clone();
    report.lines.extend(lines);
    (report.rows_read, report.unusable) = (all, all.saturating_sub(taken.rows));
    let known = facts::known(&taken, facts);
    let stamp = format!("{address}\n{}\n{described:?}\n{columns:?}\n{roles:?}\n{version}", table.from);
    let schema = Dataset::new(Parts {
        name: sample.name().into(),
        title: sample.title().map(Into::into),
        attribution: sample.attribution().map(Into::into),
        version: format!("{:016x}", xxh3_64(stamp.as_bytes())),
        zone: sample.zone().map(Into::into),
        keys: Buffer::default(),
        rows: Buffer::default(),
        columns: loaded,
        outlines: None,
        roles,
        report,
        known: Some(known),
        ground: None,
    })?;
    let Table { from, place, .. } = table;
    let numbers = Numbers::of(&columns, id);
    let (schema, seats) = (Arc::new(schema), Semaphore::new(AT_ONCE));
    Ok(Live {
        address: address.clone(),
        every,
        schema,
        rows: taken.rows,
        from,
        place,
        columns,
        limbs,
        short,
        numbers,
        seats,
    })
}

/// Whether a column of a file would be of the same kind.
fn is_kind(column: &Column, known: &duotile_core::Column<'_>) -> bool {
    use crate::kind::Kind;
    use duotile_core::Values;
    matches!(
        (column.kind, known.values),
        (Kind::I32, Values::I32(_))
            | (Kind::I64, Values::I64(_))
            | (Kind::F32, Values::F32(_))
            | (Kind::F64, Values::F64(_))
            | (Kind::Bool, Values::Bool(_))
            | (Kind::Text, Values::Text(..))
            | (Kind::Time, Values::Time(_))
    )
}

/// The column of ids, and the largest of them.
fn id_of(id: Option<usize>, columns: &[Column], facts: &[Facts]) -> Result<Option<(usize, u64)>> {
    Ok(match id.map(|at| (at, &facts[at])) {
        None => None,
        Some((at, Facts { nulls: 0, range: Some((Scalar::Integer(0..), Scalar::Integer(most))), .. }))
            if *most <= MAX_EXACT =>
        {
            Some((at, most.unsigned_abs()))
        }
        Some((at, _)) => bail!("id = \"{}\": expected unique whole numbers from 0 to 2^53 - 1", columns[at].name),
    })
}

/// Columns, and what is known of each.
struct Known {
    columns: Vec<Column>,
    facts: Vec<Facts>,
    limbs: Vec<Option<Limbs>>,
    loaded: Vec<Loaded>,
}

/// A table that is being looked at.
struct Table<'r> {
    address: &'r Address,
    from: String,
    place: Place,
}

impl Table<'_> {
    /// What is known of each column; those that cannot be asked are left out, and told.
    async fn known(&self, columns: Vec<Column>, taken: &facts::Taken, lines: &mut Vec<String>) -> Result<Known> {
        let mut all = Known { columns: Vec::new(), facts: Vec::new(), limbs: Vec::new(), loaded: Vec::new() };
        for (at, column) in columns.into_iter().enumerate() {
            if taken.beyond[at] {
                lines.push(format!("column {:?} is left out: it has whole numbers beyond 2^63", column.name));
                continue;
            }
            let (mut words, mut own) = (None, taken.facts[at].clone());
            if own.is_none() {
                let (told, tail) = facts::counted(&column);
                let answer = self.ask(&told, &[&column.present()], &tail).await?;
                if column.kind == crate::kind::Kind::Text {
                    let Some((texts, known)) = facts::texts(&answer, taken.rows)? else {
                        let most = facts::TEXTS;
                        lines.push(format!(
                            "column {:?} is left out: it has more than {most} different texts, or some that are no UTF-8",
                            column.name
                        ));
                        continue;
                    };
                    (words, own) = (Some(texts), Some(known));
                } else {
                    own = Some(facts::integers(&answer, taken.rows)?);
                }
            }
            let own = own.context("a column of which nothing is known")?;
            all.loaded.push(facts::empty(&column, words, own.nulls > 0));
            all.limbs.push(taken.limbs[at]);
            all.facts.push(own);
            all.columns.push(column);
        }
        Ok(all)
    }

    async fn ask(&self, told: &[String], conditions: &[&str], tail: &str) -> Result<Bytes> {
        let valid = self.place.valid();
        let all: Vec<&str> = std::iter::once(valid.as_str()).chain(conditions.iter().copied()).collect();
        let (key, told, all) = (self.place.key(), told.join(", "), all.join(" AND "));
        self.raw(&format!("WITH {key} AS {KEY} SELECT {told} FROM {} WHERE {all} {tail} FORMAT RowBinary", self.from))
            .await
    }

    /// How many rows meet conditions, with a position or without.
    async fn count(&self, conditions: &[&str]) -> Result<Bytes> {
        self.raw(&format!("SELECT count() FROM {} WHERE {} FORMAT RowBinary", self.from, conditions.join(" AND ")))
            .await
    }

    async fn raw(&self, statement: &str) -> Result<Bytes> {
        clickhouse::bytes(self.address, statement, &Values::default().0, (LOOK, MOST)).await
    }

    /// Whether keys of some rows are those that core makes of their positions: those of a column, or those that the database makes.
    async fn check_keys(&self, key: Option<&str>) -> Result<()> {
        let told = [self.place.lon().to_owned(), self.place.lat().to_owned(), KEY.to_owned()];
        let statement = format!(
            "WITH {} AS {KEY} SELECT {} FROM {} WHERE {} LIMIT {SAMPLE} FORMAT RowBinary",
            self.place.key(),
            told.join(", "),
            self.from,
            self.place.positioned(),
        );
        let answer = self.raw(&statement).await?;
        let mut row = super::binary::Binary(&answer);
        while !row.is_empty() {
            let (lon, lat, found) = (row.float()?, row.float()?, row.unsigned()?);
            let ours = mercator::project(lon, lat).map(morton::key);
            if ours != Some(found) {
                let expected = ours.map_or("none".into(), |key| key.to_string());
                let what = key.map_or("made by the database".into(), |key| format!("of column \"{key}\""));
                return Err(anyhow!(
                    "the key {what} is {found} at longitude {lon} and latitude {lat}, expected {expected}"
                ));
            }
        }
        Ok(())
    }
}
