//! Lines and polygons about the places of a table, of every kind that rows have: walks, rings that cross themselves or not,
//! parts with holes and beside one another, squares with borders in common, single points, nothing.

use crate::cases::{Random, Table};
use duotile_wasm::{Dataset, GivenOutlines};

/// Outlines as they are given.
#[derive(Default)]
struct Given {
    rows: Vec<u32>,
    parts: Vec<u32>,
    kinds: Vec<u8>,
    lon: Vec<f64>,
    lat: Vec<f64>,
}

impl Given {
    fn part(&mut self, kind: u8, positions: &[(f64, f64)]) {
        for &(lon, lat) in positions {
            self.lon.push(lon);
            self.lat.push(lat);
        }
        self.parts.push(self.lon.len() as u32);
        self.kinds.push(kind);
    }
}

/// The table with an outline for each of its rows.
pub fn outlined(table: &Table, seed: u64) -> Dataset {
    let (mut random, mut given) = (Random::new(seed ^ 0x5a5a), Given::default());
    for (&lon, &lat) in table.lon.iter().zip(&table.lat) {
        // Sizes from a hundred-millionth of a degree to some degrees.
        let size = 1.0 / (1u64 << random.below(24)) as f64 * 4.0;
        let around = |random: &mut Random| {
            let far = |random: &mut Random| (random.below(4096) as f64 - 2048.0) / 2048.0 * size;
            (lon + far(random), (lat + far(random)).clamp(-90.0, 90.0))
        };
        let square = |lon: f64, lat: f64, side: f64| {
            [(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side)]
        };
        match random.below(12) {
            0..=2 => {
                let mut at = (lon, lat);
                let walk: Vec<_> = (0..random.below(60))
                    .map(|_| {
                        let step = |random: &mut Random| (random.below(64) as f64 - 31.0) / 64.0 * size;
                        at = (at.0 + step(&mut random), (at.1 + step(&mut random)).clamp(-90.0, 90.0));
                        at
                    })
                    .collect();
                given.part(1, &walk);
            }
            3..=4 => {
                let corners = 3 + random.below(9);
                let ring: Vec<_> = (0..corners).map(|_| around(&mut random)).collect();
                given.part(2, &ring);
            }
            5..=8 => {
                // On a lattice, so that neighbours have borders in common.
                let cell = |at: f64| ((at / size) as i64) as f64 * size;
                let (lon, lat) = (cell(lon), cell(lat).clamp(-80.0, 80.0));
                given.part(2, &square(lon, lat, size));
                if random.once_in(3) {
                    given.part(3, &square(lon + size / 4.0, lat + size / 4.0, size / 2.0));
                }
            }
            9 => {
                for _ in 0..random.below(5) {
                    let (lon, lat) = around(&mut random);
                    given.part(2, &square(lon, lat.clamp(-80.0, 80.0), size / 8.0));
                    given.part(
                        if random.once_in(2) { 3 } else { 1 },
                        &[around(&mut random), around(&mut random), (lon, lat)],
                    );
                }
            }
            10 => given.part(0, &[(lon, lat), around(&mut random)]),
            _ => given.part(1, &[(lon, lat), (-lon, lat / 2.0)]),
        }
        given.rows.push(given.parts.len() as u32);
    }
    let Given { rows, parts, kinds, lon, lat } = &given;
    let mut dataset =
        Dataset::of_outlines("t", GivenOutlines { rows, parts, kinds, lon, lat }).expect("arrays that fit");
    dataset.add_sizes(Some("area"), Some("length")).expect("free names");
    table.dataset(Some(dataset))
}
