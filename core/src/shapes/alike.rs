//! Whether all tiles of a zoom that a tile is made of show the same outlines: each that comes to one of them fills all of them to
//! the edges of their buffers.
//!
//! An outline as it is drawn at the zoom either has an edge on them or goes round all of them alike. So it is enough that none has.

use crate::{
    filter::mask::Mask,
    points::steps::Most,
    shapes::{
        Role, Shapes, Vertex, dust,
        first::SQUARE,
        grid::{EXTENT, Grid, HIGH, LOW},
        wide,
        wind::area2,
    },
    small::work::{Stopped, Toll},
    space::{morton, tile::TileId},
};
use alloc::vec::Vec;

/// Space for looking.
#[derive(Debug, Default)]
pub struct Space {
    rows: Vec<u32>,
    path: Vec<Vertex>,
}

impl Space {
    /// Bytes held.
    pub const fn size(&self) -> usize {
        self.rows.capacity() * 4 + self.path.capacity() * 16
    }
}

impl Shapes<'_> {
    /// Whether all tiles of zoom `z` within a tile show the same of the rows that pass a mask and are kept by their ranks, as far as is
    /// seen at a glance: a tile at the edge of the world, and one that holds a row's representative point, may be said to be of unlike ones.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub(crate) fn alike(
        &self,
        (keys, numbers): (&[u64], &[u32]),
        (tile, z, detail): (TileId, u8, i8),
        (most, mask): (Most, Option<&Mask>),
        toll: &mut Toll<'_>,
        Space { rows, path }: &mut Space,
    ) -> Result<bool, Stopped> {
        let grid = Grid::over(tile, z).detailed(detail);
        let last = (EXTENT << (z - tile.z())) - EXTENT;
        let near = |[low, high]: [i64; 2], at: Vertex| at.iter().all(|at| (low..=high + last).contains(at));
        rows.clear();
        self.meeting(&grid, (most, numbers), mask, toll, |row| rows.push(row as u32))?;
        // Outlines that lie along the edge of the world are drawn beyond it.
        if grid.world.contains(&true) {
            return Ok(rows.is_empty());
        }
        let outlines = self.levelled.outlines;
        for row in rows.iter().map(|&row| row as usize) {
            let point = morton::position(keys[row]);
            // A square or a stick may be drawn there.
            if near([LOW - SQUARE, HIGH + SQUARE], grid.local([wide(point.x), wide(point.y)])) {
                return Ok(false);
            }
            let rings = outlines.rings_of(row);
            let role = rings.clone().next().map(|ring| outlines.role(ring));
            if role != Some(Role::Points) && z < self.whole(row) {
                continue;
            }
            if role == Some(Role::Points) {
                toll.pay(rings.clone().map(|ring| outlines.vertices_of(ring).len()).sum())?;
                let mut places = rings.flat_map(|ring| outlines.path(ring));
                if places.any(|vertex| near([0, EXTENT], grid.local(vertex))) {
                    return Ok(false);
                }
                continue;
            }
            for part in dust::parts(&outlines, rings.clone()) {
                let (small, mut area) = (dust::is_small(&outlines, &rings, &part), 0);
                for ring in part.clone() {
                    let looked = self.levelled.draw(ring, &grid, path);
                    toll.pay(1 + looked / 8)?;
                    area += if small { area2(path.iter().copied()) } else { 0 };
                    let closing = path.last().zip(path.first()).filter(|_| outlines.role(ring).is_ring());
                    let mut edges =
                        path.windows(2).map(|edge| [edge[0], edge[1]]).chain(closing.map(|(a, b)| [*a, *b]));
                    if edges.any(|edge| touches(edge, [LOW - 1, HIGH + last + 1])) {
                        return Ok(false);
                    }
                }
                // A square may be drawn for a part.
                if small
                    && area <= 0
                    && near([LOW - SQUARE, HIGH + SQUARE], grid.local(dust::place(&outlines, part.start)))
                {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// Whether an edge has a place in common with a square from one coordinate to another on both axes.
fn touches([a, b]: [Vertex; 2], [low, high]: [i64; 2]) -> bool {
    if (0..2).any(|axis| a[axis].max(b[axis]) < low || a[axis].min(b[axis]) > high) {
        return false;
    }
    let wide = |v: Vertex| v.map(i128::from);
    let ([ax, ay], [bx, by]) = (wide(a), wide(b));
    let side = |corner: Vertex| {
        let [x, y] = wide(corner);
        ((bx - ax) * (y - ay) - (by - ay) * (x - ax)).signum()
    };
    let sides = [[low, low], [high, low], [high, high], [low, high]].map(side);
    sides[0] == 0 || sides.iter().any(|&side| side != sides[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_touches_a_square_where_one_of_its_places_does() {
        let mut state = 7u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i64::from(state >> 27) - 11
        };
        let mut seen = [0; 2];
        for _ in 0..20_000 {
            let edge = [[next(), next()], [next(), next()]];
            let [a, b] = edge;
            // Places along it, in steps of which some lie on each side of the square that it crosses.
            let parts = 2520;
            let inside = (0..=parts).any(|part| {
                (0..2).all(|axis| (0..=7 * parts).contains(&(a[axis] * parts + (b[axis] - a[axis]) * part)))
            });
            let touches = touches(edge, [0, 7]);
            // Where only a corner is met, no such place may be.
            assert!(touches || !inside, "{edge:?}");
            let corner = !inside && touches && {
                let cross = |[x, y]: Vertex| (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
                [[0, 0], [7, 0], [7, 7], [0, 7]].map(cross).contains(&0)
            };
            assert!(!touches || inside || corner, "{edge:?}");
            seen[usize::from(touches)] += 1;
        }
        assert!(seen.iter().all(|&count| count > 3000), "{seen:?}");
    }
}
