//! Random points for tests, deterministic, with every kind of column with and without nulls; beside them random filters and two
//! readings of what they mean.
#![allow(dead_code, unused_imports, reason = "each test file uses its own part of it")]

pub mod exprs;
pub mod naive;
pub mod places;

pub use exprs::{expr, json, shape, term};

use duotile_core::{Bits, Codes, Column, Dictionary, Facts, Points, Roles, Values, World, mercator, morton};

/// The `SplitMix64` generator.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// The value of a row in a column, for the naive interpreter.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Text(String),
    Time(i64),
}

/// A column of a test: its name, its values, and the buffers the library sees.
pub struct Data {
    pub name: &'static str,
    pub cells: Vec<Option<Cell>>,
    pub store: Store,
    pub valid: Option<Vec<u8>>,
}

pub enum Store {
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Bool(Vec<u8>),
    Text8(Vec<u8>, Dictionary),
    Text16(Vec<u16>, Dictionary),
    Text32(Vec<u32>, Dictionary),
    Time(Vec<i64>),
}

/// Points with a column of every kind.
pub struct Rows {
    pub keys: Vec<u64>,
    pub numbers: Vec<u32>,
    pub columns: Vec<Data>,
}

pub const NAMES: [&str; 10] =
    ["i", "big", "single", "f", "flag", "kind", "many words", "ts", "AND", "odd \"name\", é:%"];

const TEXTS: [&str; 22] = [
    "",
    "a",
    "A",
    "ab",
    "abc",
    "aB",
    "b",
    "ba",
    "%",
    "_",
    "\\",
    "a%b",
    "a_b",
    "it's",
    "é",
    "É",
    "Straße",
    "STRASSE",
    "日本",
    "İ",
    "Σίσυφος",
    "a\nb",
];

const INTEGERS: [i64; 12] =
    [0, 1, -1, 2, 3, 10, -10, i64::MAX, i64::MIN, i64::MAX - 1, 9_007_199_254_740_993, -9_007_199_254_740_993];

const FLOATS: [f64; 16] = [
    0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.5,
    0.1,
    1e-300,
    5e-324,
    -5e-324,
    1e300,
    f64::MAX,
    f64::MIN,
    9_007_199_254_740_992.0,
    9_223_372_036_854_775_808.0,
    1e22,
];

const DAY: i64 = 86_400_000_000;

pub fn texts(random: &mut Random) -> String {
    random.pick(&TEXTS).to_string()
}

fn cell(random: &mut Random, column: usize) -> Cell {
    match column {
        0 => Cell::Integer(random.below(9) as i64 - 4),
        1 => Cell::Integer(if random.chance(50) { random.pick(&INTEGERS) } else { random.next() as i64 }),
        2 => Cell::Float(f64::from(random.below(100) as f32 / 7.0 - 5.0)),
        3 => Cell::Float(if random.chance(60) { random.pick(&FLOATS) } else { random.below(1000) as f64 / 8.0 - 60.0 }),
        4 => Cell::Boolean(random.chance(50)),
        5 | 6 | 8 => Cell::Text(texts(random)),
        7 => {
            let micros = random.below(5) as i64 * DAY - 2 * DAY;
            Cell::Time(match random.below(4) {
                0 => micros,
                1 => micros - 1,
                2 => micros + DAY / 3,
                _ => random.next() as i64 % (20 * DAY),
            })
        }
        _ => Cell::Integer(random.below(3) as i64),
    }
}

impl Rows {
    pub fn new(random: &mut Random, rows: usize) -> Self {
        let mut keys: Vec<u64> = (0..rows)
            .map(|_| {
                let lon = random.below(3_600_000) as f64 / 10_000.0 - 180.0;
                let lat = random.below(1_800_000) as f64 / 10_000.0 - 90.0;
                morton::key(mercator::project(lon, lat).expect("usable"))
            })
            .collect();
        keys.sort_unstable();
        let columns = NAMES.iter().enumerate().map(|(index, name)| Data::new(random, index, name, rows)).collect();
        Self { keys, numbers: (0..rows as u32).collect(), columns }
    }

