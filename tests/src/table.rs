//! A random table of points, as plain rows and as the core's columns.

use crate::Random;
use duotile_core::{Bits, Codes, Column, Dictionary, Facts, Landmarks, Points, Roles, Values, World, morton, sort};

/// One row as a person would write it down.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Position in world steps.
    pub x: u32,
    /// Position in world steps.
    pub y: u32,
    /// A 64-bit integer.
    pub big: Option<i64>,
    /// A 32-bit integer of few values.
    pub few: Option<i32>,
    /// A double.
    pub fare: Option<f64>,
    /// A single float.
    pub speed: Option<f32>,
    /// A truth value.
    pub open: Option<bool>,
    /// A text.
    pub kind: Option<String>,
    /// Microseconds since 1970 UTC.
    pub ts: Option<i64>,
}

/// Rows in the order of their file.
#[derive(Clone, Debug)]
pub struct Table {
    /// Each row's number is its place here.
    pub rows: Vec<Row>,
}

/// The table as buffers in Morton order, for the core to borrow.
#[derive(Debug)]
pub struct Owned {
    /// Morton keys.
    pub keys: Vec<u64>,
    /// Row numbers.
    pub rows: Vec<u32>,
    big: Vec<i64>,
    few: Vec<i32>,
    fare: Vec<f64>,
    speed: Vec<f32>,
    open: Vec<u8>,
    kind: Vec<u16>,
    ts: Vec<i64>,
    words: Dictionary,
    valid: [Vec<u8>; 7],
    facts: Vec<Facts>,
    landmarks: Vec<u64>,
}

const KINDS: [&str; 7] = ["", "bus", "cafe", "café", "Zoo", "a|b", "東京"];

impl Table {
    /// So many rows: clustered, spread, on tile edges, on the antimeridian, at the poles, thousands at one place.
    #[must_use]
    pub fn random(rows: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let edges = [0, 1, u32::MAX, 1 << 31, (1 << 31) - 1, 3 << 30, (3 << 30) - 1, 1 << 18, (1 << 18) - 1];
        let centre = (random.next() as u32, random.next() as u32);
        let null = 2 + random.below(12);
        let rows = (0..rows)
            .map(|_| {
                let (x, y) = match random.below(8) {
                    0 => (random.next() as u32, random.next() as u32),
                    1 => (*random.pick(&edges), *random.pick(&edges)),
                    2 => (*random.pick(&edges), random.next() as u32),
                    3 => centre,
                    spread => {
                        let mask = (1u32 << (5 * spread - 15)) - 1;
                        (centre.0 ^ random.next() as u32 & mask, centre.1 ^ random.next() as u32 & mask)
                    }
                };
                let mut some = || !random.once_in(null);
                let present: [bool; 7] = core::array::from_fn(|_| some());
                let small = |random: &mut Random| random.below(2000) as i64 - 500;
                Row {
                    x,
                    y,
                    big: present[0]
                        .then(|| if random.once_in(3) { small(&mut random) << 44 } else { small(&mut random) }),
                    few: present[1].then(|| random.below(6) as i32 - 2),
                    fare: present[2].then(|| small(&mut random) as f64 / [1.0, 10.0, 7.0][random.below(3) as usize]),
                    speed: present[3].then(|| small(&mut random) as f32 / 3.0),
                    open: present[4].then(|| random.once_in(3)),
                    kind: present[5].then(|| (*random.pick(&KINDS)).into()),
                    ts: present[6].then(|| 1_700_000_000_000_000 + random.below(90 * 86_400) as i64 * 1_000_123),
                }
            })
            // −0.0 does not get into columns.
            .map(|row| Row { fare: row.fare.map(|v| v + 0.0), speed: row.speed.map(|v| v + 0.0), ..row })
            .collect();
        let mut table = Self { rows };
        // So that the column of big integers is beyond 2⁵³, and goes to tiles as texts, in every table.
        table.rows.iter_mut().take(1).for_each(|row| row.big = Some(i64::MIN));
        table
    }

