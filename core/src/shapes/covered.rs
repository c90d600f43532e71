//! How large what a row's polygons cover is: rings enter, an area leaves, as tiles draw it.
//!
//! Rings run so that their areas add up, holes taken off. That is what they cover unless some of it lies in two of them, or is gone
//! round twice: then the row is cut in slabs from north to south, in the middle of each it is seen where rings wind more often than
//! not at all, and the widths of that are added up.

use crate::{
    outlines::frame_of,
    shapes::{Frame, Outlines, Role, Vertex, wide, wind::area2},
    small::work::{Stopped, Toll},
};
use alloc::vec::Vec;

/// Slabs besides those between vertices: so many for each vertex, at least and at most.
const SLABS: usize = 16;
const FEWEST: i64 = 128;
const MOST: i64 = 1024;
/// Edges that are looked at for each vertex, and of a row: slabs are as many as these allow. Where boxes overlap and perhaps nothing else
/// does, rings are added up if that is not all of them.
const EACH: u64 = 256;
const LOOKED: u64 = 1 << 24;
/// Boxes that are compared with others for each ring.
const COMPARED: usize = 16;

/// Whether areas of rings may be added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sum {
    Holds,
    /// Some may overlap.
    Doubtful,
    /// What it comes to is not what is covered.
    Fails,
}

/// The area that the polygons of a row cover, in steps².
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn area(outlines: &Outlines<'_>, row: usize, toll: &mut Toll<'_>) -> Result<u128, Stopped> {
    if covers_nothing(outlines, row) {
        return Ok(0);
    }
    let (sum, twice) = look(outlines, row, toll)?;
    let mut area = 0.0;
    let is_cut = cut(outlines, row, sum, toll, |north, south, width| area += (south - north) as f64 * width)?;
    Ok(if is_cut { area as u128 } else { (twice / 2).max(0).cast_unsigned() })
}

/// Lines and points cover nothing.
fn covers_nothing(outlines: &Outlines<'_>, row: usize) -> bool {
    !outlines.rings_of(row).any(|ring| outlines.role(ring).is_ring() && outlines.path(ring).next().is_some())
}

/// Visits slabs of what a row covers, each with its north, its south and its width in steps; `false` if areas of its rings add up to what
/// is covered, or are taken for it.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn slabs(
    outlines: &Outlines<'_>,
    row: usize,
    toll: &mut Toll<'_>,
    visit: impl FnMut(i64, i64, f64),
) -> Result<bool, Stopped> {
    if covers_nothing(outlines, row) {
        return Ok(false);
    }
    let (sum, _) = look(outlines, row, toll)?;
    cut(outlines, row, sum, toll, visit)
}

/// Cuts a row in slabs, unless areas of its rings add up to what is covered, or are taken for it: `false`.
fn cut(
    outlines: &Outlines<'_>,
    row: usize,
    sum: Sum,
    toll: &mut Toll<'_>,
    mut visit: impl FnMut(i64, i64, f64),
) -> Result<bool, Stopped> {
    if sum == Sum::Holds {
        return Ok(false);
    }
    let count = outlines.vertices_in(row);
    toll.pay(8 * count)?;
    // From north to south, with one for those that run north, which have their inside in the east.
    let mut edges: Vec<([Vertex; 2], i32)> = Vec::with_capacity(count);
    let mut lines: Vec<i64> = Vec::with_capacity(count);
    for ring in outlines.rings_of(row).filter(|&ring| outlines.role(ring).is_ring()) {
        let mut before = outlines.path(ring).next_back().unwrap_or_default();
        for here in outlines.path(ring) {
            lines.push(here[1]);
            match here[1].cmp(&before[1]) {
                core::cmp::Ordering::Less => edges.push(([here, before], 1)),
                core::cmp::Ordering::Greater => edges.push(([before, here], -1)),
                core::cmp::Ordering::Equal => {}
            }
            before = here;
        }
    }
    let ends = |lines: &[i64]| lines.iter().fold((i64::MAX, i64::MIN), |(n, s), &y| (n.min(y), s.max(y)));
    let (north, south) = ends(&lines);
    let more = ((SLABS * count) as i64).clamp(FEWEST, MOST).min((south - north).max(1));
    lines.extend((1..more).map(|at| north + (south - north) * at / more));
    lines.sort_unstable();
    lines.dedup();
    let place = |lines: &[i64], y: i64| lines.partition_point(|&line| line < y);
    let looks: u64 = edges.iter().map(|([a, b], _)| (place(&lines, b[1]) - place(&lines, a[1])) as u64).sum();
    if sum == Sum::Doubtful && looks > EACH * count as u64 {
        return Ok(false);
    }
    let step = looks.div_ceil(LOOKED.min(EACH * count as u64)).max(1) as usize;
    let last = lines.len() - 1;
    let mut at = 0;
    lines.retain(|_| {
        at += 1;
        (at - 1) % step == 0 || at - 1 == last
    });
    edges.sort_unstable_by_key(|&([a, b], turn)| (a[1], a[0], b, turn));
    let (mut edges, mut open) = (edges.into_iter().peekable(), Vec::new());
    let mut crossed: Vec<(f64, i32)> = Vec::new();
    for slab in lines.windows(2) {
        let (north, south) = (slab[0], slab[1]);
        let middle = (north + south) as f64 / 2.0;
        open.retain(|([_, b], _): &([Vertex; 2], i32)| b[1] as f64 > middle);
        while let Some(edge) = edges.next_if(|([a, _], _)| (a[1] as f64) < middle) {
            if edge.0[1][1] as f64 > middle {
                open.push(edge);
            }
        }
        toll.pay(1 + open.len())?;
        crossed.clear();
        crossed.extend(open.iter().map(|&([a, b], turn)| {
            let along = (middle - a[1] as f64) / (b[1] - a[1]) as f64;
            (a[0] as f64 + along * (b[0] - a[0]) as f64, turn)
        }));
        crossed.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (mut winding, mut width) = (0, 0.0);
        for span in crossed.windows(2) {
            winding += span[0].1;
            width += if winding > 0 { span[1].0 - span[0].0 } else { 0.0 };
        }
        visit(north, south, width);
    }
    Ok(true)
}

