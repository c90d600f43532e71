//! How full tiles are under a filter: what says from which zoom on rows take over from cells.

use super::{Live, binary::Binary, place::code, values::Values};
use crate::engine::Refusal;
use anyhow::Result;
use duotile_core::{CROWD, MAX_ZOOM, Plan, Profile, TileId};

/// Zooms up to which all tiles are counted at once.
const SHALLOW: u8 = 10;

impl Live {
    /// How full tiles are under the filter and the limit of a plan.
    ///
    /// # Errors
    /// For a filter that is not asked of a database, or when that does not answer.
    pub(crate) async fn profile(&self, plan: &Plan) -> Result<Profile, Refusal> {
        let mut values = Values::default();
        let passing = self.passing(plan, &mut values)?;
        let full = u64::from(plan.limit()).max(CROWD as u64);
        // The tiles of one zoom, and those of the zooms above it made of them.
        let told = [format!("{} AS code", code(SHALLOW)), "count()".into()];
        let answer = self.ask(&told, &[&passing], "GROUP BY code ORDER BY code", &values).await?;
        let (total, mut zooms) = shallow(&answer, full).map_err(|error| self.changed(&error))?;
        // Overfull tiles hold all overfull tiles of the next zoom, so deeper ones are asked for as long as there are any.
        let mut z = SHALLOW;
        while z < MAX_ZOOM && zooms.last().is_some_and(|&(overfull, _)| overfull > 0) {
            z += 1;
            let inner = [format!("{} AS code", code(z)), "count() AS rows".into()];
            let tail = format!("GROUP BY code HAVING rows > {full}");
            let told = ["sum(rows)".into(), "max(rows)".into()];
            let answer = self.ask_of(&told, (&inner, &[&passing], &tail), &values).await?;
            let mut row = Binary(&answer);
            let read = (|| Ok((row.unsigned()?, row.unsigned()?)))();
            zooms.push(read.map_err(|error: anyhow::Error| self.changed(&error))?);
        }
        Ok(Profile::counted(plan.limit(), total, zooms))
    }

    /// How many cells a tile has at some levels.
    pub(super) async fn occupied(&self, plan: &Plan, tile: TileId, levels: &[u8]) -> Result<Vec<u64>, Refusal> {
        let mut values = Values::default();
        let passing = self.passing(plan, &mut values)?;
        let told: Vec<String> = levels.iter().map(|&level| format!("uniqExact({})", code(level))).collect();
        let answer = self.ask(&told, &[&self.place.tile(tile), &passing], "", &values).await?;
        let mut row = Binary(&answer);
        levels.iter().map(|_| row.unsigned()).collect::<Result<_>>().map_err(|error| self.changed(&error))
    }

    /// How many rows of a tile pass.
    pub(super) async fn count(&self, plan: &Plan, tile: TileId) -> Result<u64, Refusal> {
        let mut values = Values::default();
        let passing = self.passing(plan, &mut values)?;
        let answer = self.ask(&["count()".into()], &[&self.place.tile(tile), &passing], "", &values).await?;
        Binary(&answer).unsigned().map_err(|error| self.changed(&error))
    }
}

/// All rows, and of each zoom those in overfull tiles and those of the fullest of these.
fn shallow(answer: &[u8], full: u64) -> Result<(u64, Vec<(u64, u64)>)> {
    let mut zooms = vec![(0, 0); usize::from(SHALLOW) + 1];
    // The tile of each zoom that is being counted.
    let mut open = [(0, 0u64); SHALLOW as usize + 1];
    let mut close = |z: usize, rows: u64| {
        if rows > full {
            zooms[z] = (zooms[z].0 + rows, zooms[z].1.max(rows));
        }
    };
    let (mut row, mut total) = (Binary(answer), 0);
    while !row.is_empty() {
        let (code, rows) = (row.unsigned()?, row.unsigned()?);
        total += rows;
        for (z, (of, sum)) in open.iter_mut().enumerate() {
            let tile = code >> (2 * (usize::from(SHALLOW) - z));
            if *of != tile {
                close(z, std::mem::take(sum));
                *of = tile;
            }
            *sum += rows;
        }
    }
    open.iter().enumerate().for_each(|(z, &(_, sum))| close(z, sum));
    Ok((total, zooms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_of_one_zoom_tell_those_above_it() {
        let mut answer = Vec::new();
        for (code, rows) in [(0u64, 30u64), (1, 40), (5, 50), (1 << 19, 70)] {
            answer.extend(code.to_le_bytes());
            answer.extend(rows.to_le_bytes());
        }
        let (total, zooms) = shallow(&answer, 60).expect("whole");
        assert_eq!((total, zooms.len()), (190, 11));
        assert_eq!(zooms[0], (190, 190));
        // 2¹⁹ is in another quarter of the world than the others, which part at the last two zooms.
        assert_eq!((zooms[1], zooms[8], zooms[9], zooms[10]), ((190, 120), (190, 120), (140, 70), (70, 70)));
        assert!(shallow(&answer[..20], 60).is_err());
    }
}
