//! From which zoom on a vertex matters: outlines with their nodes enter, a level for each vertex leaves.
//!
//! This is Visvalingam's effective area (Visvalingam and Whyatt 1993) between nodes: the vertex whose triangle with its
//! neighbours is smallest goes first. Twice an area is an exact integer, the same read backwards, and ties go by key: two
//! neighbours would find the same levels for their border, each for itself, so it is done for one of them. Areas never fall as vertices go, so
//! what is drawn at a zoom is drawn at every deeper one. A ring without two nodes is a cycle and has no first vertex.

use crate::{
    shapes::{
        Outlines, Vertex,
        nodes::{AGAIN, NODE},
        wide,
    },
    small::{
        heap::Heap,
        work::{Stopped, Toll, Work},
    },
    space::{mercator::World, morton, tile::MAX_ZOOM},
};
use alloc::vec::Vec;
use core::ops::Range;

/// Levels of a zoom: a level is the first quarter of a zoom at which a vertex is drawn.
pub const QUARTERS: u8 = 4;
/// The level of a vertex on the straight between its neighbours: it is never drawn.
pub const NEVER: u8 = u8::MAX;

/// What settling a vertex costs.
const VERTEX: usize = 32;

/// The level of a vertex whose triangle has twice this area in steps²: the first at which that is 16 units², a quarter of
/// a pixel. A unit of zoom z is 2^(20−z) steps, so twice the least area of level q is √2^(90−q): its square decides.
fn level(area2: u64) -> u8 {
    match (u128::from(area2) * u128::from(area2)).checked_ilog2() {
        None => NEVER,
        Some(log) => 90u32.saturating_sub(log).min((MAX_ZOOM * QUARTERS).into()) as u8,
    }
}

/// Settles the levels of the runs in a range, whose vertices' marks are given: nodes are marked, all others are written, but for those
/// that [`repeat`] writes.
///
/// # Errors
/// [`Stopped`], as [`Work::pay`].
pub fn settle(outlines: &Outlines<'_>, rings: Range<usize>, levels: &mut [u8], work: &Work<'_>) -> Result<(), Stopped> {
    let first = rings.start.checked_sub(1).map_or(0, |before| outlines.rings[before] as usize);
    let (mut thinning, mut toll) = (Thinning::default(), work.toll());
    for ring in rings {
        let run = outlines.vertices_of(ring);
        let levels = &mut levels[run.start - first..run.end - first];
        let (x, y) = (&outlines.x[run.clone()], &outlines.y[run]);
        let len = x.len();
        let vertex = |at: usize| (World { x: x[at], y: y[at] }, [wide(x[at]), wide(y[at])]);
        let mut nodes = (0..len).filter(|&at| levels[at] == NODE);
        let closed = outlines.role(ring).is_ring();
        let Some(mut node) = nodes.next() else {
            // Begun anywhere.
            thinning.thin(0..len, len, true, vertex, levels, &mut toll)?;
            continue;
        };
        let first = node;
        let nodes: Vec<usize> = nodes.collect();
        for &next in &nodes {
            thinning.arc(node..next + 1, len, vertex, levels, &mut toll)?;
            node = next;
        }
        if closed && nodes.is_empty() {
            thinning.thin(first..first + len, len, true, vertex, levels, &mut toll)?;
        } else if closed {
            thinning.arc(node..first + len + 1, len, vertex, levels, &mut toll)?;
        }
    }
    Ok(())
}

/// Gives what is marked [`AGAIN`] the levels that were settled for the runs before.
pub fn repeat(levels: &mut [u8], again: &[[u32; 2]]) {
    for &[at, first] in again {
        if levels[at as usize] == AGAIN {
            levels[at as usize] = levels[first as usize];
        }
    }
}

/// Space for thinning a path.
#[derive(Default)]
struct Thinning {
    places: Vec<Place>,
    /// By twice the area, then by key.
    heap: Heap,
}

/// A vertex of a path that is being thinned.
struct Place {
    vertex: Vertex,
    before: u32,
    after: u32,
    /// Twice the area it has now; [`FIXED`] for one that stays or has gone.
    area2: u64,
}

const FIXED: u64 = u64::MAX;

impl Thinning {
    /// Settles the vertices of an arc without its ends, unless a run before has the same. One that comes back to where it began may be a
    /// cycle there.
    fn arc(
        &mut self,
        run: Range<usize>,
        len: usize,
        vertex: impl Fn(usize) -> (World, Vertex),
        levels: &mut [u8],
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        let at = |place: usize| if place < len { place } else { place - len };
        let [from, to] = [run.start, run.end - 1].map(|place| vertex(at(place)).1);
        if from != to && (run.start + 1..run.end - 1).all(|place| levels[at(place)] == AGAIN) {
            return toll.pay(run.len());
        }
        self.thin(run, len, false, vertex, levels, toll)
    }

