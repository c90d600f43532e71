//! Whether the tiles of a zoom that a tile is made of are the same, so that who writes all of them cuts one.

use crate::{
    plan::Plan,
    points::index::Points,
    small::work::{Stopped, Work},
    space::tile::TileId,
    tile::{
        cut::{Cut, Selection},
        tiler::{Scratch, View},
    },
};

impl Plan {
    /// Whether all tiles of zoom `z` within a tile have the same bytes, as far as is seen at a glance: all are empty, or the same
    /// outlines or cells fill them to their edges. Only tiles that hold no row are said to be so.
    ///
    /// # Errors
    /// [`Stopped`], as [`Plan::tile_into`].
    pub fn alike(
        &self,
        points: &Points<'_>,
        selection: Selection<'_>,
        tile: TileId,
        z: u8,
        work: &Work<'_>,
        scratch: &mut Scratch,
    ) -> Result<bool, Stopped> {
        let (toll, points) = (&mut work.toll(), &self.drawn(points));
        let range = points.range(tile);
        let deeper = z.saturating_sub(tile.z());
        let Ok(first) = TileId::new(z.into(), tile.x() << deeper, tile.y() << deeper) else { return Ok(false) };
        if z < tile.z() || selection.mask.map_or(range.len(), |mask| mask.count(range.clone())) > 0 {
            return Ok(false);
        }
        let cut = Cut { points, selection, tile: first, range: range.start..range.start };
        let shapes = match self.view(&cut, 0, toll)? {
            View::Shapes(shapes) => shapes,
            View::Hexagons(resolution) => return scratch.hexagons.alike(self, tile, resolution, toll),
            View::Rows | View::Cells(..) => return Ok(true),
        };
        let Some(most) = selection.profile.most(z) else { return Ok(true) };
        shapes.alike(
            (points.keys(), points.rows()),
            (tile, z, self.detail),
            (most, selection.mask),
            toll,
            &mut scratch.alike,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hex::crowds::scattered,
        points::{landmarks::Landmarks, profile::Profile},
        query::TileQuery,
        space::morton,
        table::view::Roles,
    };
    use alloc::vec::Vec;

    #[test]
    fn tiles_within_a_hexagon_that_are_said_to_be_alike_are() {
        let (keys, rows) = scattered();
        let words = Landmarks::build(&keys);
        let points = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        let points = points.with_landmarks(Landmarks::new(&words, keys.len()));
        let (work, profile, mut scratch) = (Work::free(), Profile::default(), Scratch::default());
        let selection = Selection { mask: None, summaries: &[], profile: &profile };
        let bytes = |plan: &Plan, tile, scratch: &mut Scratch| {
            let mut out = Vec::new();
            plan.tile_into(&points, selection, tile, &work, scratch, &mut out).expect("cut");
            out
        };
        let (mut said, mut filled, mut state) = (0, 0, 11u64);
        let mut random = |of: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % of
        };
        for resolution in 0..=6u8 {
            let query = TileQuery::parse(&alloc::format!("mode=cells&cell=h3&res={resolution}")).expect("a query");
            let plan = query.plan(&points, &work).expect("fits");
            for _ in 0..400 {
                // About a row, where cells are that have some.
                let key = keys[random(keys.len() as u64) as usize];
                let z = (3 + u64::from(resolution) + random(4)).min(12) as u8;
                let near = morton::position(key);
                let (side, last) = (32 - u32::from(z), (1i64 << z) - 1);
                let mut beside = |at: u32| (i64::from(at >> side) + random(5) as i64 - 2).clamp(0, last) as u32;
                let (x, y) = (beside(near.x), beside(near.y));
                let tile = TileId::new(z.into(), x, y).expect("a tile");
                if !plan.alike(&points, selection, tile, z + 2, &work, &mut scratch).expect("looked") {
                    continue;
                }
                let deeper = (0..4).flat_map(|down| (0..4).map(move |right| (4 * x + right, 4 * y + down)));
                let all: Vec<_> = deeper
                    .map(|(x, y)| bytes(&plan, TileId::new(u32::from(z) + 2, x, y).expect("a tile"), &mut scratch))
                    .collect();
                assert!(all.iter().all(|tile| *tile == all[0]), "{tile:?} of resolution {resolution}");
                said += 1;
                filled += usize::from(!all[0].is_empty());
            }
        }
        assert!(said > 60 && filled > 60, "{said} {filled}");
    }
}
