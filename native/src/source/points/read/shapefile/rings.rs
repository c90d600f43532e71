//! Rings of one record become polygons: which are shells, and which shell each hole lies in.
//!
//! Shapefiles list rings one after the other, shells clockwise and holes the other way round; many are written the wrong way. So the
//! largest ring is a shell, whichever way it runs, others that run like it are shells too, and what runs against it is a hole where
//! there is a shell around it.

use std::ops::Range;

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
                shell.surrounds(hole)
                    && (looked >= MOST || {
                        looked += shell.places.len();
                        shell.holds(hole)
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
    places: &'p [[f64; 2]],
    /// Twice its area, negative where it runs clockwise on a map.
    area: f64,
    low: [f64; 2],
    high: [f64; 2],
}

impl<'p> Ring<'p> {
    fn of(places: &'p [[f64; 2]]) -> Self {
        let (mut low, mut high, mut area) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2], 0.0);
        // From the first, which keeps what the sum loses small.
        let origin = places.first().copied().unwrap_or_default();
        for (at, place) in places.iter().enumerate() {
            let next = places[(at + 1) % places.len()];
            area += (place[0] - origin[0]) * (next[1] - origin[1]) - (next[0] - origin[0]) * (place[1] - origin[1]);
            for axis in 0..2 {
                low[axis] = low[axis].min(place[axis]);
                high[axis] = high[axis].max(place[axis]);
            }
        }
        Self { places, area, low, high }
    }

    /// Whether the box of another lies in its own.
    fn surrounds(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.low[axis] <= other.low[axis] && other.high[axis] <= self.high[axis])
    }

    /// Whether another lies in it, going by the first of its positions that is not on its line.
    fn holds(&self, other: &Self) -> bool {
        other.places.iter().take(8).find_map(|&place| self.side(place)).unwrap_or(true)
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
}