/// Looks whether areas of a row's rings may be added up, as far as their boxes and turns tell; and twice what they come to, unless they
/// may not.
fn look(outlines: &Outlines<'_>, row: usize, toll: &mut Toll<'_>) -> Result<(Sum, i128), Stopped> {
    let rings = outlines.rings_of(row);
    toll.pay(1 + outlines.vertices_in(row) / 8)?;
    let (mut shells, mut holes): (Vec<Frame>, Vec<Frame>) = (Vec::new(), Vec::new());
    let (mut at, mut sum, mut twice) = (rings.start, Sum::Holds, 0);
    while at < rings.end {
        let end = (at + 1..rings.end).find(|&ring| outlines.role(ring) != Role::Hole).unwrap_or(rings.end);
        let (area, turns) = turns(outlines, at);
        let shell = frame_of(outlines, at);
        let [west, north, east, south] = shell.map(wide).map(i128::from);
        holes.clear();
        let mut left = area;
        for hole in at + 1..end {
            let (area, turns) = self::turns(outlines, hole);
            let inner = frame_of(outlines, hole);
            let within = shell[0] <= inner[0] && shell[1] <= inner[1] && inner[2] <= shell[2] && inner[3] <= shell[3];
            if !within || turns != -1 {
                return Ok((Sum::Fails, 0));
            }
            left += area;
            holes.push(inner);
        }
        // Of one without an area there is nothing to tell.
        if area != 0 && (turns != 1 || left <= 0 || area > 2 * (east - west) * (south - north)) {
            return Ok((Sum::Fails, 0));
        }
        twice += left;
        if overlap(&mut holes, toll)? {
            sum = Sum::Doubtful;
        }
        if end < rings.end || !shells.is_empty() {
            shells.push(shell);
        }
        at = end;
    }
    Ok((if overlap(&mut shells, toll)? { Sum::Doubtful } else { sum }, twice))
}

/// Twice the area of a ring, and how often its direction goes round: once, if it does not cross itself, the way that its area says.
fn turns(outlines: &Outlines<'_>, ring: usize) -> (i128, i32) {
    let path = outlines.path(ring);
    let Some(mut before) = path.clone().next_back() else { return (0, 0) };
    let mut way: Option<Vertex> = None;
    let mut count = 0;
    // To the south, or due east.
    let late = |[x, y]: Vertex| y > 0 || (y == 0 && x > 0);
    for here in path.clone().chain(path.clone().next()) {
        let next = [here[0] - before[0], here[1] - before[1]];
        if let Some(way) = way
            && late(way) != late(next)
        {
            let side = i128::from(way[0]) * i128::from(next[1]) - i128::from(way[1]) * i128::from(next[0]);
            // Over east, one way or the other.
            count += if late(next) { i32::from(side > 0) } else { -i32::from(side < 0) };
        }
        (before, way) = (here, Some(next));
    }
    (area2(path), count)
}

