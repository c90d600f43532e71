//! Along the edges of one geometry over another: where each of its corners and pieces lies to it.
//!
//! Edges are cut where an edge of an area crosses the line a hair beside them, on one side and on the other: what is inside on both
//! sides of a piece is inside, on one side the border, on none outside. So edges on one another need no case of their own. Where a
//! corner is on nothing of the other, what is known of the edge before goes on; else a ray tells.
//! Where areas of one geometry overlap or lie side by side, its own edges are cut at each other, too: what is inside on both sides
//! is no border of it.

use super::{
    edges::{Edge, Edges, Kind, boxed, meet},
    matrix::Place,
    overlaid,
    ratio::Ratio,
    ray::{beside, cross, way, winding},
};
use crate::{
    outlines::Vertex,
    small::{
        self,
        work::{Stopped, Toll},
    },
};
use Place::{Boundary, Exterior, Interior};
use alloc::vec::Vec;

/// What a pair of edges costs, in looks at rows, and what a cut does: products of numbers of two words are what takes time.
const PAIR: usize = 64;
const CUT: usize = 512;

/// Where an area begins or ends beside an edge, on the one and on the other side.
struct Cut {
    at: Ratio,
    turns: [i32; 2],
    /// Whether it is an area of the edge's own.
    is_own: bool,
}

/// What meets an edge.
#[derive(Default)]
struct Met {
    cuts: Vec<Cut>,
    /// Pieces that are on lines.
    covered: Vec<(Ratio, Ratio)>,
    /// Where its ends lie, if they are on something, and on what.
    ends: [Option<(Place, Kind)>; 2],
}

