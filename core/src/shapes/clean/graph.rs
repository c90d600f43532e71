//! Rings that touch or cross become rings that do not: those round what is wound more often than not at all.
//!
//! Edges enter that meet in their ends only. Those that run over one another are added up, and cancel where they run against
//! each other. From the outside of each connected part, the winding on both sides of every edge follows by going round its
//! ends. Edges with an inside on one side only are kept and traced: at a junction always along the same inside. A ring that
//! comes to a place twice is cut in two there.

use super::pairs::Edge;
use crate::{
    outlines::Vertex,
    shapes::clip::{Pieces, Point},
    small::{
        self,
        work::{Stopped, Toll},
    },
};
use alloc::vec::Vec;

/// Bits of a place's number.
pub const PLACE: u32 = 26;

/// Places by numbers that are in their order, from the west and there from the north.
pub trait Places {
    /// Whether an edge that is run along as often one way as the other joins what its ends belong to. Else it is none.
    const JOINED: bool;

    fn at(&self, place: u32) -> Vertex;
}

/// Those of a tile, which are their own numbers.
struct InTile;

impl Places for InTile {
    const JOINED: bool = false;

    fn at(&self, place: u32) -> Vertex {
        unpack(place).map(i64::from)
    }
}

/// Half an edge: from the place it leaves to another.
#[derive(Clone, Copy, Debug)]
struct Half {
    from: u32,
    to: u32,
    /// How many more edges run from it than to it.
    count: i32,
    /// The same edge from its other end.
    twin: u32,
    /// The first half from the same place, and the half after the last.
    run: [u32; 2],
    /// The winding on the side that comes before it, clockwise on the screen from the west.
    winding: i32,
    /// Whether it is a border of the inside, which lies behind it.
    kept: bool,
    seen: bool,
}

impl Half {
    const fn after(&self) -> i32 {
        self.winding + self.count
    }
}

/// Space for it.
#[derive(Debug, Default)]
pub struct Graph {
    packed: Vec<u64>,
    order: Vec<u64>,
    halves: Vec<Half>,
    stack: Vec<u32>,
    path: Vec<u32>,
    /// For each place (by its first half) one more than where it stands on the path.
    place: Vec<u32>,
}

impl Graph {
    /// Bytes held.
    pub fn size(&self) -> usize {
        (self.packed.capacity() + self.order.capacity()) * 8
            + self.halves.capacity() * size_of::<Half>()
            + (self.stack.capacity() + self.path.capacity() + self.place.capacity()) * 4
    }

    /// Traces the rings round the inside of edges. `about` tells the winding just west of a place.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn trace(
        &mut self,
        edges: impl Iterator<Item = Edge>,
        toll: &mut Toll<'_>,
        mut about: impl FnMut(Point, &mut Toll<'_>) -> Result<i32, Stopped>,
        out: &mut Pieces,
    ) -> Result<(), Stopped> {
        self.gather(edges.map(|edge| edge.map(pack)), &InTile);
        toll.pay(8 * self.halves.len())?;
        self.settle(|place| about(unpack(place), toll))?;
        self.rings(
            |winding| winding > 0,
            |ring| {
                out.points.extend(ring.map(unpack));
                out.end(3);
            },
        );
        Ok(())
    }

    /// Adds edges up and puts their halves in order round each place.
    pub fn gather<P: Places>(&mut self, edges: impl Iterator<Item = [u32; 2]>, places: &P) {
        let Self { packed, order, halves, .. } = self;
        packed.clear();
        packed.extend(edges.filter(|[a, b]| a != b).map(|[a, b]| {
            let [low, high] = [a.min(b), a.max(b)].map(u64::from);
            (low << PLACE | high) << 1 | u64::from(a > b)
        }));
        packed.sort_unstable();
        halves.clear();
        for same in packed.chunk_by(|a, b| a >> 1 == b >> 1) {
            let count: i32 = same.iter().map(|edge| 1 - 2 * (edge & 1) as i32).sum();
            if count != 0 || P::JOINED {
                let [from, to] = [same[0] >> (PLACE + 1), same[0] >> 1].map(|place| place as u32 & ((1 << PLACE) - 1));
                let half = Half { from, to, count, twin: 0, run: [0; 2], winding: 0, kept: false, seen: false };
                halves.push(half);
                halves.push(Half { from: to, to: from, count: -count, ..half });
            }
        }
        order.clear();
        order.extend(halves.iter().zip(0..).map(|(half, at)| u64::from(half.from) << 32 | at));
        order.sort_unstable();
        let mut start = 0;
        while start < order.len() {
            let end = start + order[start..].iter().take_while(|&&half| half >> 32 == order[start] >> 32).count();
            small::sort_by(&mut order[start..end], |&a, &b| {
                turn(&halves[a as u32 as usize], &halves[b as u32 as usize], places)
            });
            start = end;
        }
        // Twins stand beside each other until they are put in order.
        packed.clear();
        packed.resize(halves.len(), 0);
        order.iter().zip(0..).for_each(|(&half, at)| packed[half as u32 as usize] = at);
        let sorted: Vec<Half> = order
            .iter()
            .map(|&half| {
                let half = half as u32;
                Half { twin: packed[(half ^ 1) as usize] as u32, ..halves[half as usize] }
            })
            .collect();
        *halves = sorted;
        let mut start = 0;
        while start < halves.len() {
            let end = start + halves[start..].iter().take_while(|half| half.from == halves[start].from).count();
            halves[start..end].iter_mut().for_each(|half| half.run = [start as u32, end as u32]);
            start = end;
        }
    }

