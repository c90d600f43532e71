//! Rings that cross themselves: of a bow tie both halves are meant.
//!
//! A ring enters as it was given. Nearly always it may stay as it is: it winds one way about all that it winds about. One that winds
//! about some of it the other way leaves as the rings round both. What it winds about as often one way as the other is
//! outside, as is a hole that is joined to its shell in one vertex. So inside is what windings are not zero about, as in a filter's
//! geometry; and what leaves here winds once about it, by which tiles, measures and predicates are found.
//!
//! Edges are cut where they meet, to the nearest step, until they do so in their ends only; then the windings of all faces follow from one
//! another ([`graph`](super::clean::graph)).

use crate::{
    shapes::{
        Vertex,
        clean::{
            graph::{Graph, PLACE, Places, side},
            pairs::{Edge, Ended, FAR, Pairs, within},
        },
        divide,
    },
    small::{self, work::Work},
};
use alloc::vec::Vec;
use core::convert::Infallible;

/// Edges of a ring that are compared with others, and as many more for each edge; beyond it the ring stays as it is.
const COMPARED: usize = 1 << 20;
const EACH: usize = 256;
/// Places at which edges meet, beyond four for each edge.
const MEETINGS: usize = 256;
/// Times that edges are cut where others were moved to.
const ROUNDS: usize = 40;

/// What a ring becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untied {
    /// It may stay as it is.
    Sound,
    /// It stays as it is, for it is too large, or crosses itself too often, to be taken apart.
    Tangled,
    /// The rings round all that it winds about, which neither cross nor overlap: those with an inside as shells, the others as holes.
    Loops(Vec<Vec<Vertex>>),
}

/// Space for looking.
#[derive(Clone, Debug, Default)]
pub struct Untie {
    edges: Vec<Edge<i64>>,
    pairs: Pairs<i64>,
    /// Whether edges were cut in the last round.
    fresh: Vec<bool>,
    /// Edges with places on them, and how far along these are.
    cuts: Vec<(u32, i128, Vertex)>,
}

/// The places of a ring, in order.
struct Sorted(Vec<Vertex>);

impl Places for Sorted {
    // So a ring is one however it runs, and nothing is west of its first place.
    const JOINED: bool = true;

    fn at(&self, place: u32) -> Vertex {
        self.0[place as usize]
    }
}

impl Untie {
    /// Takes a ring apart that does not wind one way about all.
    pub fn loops(&mut self, ring: &[Vertex]) -> Untied {
        if ring.len() < 4 {
            return Untied::Sound;
        }
        let mut compared = EACH.saturating_mul(ring.len()).saturating_add(COMPARED);
        match self.meets(ring, &mut compared) {
            Some(true) => {}
            Some(false) => return Untied::Sound,
            None => return Untied::Tangled,
        }
        if !self.part(&mut compared) {
            return Untied::Tangled;
        }
        let mut places: Vec<Vertex> = self.edges.iter().map(|&[from, _]| from).collect();
        small::sort(&mut places);
        places.dedup();
        if places.len() > 1 << PLACE {
            return Untied::Tangled;
        }
        let number = |place: Vertex| places.partition_point(|&before| before < place) as u32;
        let edges: Vec<[u32; 2]> = self.edges.iter().map(|edge| edge.map(number)).collect();
        let (mut graph, places) = (Graph::default(), Sorted(places));
        graph.gather(edges.into_iter(), &places);
        let Ok(()) = graph.settle(|_| Ok::<_, Infallible>(0));
        if !graph.is_wound_both_ways() {
            return Untied::Sound;
        }
        let mut loops = Vec::new();
        graph.rings(|winding| winding != 0, |ring| loops.push(ring.map(|place| places.at(place)).collect()));
        Untied::Loops(loops)
    }

    /// Whether edges meet that do not follow one another; `None` where it is too much to look at.
    fn meets(&mut self, ring: &[Vertex], compared: &mut usize) -> Option<bool> {
        let Self { edges, pairs, .. } = self;
        edges.clear();
        let next = ring.iter().cycle().skip(1);
        edges.extend(ring.iter().zip(next).map(|(&a, &b)| [a, b]));
        if ring.iter().flatten().any(|at| at.abs() >= FAR) {
            return None;
        }
        let last = edges.len() - 1;
        pairs.gather(edges, &[edges.len() as u32], |_| true);
        let ended = pairs.each(edges, compared, &mut Work::free().toll(), |[a, b], _| {
            a.abs_diff(b) == 1 || a.abs_diff(b) == last || sides(edges[a], edges[b]).is_none()
        });
        match ended {
            Ok(Ended::All) => Some(false),
            Ok(Ended::Early) => Some(true),
            _ => None,
        }
    }

