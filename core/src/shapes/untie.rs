//! Rings that cross themselves: of a bow tie both halves are meant.
//!
//! A ring enters as it was given. Nearly always it may stay as it is. One that goes the wrong way round some of what it encloses
//! leaves as the loops between its crossings, each turned to go the right way round, so that everything it goes round is inside.
//! What lies inside of it without being gone round, as in a hole that is joined to its shell in one vertex, is a loop the other
//! way, and stays one.

use crate::{
    shapes::{
        Vertex,
        clean::pairs::{Edge, Ended, FAR, Pairs, within},
        divide,
        wind::area2,
    },
    small::{self, work::Work},
};
use alloc::{vec, vec::Vec};

/// Edges of a ring that are compared with others, and as many more for each edge; beyond it the ring stays as it is.
const COMPARED: usize = 1 << 20;
const EACH: usize = 256;
/// Places at which edges meet, beyond four for each edge.
const MEETINGS: usize = 256;
/// Edges that are looked at to find how a ring winds about its loops; beyond it the largest of them are.
const LOOKED: usize = 1 << 25;

/// What a ring becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untied {
    /// It may stay as it is.
    Sound,
    /// It stays as it is for it crosses itself too often to be taken apart.
    Tangled,
    /// Loops that run the right way: those round an inside as its shell, the others as its holes; and whether all were looked at.
    Loops(Vec<Vec<Vertex>>, bool),
}

/// Space for looking.
#[derive(Clone, Debug, Default)]
pub struct Untie {
    edges: Vec<Edge<i64>>,
    pairs: Pairs<i64>,
    /// Edges with places on them, and how far along these are.
    cuts: Vec<(u32, i128, Vertex)>,
}

impl Untie {
    /// Takes a ring apart some of whose loops have to be turned.
    pub fn loops(&mut self, ring: &[Vertex]) -> Untied {
        if ring.len() < 4 {
            return Untied::Sound;
        }
        match self.meets(ring) {
            Some(true) => {}
            Some(false) => return Untied::Sound,
            None => return Untied::Tangled,
        }
        let noded = self.noded();
        let mut loops = loops(&noded);
        let sign = if area2(noded.iter().copied()) < 0 { -1 } else { 1 };
        let sized = loops.iter().map(|ring| sign * area2(ring.iter().copied())).zip(0..);
        let mut against: Vec<(i128, usize)> = sized.filter(|&(size, _)| size < 0).collect();
        small::sort(&mut against);
        let windings = windings_in(against.iter().map(|&(_, at)| &loops[at][..]), &noded);
        let mut turned = false;
        for (&(_, at), &winding) in against.iter().zip(&windings) {
            if sign * winding < 0 {
                loops[at].reverse();
                turned = true;
            }
        }
        if !turned {
            return Untied::Sound;
        }
        if sign < 0 {
            loops.iter_mut().for_each(|ring| ring.reverse());
        }
        Untied::Loops(loops, windings.len() == against.len())
    }

    /// Looks for places where edges meet that do not follow one another, and says whether there are any; `None` where it is too much
    /// to look at.
    fn meets(&mut self, ring: &[Vertex]) -> Option<bool> {
        let Self { edges, pairs, cuts } = self;
        edges.clear();
        cuts.clear();
        let next = ring.iter().cycle().skip(1);
        edges.extend(ring.iter().zip(next).map(|(&a, &b)| [a, b]));
        if ring.iter().flatten().any(|at| at.abs() >= FAR) {
            return None;
        }
        let last = edges.len() - 1;
        let mut touches = false;
        pairs.gather(edges, &[edges.len() as u32], |_| true);
        let mut compared = COMPARED + EACH * edges.len();
        let ended = pairs.each(edges, &mut compared, &mut Work::free().toll(), |[a, b], _| {
            if a.abs_diff(b) == 1 || a.abs_diff(b) == last {
                return true;
            }
            let (e, f) = (edges[a], edges[b]);
            let of_e = f.map(|end| side(e, end).signum());
            let of_f = e.map(|end| side(f, end).signum());
            if of_e[0] * of_e[1] > 0 || of_f[0] * of_f[1] > 0 {
                return true;
            }
            let mut cut = |edge: usize, place: Vertex| {
                let [from, to] = edges[edge];
                if place != from && place != to && within(place, edges[edge]) {
                    let along = |axis: usize| i128::from(to[axis] - from[axis]) * i128::from(place[axis] - from[axis]);
                    cuts.push((edge as u32, along(0) + along(1), place));
                }
            };
            if of_e.contains(&0) || of_f.contains(&0) {
                // An end of one on the other, or of both.
                (0..2).filter(|&end| of_e[end] == 0).for_each(|end| cut(a, f[end]));
                (0..2).filter(|&end| of_f[end] == 0).for_each(|end| cut(b, e[end]));
            } else {
                let place = crossing(e, f);
                cut(a, place);
                cut(b, place);
            }
            touches = true;
            cuts.len() < 4 * edges.len() + MEETINGS
        });
        matches!(ended, Ok(Ended::All)).then_some(touches)
    }

