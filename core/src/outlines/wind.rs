//! Which way a ring runs: a path enters, its area leaves, as an exact integer; and rings that run as roles say.
//!
//! Shells are positive, as tiles want them: clockwise on the screen, where y grows downwards. Holes are negative.

use crate::outlines::{Role, Vertex};

/// Twice the area of a closed path, positive where it runs clockwise on the screen.
pub(crate) fn area2(path: impl Iterator<Item = Vertex>) -> i128 {
    let (mut first, mut before, mut sum) = (None, [0; 2], 0i128);
    for vertex in path {
        match first {
            None => first = Some(vertex),
            Some(_) => sum += cross(before, vertex),
        }
        before = vertex;
    }
    first.map_or(0, |first| sum + cross(before, first))
}

/// The same in units of a tile.
#[inline]
pub(crate) fn small_area2(path: &[[i16; 2]]) -> i64 {
    let Some(&(mut before)) = path.last() else { return 0 };
    let mut sum = 0;
    for &here in path {
        let [ax, ay, bx, by] = [before[0], before[1], here[0], here[1]].map(i64::from);
        sum += ax * by - bx * ay;
        before = here;
    }
    sum
}

/// Turns a ring round if it does not run as its role says.
pub(crate) fn wind(path: &mut [Vertex], role: Role) {
    let area = area2(path.iter().copied());
    if (role == Role::Shell && area < 0) || (role == Role::Hole && area > 0) {
        path.reverse();
    }
}

fn cross(a: Vertex, b: Vertex) -> i128 {
    let product = |a: i64, b: i64| i128::from(a) * i128::from(b);
    product(a[0], b[1]) - product(b[0], a[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_runs_clockwise_on_the_screen_and_a_hole_does_not() {
        // East, then south.
        let square = [[0, 0], [4, 0], [4, 3], [0, 3]];
        assert_eq!(area2(square.into_iter()), 24);
        assert_eq!((small_area2(&[[0, 0], [4, 0], [4, 3], [0, 3]]), small_area2(&[])), (24, 0));
        assert_eq!(small_area2(&[[i16::MIN; 2], [i16::MIN, i16::MAX], [i16::MAX; 2]]), -(65_535 * 65_535));
        let (mut shell, mut hole) = (square, square);
        wind(&mut shell, Role::Shell);
        wind(&mut hole, Role::Hole);
        assert_eq!((shell, area2(hole.into_iter())), (square, -24));
        assert_eq!(area2(core::iter::empty()), 0);
    }

    #[test]
    fn the_area_of_the_world_is_exact() {
        let edge = crate::outlines::WORLD;
        let world = [[0, 0], [edge, 0], [edge, edge], [0, edge]];
        assert_eq!(area2(world.into_iter()), 1 << 65);
    }
}
