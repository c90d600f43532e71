//! Rings of one record become polygons: which are shells, and which shell each hole lies in.
//!
//! Shapefiles list rings one after the other, shells clockwise and holes the other way round; many are written the wrong way. So the
//! largest ring is a shell, whichever way it runs, others that run like it are shells too, and what runs against it is a hole where
//! there is a shell around it. Rings in degrees that jump over ±180° are looked at as they go on beyond it.

use duotile_core::is_jump;
use std::{borrow::Cow, ops::Range};

/// Boxes and positions looked at for one record; with more, holes go by boxes alone, then to the shell before them. Tiles are the same:
/// a hole is taken off the row, whichever of its shells it is listed with. Rows as text list it with that shell, and the point of a
/// row may lie in a hole that is listed elsewhere.
const MOST: usize = 20_000_000;

/// The rings of each polygon, its shell first.
pub(super) fn polygons(places: &[[f64; 2]], parts: &[Range<usize>]) -> Vec<Vec<usize>> {
    if parts.len() < 2 {
        return parts.iter().enumerate().map(|(ring, _)| vec![ring]).collect();
    }
    let rings: Vec<Ring<'_>> = parts.iter().map(|part| Ring::of(&places[part.clone()])).collect();
    let largest = rings.iter().map(|ring| ring.area).fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
    let is_shell = |ring: &Ring<'_>| (ring.area < 0.0) == (largest < 0.0);
    // From the smallest on, so that the first around a hole is its own.
    let mut shells: Vec<usize> = (0..rings.len()).filter(|&at| is_shell(&rings[at])).collect();
    let in_order = shells.clone();
    shells.sort_by(|&a, &b| rings[a].area.abs().total_cmp(&rings[b].area.abs()));
    let mut shell_of: Vec<Option<usize>> = vec![None; rings.len()];
    let mut looked = 0;
    for at in (0..rings.len()).filter(|&at| !is_shell(&rings[at])) {
        let hole = &rings[at];
        shell_of[at] = if looked < MOST {
            shells.iter().copied().find(|&shell| {
                looked += 1;
                let shell = &rings[shell];
                shell.surrounds(hole).is_some_and(|by| {
                    looked >= MOST || {
                        looked += shell.places.len();
                        shell.holds(hole, by)
                    }
                })
            })
        } else {
            in_order[..in_order.partition_point(|&shell| shell < at)].last().copied()
        };
    }
    let mut polygons: Vec<Vec<usize>> = Vec::new();
    let mut number = vec![usize::MAX; rings.len()];
    for at in (0..rings.len()).filter(|&at| shell_of[at].is_none()) {
        number[at] = polygons.len();
        polygons.push(vec![at]);
    }
    for (at, shell) in shell_of.iter().enumerate() {
        if let Some(shell) = shell {
            polygons[number[*shell]].push(at);
        }
    }
    polygons
}

struct Ring<'p> {
    places: Cow<'p, [[f64; 2]]>,
    /// Twice its area, negative where it runs clockwise on a map.
    area: f64,
    low: [f64; 2],
    high: [f64; 2],
}

impl<'p> Ring<'p> {
    fn of(places: &'p [[f64; 2]]) -> Self {
        let places = go_on(places);
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for place in places.iter() {
            for axis in 0..2 {
                low[axis] = low[axis].min(place[axis]);
                high[axis] = high[axis].max(place[axis]);
            }
        }
        Self { area: area(&places), places, low, high }
    }

    /// How far another is moved so that its box lies in its own: not at all, or by a turn where it goes on beyond 180°.
    fn surrounds(&self, other: &Self) -> Option<f64> {
        let turns =
            if self.high[0] > 180.0 && matches!(self.places, Cow::Owned(_)) { &[0.0, TURN][..] } else { &[0.0] };
        turns.iter().copied().find(|by| {
            let moved = [*by, 0.0];
            (0..2).all(|axis| {
                self.low[axis] <= other.low[axis] + moved[axis] && other.high[axis] + moved[axis] <= self.high[axis]
            })
        })
    }

    /// Whether another lies in it, moved so far, going by the first of its positions that is not on its line.
    fn holds(&self, other: &Self, by: f64) -> bool {
        other.places.iter().take(8).find_map(|&[x, y]| self.side([x + by, y])).unwrap_or(true)
    }

    /// Whether a position is inside; `None` on the line.
    fn side(&self, [x, y]: [f64; 2]) -> Option<bool> {
        let mut inside = false;
        for (at, a) in self.places.iter().enumerate() {
            let b = self.places[(at + 1) % self.places.len()];
            let turn = (b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1]);
            let within = |axis: usize, value: f64| value >= a[axis].min(b[axis]) && value <= a[axis].max(b[axis]);
            if turn == 0.0 && within(0, x) && within(1, y) {
                return None;
            }
            if (a[1] > y) != (b[1] > y) && (turn > 0.0) == (b[1] > a[1]) {
                inside = !inside;
            }
        }
        Some(inside)
    }
}

/// Degrees round the world.
const TURN: f64 = 360.0;

/// Twice the area of a ring, negative where it runs clockwise on a map.
fn area(places: &[[f64; 2]]) -> f64 {
    // From the first, which keeps what the sum loses small.
    let [x, y] = places.first().copied().unwrap_or_default();
    let next = places.iter().cycle().skip(1);
    places.iter().zip(next).map(|(a, b)| (a[0] - x) * (b[1] - y) - (b[0] - x) * (a[1] - y)).sum()
}

