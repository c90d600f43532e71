//! Matrices that GEOS finds of pairs that meet in every way: on small grids, where corners and edges lie on one another, and on large
//! ones. A line of `pairs.txt` has two geometries and their matrix; a geometry has runs of whole steps: S a shell, H a hole
//! in it, L a line, P points.

use super::*;
use crate::{
    outlines::{Flat, Role, Vertex, wind::wind},
    small::work::Work,
};

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

fn matrix(first: &str, second: &str) -> Matrix {
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
    relate(&flat.view(), 0, flat.view().boxes()[0], &other, &mut Work::free().toll()).expect("goes on")
}

/// A matrix as far as predicates tell: 0 or more, and the dimension of what the interiors share.
fn told(text: &str) -> String {
    text.char_indices().map(|(at, c)| if at == 0 || c == 'F' { c } else { 'T' }).collect()
}

#[test]
fn every_pair_is_to_each_other_what_geos_says() {
    let path = std::env::var("PAIRS").unwrap_or_default();
    let read = std::fs::read_to_string(path).unwrap_or_else(|_| include_str!("pairs.txt").into());
    let (mut wrong, mut seen) = (0, 0);
    for line in read.lines() {
        let [first, second, expected] = line.split('|').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let ours = matrix(first, second).text();
        let turned = matrix(second, first).text();
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
use alloc::string::String;
extern crate std;