    /// Settles the vertices of an arc without its ends, or of a cycle without its node, if it begins with one. `run` counts
    /// on past the end of the ring.
    fn thin(
        &mut self,
        run: Range<usize>,
        len: usize,
        cycle: bool,
        vertex: impl Fn(usize) -> (World, Vertex),
        levels: &mut [u8],
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        let count = run.len();
        if count < 3 {
            // A cycle of less is no ring; of an arc the ends are nodes.
            return Ok(());
        }
        toll.pay(VERTEX * count)?;
        let at = |place: usize| if run.start + place < len { run.start + place } else { run.start + place - len };
        let Self { places, heap } = self;
        places.clear();
        heap.begin();
        places.extend((0..count).map(|place| {
            let (world, vertex) = vertex(at(place));
            let before = if place > 0 { place - 1 } else { count - 1 } as u32;
            let after = if place + 1 < count { place + 1 } else { 0 } as u32;
            heap.tie(morton::key(world));
            Place { vertex, before, after, area2: FIXED }
        }));
        let first = usize::from(!cycle || levels[at(0)] == NODE);
        let last = if cycle { count } else { count - 1 };
        for place in first..last {
            let area2 = of(places, place);
            places[place].area2 = area2;
            heap.add(place as u32, area2);
        }
        heap.order();
        let (mut left, mut most) = (count, 0);
        while let Some((area2, place)) = heap.pop() {
            let place = place as usize;
            most = area2.max(most);
            levels[at(place)] = level(most);
            places[place].area2 = FIXED;
            left -= 1;
            // The last three of a cycle go together: with less there is no ring.
            if cycle && left < 3 {
                continue;
            }
            let [before, after] = [places[place].before, places[place].after].map(|place| place as usize);
            places[before].after = after as u32;
            places[after].before = before as u32;
            for near in [before, after] {
                if places[near].area2 == FIXED {
                    continue;
                }
                let area2 = of(places, near).max(most);
                if area2 != places[near].area2 {
                    places[near].area2 = area2;
                    heap.change(near as u32, area2);
                }
            }
        }
        Ok(())
    }
}

