//! Tiles that are said to be alike are.

use super::*;
use crate::{points::steps::Most, shapes::alike::Space};

#[test]
fn tiles_that_are_said_to_be_alike_are_and_most_that_are_so_are_said_to_be() {
    let mut next = random(12);
    let mut rows = coverage(4, 7, 3.0, 52.0, 11.0);
    rows.extend((0..12).map(|_| {
        let at = (next(40.0), 10.0 + next(40.0));
        let mut line = Vec::from([at]);
        crooked(at, (at.0 + next(30.0) - 15.0, at.1 + next(20.0) - 10.0), 6, &mut next, &mut line);
        Vec::from([(Role::Line, line)])
    }));
    rows.push(Vec::from([(Role::Points, (0..9).map(|_| (next(40.0), 10.0 + next(40.0))).collect())]));
    // Twice round the same, and a part of it the other way round: wound two, one and no times.
    let twice =
        [(20.0, 30.0), (44.0, 31.0), (43.0, 9.0), (19.0, 10.0), (20.0, 30.0), (44.0, 31.0), (43.0, 9.0), (19.0, 10.0)];
    let hole = [(25.0, 25.0), (26.0, 12.0), (40.0, 13.0), (39.0, 26.0)];
    rows.push(Vec::from([(Role::Shell, twice.to_vec()), (Role::Hole, hole.to_vec())]));
    let (set, mut drawing, mut space) = (Set::of(&rows), Drawing::default(), Space::default());
    let (shapes, work) = (set.view(), Work::free());
    let content = |tile: TileId, drawing: &mut Drawing| -> Vec<(u32, Vec<Point>, Vec<u32>)> {
        let features = set.tile(tile, drawing).into_iter();
        features.map(|Feature { number, paths, .. }| (number, paths.points, paths.ends)).collect()
    };
    let (mut said, mut missed, mut filled) = (0, 0, 0);
    for (z, deeper) in [(5u8, 3u8), (7, 2), (8, 1), (8, 0)] {
        let side = 1u32 << deeper;
        // From the north-western corner of the coverage over its middle, and beyond its edge.
        let around = |degrees: f64, whole: f64| (degrees / whole * f64::from(1u32 << z)) as u32;
        let (west, north) = (around(180.0 - 9.0, 360.0), around(70.0, 180.0) * 5 / 6);
        for x in west..(west + 30).min(1 << z) {
            for y in north..(north + 16).min(1 << z) {
                let tile = TileId::new(z.into(), x, y).expect("valid");
                let alike = shapes
                    .alike(
                        (&set.keys, &set.numbers),
                        (tile, z + deeper, 0),
                        (Most::ALL, None),
                        &mut work.toll(),
                        &mut space,
                    )
                    .expect("goes on");
                let all: Vec<_> = (0..side * side)
                    .map(|at| TileId::new((z + deeper).into(), x * side + at % side, y * side + at / side))
                    .map(|tile| content(tile.expect("valid"), &mut drawing))
                    .collect();
                let same = all.iter().all(|one| *one == all[0]);
                assert!(same || !alike, "{tile:?} and {deeper} zooms deeper");
                let holds = set.keys.iter().any(|&key| TileId::containing(morton::position(key), z) == tile);
                said += usize::from(alike);
                missed += usize::from(deeper > 0 && same && !alike && !holds);
                filled += usize::from(alike && !all[0].is_empty());
            }
        }
    }
    assert!(said > 300 && filled > 200 && missed * 10 < said, "{said} {filled} {missed}");
}
