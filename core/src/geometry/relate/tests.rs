//! Matrices that GEOS finds of pairs that meet in every way: on small grids, where corners and edges lie on one another, and on large
//! ones. A line of `pairs.txt` has two geometries and their matrix; a geometry has runs of whole steps: S a shell, H a hole
//! in it, L a line, P points.

extern crate std;

use super::*;
use crate::{
    outlines::{Flat, Role, Vertex, wind::wind},
    small::work::Work,
};
use alloc::string::String;

fn runs(text: &str) -> Vec<(Role, Vec<Vertex>)> {
    let runs = text.split('/').map(|run| {
        let mut words = run.split(' ');
        let role = match words.next() {
            Some("S") => Role::Shell,
            Some("H") => Role::Hole,
            Some("L") => Role::Line,
            _ => Role::Points,
        };
        let numbers: Vec<i64> = words.map(|word| word.parse().expect("a number")).collect();
        let mut path: Vec<Vertex> = numbers.chunks(2).map(|pair| [pair[0], pair[1]]).collect();
        if role.is_ring() {
            wind(&mut path, role);
        }
        (role, path)
    });
    runs.collect()
}

/// Both as a row and a geometry.
fn pair(first: &str, second: &str) -> (Flat, Edges) {
    let mut flat = Flat::default();
    for (role, path) in runs(first) {
        flat.x.extend(path.iter().map(|v| v[0] as u32));
        flat.y.extend(path.iter().map(|v| v[1] as u32));
        flat.rings.push(flat.x.len() as u32);
        flat.roles.push(role);
    }
    flat.rows.push(flat.rings.len() as u32);
    let mut other = Edges::default();
    runs(second).into_iter().for_each(|(role, path)| other.add(role, path.into_iter()));
    other.finish();
    other.index(&mut Work::free().toll()).expect("goes on");
    (flat, other)
}

fn matrix(first: &str, second: &str) -> Matrix {
    let (flat, other) = pair(first, second);
    let row = (0, flat.view().boxes()[0]);
    relate(&flat.view(), row, &other, |_| false, &mut Work::free().toll()).expect("goes on")
}

/// Which predicates hold, each looked for until it is certain.
fn settled(first: &str, second: &str) -> Vec<bool> {
    let (flat, other) = pair(first, second);
    let row = (0, flat.view().boxes()[0]);
    let one = |&relation: &Relation| relates(&flat.view(), row, &other, relation, &mut Work::free().toll());
    ALL.iter().map(|relation| one(relation).expect("goes on")).collect()
}

/// A matrix as far as predicates tell: 0 or more, and the dimension of what the interiors share.
fn told(text: &str) -> String {
    text.char_indices().map(|(at, c)| if at == 0 || c == 'F' { c } else { 'T' }).collect()
}

/// Whether pairs with their matrices, a line each, are what is found.
fn all_are_right(pairs: &str) {
    let (mut wrong, mut seen) = (0, 0);
    for line in pairs.lines() {
        let [first, second, expected] = line.split('|').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let ours = matrix(first, second).text();
        let turned = matrix(second, first).text();
        let all: Vec<bool> = ALL.iter().map(|&relation| matrix(first, second).holds(relation)).collect();
        assert_eq!(settled(first, second), all, "{line}");
        let back: String = [0, 3, 6, 1, 4, 7, 2, 5, 8].iter().map(|&at| turned.as_bytes()[at] as char).collect();
        seen += 1;
        if told(&ours) != told(expected) || told(&back) != told(expected) {
            wrong += 1;
            if wrong < 15 {
                std::println!("{line}: {ours} {back}");
            }
        }
    }
    std::println!("{seen} pairs, {wrong} wrong");
    assert_eq!(wrong, 0);
}

#[test]
fn every_pair_is_to_each_other_what_geos_says() {
    let path = std::env::var("PAIRS").unwrap_or_default();
    all_are_right(&std::fs::read_to_string(path).unwrap_or_else(|_| include_str!("pairs.txt").into()));
}

// Of areas that overlap or lie side by side, which GEOS united before.
#[test]
fn areas_that_overlap_are_one() {
    all_are_right(include_str!("overlaid.txt"));
}

/// All predicates.
const ALL: [Relation; 8] = [
    Relation::Intersects,
    Relation::Equals,
    Relation::Disjoint,
    Relation::Touches,
    Relation::Within,
    Relation::Overlaps,
    Relation::Crosses,
    Relation::Contains,
];

#[test]
fn a_line_through_a_polygon_of_one_collection_takes_nothing_from_it() {
    // The matrices that GEOS 3.14.1 finds, where interiors and borders are those of all together.
    let collection = "S 0 0 0 10 10 10 10 0/L 5 5 15 5";
    for (row, expected) in [
        ("S 0 0 0 10 10 10 10 0", "2FFF1F102"),
        ("S 2 2 2 8 8 8 8 2", "2FF1FF212"),
        ("L 2 5 14 5", "10F0FF212"),
        ("L 5 5 15 5", "10F00F212"),
        ("P 5 5", "0FFFFF212"),
        ("P 15 5", "F0FFFF212"),
        ("L 5 5 5 20", "1010F0212"),
    ] {
        let dimension = "PLS".find(&row[..1]).map_or(-1, |at| at as i8);
        let mut theirs = Matrix::new(dimension, 2);
        for (at, cell) in expected.chars().enumerate() {
            let places = [at / 3, at % 3].map(|at| [Place::Interior, Place::Boundary, Place::Exterior][at]);
            theirs.set(places[0], places[1], cell.to_digit(3).map_or(-1, |dimension| dimension as i8));
        }
        let ours = matrix(row, collection);
        for relation in ALL {
            assert_eq!(ours.holds(relation), theirs.holds(relation), "{row}: {relation:?}, {}", ours.text());
        }
    }
}

