//! A tile of a table: cells that the database grouped, or rows that it gave, and what core writes of them.

use super::{
    Live,
    cells::{self, Asked},
    rows::{self, Rows},
    values::Values,
};
use crate::engine::Refusal;
use duotile_core::{EXTENT_BITS, Given, Mode, Plan, Profile, Report, Scratch, Selection, Source, TileId, Work};

/// The deepest level of cells.
const LEVELS: u8 = 32;
/// Rows of a tile of `mode=points` that are fetched: so many times the limit, and these, which is far above what chance gives it.
const SPARE: u64 = 4;
const FEW: u64 = 64;

/// What a tile shows.
#[derive(Debug)]
pub(crate) enum Shown {
    /// Cells of a level, with their ids or without.
    Cells(Given, u8, bool),
    /// Rows, and how many there are in all.
    Rows(Rows, u64),
}

/// The columns that rows carry.
fn carried(plan: &Plan) -> impl Iterator<Item = usize> {
    plan.properties().iter().filter_map(|property| match property.source {
        Source::Column(at) => Some(at),
        _ => None,
    })
}

impl Live {
    /// Whether a plan can be asked of it.
    ///
    /// # Errors
    /// [`Refusal::NotLive`] for what cannot yet.
    pub(crate) fn takes(plan: &Plan) -> Result<(), Refusal> {
        match plan {
            _ if plan.reaches_out() => Err(Refusal::NotLive("cells of H3")),
            _ if plan.mode() == Mode::Places => Err(Refusal::NotLive("mode=places")),
            _ if plan.rank().is_some() => Err(Refusal::NotLive("rank")),
            _ => Ok(()),
        }
    }

    /// Asks for what a tile shows.
    ///
    /// # Errors
    /// For what is not asked of a database yet, or when that does not answer.
    pub(crate) async fn tile(&self, plan: &Plan, profile: &Profile, tile: TileId) -> Result<Shown, Refusal> {
        Self::takes(plan)?;
        let (z, limit) = (tile.z(), u64::from(plan.limit()));
        let usual = (z + plan.grid()).min(LEVELS);
        match plan.mode() {
            Mode::Points => {
                let all = self.count(plan, tile).await?;
                // Where tiles are thinned there is a bound for all of the zoom.
                let bound = profile.bound(z, std::iter::empty());
                let most = limit * SPARE + FEW;
                let rows = self.rows(plan, tile, (bound < 1 << 32).then_some(bound), most).await?;
                if rows.len() as u64 > most {
                    return Err(Refusal::failed(&"more rows than the fullest tile has"));
                }
                Ok(Shown::Rows(rows, all))
            }
            Mode::Auto if profile.points_minzoom().is_some_and(|minzoom| minzoom <= z) => {
                let rows = self.rows(plan, tile, None, limit).await?;
                if rows.len() as u64 <= limit {
                    let all = rows.len() as u64;
                    return Ok(Shown::Rows(rows, all));
                }
                // Too many rows at too few places: the finest cells that fit.
                let levels: Vec<u8> = (usual..=(z + EXTENT_BITS).min(LEVELS)).rev().collect();
                let counts = self.occupied(plan, tile, &levels).await?;
                let fits = levels.iter().zip(counts).find(|&(_, cells)| cells <= limit);
                let level = fits.map_or(usual, |(&level, _)| level);
                Ok(Shown::Cells(self.cells(plan, tile, level, None).await?, level, false))
            }
            _ => Ok(Shown::Cells(self.cells(plan, tile, usual, None).await?, usual, true)),
        }
    }

    /// The cells of a level, at most one more than so many.
    pub(super) async fn cells(
        &self,
        plan: &Plan,
        tile: TileId,
        level: u8,
        most: Option<usize>,
    ) -> Result<Given, Refusal> {
        let mut values = Values::default();
        let passing = self.passing(plan, &mut values)?;
        let known = self.schema.columns();
        let of = cells::Of { columns: &self.columns, known: &known, limbs: &self.limbs, short: &self.short };
        let asked = Asked::of(plan, &of, level, &mut values)?;
        let most = most.map_or(String::new(), |most| format!(" LIMIT {}", (most as u64).saturating_add(1)));
        let (within, tail) = (self.place.tile(tile), format!("GROUP BY code ORDER BY code{most}"));
        let answer = self.ask(&asked.told, &[&within, &passing], &tail, &values).await?;
        asked.read(&answer).map_err(|error| self.changed(&error))
    }

    /// Rows of a tile, at most one more than `most`.
    async fn rows(&self, plan: &Plan, tile: TileId, below: Option<u64>, most: u64) -> Result<Rows, Refusal> {
        let mut values = Values::default();
        let passing = self.passing(plan, &mut values)?;
        let roles = self.roles();
        let mut wanted: Vec<usize> = carried(plan).chain(roles.id).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let told = rows::asked(&self.columns, &wanted, &self.numbers);
        let below = below.map_or_else(|| "1".into(), |bound| self.numbers.below(bound));
        let tail = format!("ORDER BY `key`, `number` LIMIT {}", most.saturating_add(1));
        let answer = self.ask(&told, &[&self.place.tile(tile), &passing, &below], &tail, &values).await?;
        Rows::read(&answer, &self.columns, &wanted, (roles, None)).map_err(|error| self.changed(&error))
    }

    /// Writes what a tile shows and appends its bytes to `out`.
    pub(crate) fn cut(
        &self,
        shown: &Shown,
        (plan, profile, tile): (&Plan, &Profile, TileId),
        work: &Work<'_>,
        (scratch, out): (&mut Scratch, &mut Vec<u8>),
    ) -> Result<Report, Refusal> {
        match shown {
            Shown::Cells(given, level, ids) => self.schema.with_points(|points| {
                given.check(plan, &points).map_err(|bad| Refusal::failed(&bad))?;
                Ok(plan.cells_into(&points, given, (tile, *level, *ids), work, scratch, out)?)
            }),
            Shown::Rows(rows, all) => {
                let selection = Selection { mask: None, profile, summaries: &[] };
                let cut = rows
                    .with_points(&self.schema, |points| plan.tile_into(&points, selection, tile, work, scratch, out));
                let report = cut.map_err(|error| Refusal::failed(&format!("{error:#}")))??;
                Ok(Report { rows: *all, omitted: all.saturating_sub(report.features.into()), ..report })
            }
        }
    }
}
