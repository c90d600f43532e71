//! Which vertices are nodes: where lines end and where borders part.
//!
//! Outlines enter; a byte for each vertex leaves, 0 for a node. Between nodes, neighbours have the same vertices in the same
//! order or in the opposite one, so each can be simplified for itself and the border stays one (the rule of `TopoJSON`'s and
//! tippecanoe's, with one sort in the place of hashing). What lies on the edge of the world is kept where it leaves it.

use crate::{
    points::sort::sort,
    shapes::{Outlines, Role, Vertex, WORLD, levels::NEVER},
    small::work::{Stopped, Work},
    space::{mercator::World, morton},
};
use alloc::{vec, vec::Vec};

/// The mark of a node, which is also its level: it is drawn at every zoom.
pub const NODE: u8 = 0;
/// The mark of any other vertex.
pub const OTHER: u8 = 1;
/// The mark of one that is no node and the last of two at its place, which are of two runs: see [`Marked::again`]. No level is this.
pub const AGAIN: u8 = NEVER - 1;

/// What looking at a vertex costs, most of it for sorting.
const VERTEX: usize = 16;

/// For each row whether it shares a node with another run, or a border.
pub type Shared = Vec<bool>;

/// What is found of all vertices.
#[derive(Clone, Debug, Default)]
pub struct Marked {
    /// A mark for each.
    pub marks: Vec<u8>,
    /// Which rows share vertices with other runs.
    pub shared: Shared,
    /// Those marked [`AGAIN`], each with the vertex at its place that stands before it.
    pub again: Vec<[u32; 2]>,
}

/// Marks the nodes among all vertices, and says which rows share vertices with other runs.
///
/// # Errors
/// [`Stopped`], as [`Work::pay`].
pub fn mark(outlines: &Outlines<'_>, work: &Work<'_>) -> Result<Marked, Stopped> {
    let count = outlines.vertices();
    let mut marks = vec![OTHER; count];
    let mut keys: Vec<u64> = Vec::with_capacity(count);
    // The run of each vertex.
    let mut runs: Vec<u32> = Vec::with_capacity(count);
    for ring in 0..outlines.rings.len() {
        let run = outlines.vertices_of(ring);
        work.pay(VERTEX * run.len())?;
        runs.resize(run.end, ring as u32);
        keys.extend(run.clone().map(|at| morton::key(World { x: outlines.x[at], y: outlines.y[at] })));
        match outlines.role(ring) {
            Role::Points => marks[run].fill(NODE),
            Role::Line => {
                marks[run.start] = NODE;
                marks[run.end - 1] = NODE;
            }
            Role::Shell | Role::Hole => on_the_edge(outlines, ring, &mut marks[run]),
        }
    }
    // Two are the same border's when their neighbours agree.
    let beside = |at: u32| {
        let run = outlines.vertices_of(runs[at as usize] as usize);
        let at = at as usize;
        let [before, after] =
            [if at > run.start { at - 1 } else { run.end - 1 }, if at + 1 < run.end { at + 1 } else { run.start }];
        let [a, b] = [before, after].map(|at| [outlines.x[at], outlines.y[at]]);
        [a.min(b), a.max(b)]
    };
    let mut order: Vec<u32> = (0..count as u32).collect();
    sort(&mut keys, &mut order);
    let (mut touches, mut again, mut start) = (vec![false; outlines.rings.len()], Vec::new(), 0);
    for same in keys.chunk_by(|a, b| a == b) {
        let places = &order[start..start + same.len()];
        start += same.len();
        let [first, rest @ ..] = places else { continue };
        if rest.is_empty() {
            continue;
        }
        places.iter().for_each(|&at| touches[runs[at as usize] as usize] = true);
        let pair = beside(*first);
        // The end of one line is a node of all.
        if rest.iter().any(|&at| beside(at) != pair) || places.iter().any(|&at| marks[at as usize] == NODE) {
            places.iter().for_each(|&at| marks[at as usize] = NODE);
        } else if let &[at] = rest
            && runs[at as usize] != runs[*first as usize]
        {
            marks[at as usize] = AGAIN;
            again.push([at, *first]);
        }
    }
    let shared = (0..outlines.len()).map(|row| touches[outlines.rings_of(row)].contains(&true)).collect();
    Ok(Marked { marks, shared, again })
}