/// Squares in one another, from the largest or the smallest on, on a map of 2³² steps.
fn nest(count: u32, turned: bool) -> Flat {
    let mut flat = Flat::default();
    for at in 1..=count {
        let far = (if turned { count - at + 1 } else { at }) * 1000;
        let [low, high] = [(1 << 31) - far, (1 << 31) + far];
        flat.x.extend([low, high, high, low]);
        flat.y.extend([low, low, high, high]);
        flat.rings.push(flat.x.len() as u32);
        flat.roles.push(Role::Shell);
    }
    flat.rows.push(count);
    flat
}

fn literal(text: &str) -> Edges {
    pair("P 0 0", text).1
}

#[test]
fn what_a_row_of_parts_in_one_another_costs_goes_by_its_parts() {
    let far = |count: i64| (1i64 << 31) + count * 1000;
    for turned in [false, true] {
        let mut spent = [0; 2];
        for (count, spent) in [500, 4000].into_iter().zip(&mut spent) {
            let flat = nest(count, turned);
            let [low, high] = [(1 << 32) - far(count.into()), far(count.into())];
            let same = literal(&alloc::format!("S {low} {low} {high} {low} {high} {high} {low} {high}"));
            // A strip over its western half.
            let middle = 1i64 << 31;
            let strip = literal(&alloc::format!("S 5 5 {middle} 5 {middle} {high}1 5 {high}1"));
            let row = (0, flat.view().boxes()[0]);
            let work = Work::new(&|| true, u64::MAX);
            for relation in ALL {
                use Relation::{Contains, Equals, Intersects, Overlaps, Within};
                let holds = |other| relates(&flat.view(), row, other, relation, &mut work.toll());
                assert_eq!(
                    holds(&same),
                    Ok(matches!(relation, Intersects | Equals | Within | Contains)),
                    "{relation:?}"
                );
                assert_eq!(holds(&strip), Ok(matches!(relation, Intersects | Overlaps)), "{relation:?}");
            }
            *spent = work.spent();
        }
        assert!(spent[1] < 14 * spent[0], "{spent:?}");
    }
}

#[test]
fn of_a_row_of_parts_in_one_another_only_what_is_near_is_put_in_order() {
    let flat = nest(4000, false);
    let row = (0, flat.view().boxes()[0]);
    // Over a corner of the largest.
    let [low, high] = [-500, 500].map(|more| (1i64 << 31) + 4_000_000 + more);
    let corner = literal(&alloc::format!("S {low} {low} {high} {low} {high} {high} {low} {high}"));
    let work = Work::new(&|| true, u64::MAX);
    for relation in ALL {
        let holds = relates(&flat.view(), row, &corner, relation, &mut work.toll());
        assert_eq!(holds, Ok(matches!(relation, Relation::Intersects | Relation::Overlaps)), "{relation:?}");
    }
    assert!(work.spent() < 8 * 100_000, "{}", work.spent());
}

#[test]
fn slabs_are_not_held_of_very_many_long_edges() {
    let edges = |count| {
        let work = Work::free();
        let mut edges = Edges::of_row(&nest(count, false).view(), 0, &mut work.toll()).expect("goes on");
        edges.index(&mut work.toll()).expect("goes on");
        edges
    };
    let (some, many) = (edges(4000), edges(40_000));
    assert!(some.slabs().is_some() && many.slabs().is_none());
    assert!(some.size() < 200 * some.len() && many.size() < 64 * many.len(), "{} {}", some.size(), many.size());
}

#[test]
fn slabs_tell_what_a_look_at_all_edges_tells() {
    let mut state = 7u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i64::from((state >> 8) % below)
    };
    let mut seen = [0; 3];
    for round in 0..60 {
        // Rings of corners on few places, which cross and lie on one another, or small ones on many, which seldom do.
        let (span, size) = [(8, 8), (40, 6), (1 << 30, 1 << 30), (100, 20)][round % 4];
        let mut edges = Edges::default();
        for _ in 0..30 {
            let corner = [next(span), next(span)];
            let ring: Vec<Vertex> =
                (0..3 + next(4)).map(|_| [corner[0] + next(size), corner[1] + next(size)]).collect();
            edges.add(Role::Shell, ring.into_iter());
        }
        edges.finish();
        edges.index(&mut Work::free().toll()).expect("goes on");
        assert!(edges.slabs().is_some());
        for _ in 0..100 {
            let edge = edges.get(next(edges.len() as u32) as usize);
            let at = [edge.a, [next(span), next(span)]][next(2) as usize];
            let along = [ray::way(edge.a, edge.b), [next(7) - 3, next(7) - 3]][next(2) as usize];
            // On an edge nothing is told without a direction.
            let is_on = |edge: edges::Edge| ray::cross(ray::way(edge.a, edge.b), ray::way(edge.a, at)) == 0;
            if along == [0; 2] && (0..edges.len()).any(|edge| is_on(edges.get(edge))) {
                continue;
            }
            for second in [[-along[1], along[0]], [along[1], -along[0]]] {
                let turns = [along, second];
                let found = ray::winding(&edges, at, turns, &mut Work::free().toll());
                assert_eq!(found, ray::looked_at(&edges, at, turns, &mut Work::free().toll()), "{at:?} {turns:?}");
                seen[found.expect("goes on").unsigned_abs().min(2) as usize] += 1;
            }
        }
    }
    assert!(seen.iter().all(|&count| count > 500), "{seen:?}");
}
