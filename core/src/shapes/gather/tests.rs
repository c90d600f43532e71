use super::*;
use crate::{outlines::frame, space::mercator::project_free};

/// A part of a row.
type Part<'p> = (Role, &'p [(f64, f64)]);

fn gathered(rows: &[&[Part<'_>]]) -> (Flat, Told) {
    let mut gather = Gather::default();
    for row in rows {
        row.iter().for_each(|(role, part)| gather.part(*role, part.iter().copied()));
        gather.end_row();
    }
    gather.finish()
}

/// The area of all rings, holes taken off, in steps².
fn area_of(flat: &Flat) -> u128 {
    let rings = (0..flat.rings.len()).map(|ring| wind::area2(flat.view().path(ring)));
    rings.sum::<i128>().unsigned_abs() / 2
}

const HALF: u32 = 1 << 31;
const TENTH: f64 = 360.0 / 4096.0;

/// Degrees of longitude as multiples of 2²⁰ steps.
fn lon(at: i32) -> f64 {
    f64::from(at) * TENTH
}

#[test]
fn a_ring_is_opened_wound_and_rid_of_what_is_there_twice() {
    let ring = [(0.0, 0.0), (lon(1), 0.0), (lon(1), 0.0), (lon(1), 10.0), (0.0, 10.0), (0.0, 0.0)];
    let (flat, told) = gathered(&[&[(Role::Shell, &ring), (Role::Hole, &ring)]]);
    assert_eq!(told, Told::default());
    assert_eq!((&flat.rows[..], &flat.rings[..]), (&[2][..], &[4, 8][..]));
    // North is up: given anticlockwise, it is turned round.
    let north = flat.y[0];
    assert!(north < HALF);
    assert_eq!(flat.x[..4], [HALF, HALF + (1 << 20), HALF + (1 << 20), HALF]);
    assert_eq!(flat.y[..4], [north, north, HALF, HALF]);
    assert!(wind::area2(flat.view().path(0)) > 0 && wind::area2(flat.view().path(1)) < 0);
}

#[test]
fn what_goes_over_the_antimeridian_is_cut_there_and_stays_one_row() {
    let degrees = [(lon(2047), 0.0), (lon(-2046), 0.0), (lon(-2046), -1.0), (lon(2047), -1.0)];
    let (flat, told) = gathered(&[&[(Role::Shell, &degrees)]]);
    assert_eq!((told.crossing, flat.rings.len()), (1, 2));
    let boxes: Vec<_> = (0..2)
        .map(|ring| flat.view().vertices_of(ring))
        .map(|run| crate::shapes::frame(&flat.x[run.clone()], &flat.y[run]))
        .collect();
    assert_eq!((boxes[0][0], boxes[0][2]), (u32::MAX - (1 << 20) + 1, u32::MAX));
    assert_eq!((boxes[1][0], boxes[1][2]), (0, 2 << 20));
    // The same as longitudes that go on.
    let unwrapped = degrees.map(|(x, y)| if x < 0.0 { (x + 360.0, y) } else { (x, y) });
    assert_eq!(gathered(&[&[(Role::Shell, &unwrapped)]]).0, flat);
    let line = [(lon(2047), 0.0), (lon(-2047), -10.0), (lon(2046), -20.0)];
    let (flat, _) = gathered(&[&[(Role::Line, &line)]]);
    assert_eq!(flat.rings, [2, 4, 7]);
    assert_eq!(flat.x, [u32::MAX - (1 << 20) + 1, u32::MAX, u32::MAX, u32::MAX - (2 << 20) + 1, 0, 1 << 20, 0]);
    assert_eq!((flat.y[1], flat.y[2]), (flat.y[4], flat.y[6]));
}

#[test]
fn what_goes_round_the_whole_world_is_no_jump_and_what_crosses_greenwich_is_one() {
    let band = [(-180.0, -60.0), (180.0, -60.0), (180.0, 60.0), (-180.0, 60.0), (-180.0, -60.0)];
    let south = [(-180.0, -90.0), (180.0, -90.0), (180.0, -60.0), (-180.0, -60.0)];
    let equator = [(-180.0, 0.0), (180.0, 0.0)];
    let (flat, told) = gathered(&[
        &[(Role::Shell, &band)],
        &[(Role::Shell, &south)],
        &[(Role::Line, &equator)],
        &[(Role::Shell, &band[1..4])],
    ]);
    assert_eq!((told, &flat.rings[..]), (Told { beyond: 1, ..Told::default() }, &[4, 8, 10, 13][..]));
    for ring in 0..3 {
        let run = flat.view().vertices_of(ring);
        let [west, _, east, _] = frame(&flat.x[run.clone()], &flat.y[run]);
        assert_eq!((west, east), (0, u32::MAX), "{ring}");
    }
    // From 0 to 360.
    let line = [(359.0, 10.0), (1.0, 10.0)];
    let wide = [(5.0, 0.0), (190.0, 0.0), (190.0, 10.0), (5.0, 10.0)];
    let (flat, _) = gathered(&[&[(Role::Line, &line)], &[(Role::Shell, &wide)]]);
    let degree = (1u64 << 32) as f64 / 360.0;
    let long: u32 = flat.x[..2].iter().copied().max().unwrap_or(0) - flat.x[..2].iter().copied().min().unwrap_or(0);
    assert!((f64::from(long) / degree - 2.0).abs() < 1e-6, "{long}");
    let area: i128 = (1..flat.rings.len()).map(|ring| wind::area2(flat.view().path(ring)) / 2).sum();
    let height = 10.0 * degree * 1.0051;
    assert!((area as f64 / (185.0 * degree * height) - 1.0).abs() < 1e-3, "{area}");
}

#[test]
fn a_bow_tie_over_the_antimeridian_is_as_large_as_anywhere() {
    // Halves that are as large as one another, told apart by their windings alone.
    let over = [(170.0, -10.0), (-170.0, 10.0), (-170.0, -10.0), (170.0, 10.0)];
    let on = over.map(|(x, y)| if x < 0.0 { (x + 360.0, y) } else { (x, y) });
    let at_home = on.map(|(x, y)| (x - 120.0, y));
    let (flat, told) = gathered(&[&[(Role::Shell, &over)]]);
    assert_eq!((told.crossing, told.untied), (1, 1));
    assert_eq!(gathered(&[&[(Role::Shell, &on)]]).0, flat);
    assert!(area_of(&flat).abs_diff(area_of(&gathered(&[&[(Role::Shell, &at_home)]]).0)) < 1 << 34);
    // Rings of which nothing is left the shorter way, though their vertices are not all on one line: they go the longer.
    for ring in [
        &[(-180.0, 0.0), (10.0, 0.0), (180.0, 0.0), (180.0, 10.0), (-180.0, 10.0)][..],
        &[(-180.0, 0.0), (180.0, 0.0), (180.0, 10.0), (-10.0, 10.0), (-180.0, 10.0)],
        &[(10.0, 0.0), (180.0, 0.0), (180.0, 5.0), (180.0, 10.0), (-180.0, 10.0), (-180.0, 0.0)],
    ] {
        let (flat, told) = gathered(&[&[(Role::Shell, ring)]]);
        let y = project_free(0.0, 10.0).map_or(0, |[_, y]| (WORLD / 2 - y) as u128);
        assert_eq!((told.crossing, area_of(&flat)), (0, y << 32), "{ring:?}");
    }
}

#[test]
fn the_last_digit_of_a_longitude_is_no_crossing() {
    let ring = |west: f64, east: f64| [(west, 0.0), (east, 0.0), (east, 5.0), (west, 5.0)];
    for (noisy, exact) in [
        (ring(-180.000_000_000_000_03, -170.0), ring(-180.0, -170.0)),
        (ring(170.0, 180.000_000_000_000_03), ring(170.0, 180.0)),
        (ring(170.0, 179.999_999_999_999_97), ring(170.0, 180.0)),
        (ring(179.0, -180.000_000_000_000_03), ring(179.0, 180.0)),
    ] {
        let (found, told) = gathered(&[&[(Role::Shell, &noisy)]]);
        let (flat, _) = gathered(&[&[(Role::Shell, &exact)]]);
        assert_eq!((told.short, &found), (0, &flat), "{noisy:?}");
    }
}

#[test]
fn holes_go_with_a_shell_that_is_refused_and_stand_behind_the_one_they_are_in() {
    let square =
        |lon: f64, lat: f64, side: f64| [(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side)];
    let bad = [(5.0, 5.0), (15.0, 5.0), (15.0, f64::NAN)];
    let (flat, told) = gathered(&[
        &[(Role::Shell, &square(0.0, 0.0, 1.0)), (Role::Shell, &bad), (Role::Hole, &square(6.0, 6.0, 1.0))],
        &[(Role::Shell, &bad), (Role::Hole, &square(6.0, 6.0, 1.0))],
    ]);
    assert_eq!((&flat.rows[..], &flat.roles[..]), (&[1, 1][..], &[Role::Shell][..]));
    assert_eq!((told.unusable, told.empty), (2, 1));
    // Cut at the antimeridian into two shells, of which the western has a hole, and the eastern another.
    let over = [(150.0, -10.0), (190.0, -10.0), (190.0, 10.0), (150.0, 10.0)];
    let (flat, _) = gathered(&[&[
        (Role::Shell, &over),
        (Role::Hole, &square(184.0, 0.0, 2.0)),
        (Role::Hole, &square(155.0, -8.0, 16.0)),
    ]]);
    assert_eq!(flat.roles, [Role::Shell, Role::Hole, Role::Shell, Role::Hole]);
    for (shell, hole) in [(0, 1), (2, 3)] {
        let [outer, inner] = [shell, hole].map(|run| frame_of(&flat.view(), run));
        assert!(outer[0] < inner[0] && inner[2] < outer[2], "{outer:?} {inner:?}");
    }
    // So the place for a label is not in the hole.
    let at = crate::shapes::inside::point(&flat.view(), 0).expect("a place");
    let hole = frame_of(&flat.view(), 1);
    assert!(!(hole[0]..=hole[2]).contains(&at.x) || !(hole[1]..=hole[3]).contains(&at.y));
}

#[test]
fn the_track_of_a_satellite_goes_round_thousands_of_times() {
    // A turn in 16 steps; each crosses the antimeridian once, at another latitude.
    let track: Vec<(f64, f64)> = (0..160_000)
        .map(|at| {
            let lon = f64::from(at) * 22.5 - 179.0;
            (lon - libm::floor((lon + 180.0) / 360.0) * 360.0, 60.0 * libm::sin(f64::from(at) * 0.41))
        })
        .collect();
    let (flat, told) = gathered(&[&[(Role::Line, &track)], &[(Role::Shell, &track)]]);
    let lines = flat.rows[0] as usize;
    assert_eq!((lines, told.crossing, told.short), (10_000, 2, 0));
    assert!(flat.rings.len() >= 10_000 + lines);
    // From one edge of the world to the other, but for the first and the last.
    let whole = (0..lines).filter(|&run| {
        let run = flat.view().vertices_of(run);
        (flat.x[run.start], flat.x[run.end - 1]) == (0, u32::MAX)
    });
    assert_eq!(whole.count(), lines - 2);
}

#[test]
fn a_ring_round_a_pole_reaches_it_however_it_is_written() {
    let coast: Vec<(f64, f64)> = (0..=8).map(|i| (f64::from(i) * 45.0 - 180.0, -70.0)).collect();
    let box_like = [&coast[..], &[(180.0, -90.0), (-180.0, -90.0)]].concat();
    // Begun elsewhere, and without the corners: it ends where it begins, one world on.
    let mut round: Vec<(f64, f64)> = coast[3..8].to_vec();
    round.extend_from_slice(&coast[..4]);
    let areas = [box_like, round].map(|ring| {
        let (flat, told) = gathered(&[&[(Role::Shell, &ring)]]);
        assert_eq!((told.short, told.unusable), (0, 0));
        (0..flat.rings.len()).map(|ring| wind::area2(flat.view().path(ring))).sum::<i128>()
    });
    assert_eq!(areas[0], areas[1]);
    let y = i128::from(WORLD) - project_free(0.0, -70.0).map_or(0, |[_, y]| i128::from(y));
    assert_eq!(areas[0], 2 * i128::from(WORLD) * y);
}

#[test]
fn the_box_of_the_world_is_the_world() {
    let world = [(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0), (-180.0, -90.0)];
    let (flat, told) = gathered(&[&[(Role::Shell, &world)]]);
    assert_eq!(told, Told { beyond: 1, ..Told::default() });
    assert_eq!(wind::area2(flat.view().path(0)), 1 << 65);
}

#[test]
fn of_a_collection_the_parts_of_the_highest_dimension_stay_and_the_rest_is_counted() {
    let ring = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)];
    let rows: &[&[Part<'_>]] = &[
        &[(Role::Points, &ring[..1]), (Role::Shell, &ring), (Role::Line, &ring), (Role::Shell, &ring)],
        &[(Role::Shell, &ring[..2]), (Role::Line, &[(f64::NAN, 0.0), (1.0, 1.0)])],
        &[(Role::Line, &ring[..1]), (Role::Points, &ring)],
        &[],
    ];
    let (flat, told) = gathered(rows);
    assert_eq!((&flat.rows[..], &flat.rings[..]), (&[2, 2, 3, 3][..], &[3, 6, 9][..]));
    assert_eq!(flat.roles, [Role::Shell, Role::Shell, Role::Points]);
    assert_eq!(told, Told { empty: 2, unusable: 1, short: 2, lower: 2, ..Told::default() });
}

#[test]
fn a_ring_round_a_pole_is_one_part_whose_seam_is_the_border_of_the_world() {
    // Round both poles, both ways, from any of its positions, with a vertex on the border and without.
    for lat in [70.0, -70.0] {
        for shift in [0.0, 1.0] {
            let given: Vec<(f64, f64)> = (0..18).map(|at| (f64::from(at) * 20.0 - 180.0 + shift, lat)).collect();
            for start in 0..given.len() {
                for back in [false, true] {
                    let mut ring = given.clone();
                    ring.rotate_left(start);
                    if back {
                        ring.reverse();
                    }
                    let (flat, told) = gathered(&[&[(Role::Shell, &ring)]]);
                    assert_eq!((flat.rings.len(), told.crossing), (1, 1), "{ring:?}");
                    // All of the world from its latitude on.
                    let y = project_free(0.0, lat).expect("a position")[1];
                    let height = if lat > 0.0 { y } else { WORLD - y };
                    assert_eq!(area_of(&flat), u128::from(height.cast_unsigned()) << 32);
                    assert_eq!(flat.view().boxes()[0][0], 0);
                    // Nothing beside the border runs along a meridian.
                    let path: Vec<Vertex> = flat.view().path(0).collect();
                    let next = path.iter().cycle().skip(1);
                    let seams = path.iter().zip(next).filter(|(a, b)| a[0] == b[0]).map(|(a, _)| a[0]);
                    assert!(seams.clone().all(|x| x == 0 || x == WORLD) && seams.count() == 2, "{path:?}");
                }
            }
        }
    }
}

#[test]
fn a_ring_from_0_to_360_goes_on_over_greenwich() {
    // Of edges of 90°, of which the last has 270 on the way back.
    for steps in [3, 4, 8] {
        let ring: Vec<(f64, f64)> = (0..steps).map(|at| (f64::from(at) * 360.0 / f64::from(steps), 70.0)).collect();
        let (flat, told) = gathered(&[&[(Role::Shell, &ring)]]);
        let y = project_free(0.0, 70.0).expect("a position")[1];
        assert_eq!(area_of(&flat), u128::from(y.cast_unsigned()) << 32, "{ring:?}");
        assert_eq!((told.crossing, told.short), (1, 0));
    }
}

#[test]
fn a_hole_over_the_border_is_taken_out_of_it() {
    let shell = [(170.0, 0.0), (190.0, 0.0), (190.0, 20.0), (170.0, 20.0)];
    let hole = [(175.0, 5.0), (185.0, 5.0), (185.0, 15.0), (175.0, 15.0)];
    let (flat, _) = gathered(&[&[(Role::Shell, &shell), (Role::Hole, &hole)]]);
    assert_eq!(flat.roles, [Role::Shell; 2]);
    let of = |ring: &[(f64, f64)]| {
        let path = ring.iter().map(|&(lon, lat)| project_free(lon, lat).expect("a position"));
        wind::area2(path).unsigned_abs() / 2
    };
    assert_eq!(area_of(&flat), of(&shell) - of(&hole));
    // Along the border two stretches are left in each world: that of the hole is none.
    let [north, south] = [15.0, 5.0].map(|lat| project_free(0.0, lat).expect("a position")[1]);
    for ring in 0..2 {
        let path: Vec<Vertex> = flat.view().path(ring).collect();
        let along = path.iter().zip(path.iter().cycle().skip(1)).filter(|(a, b)| a[0] == b[0] && a[0] % WORLD == 0);
        let middles: Vec<i64> = along.map(|(a, b)| i64::midpoint(a[1], b[1])).collect();
        assert!(middles.len() == 2 && middles.iter().all(|y| !(north..south).contains(y)), "{path:?}");
    }
}
