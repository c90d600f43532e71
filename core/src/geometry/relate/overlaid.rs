//! Areas of one geometry that overlap or lie side by side: where its places are when all of them are one.

use super::{
    edges::{Edge, Edges, Kind, boxed},
    matrix::Place,
    ray::{beside, cross, way, winding},
};
use crate::{
    outlines::Vertex,
    small::work::{Stopped, Toll},
};
use alloc::vec::Vec;

/// How often areas go round what is on either side of an edge, from edge to edge.
#[derive(Default)]
pub(super) struct Sides {
    /// The last edge, and what is beside its end where nothing but its neighbours meets it.
    at: usize,
    is_alone: bool,
    /// Whether these do not run along it, so that at its ends nothing is but what is beside it.
    is_plain: bool,
    known: Option<[i32; 2]>,
}

impl Sides {
    /// What is beside the beginning of an edge; and the edges of its own near it.
    pub(super) fn of(
        &mut self,
        own: &Edges,
        at: usize,
        near: &mut Vec<usize>,
        toll: &mut Toll<'_>,
    ) -> Result<[i32; 2], Stopped> {
        let edge = own.get(at);
        own.near(boxed(&edge), near, toll)?;
        let before = own.get(self.at);
        // Where a ring turns back what was on one side is on the other.
        let turns = cross(way(before.a, before.b), way(edge.a, edge.b)) != 0;
        let is_next = self.at + 1 == at && before.run == edge.run && turns;
        let known = core::mem::take(&mut self.known).filter(|_| is_next);
        self.at = at;
        self.is_alone = near.iter().all(|&other| own.are_neighbours(at, other));
        let runs_along = |other: Edge| cross(way(edge.a, edge.b), way(other.a, other.b)) == 0;
        self.is_plain = self.is_alone && near.iter().all(|&other| other == at || !runs_along(own.get(other)));
        match known {
            Some(turns) => Ok(turns),
            None => beside(own, edge.a, way(edge.a, edge.b), toll),
        }
    }

    /// Of which place of all areas its ends are, by what is beside it, if that tells.
    pub(super) fn of_ends(&self, own: &Edges, turns: [i32; 2]) -> Option<Place> {
        self.is_plain.then(|| match turns.map(|turns| own.is_inside(turns)) {
            [true, true] => Place::Interior,
            [false, false] => Place::Exterior,
            _ => Place::Boundary,
        })
    }

    /// What is beside its end.
    pub(super) fn go_on(&mut self, turns: Option<[i32; 2]>) {
        self.known = turns.filter(|_| self.is_alone);
    }
}

/// Of which place of all areas a position is.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub(super) fn place(edges: &Edges, at: Vertex, toll: &mut Toll<'_>) -> Result<Place, Stopped> {
    let mut near = Vec::new();
    edges.near([at[0], at[1], at[0], at[1]], &mut near, toll)?;
    let mut seen = [false; 2];
    for edge in near.into_iter().filter(|&edge| edges.kind(edge) == Kind::Area).map(|edge| edges.get(edge)) {
        if cross(way(edge.a, edge.b), way(edge.a, at)) != 0 {
            continue;
        }
        for along in [edge.a, edge.b].map(|end| way(at, end)).into_iter().filter(|along| *along != [0; 2]) {
            for turns in beside(edges, at, along, toll)? {
                seen[usize::from(edges.is_inside(turns))] = true;
            }
        }
        if seen == [true; 2] {
            return Ok(Place::Boundary);
        }
    }
    let inside = if seen == [false; 2] { edges.is_inside(winding(edges, at, [[0; 2]; 2], toll)?) } else { seen[1] };
    Ok(if inside { Place::Interior } else { Place::Exterior })
}
