//! Cleaned rings against a judge of validity that is not ours, and against winding numbers.

use super::*;
use crate::{shapes::wind::area2, small::work::Work};
use geo::{Coord, LineString, MultiPolygon, Polygon, algorithm::Validation as _};

type Ring = Vec<Point>;

fn pieces(rings: &[Ring]) -> Pieces {
    let mut pieces = Pieces::default();
    for ring in rings {
        let mut ring = ring.clone();
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        pieces.points.extend(ring);
        pieces.end(3);
    }
    pieces
}

/// As a tile is made.
fn cleaned(rings: &[Ring]) -> (bool, Vec<Ring>) {
    let (pieces, mut clean, mut out) = (pieces(rings), Clean::default(), Pieces::default());
    let work = Work::free();
    assert_eq!(clean.mend(&pieces, &mut work.toll(), &mut out), Ok(()), "{rings:?}");
    let apart = !clean.met.contains(&true);
    (apart, out.each().map(<[Point]>::to_vec).collect())
}

fn twice(ring: &[Point]) -> i128 {
    area2(ring.iter().map(|point| point.map(i64::from)))
}

/// Polygons as another library has them: each positive ring and the negative ones behind it.
fn foreign(rings: &[Ring]) -> MultiPolygon<f64> {
    let line = |ring: &Ring| -> LineString<f64> {
        ring.iter().chain(&ring[..1]).map(|&[x, y]| Coord { x: x.into(), y: y.into() }).collect()
    };
    let polygons = rings.chunk_by(|_, next| twice(next) < 0).map(|polygon| {
        assert!(twice(&polygon[0]) > 0, "a shell comes first: {rings:?}");
        Polygon::new(line(&polygon[0]), polygon[1..].iter().map(line).collect())
    });
    MultiPolygon(polygons.collect())
}

/// How often rings wind about a place half a unit off the grid.
fn winding(rings: &[Ring], [x, y]: [f64; 2]) -> i32 {
    let edges = rings.iter().flat_map(|ring| (0..ring.len()).map(|at| [ring[at], ring[(at + 1) % ring.len()]]));
    edges
        .map(|edge| {
            let [[ax, ay], [bx, by]] = edge.map(|point| point.map(f64::from));
            if (ay <= y) == (by <= y) || ax + (y - ay) * (bx - ax) / (by - ay) > x {
                return 0;
            }
            if by > ay { -1 } else { 1 }
        })
        .sum()
}

/// Whether an edge passes within a distance of a place.
fn near(rings: &[Ring], [x, y]: [f64; 2], distance: f64) -> bool {
    rings.iter().any(|ring| {
        (0..ring.len()).any(|at| {
            let [[ax, ay], [bx, by]] = [ring[at], ring[(at + 1) % ring.len()]].map(|point| point.map(f64::from));
            let (dx, dy) = (bx - ax, by - ay);
            let t = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy).max(1e-9)).clamp(0.0, 1.0);
            libm::hypot(ax + t * dx - x, ay + t * dy - y) < distance
        })
    })
}

fn random(seed: u64) -> impl FnMut(i16) -> i16 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 40) % u64::from(below.max(1).cast_unsigned())) as i16
    }
}