    /// Cuts edges until they meet in their ends only; `false` where that is too much.
    fn part(&mut self, compared: &mut usize) -> bool {
        let Self { edges, pairs, fresh, cuts } = self;
        edges.retain(|[a, b]| a != b);
        fresh.clear();
        fresh.resize(edges.len(), true);
        let (most, mut parted) = (4 * edges.len() + MEETINGS, 0);
        for _ in 0..ROUNDS {
            cuts.clear();
            pairs.gather(edges, &[edges.len() as u32], |edge| fresh[edge]);
            let ended = pairs.each(edges, compared, &mut Work::free().toll(), |[a, b], _| {
                let (e, f) = (edges[a], edges[b]);
                let Some([of_e, of_f]) = sides(e, f) else { return true };
                let mut cut = |edge: usize, place: Vertex| {
                    let [from, to] = edges[edge];
                    if place != from && place != to && within(place, edges[edge]) {
                        let along =
                            |axis: usize| i128::from(to[axis] - from[axis]) * i128::from(place[axis] - from[axis]);
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
                parted + cuts.len() < most
            });
            if ended != Ok(Ended::All) {
                return false;
            }
            if cuts.is_empty() {
                return true;
            }
            parted += cuts.len();
            small::sort(cuts);
            let mut cuts = cuts.iter().peekable();
            let whole = core::mem::take(edges);
            fresh.clear();
            for ([mut from, to], edge) in whole.into_iter().zip(0..) {
                let is_cut = cuts.peek().is_some_and(|&&(of, ..)| of == edge);
                while let Some(&(_, _, place)) = cuts.next_if(|&&(of, ..)| of == edge) {
                    if place != from {
                        edges.push([from, place]);
                        from = place;
                    }
                }
                edges.push([from, to]);
                fresh.resize(edges.len(), is_cut);
            }
        }
        false
    }
}

/// On which sides of each of two edges the ends of the other lie; `None` where one has all of the other on one side.
fn sides(e: Edge<i64>, f: Edge<i64>) -> Option<[[i128; 2]; 2]> {
    let of_e = f.map(|end| side(e, end).signum());
    if of_e[0] * of_e[1] > 0 {
        return None;
    }
    let of_f = e.map(|end| side(f, end).signum());
    (of_f[0] * of_f[1] <= 0).then_some([of_e, of_f])
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
    use crate::shapes::wind::area2;

    fn areas(ring: &[Vertex]) -> Option<Vec<i128>> {
        let Untied::Loops(loops) = Untie::default().loops(ring) else { return None };
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
    }

    /// How often a ring goes round a place, by the angles that its edges are seen at; `None` where one is so near.
    fn around(ring: &[Vertex], at: [f64; 2], near: f64) -> Option<i32> {
        let mut angles = 0.0;
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let [[ax, ay], [bx, by]] = [a, b].map(|p| [p[0] as f64 - at[0], p[1] as f64 - at[1]]);
            let (across, long) = (ax * by - ay * bx, libm::hypot(bx - ax, by - ay));
            let ahead = ax * bx + ay * by;
            let nearest = libm::hypot(ax, ay).min(libm::hypot(bx, by));
            if nearest < near || (across.abs() < near * long && ahead < 0.0) {
                return None;
            }
            angles += libm::atan2(across, ahead);
        }
        Some(libm::round(angles / core::f64::consts::TAU) as i32)
    }

    #[test]
    fn what_a_ring_goes_round_more_often_one_way_than_the_other_is_inside_and_nothing_else() {
        let mut state = 11u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i64::from((state >> 8) % below)
        };
        // Corners on a few places, where edges lie on one another, or on any.
        let mut seen = [[0; 3]; 2];
        for round in 0..6000 {
            let (places, step) = [(3, 1000), (5, 1000), (7, 600), (4000, 1)][round % 4];
            let ring: Vec<Vertex> = (0..4 + next(10)).map(|_| [next(places) * step, next(places) * step]).collect();
            let untied = Untie::default().loops(&ring);
            let mut ways = [false; 2];
            for _ in 0..40 {
                let at = [next(4200) as f64 - 99.5, next(4200) as f64 - 99.5];
                let Some(due) = around(&ring, at, 5.0) else { continue };
                ways = [ways[0] || due < 0, ways[1] || due > 0];
                match &untied {
                    Untied::Sound => assert!(ways != [true; 2], "{ring:?} about {at:?}"),
                    Untied::Tangled => panic!("{ring:?}"),
                    Untied::Loops(loops) => {
                        let all: Option<i32> = loops.iter().map(|ring| around(ring, at, 0.1)).sum();
                        assert_eq!(all, Some(i32::from(due != 0)), "{ring:?} about {at:?}: {loops:?}");
                    }
                }
                let is_loops = usize::from(untied != Untied::Sound);
                seen[is_loops][due.unsigned_abs().min(2) as usize] += 1;
            }
        }
        assert!(seen.as_flattened().iter().all(|&count| count > 500), "{seen:?}");
    }

    #[test]
    fn halves_that_overlap_and_go_round_opposite_ways_leave_what_only_one_of_them_covers() {
        // Of two triangles of 2 the half of each is in both: there the windings are 1 − 1.
        let two = [[6, 2], [4, 2], [0, 0], [6, 2], [2, 0], [4, 2]].map(|v: Vertex| v.map(|at| at * 3000));
        let unit = 9_000_000;
        assert_eq!(areas(&two), Some(Vec::from([unit, unit])));
        // Seven edges: faces of 6,432/5,005 wind once, of 7,859/10,010 once the other way, and three as often both ways.
        let seven = [[1, 2], [0, 2], [4, 1], [0, 0], [2, 3], [1, 0], [4, 1]].map(|v: Vertex| v.map(|at| at * 10_010));
        let sum: i128 = areas(&seven).expect("taken apart").iter().sum();
        assert!((sum - 20_723 * 10_010).abs() < 50_000, "{sum}");
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