    /// The vertices of the ring with the places where it was met.
    fn noded(&mut self) -> Vec<Vertex> {
        small::sort(&mut self.cuts);
        let mut cuts = self.cuts.iter().peekable();
        let mut noded: Vec<Vertex> = Vec::with_capacity(self.edges.len() + self.cuts.len());
        for (&[from, _], edge) in self.edges.iter().zip(0..) {
            noded.push(from);
            while let Some(&(_, _, place)) = cuts.next_if(|&&(of, ..)| of == edge) {
                noded.push(place);
            }
        }
        noded.dedup();
        noded
    }
}

/// A ring cut wherever it comes to a place twice.
fn loops(ring: &[Vertex]) -> Vec<Vec<Vertex>> {
    let mut order: Vec<(Vertex, u32)> = ring.iter().copied().zip(0..).collect();
    small::sort(&mut order);
    // The place of each vertex, by its number; for each place one more than where it stands on the path.
    let (mut places, mut on) = (vec![0u32; ring.len()], vec![0u32; ring.len()]);
    for (same, place) in order.chunk_by(|a, b| a.0 == b.0).zip(0..) {
        same.iter().for_each(|&(_, at)| places[at as usize] = place);
    }
    let (mut path, mut found) = (Vec::new(), Vec::new());
    let mut cut = |path: &mut Vec<usize>, on: &mut [u32], from: usize| {
        path[from..].iter().for_each(|&at: &usize| on[places[at] as usize] = 0);
        if path.len() - from > 2 {
            found.push(path[from..].iter().map(|&at| ring[at]).collect());
        }
        path.truncate(from);
    };
    for at in 0..ring.len() {
        if let Some(before) = on[places[at] as usize].checked_sub(1) {
            cut(&mut path, &mut on, before as usize);
        }
        on[places[at] as usize] = path.len() as u32 + 1;
        path.push(at);
    }
    cut(&mut path, &mut on, 0);
    found
}

/// How often a ring winds about the inside of loops: of as many of the first of them as may be looked at.
fn windings_in<'l>(loops: impl Iterator<Item = &'l [Vertex]>, ring: &[Vertex]) -> Vec<i128> {
    let far = |axis: usize| {
        let (low, high) = ring.iter().fold((i64::MAX, i64::MIN), |(l, h), v| (l.min(v[axis]), h.max(v[axis])));
        high - low
    };
    // Lain down, a ring that is wider than high has fewer edges that are level with a place; and winds the other way.
    if far(0) <= far(1) {
        return windings(&loops.map(inside).collect::<Vec<_>>(), ring);
    }
    let down = |path: &[Vertex]| -> Vec<Vertex> { path.iter().map(|&[x, y]| [y, x]).collect() };
    let places: Vec<Option<Vertex>> = loops.map(|path| inside(&down(path))).collect();
    windings(&places, &down(ring)).iter().map(|winding| -winding).collect()
}

/// A place inside a loop, half a step south of which there are no vertices: the middle of the widest span halfway down.
fn inside(ring: &[Vertex]) -> Option<Vertex> {
    let (north, south) = ring.iter().fold((i64::MAX, i64::MIN), |(n, s), v| (n.min(v[1]), s.max(v[1])));
    let y = north + (south - north) / 2;
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    let crossed = edges.filter(|(a, b)| (a[1] <= y) != (b[1] <= y)).map(|(a, b)| {
        let along = i128::from(2 * (y - a[1]) + 1) * i128::from(b[0] - a[0]);
        a[0] + divide(along, 2 * i128::from(b[1] - a[1]))
    });
    let mut crossed: Vec<i64> = crossed.collect();
    crossed.sort_unstable();
    let widest = crossed.as_chunks::<2>().0.iter().max_by_key(|[from, to]| to - from);
    widest.map(|[from, to]| [from + (to - from) / 2, y])
}

