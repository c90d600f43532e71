//! Paths as a tile writes them: integers that say where to move, where to draw to, and to close.
//!
//! Source: section 4.3 of the Mapbox Vector Tile specification, version 2.1.

use crate::shapes::draw::{Kind, Paths};

/// At most so many integers are [`commands`] of these paths.
pub const fn most(paths: &Paths<'_>) -> usize {
    2 * paths.points.len() + 3 * paths.ends.len()
}

/// Visits the integers of some paths.
pub fn commands(paths: &Paths<'_>, mut visit: impl FnMut(u32)) {
    const MOVE: u32 = 1;
    const LINE: u32 = 2;
    const CLOSE: u32 = 7;
    let command = |id: u32, count: usize| id | (count as u32) << 3;
    let (mut start, mut before) = (0, [0i32; 2]);
    for &end in paths.ends {
        let run = &paths.points[start..end as usize];
        let moved = if paths.kind == Kind::Points { run.len() } else { 1 };
        visit(command(MOVE, moved));
        for (at, point) in run.iter().enumerate() {
            if at == moved {
                visit(command(LINE, run.len() - moved));
            }
            for axis in 0..2 {
                let here = i32::from(point[axis]);
                let step = here - before[axis];
                visit((step << 1 ^ step >> 31).cast_unsigned());
                before[axis] = here;
            }
        }
        if paths.kind == Kind::Polygons {
            visit(command(CLOSE, 1));
        }
        start = end as usize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::clip::Point;
    use alloc::vec::Vec;

    fn integers(kind: Kind, points: &[Point], ends: &[u32]) -> Vec<u32> {
        let (paths, mut integers) = (Paths { kind, points, ends }, Vec::new());
        commands(&paths, |integer| integers.push(integer));
        assert!(integers.len() <= most(&paths));
        integers
    }

    /// Those of section 4.3.5.
    #[test]
    fn the_examples_of_the_specification_are_written_as_it_has_them() {
        assert_eq!(integers(Kind::Points, &[[5, 7], [3, 2]], &[2]), [17, 10, 14, 3, 9]);
        let lines = [[2, 2], [2, 10], [10, 10], [1, 1], [3, 5]];
        assert_eq!(integers(Kind::Lines, &lines, &[3, 5]), [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8]);
        let polygons = [
            [[0, 0], [10, 0], [10, 10], [0, 10]],
            [[11, 11], [20, 11], [20, 20], [11, 20]],
            [[13, 13], [13, 17], [17, 17], [17, 13]],
        ];
        let expected = [
            [9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15],
            [9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15],
            [9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15],
        ];
        assert_eq!(integers(Kind::Polygons, &polygons.concat(), &[4, 8, 12]), expected.concat());
        assert_eq!(integers(Kind::Lines, &[], &[]), []);
    }
}
