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
    /// outlines fill them to their edges. Only tiles that hold no row are said to be so.
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
            // Cells that reach into them from beside.
            View::Hexagons(_) => return Ok(false),
            View::Rows | View::Cells(..) => return Ok(true),
        };
        let Some(most) = selection.profile.most(z) else { return Ok(true) };
        shapes.alike(points.keys(), (tile, z, self.detail), (most, selection.mask), toll, &mut scratch.alike)
    }
}