    /// Finds the winding beside every edge. `about` tells that just west of a place.
    ///
    /// # Errors
    /// Those of `about`.
    pub fn settle<E>(&mut self, mut about: impl FnMut(u32) -> Result<i32, E>) -> Result<(), E> {
        let Self { halves, stack, .. } = self;
        for first in 0..halves.len() {
            if halves[first].seen {
                continue;
            }
            // The westernmost place of its part, and the first half from the west.
            halves[first].winding = about(halves[first].from)?;
            stack.push(first as u32);
            while let Some(at) = stack.pop() {
                let at = at as usize;
                if halves[at].seen {
                    continue;
                }
                let [start, end] = halves[at].run.map(|half| half as usize);
                let mut winding = halves[at].winding;
                for half in (at..end).chain(start..at) {
                    halves[half].winding = winding;
                    halves[half].seen = true;
                    winding = halves[half].after();
                    let twin = halves[half].twin as usize;
                    if !halves[twin].seen {
                        halves[twin].winding = winding;
                        stack.push(twin as u32);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether some of it is wound one way, and some the other.
    pub fn is_wound_both_ways(&self) -> bool {
        let some = |way: fn(i32) -> bool| self.halves.iter().any(|half| way(half.winding));
        some(|winding| winding < 0) && some(|winding| winding > 0)
    }

    /// Follows the borders of what is inside, by its winding, and gives the places of each ring.
    pub fn rings(&mut self, is_inside: impl Fn(i32) -> bool, mut out: impl FnMut(&mut dyn Iterator<Item = u32>)) {
        let Self { halves, path, place, .. } = self;
        for half in &mut *halves {
            half.kept = !is_inside(half.winding) && is_inside(half.after());
            half.seen = false;
        }
        place.clear();
        place.resize(halves.len(), 0);
        for first in 0..halves.len() {
            if !halves[first].kept || halves[first].seen {
                continue;
            }
            path.clear();
            let mut at = first;
            while halves[at].kept && !halves[at].seen {
                halves[at].seen = true;
                let start = halves[at].run[0] as usize;
                if let Some(before) = place[start].checked_sub(1) {
                    cut(halves, path, place, before as usize, &mut out);
                }
                place[start] = path.len() as u32 + 1;
                path.push(at as u32);
                at = next(halves, halves[at].twin as usize);
            }
            cut(halves, path, place, 0, &mut out);
        }
    }
}

/// Takes the end of a path from a place on as a ring.
fn cut(
    halves: &[Half],
    path: &mut Vec<u32>,
    place: &mut [u32],
    from: usize,
    out: &mut impl FnMut(&mut dyn Iterator<Item = u32>),
) {
    let mut ring = path[from..].iter().map(|&half| {
        let half = &halves[half as usize];
        place[half.run[0] as usize] = 0;
        half.from
    });
    out(&mut ring);
    path.truncate(from);
}

/// The kept half that goes on along the inside, of those from the place where another half begins, by which it was come.
fn next(halves: &[Half], came: usize) -> usize {
    let [start, end] = halves[came].run.map(|half| half as usize);
    (start..came).rev().chain((came..end).rev()).find(|&half| halves[half].kept).unwrap_or(came)
}

/// Whether a half comes before another from the same place, clockwise on the screen from the west.
fn turn(a: &Half, b: &Half, places: &impl Places) -> bool {
    let [from, to, other] = [a.from, a.to, b.to].map(|place| places.at(place));
    // To the west or north, or to the east or south.
    let late = |to: Vertex| (to[1], to[0]) > (from[1], from[0]);
    match (late(to), late(other)) {
        (false, true) => true,
        (true, false) => false,
        _ => side([from, to], other) > 0,
    }
}

/// On which side of an edge a place lies.
pub fn side([a, b]: Edge<i64>, place: Vertex) -> i128 {
    let [bx, by, x, y] = [b[0] - a[0], b[1] - a[1], place[0] - a[0], place[1] - a[1]];
    if [bx, by, x, y].iter().all(|side| side.unsigned_abs() < 1 << 31) {
        return (bx * y - by * x).into();
    }
    i128::from(bx) * i128::from(y) - i128::from(by) * i128::from(x)
}

/// A place of a tile as its number.
pub fn pack(point: Point) -> u32 {
    let [x, y] = point.map(|at| (i32::from(at) + 2048).cast_unsigned());
    x << 13 | y
}

fn unpack(number: u32) -> Point {
    [number >> 13, number].map(|at| ((at & 0x1fff) as i32 - 2048) as i16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{shapes::wind::area2, small::work::Work};

    /// The areas of the rings that are traced of rings without crossings.
    fn traced(rings: &[&[Point]]) -> Vec<(i128, usize)> {
        let edges = rings.iter().flat_map(|ring| (0..ring.len()).map(|at| [ring[at], ring[(at + 1) % ring.len()]]));
        let mut out = Pieces::default();
        let done = Graph::default().trace(edges, &mut Work::free().toll(), |_, _| Ok(0), &mut out);
        assert_eq!(done, Ok(()));
        let mut areas: Vec<_> =
            out.each().map(|ring| (area2(ring.iter().map(|point| point.map(i64::from))), ring.len())).collect();
        areas.sort_unstable();
        areas
    }

    #[test]
    fn places_keep_their_order_packed() {
        for point in [[-128, 4224], [0, 0], [4224, -128], [-1, 1]] {
            assert_eq!(unpack(pack(point)), point);
        }
        assert!(pack([-128, 9]) < pack([-128, 10]) && pack([-128, 4224]) < pack([0, -128]));
    }

    #[test]
    fn a_spike_goes_and_what_touches_in_a_place_is_cut_there() {
        let square: [Point; 4] = [[0, 0], [10, 0], [10, 10], [0, 10]];
        assert_eq!(traced(&[&square]), [(200, 4)]);
        assert_eq!(traced(&[&[[0, 0], [10, 0], [20, 0], [10, 0], [10, 10], [0, 10]]]), [(200, 4)]);
        // An eight, both of whose halves are positive, is two; one whose second is negative loses it.
        assert_eq!(
            traced(&[&[[0, 0], [10, 0], [10, 10], [20, 10], [20, 20], [10, 20], [10, 10], [0, 10]]]),
            [(200, 4); 2]
        );
        assert_eq!(
            traced(&[&[[0, 0], [10, 0], [10, 10], [10, 20], [20, 20], [20, 10], [10, 10], [0, 10]]]),
            [(200, 4)]
        );
        // A hole that touches its shell in a place, and a ring that goes in and out there, are the same.
        let hole: [Point; 3] = [[0, 0], [2, 6], [6, 2]];
        let both = [&square[..1], &square[1..], &[[0, 0], [2, 6], [6, 2]]].concat();
        assert_eq!(traced(&[&square, &hole]), [(-32, 3), (200, 4)]);
        assert_eq!(traced(&[&both]), [(-32, 3), (200, 4)]);
        // A hole that touches it in two makes two of it.
        assert_eq!(traced(&[&square, &[[0, 0], [4, 6], [10, 10], [6, 4]]]).len(), 2);
    }

    #[test]
    fn what_lies_twice_counts_once_and_a_hole_on_the_shell_opens_it() {
        let square: [Point; 4] = [[0, 0], [10, 0], [10, 10], [0, 10]];
        assert_eq!(traced(&[&square, &square]), [(200, 4)]);
        let turned: Vec<Point> = square.iter().rev().copied().collect();
        assert_eq!(traced(&[&square, &turned]), []);
        let beside: [Point; 4] = [[10, 0], [20, 0], [20, 10], [10, 10]];
        assert_eq!(traced(&[&square, &beside]), [(400, 6)]);
        let shell: [Point; 6] = [[0, 0], [4, 0], [6, 0], [10, 0], [10, 10], [0, 10]];
        assert_eq!(traced(&[&shell, &[[6, 0], [4, 0], [5, 5]]]), [(200 - 10, 7)]);
        assert_eq!(traced(&[]), []);
    }
}