/// How often a ring winds about places, half a step south of each: of as many of the first of them as may be looked at. Each edge is looked at
/// for the places that are level with it.
fn windings(places: &[Option<Vertex>], ring: &[Vertex]) -> Vec<i128> {
    let edges = || ring.iter().zip(ring.iter().cycle().skip(1)).filter(|(a, b)| a[1] != b[1]);
    let mut count = places.len();
    loop {
        let mut level: Vec<(i64, i64, usize)> =
            places[..count].iter().zip(0..).filter_map(|(place, at)| place.map(|[x, y]| (y, x, at))).collect();
        small::sort(&mut level);
        let of = |a: &Vertex, b: &Vertex| {
            let place = |y: i64| level.partition_point(|&(at, ..)| at < y);
            place(a[1].min(b[1]))..place(a[1].max(b[1]))
        };
        if edges().map(|(a, b)| of(a, b).len()).sum::<usize>() > LOOKED {
            count /= 2;
            continue;
        }
        let mut windings = vec![0; count];
        for (a, b) in edges() {
            let turn = if b[1] > a[1] { -1 } else { 1 };
            for &(y, x, at) in &level[of(a, b)] {
                // Twice as large, there are whole numbers half a step south.
                let ends = [a, b].map(|v| [2 * v[0], 2 * v[1]]);
                if side(ends, [2 * x, 2 * y + 1]) * turn >= 0 {
                    windings[at] += turn;
                }
            }
        }
        return windings;
    }
}

/// On which side of an edge a place lies.
fn side([a, b]: Edge<i64>, place: Vertex) -> i128 {
    let [bx, by, x, y] = [b[0] - a[0], b[1] - a[1], place[0] - a[0], place[1] - a[1]];
    if [bx, by, x, y].iter().all(|side| side.unsigned_abs() < 1 << 31) {
        return (bx * y - by * x).into();
    }
    i128::from(bx) * i128::from(y) - i128::from(by) * i128::from(x)
}