/// Tells where corners and pieces of one geometry lie to another: of which of its own places, of which of the other's, and the
/// dimension of what they have in common; until that is enough.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub(super) fn walk(
    own: &Edges,
    other: &Edges,
    toll: &mut Toll<'_>,
    mut say: impl FnMut(Place, Place, i8),
    enough: impl Fn() -> bool,
) -> Result<(), Stopped> {
    let (mut edges, mut near, mut met) = (Vec::new(), Vec::new(), Met::default());
    let mut sides = overlaid::Sides::default();
    own.near(other.frame(), &mut edges, toll)?;
    if edges.len() < own.len() {
        beyond(own, other, &edges, &mut say, toll)?;
    }
    let mut before: Option<(usize, i32)> = None;
    for at in edges {
        if enough() {
            break;
        }
        let (edge, kind) = (own.get(at), own.kind(at));
        other.near(boxed(&edge), &mut near, toll)?;
        met.cuts.clear();
        met.covered.clear();
        met.ends = [None; 2];
        let place = if kind == Kind::Area { Boundary } else { Interior };
        // What is inside of one area of several tells where their border is crossed.
        let is_overlaid = other.is_overlaid() || (kind == Kind::Area && own.is_overlaid());
        let mut crosses = is_overlaid;
        for &across in &near {
            toll.pay(PAIR)?;
            if let Some((crossed, at)) = met.add(&edge, other, across) {
                // Where a line ends is no place in its middle, and is seen of as a corner.
                let is_end = at.is_some_and(|at| own.is_end(at) || other.is_end(at));
                if is_overlaid && (kind == Kind::Area || other.kind(across) == Kind::Area) {
                    crosses &= !is_end;
                } else if !is_end {
                    say(place, crossed, 0);
                }
            }
        }
        let known = before.filter(|&(last, _)| last + 1 == at && own.get(last).run == edge.run);
        let mut turns = match known {
            Some((_, turns)) if met.ends[0].is_none() => [turns; 2],
            _ if !other.has(Kind::Area) => [0; 2],
            _ if met.ends[0].is_none() => [winding(other, edge.a, [[0; 2]; 2], toll)?; 2],
            _ => beside(other, edge.a, way(edge.a, edge.b), toll)?,
        };
        let mut own_turns = if kind == Kind::Area && own.is_overlaid() {
            let turns = sides.of(own, at, &mut near, toll)?;
            met.add_own(&edge, own, &near, toll)?;
            Some(turns)
        } else {
            None
        };
        let of_ends = own_turns.and_then(|turns| sides.of_ends(own, turns));
        let whole = |turns: i32| if other.is_inside(turns) { Interior } else { Exterior };
        // In an area beside it the end of a line is no border.
        let corner = |vertex: Vertex, toll: &mut Toll<'_>| {
            if kind == Kind::Area && own.is_overlaid() {
                return of_ends.map_or_else(|| overlaid::place(own, vertex, toll), Ok);
            }
            let is_end = kind == Kind::Line && own.is_end(vertex);
            let inner = is_end && own.has(Kind::Area) && own.is_inside(winding(own, vertex, [[0; 2]; 2], toll)?);
            Ok(if kind == Kind::Area || (is_end && !inner) { Boundary } else { Interior })
        };
        let on = |end: Option<(Place, Kind)>, vertex: Vertex, turns: [i32; 2], toll: &mut Toll<'_>| {
            Ok(match end {
                Some((_, Kind::Area)) if other.is_overlaid() => overlaid::place(other, vertex, toll)?,
                Some((_, Kind::Line | Kind::Point)) if turns.iter().all(|&turns| other.is_inside(turns)) => Interior,
                Some((place, _)) => place,
                None => whole(turns[0]),
            })
        };
        // An edge in the outside of its own is none.
        if let (own @ (Interior | Boundary), other) = (corner(edge.a, toll)?, on(met.ends[0], edge.a, turns, toll)?) {
            say(own, other, 0);
        }
        if kind == Kind::Point {
            continue;
        }
        toll.pay(met.cuts.len() * CUT)?;
        small::sort_by(&mut met.cuts, |a, b| a.at < b.at);
        small::sort_by(&mut met.covered, |a, b| a.0 < b.0);
        let (mut from, mut next, mut last) = (Ratio::START, 0, None);
        loop {
            let to = met.cuts.get(next).map_or(Ratio::END, |cut| cut.at);
            if from < to {
                toll.pay(1 + met.covered.len())?;
                let inside = turns.map(|turns| other.is_inside(turns));
                let own_inside = own_turns.map_or([true, false], |turns| turns.map(|turns| own.is_inside(turns)));
                let is_border = own_inside[0] != own_inside[1];
                if is_border {
                    if crosses && last.is_some_and(|last| last != inside) {
                        say(place, Boundary, 0);
                    }
                    met.piece(place, from..to, if own_inside[0] { inside } else { [inside[1], inside[0]] }, &mut say);
                }
                last = is_border.then_some(inside);
            }
            let Some(cut) = met.cuts.get(next) else { break };
            let of = if cut.is_own { own_turns.as_mut().unwrap_or(&mut turns) } else { &mut turns };
            *of = [of[0] + cut.turns[0], of[1] + cut.turns[1]];
            (from, next) = (to, next + 1);
        }
        if let (own @ (Interior | Boundary), other) = (corner(edge.b, toll)?, on(met.ends[1], edge.b, turns, toll)?) {
            say(own, other, 0);
        }
        sides.go_on(own_turns);
        before = met.ends[1].is_none().then_some((at, turns[0]));
    }
    Ok(())
}

/// What lies beyond the frame of the other: all but the edges that are near it.
fn beyond(
    own: &Edges,
    other: &Edges,
    near: &[usize],
    say: &mut impl FnMut(Place, Place, i8),
    toll: &mut Toll<'_>,
) -> Result<(), Stopped> {
    let (mut next, mut seen) = (near.iter().peekable(), [false; 3]);
    for at in 0..own.len() {
        toll.pay(1)?;
        if next.next_if_eq(&&at).is_some() {
            continue;
        }
        let kind = own.kind(at);
        if !core::mem::replace(&mut seen[kind as usize], true) {
            match kind {
                Kind::Point => say(Interior, Exterior, 0),
                Kind::Line => say(Interior, Exterior, 1),
                Kind::Area => {
                    say(Boundary, Exterior, 1);
                    say(Interior, Exterior, 2);
                }
            }
        }
        if [Kind::Point, Kind::Line, Kind::Area].iter().all(|kind| seen[*kind as usize] || !own.has(*kind)) {
            break;
        }
    }
    toll.pay(own.ends().len())?;
    if own.ends().iter().any(|&[x, y]| !meet([x, y, x, y], other.frame())) {
        say(Boundary, Exterior, 0);
    }
    Ok(())
}