/// A ring without jumps over ±180°: as it is, or from a longitude within them on beyond 180. One that goes round the world, of which
/// nothing would be left, does not jump.
fn go_on(places: &[[f64; 2]]) -> Cow<'_, [[f64; 2]]> {
    let jumps = |pair: &[[f64; 2]]| is_jump(pair[0][0], pair[1][0]);
    let in_degrees = || places.iter().all(|[x, y]| x.abs() <= TURN && y.abs() <= 90.0);
    if !places.windows(2).any(jumps) || !in_degrees() {
        return Cow::Borrowed(places);
    }
    let (mut by, mut before) = (0.0, None::<f64>);
    let mut all: Vec<[f64; 2]> = Vec::with_capacity(places.len());
    for &[x, y] in places {
        if let Some(before) = before.filter(|&before| is_jump(before, x)) {
            by += if x < before { TURN } else { -TURN };
        }
        before = Some(x);
        all.push([x + by, y]);
    }
    if all.iter().any(|[x, _]| *x < -180.0) {
        all.iter_mut().for_each(|[x, _]| *x += TURN);
    }
    if area(&all) == 0.0 { Cow::Borrowed(places) } else { Cow::Owned(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square, clockwise on a map.
    fn square(x: f64, y: f64, side: f64) -> Vec<[f64; 2]> {
        vec![[x, y], [x, y + side], [x + side, y + side], [x + side, y], [x, y]]
    }

    fn reversed(mut ring: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
        ring.reverse();
        ring
    }

    fn of(rings: &[Vec<[f64; 2]>]) -> Vec<Vec<usize>> {
        let mut start = 0;
        let part = |ring: &Vec<[f64; 2]>| {
            start += ring.len();
            start - ring.len()..start
        };
        let parts: Vec<_> = rings.iter().map(part).collect();
        polygons(&rings.concat(), &parts)
    }

    #[test]
    fn holes_go_to_the_smallest_shell_around_them() {
        let (sea, lake) = (square(0.0, 0.0, 100.0), reversed(square(10.0, 10.0, 50.0)));
        let (island, pond) = (square(20.0, 20.0, 20.0), reversed(square(25.0, 25.0, 5.0)));
        let all = [sea, lake, island, pond];
        assert_eq!(of(&all), [vec![0, 1], vec![2, 3]]);
        // In any order, and the whole file the wrong way round.
        let [sea, lake, island, pond] = all.clone();
        assert_eq!(of(&[pond, island, lake, sea]), [vec![1, 0], vec![3, 2]]);
        assert_eq!(of(&all.map(reversed)), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn what_no_shell_is_around_is_a_shell() {
        let apart = [square(0.0, 0.0, 10.0), reversed(square(50.0, 50.0, 5.0))];
        assert_eq!(of(&apart), [vec![0], vec![1]]);
        // A box that lies in another's, beside its line: a triangle.
        let corner = [vec![[0.0, 0.0], [0.0, 10.0], [10.0, 10.0], [0.0, 0.0]], reversed(square(8.0, 1.0, 1.0))];
        assert_eq!(of(&corner), [vec![0], vec![1]]);
        // It touches the shell with a corner from within.
        let touching = [square(0.0, 0.0, 10.0), reversed(square(0.0, 0.0, 5.0))];
        assert_eq!(of(&touching), [vec![0, 1]]);
        assert_eq!(of(&[square(0.0, 0.0, 1.0)]), [[0]]);
        assert!(of(&[]).is_empty());
    }

    #[test]
    fn holes_are_found_in_shells_that_jump_over_180_degrees() {
        let over = |ring: Vec<[f64; 2]>| -> Vec<[f64; 2]> {
            ring.into_iter().map(|[x, y]| [if x > 180.0 { x - 360.0 } else { x }, y]).collect()
        };
        let shell = || square(170.0, -10.0, 20.0);
        // In the west of it, in the east, and over it.
        for x in [172.0, 182.0, 178.0] {
            let hole = || reversed(square(x, -2.0, 4.0));
            for rings in [[shell(), hole()], [reversed(shell()), reversed(hole())]] {
                let rings = rings.map(over);
                assert_eq!(of(&rings), [vec![0, 1]], "{rings:?}");
                // From any of its positions.
                let mut turned = rings.clone();
                turned[0].pop();
                turned[0].rotate_left(2);
                let first = turned[0][0];
                turned[0].push(first);
                assert_eq!(of(&turned), [vec![0, 1]], "{turned:?}");
            }
        }
        // All of the world but a lake.
        let world = vec![[-180.0, -90.0], [-180.0, 90.0], [180.0, 90.0], [180.0, -90.0], [-180.0, -90.0]];
        assert_eq!(of(&[world, reversed(square(20.0, -2.0, 4.0))]), [vec![0, 1]]);
        // One elsewhere is a polygon of its own; and metres do not jump.
        assert_eq!(of(&[over(shell()), reversed(square(20.0, -2.0, 4.0))]).len(), 2);
        assert_eq!(of(&[square(-150.0, -100.0, 300.0), reversed(square(-5.0, 95.0, 4.0))]), [vec![0, 1]]);
    }
}
