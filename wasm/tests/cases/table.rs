//! Rows with a column of every kind.

use super::Random;
use duotile_wasm::{Dataset, Given, Words};

/// Rows as they are given to a dataset.
#[derive(Debug, Default)]
pub struct Table {
    pub lon: Vec<f64>,
    pub lat: Vec<f64>,
    pub id: Vec<i32>,
    pub few: Vec<i32>,
    pub big: Vec<i64>,
    pub fare: Vec<f64>,
    pub speed: Vec<f32>,
    pub ts: Vec<i64>,
    pub kind: Vec<u32>,
    pub name: Vec<u32>,
    /// Bits of the values of `open`.
    pub open: Vec<u8>,
    /// A bitmap for each of few, big, fare, speed, ts, kind, name, open; none where all have a value.
    pub valid: [Option<Vec<u8>>; 8],
    pub names: u32,
    pub roles: [bool; 2],
}

const KINDS: &str = "busZoocafe\u{301}caf\u{e9}a|b\u{6771}\u{4eac}bus";
const KIND_OFFSETS: [u32; 9] = [0, 0, 3, 6, 12, 17, 20, 26, 29];

impl Table {
    pub fn random(rows: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut table = Self { names: [3, 200, 300, 5000][random.below(4) as usize], ..Self::default() };
        let degrees = |random: &mut Random, from: i64, to: i64| {
            (from * 1_000_000 + random.below((to - from) as u64 * 1_000_000) as i64) as f64 / 1e6
        };
        let centre = (degrees(&mut random, -180, 180), degrees(&mut random, -80, 80));
        let edges = [0.0, 180.0, -180.0, 90.0, -90.0, 45.0, 85.06, 360.0];
        let odd = [f64::NAN, 361.0, -91.0, f64::INFINITY];
        for row in 0..rows {
            let (lon, lat) = match random.below(16) {
                0 => (degrees(&mut random, -180, 180), degrees(&mut random, -90, 90)),
                1 => (edges[random.below(8) as usize], edges[random.below(6) as usize]),
                2..=4 => centre,
                5 if random.once_in(4) => (odd[random.below(4) as usize], 0.0),
                6 if random.once_in(4) => (0.0, odd[random.below(4) as usize]),
                near => {
                    let step = 1.0 / f64::from(1 << near);
                    (centre.0 + step * random.below(64) as f64, centre.1 - step * random.below(32) as f64)
                }
            };
            table.lon.push(lon);
            table.lat.push(lat);
            table.id.push((row as i32).wrapping_mul(7) + 3);
            table.few.push(random.below(6) as i32 - 2);
            let small = random.below(2000) as i64 - 500;
            table.big.push(if random.once_in(3) { small << 44 } else { small });
            table.fare.push(match random.below(40) {
                0 => f64::NAN,
                1 => -0.0,
                _ => small as f64 / [1.0, 10.0, 7.0][random.below(3) as usize],
            });
            table.speed.push(if random.once_in(50) { f32::INFINITY } else { small as f32 / 3.0 });
            table.ts.push(1_700_000_000_000_000 + random.below(90 * 86_400) as i64 * 1_000_123);
            let kinds = if random.once_in(20) { 12 } else { 8 };
            table.kind.push(random.below(kinds) as u32);
            table.name.push(random.below(u64::from(table.names)) as u32);
        }
        let bytes = rows.div_ceil(8);
        table.open = (0..bytes).map(|_| random.next() as u8).collect();
        for valid in &mut table.valid {
            let sparse = random.below(4);
            *valid = (sparse > 0).then(|| {
                let byte = |_| (random.next() | if sparse > 1 { random.next() | random.next() } else { 0 }) as u8;
                (0..bytes).map(byte).collect()
            });
        }
        table.roles = [random.once_in(2), true];
        table
    }

    /// The table as a dataset: of points, or of what was made of its rows.
    pub fn dataset(&self, made: Option<Dataset>) -> Dataset {
        let points = || Dataset::new("t", &self.lon, &self.lat).expect("as many of each");
        let mut dataset = made.unwrap_or_else(points);
        let names: Vec<String> =
            (0..self.names).map(|name| format!("n{:x}", name.wrapping_mul(0x9e37) & 0xffff)).collect();
        let ends = names.iter().scan(0, |end, name| {
            *end += name.len() as u32;
            Some(*end)
        });
        let offsets: Vec<u32> = [0].into_iter().chain(ends).collect();
        let names = names.concat();
        let names = Words { bytes: names.as_bytes(), offsets: &offsets };
        let kinds = Words { bytes: KINDS.as_bytes(), offsets: &KIND_OFFSETS };
        let columns = [
            ("few", Given::I32(&self.few)),
            ("big", Given::I64(&self.big)),
            ("fare", Given::F64(&self.fare)),
            ("speed", Given::F32(&self.speed)),
            ("ts", Given::Time(&self.ts)),
            ("kind", Given::Text { codes: &self.kind, words: kinds }),
            ("name", Given::Text { codes: &self.name, words: names }),
            ("open", Given::Bool(&self.open)),
        ];
        dataset.add("id", Given::I32(&self.id), None).expect("fits");
        for ((name, given), valid) in columns.into_iter().zip(&self.valid) {
            dataset.add(name, given, valid.as_deref()).expect("fits");
        }
        let [id, time] = self.roles;
        dataset.set_roles(id.then_some("id"), time.then_some("ts"), None).expect("fit");
        dataset
    }
}
