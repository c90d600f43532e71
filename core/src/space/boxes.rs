//! Frames of boxes: how far the outlines of rows reach.
//!
//! Boxes in steps of the world enter (west, north, east, south), degrees leave.

use crate::space::{
    frame::{Frame, WORLD},
    mercator::{self, World},
    morton,
};

/// The box of nothing.
pub const NOTHING: [u32; 4] = [u32::MAX, u32::MAX, 0, 0];

/// The box of two.
#[must_use]
pub fn join(a: [u32; 4], b: [u32; 4]) -> [u32; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// A box in degrees, of which the last steps are the edges of the world; `None` for that of nothing.
#[must_use]
pub fn frame([west, north, east, south]: [u32; 4]) -> Option<Frame> {
    let (low, high) = (World { x: west, y: south }, World { x: east, y: north });
    let ((west, south), (east, north)) = (mercator::unproject(low), mercator::unproject(high));
    let ends = |of: u32, at: f64, edges: [f64; 2]| match of {
        0 => edges[0],
        u32::MAX => edges[1],
        _ => at,
    };
    (low.x <= high.x).then(|| {
        let [left, bottom, right, top] = WORLD;
        [
            ends(low.x, west, [left, right]),
            ends(low.y, south, [top, bottom]),
            ends(high.x, east, [left, right]),
            ends(high.y, north, [top, bottom]),
        ]
    })
}

/// Whether the box of a row counts for the frame of most: its key lies in the one that holds most keys, and it does not go over the
/// antimeridian, where it would lie on both ends of the world.
#[must_use]
pub fn is_among(of: [u32; 4], key: u64, [west, south, east, north]: Frame) -> bool {
    let (lon, lat) = mercator::unproject(morton::position(key));
    let lon = if lon < west { lon + 360.0 } else { lon };
    let both = of[0] == 0 && of[2] == u32::MAX;
    !both && lon <= east && (south..=north).contains(&lat)
}

/// The frame of most rows: `most` is the box of those that are [among them](is_among), `focus` holds most keys, `all` all boxes.
#[must_use]
pub fn focus(most: [u32; 4], focus: Frame, all: Option<Frame>) -> Frame {
    match frame(most) {
        // On both sides of the antimeridian.
        Some(_) if focus[2] > 180.0 => focus,
        Some(found) => found,
        None => all.unwrap_or(WORLD),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_of_boxes_reaches_the_edges_of_the_world() {
        assert_eq!(frame(NOTHING), None);
        let [west, south, east, north] = frame([0, 1 << 31, u32::MAX, u32::MAX]).expect("a box");
        assert_eq!((west, south, east), (-180.0, WORLD[1], 180.0));
        assert!(north.abs() < 1e-6, "{north}");
    }
}