/// Where two edges cross, to the nearest step.
fn crossing(e: Edge<i64>, f: Edge<i64>) -> Vertex {
    let [before, behind] = f.map(|end| side(e, end));
    [0, 1].map(|axis| {
        // Within 33 bits and 68 bits.
        let of = before * i128::from(f[1][axis] - f[0][axis]);
        f[0][axis] + divide(of, before - behind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas(ring: &[Vertex]) -> Option<Vec<i128>> {
        let Untied::Loops(loops, true) = Untie::default().loops(ring) else { return None };
        let mut areas: Vec<i128> = loops.iter().map(|ring| area2(ring.iter().copied()) / 2).collect();
        areas.sort_unstable();
        Some(areas)
    }

    #[test]
    fn both_halves_of_a_bow_tie_are_inside_whichever_way_they_are_given() {
        let tie = [[0, 0], [10, 0], [0, 10], [10, 10]];
        assert_eq!(areas(&tie), Some(Vec::from([25, 25])));
        // One half larger; begun anywhere; turned round; with the knot as a vertex, once or twice.
        let mut tie = Vec::from([[0, 0], [40, 0], [20, 20], [0, 60], [60, 60], [20, 20]]);
        for _ in 0..6 {
            assert_eq!(areas(&tie), Some(Vec::from([400, 1200])));
            tie.reverse();
            assert_eq!(areas(&tie), Some(Vec::from([400, 1200])));
            tie.rotate_left(1);
        }
        assert_eq!(areas(&[[0, 0], [40, 0], [20, 20], [0, 60], [60, 60]]).map(|areas| areas.len()), Some(2));
        let chain = [[0, 0], [10, 10], [20, 0], [30, 10], [30, 0], [20, 10], [10, 0], [0, 10]];
        assert_eq!(areas(&chain).map(|areas| areas.iter().sum()), Some(25 + 50 + 50 + 25));
    }

    #[test]
    fn rings_that_go_the_right_way_round_all_they_enclose_stay_as_they_are() {
        assert_eq!(areas(&[[0, 0], [10, 0], [10, 10], [0, 10]]), None);
        // With a spike; with a hole that is joined to its shell in a vertex, or by a cut; a star, wound twice in its middle.
        assert_eq!(areas(&[[0, 0], [10, 0], [20, 0], [10, 0], [10, 10], [0, 10]]), None);
        let hole = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0], [2, 6], [6, 6], [6, 2]];
        assert_eq!(areas(&hole), None);
        let cut = [[0, 0], [90, 0], [90, 90], [0, 90], [0, 0], [20, 20], [20, 60], [60, 60], [60, 20], [20, 20]];
        assert_eq!(areas(&cut), None);
        assert_eq!(areas(&[[0, 30], [100, 30], [20, 90], [50, 0], [80, 90]]), None);
        assert_eq!(areas(&[[5, 5], [5, 5], [5, 5], [9, 9]]), None);
    }

    #[test]
    fn of_very_many_loops_all_that_run_the_wrong_way_are_turned() {
        // A chain of bow ties, of which every other half runs the wrong way: one way along it, the other way back.
        for links in [10, 300, 20_000i64] {
            let there = (0..=links).map(|at| [at * 10, at % 2 * 10]);
            let back = (0..=links).rev().map(|at| [at * 10, 10 - at % 2 * 10]);
            let ring: Vec<Vertex> = there.chain(back).collect();
            let areas = areas(&ring).expect("taken apart");
            // At both ends a triangle, between them squares on their corners.
            assert_eq!(areas.len() as i64, links + 1, "{links}");
            assert_eq!((areas[0], areas[1], areas[2]), (25, 25, 50));
            assert_eq!(areas.iter().sum::<i128>(), i128::from(links) * 50);
        }
    }

    #[test]
    fn what_is_too_much_to_look_at_is_told() {
        let mut state = 5u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i64::from(state >> 4)
        };
        let ring: Vec<Vertex> = (0..2500).map(|_| [next(), next()]).collect();
        assert_eq!(Untie::default().loops(&ring), Untied::Tangled);
        // Halves that all lie on the same parallels, each of which all others are level with: the largest are turned.
        let ties: Vec<Vertex> = (0..12_000).map(|at| [at * 5, [0, 1000, 1000, 0][at as usize % 4]]).collect();
        let places: Vec<Option<Vertex>> = (0..12_000).map(|at| Some([at, 500])).collect();
        assert_eq!(windings(&places, &ties).len(), 3000);
    }

    #[test]
    fn places_are_wound_about_as_each_alone_is() {
        let mut state = 11u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i64::from((state >> 8) % below)
        };
        let mut seen = [0; 3];
        for _ in 0..60 {
            let ring: Vec<Vertex> = (0..3 + next(20)).map(|_| [next(100), next(100)]).collect();
            let places: Vec<Option<Vertex>> =
                (0..50).map(|at| (at % 9 > 0).then(|| [next(120) - 10, next(120) - 10])).collect();
            for (place, &winding) in places.iter().zip(&windings(&places, &ring)) {
                let Some([x, y]) = *place else {
                    assert_eq!(winding, 0);
                    continue;
                };
                // Angles that edges are seen at, added up: another way to wind. Not where one goes through the place.
                let at = [x as f64, y as f64 + 0.5];
                let seen_at = |a: Vertex, b: Vertex| {
                    let [[ax, ay], [bx, by]] = [a, b].map(|p| [p[0] as f64 - at[0], p[1] as f64 - at[1]]);
                    libm::atan2(ax * by - ay * bx, ax * bx + ay * by)
                };
                let angles: Vec<f64> =
                    (0..ring.len()).map(|at| seen_at(ring[at], ring[(at + 1) % ring.len()])).collect();
                if angles.iter().any(|angle| angle.abs() > core::f64::consts::PI - 1e-9) {
                    continue;
                }
                let around = libm::round(angles.iter().sum::<f64>() / core::f64::consts::TAU) as i128;
                assert_eq!(winding, around, "{ring:?} about {place:?}");
                seen[around.unsigned_abs().min(2) as usize] += 1;
            }
        }
        assert!(seen.iter().all(|&count| count > 30), "{seen:?}");
    }

    #[test]
    fn of_four_corners_in_any_order_all_that_is_gone_round_is_inside() {
        let mut state = 3u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 30) as i64 & 0xffff_ffff
        };
        let (mut turned, mut most) = (0, 0);
        for _ in 0..3000 {
            let ring = [[next(), next()], [next(), next()], [next(), next()], [next(), next()]];
            let Some(areas) = areas(&ring) else { continue };
            // Two triangles beside each other: larger than what signs leave of them, both the right way round.
            let signed = (area2(ring.into_iter()) / 2).abs();
            assert!(areas.len() == 2 && areas[0] >= 0, "{ring:?}: {areas:?}");
            assert!((areas[1] - areas[0] - signed).abs() < 1 << 36, "{ring:?}: {areas:?} {signed}");
            turned += 1;
            most = most.max(areas[0]);
        }
        assert!(turned > 500 && most > 1 << 60, "{turned} {most}");
    }
}