/// Rings of every nasty kind.
fn nasty(seed: u64) -> Vec<Ring> {
    let mut next = random(seed);
    let size = [6, 12, 40, 300, 4000][next(5) as usize];
    (0..=next(4))
        .map(|_| {
            let most = [6, 12, 60][next(3) as usize];
            let count = 3 + next(most);
            let (x, y, reach) = (next(size), next(size), size / 2 + 1);
            let mut ring: Ring = (0..count)
                .map(|at| match seed % 4 {
                    // Anything at all.
                    0 => [next(size), next(size)],
                    // A walk, which touches itself on small grids.
                    1 => [x + next(reach), y + at % reach],
                    // A star, nearly convex.
                    2 => {
                        let turn = f64::from(at) * core::f64::consts::TAU / f64::from(count);
                        let far = f64::from(reach / 2 + next(reach / 2 + 1));
                        [libm::cos(turn), libm::sin(turn)].map(|part| (part * far) as i16 + size)
                    }
                    // A staircase there and back.
                    _ => [at / 2 % (size + 1), if at % 3 == 0 { at % 7 } else { at / 3 }],
                })
                .collect();
            // Spikes and repeated parts.
            if next(3) == 0 {
                let at = next(count) as usize;
                let spike = [next(size), next(size)];
                let back = ring[at];
                ring.splice(at..at, [back, spike]);
            }
            if next(4) == 0 {
                ring.reverse();
            }
            ring
        })
        .collect()
}

fn judge(rings: &[Ring], seed: u64) -> bool {
    let (apart, out) = cleaned(rings);
    assert!(out.iter().all(|ring| ring.len() > 2 && twice(ring) != 0));
    let polygons = foreign(&out);
    assert!(polygons.is_valid(), "{rings:?} became {out:?}: {:?}", polygons.validation_errors());
    // What is wound is inside, and nothing else, but for what is as near to an edge as rounding moves it.
    let mut next = random(seed ^ 0x77);
    let given = pieces(rings);
    let given: Vec<Ring> = given.each().map(<[Point]>::to_vec).collect();
    for _ in 0..20 {
        let place = [f64::from(next(8200)) / 2.0 % 700.0 + 0.25, f64::from(next(8200)) / 2.0 % 700.0 + 0.35];
        let place = if seed.is_multiple_of(3) { place.map(|at| at % 43.0) } else { place };
        let (before, after) = (winding(&given, place), winding(&out, place));
        assert!(after == 0 || after == 1, "{rings:?} at {place:?}");
        assert!((before > 0) == (after == 1) || near(&given, place, 2.5), "{rings:?} at {place:?}: {out:?}");
    }
    apart
}

#[test]
fn nasty_rings_become_valid_ones_round_the_same_inside() {
    // As many as an environment asks for. Without optimisation, or emulated, each takes far longer.
    let few = if cfg!(target_endian = "big") { 150 } else { 3000 };
    let usual = if cfg!(debug_assertions) { few } else { 10_000 };
    let many = std::env::var("DUOTILE_RINGS").ok().and_then(|many| many.parse().ok()).unwrap_or(usual);
    let apart = (0..many).filter(|&seed| judge(&nasty(seed), seed)).count() as u64;
    assert!((many / 50..many / 2).contains(&apart), "{apart} of {many} needed nothing");
}