/// Twice the area of the triangle of a vertex and its neighbours; the largest number stands for all that are larger.
fn of(places: &[Place], at: usize) -> u64 {
    let [a, b, c] = [places[at].before as usize, at, places[at].after as usize].map(|place| places[place].vertex);
    let [x1, y1, x2, y2] = [b[0] - a[0], b[1] - a[1], c[0] - a[0], c[1] - a[1]];
    if [x1, y1, x2, y2].iter().all(|side| side.unsigned_abs() < 1 << 31) {
        return (x1 * y2 - x2 * y1).unsigned_abs();
    }
    let product = |a: i64, b: i64| i128::from(a) * i128::from(b);
    (product(x1, y2) - product(x2, y1)).unsigned_abs().min((FIXED - 1).into()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::{
        Flat, Role,
        nodes::{self, Marked, OTHER},
    };
    use alloc::collections::BTreeMap;

    fn settled(flat: &Flat) -> Vec<u8> {
        let Marked { marks: mut levels, again, .. } = nodes::mark(&flat.view(), &Work::free()).expect("goes on");
        settle(&flat.view(), 0..flat.rings.len(), &mut levels, &Work::free()).expect("goes on");
        repeat(&mut levels, &again);
        levels
    }

    /// Visvalingam in the plainest way: the smallest of all is looked for again each time.
    fn plain(path: &[[i64; 2]], keys: &[u64]) -> Vec<u64> {
        let mut left: Vec<usize> = (0..path.len()).collect();
        let (mut areas, mut most) = (alloc::vec![u64::MAX; path.len()], 0);
        while left.len() > 2 {
            let area = |at: usize| {
                let [a, b, c] = [left[at - 1], left[at], left[at + 1]].map(|at| path[at]);
                ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).unsigned_abs().max(most)
            };
            let (least, _, at) = (1..left.len() - 1).map(|at| (area(at), keys[left[at]], at)).min().expect("some");
            most = least;
            areas[left.remove(at)] = most;
        }
        areas
    }

    fn random(seed: u32, below: u32) -> impl FnMut() -> u32 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        }
    }

    #[test]
    fn a_level_is_the_first_quarter_zoom_at_which_an_area_is_sixteen_units() {
        // 16 units² at zoom z are 16 · 4^(20 − z) steps².
        for z in 0..=20u32 {
            let twice = 2 * 16 * 4u64.pow(20 - z);
            assert_eq!((level(twice), level(twice - 1)), ((4 * z) as u8, (4 * z) as u8 + 1), "zoom {z}");
        }
        assert_eq!([level(u64::MAX), level(1), level(2), level(0)], [0, 88, 88, NEVER]);
    }

    #[test]
    fn a_line_is_thinned_as_the_plainest_way_does_it() {
        let mut next = random(3, 1 << 20);
        for len in [3, 4, 5, 20, 200] {
            let line: Vec<[u32; 2]> = (0..len).map(|_| [next() + 1, next() + 1]).collect();
            let flat = nodes::tests::rings(Role::Line, &[&line]);
            let path: Vec<_> = line.iter().map(|v| v.map(i64::from)).collect();
            let keys: Vec<_> = line.iter().map(|v| morton::key(World { x: v[0], y: v[1] })).collect();
            let mut expected: Vec<u8> = plain(&path, &keys).into_iter().map(level).collect();
            expected[0] = NODE;
            expected[len - 1] = NODE;
            assert_eq!(settled(&flat), expected);
        }
    }

    #[test]
    fn both_sides_of_a_border_find_the_same_levels_wherever_their_rings_begin() {
        let mut next = random(5, 1 << 14);
        let wave: Vec<[u32; 2]> = (1..100).map(|y| [(1 << 24) + next(), y << 12]).collect();
        let (top, bottom) = ([1 << 24, 1], [1 << 24, 100 << 12]);
        let mut west = Vec::from([[1 << 20, 1], top]);
        west.extend(&wave);
        west.extend([bottom, [1 << 20, 100 << 12]]);
        let mut east = Vec::from([bottom]);
        east.extend(wave.iter().rev());
        east.extend([top, [1 << 25, 1], [1 << 25, 100 << 12]]);
        let mut seen: Option<BTreeMap<[u32; 2], u8>> = None;
        for turn in [0, 1, 7, 50, 101] {
            west.rotate_left(turn);
            east.rotate_left(turn / 2);
            let flat = nodes::tests::rings(Role::Shell, &[&west, &east]);
            let levels = settled(&flat);
            let mut by: BTreeMap<[u32; 2], u8> = BTreeMap::new();
            for (at, &level) in levels.iter().enumerate() {
                assert_eq!(*by.entry([flat.x[at], flat.y[at]]).or_insert(level), level, "one border");
            }
            assert!(by.values().filter(|&&level| level > 0).count() > 90);
            assert_eq!(*seen.get_or_insert_with(|| by.clone()), by, "wherever it begins");
        }
    }

    #[test]
    fn what_two_runs_have_is_what_each_of_them_finds_for_itself() {
        let mut next = random(11, 1 << 16);
        let (mut given, mut arcs) = (0, 0);
        for round in 0..400 {
            // Runs on few places, and the same or a part of it the other way round, begun elsewhere.
            let places = if round % 2 == 0 { 5 } else { 400 };
            let mut many: Vec<Vec<[u32; 2]>> = (0..4)
                .map(|_| (0..3 + next() % 9).map(|_| [1 + next() % places, 1 + next() % places]).collect())
                .collect();
            for at in 0..3 {
                let mut run: Vec<[u32; 2]> = many[at].iter().rev().copied().collect();
                let turn = next() as usize % run.len();
                run.rotate_left(turn);
                run.extend((0..next() % 3).map(|_| [500 + next() % 9, 1 + next() % 9]));
                many.push(run);
            }
            let mut flat = nodes::tests::rings(Role::Shell, &many.iter().map(|run| &run[..]).collect::<Vec<_>>());
            (0..many.len()).filter(|at| (at + round) % 5 == 0).for_each(|at| flat.roles[at] = Role::Line);
            let Marked { marks, again, .. } = nodes::mark(&flat.view(), &Work::free()).expect("goes on");
            let mut alone: Vec<u8> = marks.iter().map(|&mark| if mark == AGAIN { OTHER } else { mark }).collect();
            settle(&flat.view(), 0..many.len(), &mut alone, &Work::free()).expect("goes on");
            let mut levels = marks;
            settle(&flat.view(), 0..many.len(), &mut levels, &Work::free()).expect("goes on");
            given += again.len();
            arcs += levels.iter().map(|&level| usize::from(level == AGAIN)).sum::<usize>();
            repeat(&mut levels, &again);
            assert_eq!(levels, alone, "{many:?}");
        }
        assert!(given > 1000 && arcs > 200, "{given} {arcs}");
    }

    #[test]
    fn a_ring_without_nodes_goes_as_a_whole_and_straight_vertices_are_never_drawn() {
        let square = [[100, 100], [1100, 100], [2100, 100], [2100, 2100], [100, 2100]];
        let levels = settled(&nodes::tests::rings(Role::Shell, &[&square]));
        assert_eq!(levels[1], NEVER);
        // The last three go together: half of the square of 2000 steps.
        let corners: Vec<u8> = [0, 2, 3, 4].map(|at| levels[at]).into();
        assert_eq!(corners, [level(4_000_000); 4]);
        // In parts, as several threads do it.
        let mut next = random(9, 1 << 16);
        let many: Vec<Vec<[u32; 2]>> = (0..9).map(|_| (0..30).map(|_| [next() + 1, next() + 1]).collect()).collect();
        let flat = nodes::tests::rings(Role::Shell, &many.iter().map(|ring| &ring[..]).collect::<Vec<_>>());
        let whole = settled(&flat);
        let Marked { marks: mut parts, .. } = nodes::mark(&flat.view(), &Work::free()).expect("goes on");
        for (rings, levels) in [0..4, 4..9].into_iter().zip({
            let (a, b) = parts.split_at_mut(120);
            [a, b]
        }) {
            settle(&flat.view(), rings, levels, &Work::free()).expect("goes on");
        }
        assert_eq!(parts, whole);
    }
}