/// Marks where a ring reaches the edge of the world or leaves it.
fn on_the_edge(outlines: &Outlines<'_>, ring: usize, marks: &mut [u8]) {
    let edges = |[x, y]: Vertex| [x == 0, x == WORLD, y == 0, y == WORLD];
    let any = |vertex| edges(vertex).contains(&true);
    if !outlines.path(ring).any(any) {
        return;
    }
    let path: Vec<Vertex> = outlines.path(ring).collect();
    for (at, &vertex) in path.iter().enumerate() {
        let (before, after) = (path[if at > 0 { at - 1 } else { path.len() - 1 }], path[(at + 1) % path.len()]);
        let along = (0..4).any(|edge| [before, vertex, after].iter().all(|&vertex| edges(vertex)[edge]));
        if any(vertex) && !along {
            marks[at] = NODE;
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::shapes::Flat;
    use alloc::collections::BTreeMap;

    /// Rings of one row each.
    pub(crate) fn rings(role: Role, rings: &[&[[u32; 2]]]) -> Flat {
        let mut flat = Flat::default();
        for ring in rings {
            flat.x.extend(ring.iter().map(|v| v[0]));
            flat.y.extend(ring.iter().map(|v| v[1]));
            flat.rings.push(flat.x.len() as u32);
            flat.roles.push(role);
            flat.rows.push(flat.rings.len() as u32);
        }
        flat
    }

    fn marked(flat: &Flat) -> (Vec<[u32; 2]>, Shared) {
        let Marked { marks, shared, .. } = mark(&flat.view(), &Work::free()).expect("goes on");
        let nodes = (0..marks.len()).filter(|&at| marks[at] == NODE).map(|at| [flat.x[at], flat.y[at]]);
        let mut nodes: Vec<_> = nodes.collect();
        nodes.sort_unstable();
        nodes.dedup();
        (nodes, shared)
    }

    #[test]
    fn nodes_are_where_the_borders_of_three_countries_meet() {
        // Two squares side by side, a third below both, and one far away.
        let flat = rings(
            Role::Shell,
            &[
                &[[10, 10], [20, 10], [20, 15], [20, 20], [15, 20], [10, 20]],
                &[[20, 10], [30, 10], [30, 20], [25, 20], [20, 20], [20, 15]],
                &[[10, 20], [15, 20], [20, 20], [25, 20], [30, 20], [30, 30], [10, 30]],
                &[[50, 50], [60, 50], [60, 60]],
            ],
        );
        let (nodes, shared) = marked(&flat);
        assert_eq!(nodes, [[10, 20], [20, 10], [20, 20], [30, 20]]);
        assert_eq!(shared, [true, true, true, false]);
    }

    #[test]
    fn an_island_in_a_hole_has_none_and_lines_have_their_ends() {
        let island = [[10, 10], [20, 10], [20, 20]];
        let hole = [[20, 20], [20, 10], [10, 10]];
        assert_eq!(marked(&rings(Role::Shell, &[&island, &hole])), (Vec::new(), Vec::from([true, true])));
        let lines = rings(Role::Line, &[&[[1, 1], [2, 2], [3, 3], [4, 4]], &[[3, 3], [9, 9]]]);
        assert_eq!(marked(&lines).0, [[1, 1], [3, 3], [4, 4], [9, 9]]);
    }

    #[test]
    fn a_ring_is_kept_where_it_meets_the_edge_of_the_world() {
        let flat = rings(Role::Shell, &[&[[5, 10], [0, 12], [0, 14], [0, 16], [5, 20], [9, u32::MAX]]]);
        assert_eq!(marked(&flat).0, [[0, 12], [0, 16], [9, u32::MAX]]);
    }

    #[test]
    fn nodes_are_those_that_comparing_all_neighbours_finds() {
        let mut state = 7u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        for _ in 0..50 {
            let many: Vec<Vec<[u32; 2]>> =
                (0..6).map(|_| (0..3 + next(5)).map(|_| [1 + next(4), 1 + next(4)]).collect()).collect();
            let flat = rings(Role::Shell, &many.iter().map(|ring| &ring[..]).collect::<Vec<_>>());
            let mut pairs: BTreeMap<[u32; 2], Vec<[[u32; 2]; 2]>> = BTreeMap::new();
            for ring in &many {
                for at in 0..ring.len() {
                    let mut pair = [ring[(at + ring.len() - 1) % ring.len()], ring[(at + 1) % ring.len()]];
                    pair.sort_unstable();
                    pairs.entry(ring[at]).or_default().push(pair);
                }
            }
            pairs.retain(|_, pairs| pairs.iter().any(|pair| *pair != pairs[0]));
            assert_eq!(marked(&flat).0, pairs.into_keys().collect::<Vec<_>>());
        }
    }
}