#[test]
fn known_rings_become_what_they_are_known_to() {
    let square =
        |x: i16, y: i16, side: i16| -> Ring { [[x, y], [x + side, y], [x + side, y + side], [x, y + side]].into() };
    let turned = |mut ring: Ring| {
        ring.reverse();
        ring
    };
    let areas = |rings: &[Ring]| {
        let (apart, out) = cleaned(rings);
        assert!(foreign(&out).is_valid());
        (apart, out.iter().map(|ring| twice(ring) / 2).collect::<Vec<_>>())
    };
    assert_eq!(areas(&[square(0, 0, 100)]), (true, [10_000].into()));
    assert_eq!(areas(&[turned(square(0, 0, 100))]), (true, [].into()));
    let hole = turned(square(20, 20, 10));
    assert_eq!(areas(&[square(0, 0, 100), hole.clone()]), (true, [10_000, -100].into()));
    // An island in a lake, written before the land about it.
    assert_eq!(areas(&[square(22, 22, 5), hole.clone(), square(0, 0, 100)]), (true, [25, 10_000, -100].into()));
    // One that lies within another without touching it is covered by it.
    assert_eq!(areas(&[square(0, 0, 100), square(30, 30, 9)]), (true, [10_000].into()));
    // Two that overlap are one; two that touch in a corner are two; two with a side in common are one.
    assert_eq!(areas(&[square(0, 0, 10), square(5, 5, 10)]), (false, [175].into()));
    assert_eq!(areas(&[square(0, 0, 10), square(10, 10, 10)]), (false, [100, 100].into()));
    assert_eq!(areas(&[square(0, 0, 10), square(10, 0, 10)]), (false, [200].into()));
    // A hole that touches the shell in a vertex stays one; one on the shell's side opens it; one that is the shell empties it.
    let corner: Ring = [[0, 0], [2, 6], [6, 2]].into();
    assert_eq!(areas(&[square(0, 0, 10), corner]), (false, [100, -16].into()));
    assert_eq!(areas(&[square(0, 0, 10), turned(square(0, 2, 5))]), (false, [75].into()));
    assert_eq!(areas(&[square(0, 0, 10), turned(square(0, 0, 10))]), (false, [].into()));
    // A bow tie keeps the half that is wound right.
    assert_eq!(areas(&[[[0, 0], [10, 0], [0, 10], [10, 10]].into()]), (false, [25].into()));
    // What hangs by a line within the ring it belongs to is covered by it.
    let hung: Ring = [[0, 0], [20, 0], [20, 20], [0, 20], [0, 10], [5, 10], [8, 9], [8, 12], [5, 10], [0, 10]].into();
    assert_eq!(areas(&[hung]), (false, [400].into()));
    // An untouched lake beside a border that is mended.
    let spiked: Ring = [[0, 0], [50, 0], [90, 0], [50, 0], [100, 0], [100, 100], [0, 100]].into();
    assert_eq!(areas(&[spiked, hole]), (false, [10_000, -100].into()));
}

#[test]
fn what_is_mended_is_the_same_wherever_rings_begin_and_whichever_comes_first() {
    let canonical = |rings: &[Ring]| {
        let (_, mut out) = cleaned(rings);
        for ring in &mut out {
            let first = (0..ring.len()).min_by_key(|&at| ring[at]).unwrap_or(0);
            ring.rotate_left(first);
        }
        out.sort_unstable();
        out
    };
    for seed in 0..400 {
        let rings = nasty(seed);
        let mut other: Vec<Ring> = rings.iter().rev().cloned().collect();
        other.iter_mut().for_each(|ring| ring.rotate_left(seed as usize % 3));
        assert_eq!(canonical(&rings), canonical(&other), "{rings:?}");
    }
}

#[test]
fn rings_are_convex_that_turn_one_way_and_meet_nothing() {
    let mut state = 7u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut seen = [0; 2];
    for _ in 0..20_000 {
        let count = 3 + next(4) as usize;
        let ring: Ring = (0..count).map(|_| [next(9) as i16, next(9) as i16]).collect();
        let edge = |at: usize| [ring[at % count], ring[(at + 1) % count]];
        let turns = |at: usize| meeting::side(ring[at], edge(at)[1], edge(at + 1)[1]) > 0;
        let apart = |at: usize, other: usize| {
            let joined = other == at + 1 || (at, other) == (0, count - 1);
            joined || meeting::of(edge(at), edge(other)) == meeting::Meeting::Apart
        };
        let due = (0..count).all(turns) && (0..count).all(|at| (at + 1..count).all(|other| apart(at, other)));
        assert_eq!(is_convex(&ring), due, "{ring:?}");
        seen[usize::from(due)] += 1;
    }
    assert!(seen.iter().all(|&count| count > 500), "{seen:?}");
    // A star turns one way, and goes round twice.
    let star: Ring = [0, 2, 4, 1, 3].map(|at| [[50, 0], [98, 35], [79, 90], [21, 90], [2, 35]][at]).into();
    assert!(!is_convex(&star) && is_convex(&[[0, 0], [9, 0], [9, 9], [0, 9]]) && !is_convex(&[[0, 0], [9, 9], [9, 0]]));
}
