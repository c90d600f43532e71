//! How often areas go round a position that is no corner: by a ray to the east.
//!
//! A position beside an edge is given by two directions: from a corner a little along the first, then much less along the
//! second. What a sum says is zero is then decided by the next one, so nothing is ever in doubt.

use super::edges::{Edges, Kind};
use crate::{
    outlines::{Vertex, WORLD},
    small::work::{Stopped, Toll},
};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// What an edge that a ray meets costs, in looks at rows.
pub(super) const LOOK: usize = 4;

/// The cross product of two directions.
pub(super) fn cross(a: Vertex, b: Vertex) -> i128 {
    let product = |a: i64, b: i64| i128::from(a) * i128::from(b);
    product(a[0], b[1]) - product(a[1], b[0])
}

/// The way from one position to another.
pub(super) const fn way(from: Vertex, to: Vertex) -> Vertex {
    [to[0] - from[0], to[1] - from[1]]
}

/// How often areas go round a position.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub(super) fn winding(edges: &Edges, from: Vertex, turns: [Vertex; 2], toll: &mut Toll<'_>) -> Result<i32, Stopped> {
    match edges.slabs() {
        Some((slabs, all)) => slabs.winding(all, from, turns, toll),
        None => looked_at(edges, from, turns, toll),
    }
}

/// The same, by all edges in the east.
pub(super) fn looked_at(edges: &Edges, from: Vertex, turns: [Vertex; 2], toll: &mut Toll<'_>) -> Result<i32, Stopped> {
    let mut near = Vec::new();
    edges.near([from[0], from[1], WORLD, from[1]], &mut near, toll)?;
    toll.pay(near.len() * LOOK)?;
    let [first, second] = turns;
    let mut sum = 0;
    for at in near {
        let edge = edges.get(at);
        if edges.kind(at) != Kind::Area {
            continue;
        }
        let above = |v: Vertex| match v[1].cmp(&from[1]) {
            Ordering::Equal => first[1] > 0 || (first[1] == 0 && second[1] > 0),
            order => order == Ordering::Less,
        };
        let (ends, along) = ([above(edge.a), above(edge.b)], way(edge.a, edge.b));
        if ends[0] == ends[1] {
            continue;
        }
        let sides = [cross(along, way(edge.a, from)), cross(along, first), cross(along, second)];
        let side = sides.into_iter().find(|side| *side != 0).unwrap_or(0);
        // Downwards it is in the west of the edge where the sum is above zero.
        if (side > 0) == ends[0] {
            sum += if ends[0] { 1 } else { -1 };
        }
    }
    Ok(sum)
}

/// How often areas go round what is a little along a direction from a position, on the side to which areas lie and on the other.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub(super) fn beside(edges: &Edges, from: Vertex, along: Vertex, toll: &mut Toll<'_>) -> Result<[i32; 2], Stopped> {
    let [inner, outer] = [[-along[1], along[0]], [along[1], -along[0]]];
    Ok([winding(edges, from, [along, inner], toll)?, winding(edges, from, [along, outer], toll)?])
}