    pub fn position(&self, row: usize) -> World {
        morton::position(self.keys[row])
    }

    /// Runs a test on the points as the library sees them.
    pub fn with<T>(&self, test: impl FnOnce(&Points<'_>) -> T) -> T {
        let facts = Facts::default();
        let columns: Vec<Column<'_>> = self
            .columns
            .iter()
            .map(|data| Column::new(data.name, data.values(), data.valid.as_deref(), &facts).expect("fits"))
            .collect();
        let roles = Roles { time: Some(7), ..Roles::default() };
        test(&Points::new("test", &self.keys, &self.numbers, &columns, roles).expect("fits"))
    }
}

impl Data {
    fn new(random: &mut Random, index: usize, name: &'static str, rows: usize) -> Self {
        let nulls = random.pick(&[0, 0, 20, 100]);
        let cells: Vec<Option<Cell>> =
            (0..rows).map(|_| (!random.chance(nulls)).then(|| cell(random, index))).collect();
        // What stands where there is no value must not matter: any value may stand there.
        let stored: Vec<Cell> =
            cells.iter().map(|known| known.clone().unwrap_or_else(|| cell(random, index))).collect();
        let valid = (nulls > 0 || random.chance(30)).then(|| {
            let mut bits = vec![0u8; rows.div_ceil(8)];
            for (row, _) in cells.iter().enumerate().filter(|(_, cell)| cell.is_some()) {
                bits[row / 8] |= 1 << (row % 8);
            }
            bits
        });
        let integers = || stored.iter().map(|cell| if let Cell::Integer(i) | Cell::Time(i) = cell { *i } else { 0 });
        let floats = || stored.iter().map(|cell| if let Cell::Float(f) = cell { *f } else { 0.0 });
        let store = match index {
            0 | 9 => Store::I32(integers().map(|i| i as i32).collect()),
            1 => Store::I64(integers().collect()),
            2 => Store::F32(floats().map(|f| f as f32).collect()),
            3 => Store::F64(floats().collect()),
            4 => {
                let mut bits = vec![0u8; rows.div_ceil(8)];
                for (row, _) in stored.iter().enumerate().filter(|(_, cell)| **cell == Cell::Boolean(true)) {
                    bits[row / 8] |= 1 << (row % 8);
                }
                Store::Bool(bits)
            }
            7 => Store::Time(integers().collect()),
            _ => {
                let mut words: Vec<&str> =
                    stored.iter().map(|cell| if let Cell::Text(text) = cell { text } else { "" }).collect();
                let all = words.clone();
                words.sort_unstable();
                words.dedup();
                let words = Dictionary::new(words).expect("sorted");
                let codes = all.iter().map(|text| words.code(text).expect("there"));
                match index {
                    5 => Store::Text8(codes.map(|code| code as u8).collect(), words),
                    6 => Store::Text16(codes.map(|code| code as u16).collect(), words),
                    _ => Store::Text32(codes.map(|code| code as u32).collect(), words),
                }
            }
        };
        Self { name, cells, store, valid }
    }

    fn values(&self) -> Values<'_> {
        match &self.store {
            Store::I32(v) => Values::I32(v),
            Store::I64(v) => Values::I64(v),
            Store::F32(v) => Values::F32(v),
            Store::F64(v) => Values::F64(v),
            Store::Bool(bytes) => Values::Bool(Bits { bytes, len: self.cells.len() }),
            Store::Text8(v, words) => Values::Text(Codes::U8(v), words),
            Store::Text16(v, words) => Values::Text(Codes::U16(v), words),
            Store::Text32(v, words) => Values::Text(Codes::U32(v), words),
            Store::Time(v) => Values::Time(v),
        }
    }
}
