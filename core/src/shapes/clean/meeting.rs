//! How two edges meet, in exact integers.

use super::pairs::{Edge, within};
use crate::shapes::clip::Point;

/// What two edges have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// Nothing.
    Apart,
    /// One end.
    End,
    /// Both ends.
    Same,
    /// More: where each is to be cut, the places of the one and of the other.
    Cut([[Option<Point>; 2]; 2]),
}

/// How two edges meet whose boxes do. Where they cross is rounded to the grid, the same whichever comes first and however
/// they run.
#[inline]
pub fn of(e: Edge, f: Edge) -> Meeting {
    // Written out: a closure for both ends is not inlined.
    let of_e = [side(e[0], e[1], f[0]), side(e[0], e[1], f[1])];
    if (of_e[0] > 0 && of_e[1] > 0) || (of_e[0] < 0 && of_e[1] < 0) {
        return Meeting::Apart;
    }
    // One behind the other, as nearly all are that are looked at.
    if e[1] == f[0] && of_e[1] != 0 {
        return Meeting::End;
    }
    let of_f = [side(f[0], f[1], e[0]), side(f[0], f[1], e[1])];
    if (of_f[0] > 0 && of_f[1] > 0) || (of_f[0] < 0 && of_f[1] < 0) {
        return Meeting::Apart;
    }
    touching(e, f, of_e, of_f)
}

/// The same of two edges of which neither has the other wholly on one side: on which sides of each the other's ends lie.
#[inline(never)]
fn touching(e: Edge, f: Edge, of_e: [i32; 2], of_f: [i32; 2]) -> Meeting {
    let on = |side: i32, place: Point, edge: Edge| {
        (side == 0 && !edge.contains(&place) && within(place, edge)).then_some(place)
    };
    let cuts = [[on(of_e[0], f[0], e), on(of_e[1], f[1], e)], [on(of_f[0], e[0], f), on(of_f[1], e[1], f)]];
    if cuts != [[None; 2]; 2] {
        return Meeting::Cut(cuts);
    }
    if !of_e.contains(&0) && !of_f.contains(&0) {
        let place = crossing(e, f);
        let of = |edge: Edge| (!edge.contains(&place)).then_some(place);
        return Meeting::Cut([[of(e), None], [of(f), None]]);
    }
    match f.map(|end| e.contains(&end)) {
        [true, true] => Meeting::Same,
        [false, false] => Meeting::Apart,
        _ => Meeting::End,
    }
}

/// On which side of the line from a to b a place lies.
#[inline]
pub fn side(a: Point, b: Point, p: Point) -> i32 {
    let [ax, ay, bx, by, px, py] = [a[0], a[1], b[0], b[1], p[0], p[1]].map(i32::from);
    (bx - ax) * (py - ay) - (by - ay) * (px - ax)
}

/// Where two edges cross, rounded to the grid, halves up.
fn crossing(e: Edge, f: Edge) -> Point {
    let along = |[from, to]: Edge| if from <= to { [from, to] } else { [to, from] };
    let (e, f) = (along(e), along(f));
    let (first, other) = if e <= f { (e, f) } else { (f, e) };
    let [before, behind] = other.map(|end| i64::from(side(first[0], first[1], end)));
    let at = |axis: usize| {
        let (of, by) = (before * i64::from(other[1][axis] - other[0][axis]), before - behind);
        let (of, by) = if by < 0 { (-of, -by) } else { (of, by) };
        other[0][axis] + (2 * of + by).div_euclid(2 * by) as i16
    };
    [at(0), at(1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_meet_as_they_are_seen_to() {
        let e = [[0, 0], [10, 0]];
        let cut = |of_e: &[Point], of_f: &[Point]| {
            let two = |places: &[Point]| [places.first().copied(), places.get(1).copied()];
            Meeting::Cut([two(of_e), two(of_f)])
        };
        assert_eq!(of(e, [[0, 1], [10, 1]]), Meeting::Apart);
        assert_eq!(of(e, [[11, 0], [20, 0]]), Meeting::Apart);
        assert_eq!(of(e, [[10, 0], [12, 3]]), Meeting::End);
        assert_eq!(of(e, [[10, 0], [0, 0]]), Meeting::Same);
        assert_eq!(of(e, [[4, -3], [4, 3]]), cut(&[[4, 0]], &[[4, 0]]));
        assert_eq!(of(e, [[4, 0], [4, 3]]), cut(&[[4, 0]], &[]));
        assert_eq!(of(e, [[-5, 0], [5, 0]]), Meeting::Cut([[None, Some([5, 0])], [Some([0, 0]), None]]));
        assert_eq!(of(e, [[0, 0], [5, 0]]), Meeting::Cut([[None, Some([5, 0])], [None; 2]]));
        // Crossing so close to an end that this is the place.
        assert_eq!(of([[0, 0], [9, 1]], [[0, -1], [1, 9]]), Meeting::Cut([[None; 2], [Some([0, 0]), None]]));
    }

    #[test]
    fn a_crossing_is_the_nearest_place_whichever_edge_comes_first() {
        let mut state = 3u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16 % 2176 + 2048
        };
        let mut crossed = 0;
        for _ in 0..20_000 {
            let (e, f): (Edge, Edge) = ([[next(), next()], [next(), next()]], [[next(), next()], [next(), next()]]);
            let Meeting::Cut([[Some(place), None], [Some(same), None]]) = of(e, f) else { continue };
            assert_eq!(place, same);
            crossed += 1;
            let turned = |[a, b]: Edge| [b, a];
            for (e, f) in [(turned(e), f), (e, turned(f))] {
                assert!(matches!(of(e, f), Meeting::Cut([[Some(other), _], _]) if other == place));
                assert!(matches!(of(f, e), Meeting::Cut([_, [Some(other), _]]) if other == place));
            }
            let [before, behind] = e.map(|end| f64::from(side(f[0], f[1], end)));
            let [from, to] = e.map(|end| end.map(f64::from));
            let along = |axis: usize| from[axis] + before / (before - behind) * (to[axis] - from[axis]);
            let off = [0, 1].map(|axis| along(axis) - f64::from(place[axis]));
            assert!(off.iter().all(|off| off.abs() < 0.5 + 1e-6), "{e:?} {f:?} {place:?}");
        }
        assert!(crossed > 3000, "{crossed}");
    }
}