/// Whether some of these boxes overlap, or might.
fn overlap(boxes: &mut [Frame], toll: &mut Toll<'_>) -> Result<bool, Stopped> {
    if boxes.len() < 2 {
        return Ok(false);
    }
    toll.pay(COMPARED * boxes.len() / 4)?;
    boxes.sort_unstable();
    let mut left = COMPARED * boxes.len();
    for (at, frame) in boxes.iter().enumerate() {
        for other in boxes[at + 1..].iter().take_while(|other| other[0] < frame[2]) {
            left = left.saturating_sub(1);
            if left == 0 || (frame[1] < other[3] && other[1] < frame[3]) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        shapes::{Flat, gather::Gather, sizes::Sizes},
        small::work::Work,
    };
    use geo::{
        Area as _, BooleanOps as _, LineString, MultiPolygon, Orient as _, Polygon, orient::Direction, unary_union,
    };

    fn covered(flat: &Flat) -> f64 {
        area(&flat.view(), 0, &mut Work::free().toll()).expect("goes on") as f64
    }

    /// A row of rings in steps, run as roles say.
    fn row(rings: &[(Role, Vec<[i64; 2]>)]) -> Flat {
        let mut flat = Flat::default();
        for (role, ring) in rings {
            let mut ring = ring.clone();
            crate::shapes::wind::wind(&mut ring, *role);
            flat.x.extend(ring.iter().map(|v| v[0] as u32));
            flat.y.extend(ring.iter().map(|v| v[1] as u32));
            flat.rings.push(flat.x.len() as u32);
            flat.roles.push(*role);
        }
        flat.rows.push(flat.rings.len() as u32);
        flat
    }

    fn square(x: i64, y: i64, side: i64) -> Vec<[i64; 2]> {
        Vec::from([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])
    }

    #[test]
    fn what_lies_in_two_counts_once_and_a_hole_takes_off_what_it_is_in() {
        let of = |rings: &[(Role, Vec<[i64; 2]>)]| covered(&row(rings)) / 1e6;
        let shell = |x, y, side: i64| (Role::Shell, square(x, y, side * 1000));
        let hole = |x, y, side: i64| (Role::Hole, square(x, y, side * 1000));
        for (rings, expected) in [
            (Vec::from([shell(0, 0, 4), hole(500, 500, 3)]), 7.0),
            // Twice the same hole, a hole in a hole, one beside the shell, one half outside, the shell itself.
            (Vec::from([shell(0, 0, 4), hole(500, 500, 3), hole(500, 500, 3)]), 7.0),
            (Vec::from([shell(0, 0, 10), hole(1000, 1000, 8), hole(2000, 2000, 6)]), 36.0),
            (Vec::from([shell(0, 0, 2), hole(3000, 0, 5)]), 4.0),
            (Vec::from([shell(0, 0, 2), hole(1000, 1000, 5)]), 3.0),
            (Vec::from([shell(0, 0, 2), hole(0, 0, 2)]), 0.0),
            // A sound square with a polygon whose hole is larger than it.
            (Vec::from([shell(0, 0, 2), shell(4000, 0, 2), hole(4000, 0, 4)]), 4.0),
            // Parts that overlap, the same part twice, a part in another.
            (Vec::from([shell(0, 0, 2), shell(1000, 1000, 2)]), 7.0),
            (Vec::from([shell(0, 0, 2), shell(0, 0, 2)]), 4.0),
            (Vec::from([shell(0, 0, 6), shell(1000, 1000, 2)]), 36.0),
        ] {
            assert!((of(&rings) - expected).abs() < 1e-9, "{rings:?}: {} for {expected}", of(&rings));
        }
        // Gone round twice, in a square and in a star whose middle is.
        let twice = [square(0, 0, 2000), square(0, 0, 2000)].concat();
        assert!((of(&[(Role::Shell, twice)]) - 4.0).abs() < 1e-9);
        let star: Vec<[f64; 2]> = (0..5)
            .map(|at| core::f64::consts::TAU * f64::from(at) * 0.4)
            .map(|turn| [1e6 * (2.0 + libm::sin(turn)), 1e6 * (2.0 + libm::cos(turn))])
            .collect();
        let found = covered(&row(&[(Role::Shell, star.iter().map(|v| v.map(|at| at as i64)).collect())])) / 1e12;
        // Ten times the triangle from its middle by a point to the corner between two of them.
        let expected = 10.0 * 0.5 * 0.381_966_011_25 * libm::sin(core::f64::consts::PI / 5.0);
        assert!((found - expected).abs() < 1e-3 * expected, "{found} {expected}");
    }

    #[test]
    fn it_is_what_another_library_finds_of_the_union_of_parts() {
        let mut state = 3u64;
        let mut next = |below: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as i64 % below
        };
        let mut fewer = 0;
        for round in 0..200 {
            let mut rings = Vec::new();
            let (mut shells, mut holes) = (Vec::new(), Vec::new());
            for _ in 0..=round % 7 {
                let far = 1 << (14 + round % 16);
                let triangle: Vec<[i64; 2]> = (0..3).map(|_| [next(far), next(far)]).collect();
                let line: LineString<f64> = triangle.iter().map(|v| (v[0] as f64, v[1] as f64)).collect();
                let polygon = Polygon::new(line, Vec::new()).orient(Direction::Default);
                // A hole takes off once, wherever it is.
                let hole = !rings.is_empty() && round % 3 == 0 && holes.is_empty() && shells.len() == 1;
                rings.push((if hole { Role::Hole } else { Role::Shell }, triangle));
                if hole { &mut holes } else { &mut shells }.push(polygon);
            }
            let sum = shells.iter().chain(&holes).map(Polygon::unsigned_area).sum::<f64>();
            let parts = shells.len();
            let mut union: MultiPolygon<f64> = unary_union(&shells);
            // Of two parts that lie on each other a hole takes off one.
            if parts == 1 {
                union = union.difference(&MultiPolygon(holes));
            }
            let (found, expected) = (covered(&row(&rings)), union.unsigned_area());
            if parts > 1 && rings.iter().any(|(role, _)| *role == Role::Hole) {
                continue;
            }
            assert!((found - expected).abs() < 2e-3 * sum + 16.0, "{rings:?}: {found} for {expected}");
            fewer += usize::from(found < 0.9 * sum);
        }
        assert!(fewer > 50, "{fewer}");
    }

    #[test]
    fn it_is_no_more_than_the_earth_and_costs_little() {
        let mut state = 5u32;
        let mut next = |far: f64| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state) / 4_294_967_296.0 - 0.5) * far
        };
        let mut gather = Gather::default();
        gather.part(Role::Shell, (0..2500).map(|_| (next(170.0), next(120.0))));
        gather.end_row();
        let (flat, _) = gather.finish();
        let globe = 5.1e14;
        let area = Sizes::of(&flat.view(), &Work::free()).expect("goes on").areas[0];
        assert!(area > 0.05 * globe && area < 0.5 * globe, "{area}");
    }

    #[test]
    fn what_a_tangle_costs_goes_by_its_vertices_and_its_area_is_near() {
        let mut state = 5u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i64::from(state >> 8)
        };
        for count in [400, 4000] {
            let flat = row(&[(Role::Shell, (0..count).map(|_| [next(), next()]).collect())]);
            let (work, view) = (Work::free(), flat.view());
            let found = area(&view, 0, &mut work.toll()).expect("goes on") as f64 / libm::pow(2.0, 48.0);
            let looks = work.spent() / count;
            assert!((64..EACH + 32).contains(&looks), "{looks} a vertex");
            // How many of some places the ring winds about, each looked at by itself.
            let path: Vec<[f64; 2]> = view.path(0).map(|v| v.map(|at| at as f64)).collect();
            let wound = (0..2000).map(|_| [next() as f64, next() as f64 + 0.5]).filter(|&[x, y]| {
                let edges = path.iter().zip(path.iter().cycle().skip(1)).filter(|(a, b)| (a[1] < y) != (b[1] < y));
                let west = edges.filter(|(a, b)| a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) < x);
                west.map(|(a, b)| if b[1] > a[1] { -1 } else { 1 }).sum::<i32>() > 0
            });
            let wound = wound.count();
            assert!((found - wound as f64 / 2000.0).abs() < 0.04, "{found} {wound}");
        }
    }

    #[test]
    fn of_sound_polygons_rings_are_added_up() {
        let sound = row(&[
            (Role::Shell, square(0, 0, 90)),
            (Role::Hole, square(10, 10, 20)),
            (Role::Hole, square(50, 10, 20)),
            (Role::Shell, square(200, 0, 90)),
        ]);
        let work = Work::free();
        let toll = &mut work.toll();
        assert_eq!(look(&sound.view(), 0, toll), Ok((Sum::Holds, 2 * (2 * 8100 - 800))));
        assert_eq!(area(&sound.view(), 0, toll), Ok(2 * 8100 - 800));
        // A crooked ring turns once, whichever way its spikes go.
        let mut ring = Vec::from([[0, 0], [900, 0], [900, 900], [500, 900], [500, 100], [400, 100], [400, 900]]);
        for _ in 0..7 {
            ring.rotate_left(1);
            assert_eq!(
                look(&row(&[(Role::Shell, ring.clone())]).view(), 0, toll).map(|(sum, _)| sum),
                Ok(Sum::Holds),
                "{ring:?}"
            );
        }
    }
}