    /// The table in Morton order.
    ///
    /// # Panics
    /// Never, for tables made here.
    #[must_use]
    pub fn owned(&self) -> Owned {
        let mut keys: Vec<u64> = self.rows.iter().map(|row| morton::key(World { x: row.x, y: row.y })).collect();
        let mut rows: Vec<u32> = (0..keys.len() as u32).collect();
        sort(&mut keys, &mut rows);
        let inorder: Vec<&Row> = rows.iter().map(|&row| &self.rows[row as usize]).collect();
        let mut texts: Vec<&str> = KINDS.to_vec();
        texts.sort_unstable();
        let words = Dictionary::new(texts).expect("sorted and distinct");
        let bits = |test: &dyn Fn(&Row) -> bool| {
            let mut bytes = vec![0u8; inorder.len().div_ceil(8)];
            inorder.iter().enumerate().filter(|(_, row)| test(row)).for_each(|(i, _)| bytes[i / 8] |= 1 << (i % 8));
            bytes
        };
        let mut owned = Owned {
            big: inorder.iter().map(|row| row.big.unwrap_or(-9)).collect(),
            few: inorder.iter().map(|row| row.few.unwrap_or(-9)).collect(),
            fare: inorder.iter().map(|row| row.fare.unwrap_or(-9.0)).collect(),
            speed: inorder.iter().map(|row| row.speed.unwrap_or(-9.0)).collect(),
            open: bits(&|row| row.open.unwrap_or(true)),
            kind: inorder
                .iter()
                .map(|row| row.kind.as_deref().map_or(0, |k| words.code(k).expect("there") as u16))
                .collect(),
            ts: inorder.iter().map(|row| row.ts.unwrap_or(-9)).collect(),
            valid: [
                bits(&|row| row.big.is_some()),
                bits(&|row| row.few.is_some()),
                bits(&|row| row.fare.is_some()),
                bits(&|row| row.speed.is_some()),
                bits(&|row| row.open.is_some()),
                bits(&|row| row.kind.is_some()),
                bits(&|row| row.ts.is_some()),
            ],
            words,
            facts: Vec::new(),
            landmarks: Landmarks::build(&keys),
            keys,
            rows,
        };
        owned.facts =
            owned.values().iter().zip(&owned.valid).map(|(&(_, v), valid)| Facts::of(v, Some(valid))).collect();
        owned
    }
}

impl Owned {
    fn values(&self) -> [(&'static str, Values<'_>); 7] {
        [
            ("big", Values::I64(&self.big)),
            ("few", Values::I32(&self.few)),
            ("fare", Values::F64(&self.fare)),
            ("speed", Values::F32(&self.speed)),
            ("open", Values::Bool(Bits { bytes: &self.open, len: self.keys.len() })),
            ("kind", Values::Text(Codes::U16(&self.kind), &self.words)),
            ("ts", Values::Time(&self.ts)),
        ]
    }

    /// The columns.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn columns(&self) -> Vec<Column<'_>> {
        let parts = self.values().into_iter().zip(&self.valid).zip(&self.facts);
        parts
            .map(|(((name, values), valid), facts)| Column::new(name, values, Some(valid), facts).expect("fits"))
            .collect()
    }

    /// The points, whose landmarks are not known.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn bare<'a>(&'a self, columns: &'a [Column<'a>]) -> Points<'a> {
        Points::new("t", &self.keys, &self.rows, columns, Roles { time: Some(6), ..Roles::default() }).expect("fits")
    }

    /// The points.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn points<'a>(&'a self, columns: &'a [Column<'a>]) -> Points<'a> {
        let landmarks = Landmarks::new(&self.landmarks, self.keys.len());
        self.bare(columns).with_landmarks(landmarks.checked().expect("built for them"))
    }
}
