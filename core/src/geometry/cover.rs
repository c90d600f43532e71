//! The world in cells that lie whole inside or outside a shape, or on its border with the few edges that matter there.
//!
//! Cells are quarters of quarters, as the order of rows has them. Those on the border are cut, level by level, until there
//! are enough of them. An edge that passes a cell in the west from bottom to top only turns inside and outside round; it is
//! counted once for the cell and not for its rows.

use super::{
    Position,
    cell::{Border, Cell, Frame, Group, Location},
    parts::{Edge, Parts},
    side::{ERROR, crosses, side},
};
use crate::small::{
    self,
    work::{Stopped, Toll},
};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Cells on the border from which on none is cut any more.
const MANY: usize = 2048;

/// What an edge costs that is looked at, in looks at rows.
const EDGE: usize = 4;

/// What matters in a cell: parts of the shape, each with its edges there.
type Matter = Vec<(Group, Vec<u32>)>;

/// A cell that is being cut: its corner, its width in steps as a power of two, and what matters in it.
pub(super) struct Node {
    key: u64,
    level: u32,
    groups: Matter,
}

/// All cells, in order, with what lies on the border.
pub(super) fn cover(parts: &Parts, toll: &mut Toll<'_>) -> Result<(Vec<Cell>, Vec<Border>), Stopped> {
    let groups = parts.parts.iter().enumerate().map(|(part, found)| {
        let edges = found.edges.clone().map(|edge| edge as u32).collect();
        (Group { part: part as u32, inside: false, edges: 0 }, edges)
    });
    let mut nodes = Vec::from([Node { key: 0, level: 32, groups: groups.collect() }]);
    let (mut cells, mut borders) = (Vec::new(), Vec::new());
    while !nodes.is_empty() {
        let enough = nodes.len() > MANY;
        let mut below = Vec::new();
        for node in nodes {
            if enough || node.level == 0 {
                cells.push(Cell { first: node.key, kind: Err(borders.len() as u32) });
                borders.push(Border::new(node.key, node.level, node.groups));
                continue;
            }
            let level = node.level - 1;
            for (quarter, frame) in (0..).zip(Frame::quarters(node.key, level)) {
                let key = node.key | quarter << (2 * level);
                match look(parts, &node.groups, frame, toll)? {
                    Ok(location) => cells.push(Cell { first: key, kind: Ok(location) }),
                    Err(groups) => below.push(Node { key, level, groups }),
                }
            }
        }
        nodes = below;
    }
    small::sort_by(&mut cells, |a, b| a.first < b.first);
    cells.dedup_by(|next, before| next.kind.is_ok() && next.kind == before.kind);
    Ok((cells, borders))
}

/// Where all of a cell lies, or what matters in it.
fn look(
    parts: &Parts,
    groups: &[(Group, Vec<u32>)],
    frame: Frame,
    toll: &mut Toll<'_>,
) -> Result<Result<Location, Matter>, Stopped> {
    let mut kept = Vec::new();
    for (group, edges) in groups {
        toll.pay(EDGE * (1 + edges.len()))?;
        let area = parts.parts[group.part as usize].area;
        let (mut inside, mut matter, mut touched) = (group.inside, Vec::new(), false);
        for &at in edges {
            match relation(&parts.edges[at as usize], frame, area) {
                Relation::None => {}
                Relation::Turns => inside = !inside,
                Relation::West => matter.push(at),
                Relation::Touches => {
                    touched = true;
                    matter.push(at);
                }
            }
        }
        if touched {
            kept.push((Group { part: group.part, inside, edges: 0 }, matter));
            continue;
        }
        // Nothing of it runs through the cell: one corner stands for all of it.
        let crossed = matter.iter().filter(|&&at| crosses(&parts.edges[at as usize], frame.south)).count();
        if area && inside != (crossed % 2 == 1) {
            return Ok(Ok(Location::Inside));
        }
    }
    Ok(if kept.is_empty() { Ok(Location::Outside) } else { Err(kept) })
}

/// What an edge is to a cell.
enum Relation {
    /// It does not matter.
    None,
    /// It passes in the west, from below to above.
    Turns,
    /// It is in the west, beside a part of the cell.
    West,
    /// It may run through the cell or along it.
    Touches,
}

fn relation(edge: &Edge, frame: Frame, area: bool) -> Relation {
    let [[ax, ay], [bx, by]] = *edge;
    let (low, high) = (ay.min(by), ay.max(by));
    if low > frame.north || high < frame.south || ax.min(bx) > frame.east {
        return Relation::None;
    }
    if ax.max(bx) < frame.west {
        return match area {
            false => Relation::None,
            _ if high <= frame.south => Relation::None,
            _ if low <= frame.south && high > frame.north => Relation::Turns,
            _ => Relation::West,
        };
    }
    let corners =
        [[frame.west, frame.south], [frame.east, frame.south], [frame.east, frame.north], [frame.west, frame.north]];
    // A hair's breadth counts as touching, which is looked at more closely later.
    let mut sides = corners.map(|corner| hairless(edge, corner)).into_iter();
    let first = sides.next().unwrap_or(Ordering::Equal);
    if first == Ordering::Equal || sides.any(|side| side != first) {
        return Relation::Touches;
    }
    if !area {
        return Relation::None;
    }
    // All of the cell is on one side: the edge is to its west where its rays cross it, or else to its east.
    let west = first == if ay < by { Ordering::Less } else { Ordering::Greater };
    match west {
        false => Relation::None,
        _ if high <= frame.south => Relation::None,
        _ if low <= frame.south && high > frame.north => Relation::Turns,
        _ => Relation::West,
    }
}

/// The side of a position; equal where it is too near to say without exact numbers.
fn hairless([a, b]: &Edge, p: Position) -> Ordering {
    let (left, right) = ((a[0] - p[0]) * (b[1] - p[1]), (a[1] - p[1]) * (b[0] - p[0]));
    let far = (left - right).abs() > ERROR * (left.abs() + right.abs());
    if far { side(*a, *b, p) } else { Ordering::Equal }
}