impl Met {
    /// Adds what an edge of the other has of this one. Gives the place of the other that is crossed, if one is, and where that
    /// is if it is a whole step.
    fn add(&mut self, edge: &Edge, other: &Edges, at: usize) -> Option<(Place, Option<Vertex>)> {
        let (Edge { a: c, b: d, .. }, kind) = (other.get(at), other.kind(at));
        let Edge { a, b, .. } = *edge;
        let frame = boxed(&Edge { a: c, b: d, run: 0 });
        let along = way(a, b);
        let [over_c, over_d] = [c, d].map(|v| cross(along, way(a, v)));
        let across = way(c, d);
        let [over_a, over_b] = [a, b].map(|v| cross(across, way(c, v)));
        for (end, (vertex, over)) in self.ends.iter_mut().zip([(a, over_a), (b, over_b)]) {
            if over == 0 && meet([vertex[0], vertex[1], vertex[0], vertex[1]], frame) {
                let place = match kind {
                    Kind::Area => Boundary,
                    Kind::Line if other.is_end(vertex) => Boundary,
                    _ => Interior,
                };
                // An area has the last word.
                if end.is_none() || kind == Kind::Area {
                    *end = Some((place, kind));
                }
            }
        }
        if along == [0; 2] || kind == Kind::Point {
            return None;
        }
        if kind == Kind::Area {
            let both = [(over_c > 0) != (over_d > 0), (over_c < 0) != (over_d < 0)];
            if both[0] || both[1] {
                let by = cross(along, across);
                let at = Ratio::clamped(cross(way(a, c), across), by);
                let turn = if by < 0 { 1 } else { -1 };
                if at.is_inner() {
                    let turns = both.map(|crossed| if crossed { turn } else { 0 });
                    self.cuts.push(Cut { at, turns, is_own: false });
                }
            }
        } else if over_c == 0 && over_d == 0 {
            let axis = usize::from(along[0] == 0);
            let part = |v: Vertex| Ratio::clamped((v[axis] - a[axis]).into(), along[axis].into());
            let (from, to) = (part(c).min(part(d)), part(c).max(part(d)));
            if from < to {
                self.covered.push((from, to));
            }
        }
        let opposite = |one: i128, other: i128| (one > 0 && other < 0) || (one < 0 && other > 0);
        let place = if kind == Kind::Area { Boundary } else { Interior };
        let crossed = opposite(over_c, over_d) && opposite(over_a, over_b);
        crossed.then(|| (place, whole(a, along, cross(way(a, c), across), cross(along, across))))
    }

    /// Adds what other areas of its own cut it into.
    fn add_own(&mut self, edge: &Edge, own: &Edges, near: &[usize], toll: &mut Toll<'_>) -> Result<(), Stopped> {
        // That is no place of the other.
        let (ends, known) = (self.ends, self.cuts.len());
        for &across in near.iter().filter(|&&across| own.kind(across) == Kind::Area) {
            toll.pay(PAIR)?;
            let _ = self.add(edge, own, across);
        }
        self.cuts[known..].iter_mut().for_each(|cut| cut.is_own = true);
        self.ends = ends;
        Ok(())
    }

    /// Tells of a piece that lies inside of areas on its sides, or not.
    fn piece(
        &self,
        place: Place,
        piece: core::ops::Range<Ratio>,
        inside: [bool; 2],
        say: &mut impl FnMut(Place, Place, i8),
    ) {
        match inside {
            [true, true] => say(place, Interior, 1),
            [false, false] => {
                let mut free = piece.start;
                for &(from, to) in self.covered.iter().filter(|(from, to)| *from < piece.end && *to > piece.start) {
                    say(place, Interior, 1);
                    if from > free {
                        say(place, Exterior, 1);
                    }
                    free = free.max(to);
                }
                if free < piece.end {
                    say(place, Exterior, 1);
                }
            }
            _ => say(place, Boundary, 1),
        }
        // What lies beside a line may be within an area beside it; the borders of areas tell of all of the plane.
        for (own, inside) in [Interior, Exterior].into_iter().zip(inside).filter(|_| place == Boundary) {
            say(own, if inside { Interior } else { Exterior }, 2);
        }
    }
}

/// A position so far along an edge, if it is a whole step.
fn whole(a: Vertex, along: Vertex, of: i128, by: i128) -> Option<Vertex> {
    let step = |axis: usize| {
        // At most 2³³ times 2⁶⁶.
        let far = i128::from(along[axis]) * of;
        (far % by == 0).then_some(a[axis] + (far / by) as i64)
    };
    Some([step(0)?, step(1)?])
}
