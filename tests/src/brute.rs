//! Tiles by brute force: every row looked at, positions divided, values sorted. Slow, plain, and with no code of ours.

use crate::{Property, Row};
use std::collections::{BTreeMap, HashMap};

/// A cell by brute force.
#[derive(Clone, Debug)]
pub struct Expected<'t> {
    /// Its id.
    pub id: u64,
    /// West edge, north edge and side in tile units.
    pub square: (i32, i32, i32),
    /// Its rows.
    pub rows: Vec<&'t Row>,
}

/// The cells of a tile: the rows that lie in it, grouped by a grid of so many cells a side.
#[must_use]
pub fn cells<'t>(rows: impl Iterator<Item = &'t Row>, (z, x, y): (u32, u32, u32), grid: u64) -> Vec<Expected<'t>> {
    let tiles = 1u64 << z;
    let across = u128::from(tiles * grid);
    let mut groups: BTreeMap<(u64, u64), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let column = |v: u32, n: u128| (u128::from(v) * n / (1 << 32)) as u64;
        if (column(row.x, tiles.into()), column(row.y, tiles.into())) == (x.into(), y.into()) {
            groups.entry((column(row.x, across), column(row.y, across))).or_default().push(row);
        }
    }
    let side = 4096 / grid as i32;
    groups
        .into_iter()
        .map(|((cx, cy), rows)| {
            let local = |cell: u64, tile: u32| (cell - u64::from(tile) * grid) as i32 * side;
            let level = z + grid.ilog2();
            let id = (1u128 << (2 * level)) as u64 | interleave(cx, cy);
            Expected { id, square: (local(cx, x), local(cy, y), side), rows }
        })
        .collect()
}

/// The bits of both, x first.
#[must_use]
pub fn interleave(x: u64, y: u64) -> u64 {
    (0..32).fold(0, |code, bit| code | (x >> bit & 1) << (2 * bit) | (y >> bit & 1) << (2 * bit + 1))
}

/// A position in tile units: the fraction of the tile times 4096, rounded down.
#[must_use]
pub fn local(row: &Row, (z, x, y): (u32, u32, u32)) -> (i32, i32) {
    let unit = |v: u32, tile: u32| {
        let west = u128::from(tile) << (32 - z);
        ((u128::from(v) - west) * 4096 / (1u128 << (32 - z))) as i32
    };
    (unit(row.x, x), unit(row.y, y))
}

/// The percentile of some values by its definition: linear between ranks.
#[must_use]
pub fn percentile(mut values: Vec<f64>, p: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let h = (values.len() as f64 - 1.0) * p;
    let (low, high) = (values.get(h.floor() as usize)?, values.get(h.ceil() as usize)?);
    Some(low + (high - low) * (h - h.floor()))
}

impl Expected<'_> {
    /// What the cell must carry for `agg` of everything and `by=kind`, with nothing of ours in the arithmetic.
    #[must_use]
    pub fn properties(&self) -> BTreeMap<String, Property> {
        let mut out = BTreeMap::new();
        out.insert("point_count".into(), Property::Integer(self.rows.len() as i64));
        let mut put = |name: &str, value: Option<Property>| {
            if let Some(value) = value {
                out.insert(name.to_string(), value);
            }
        };
        let fares: Vec<f64> = self.rows.iter().filter_map(|row| row.fare).collect();
        let min = fares.iter().copied().min_by(f64::total_cmp);
        let max = fares.iter().copied().max_by(f64::total_cmp);
        put("fare_min", min.map(Property::Double));
        put("fare_max", max.map(Property::Double));
        // Fares are sevenths, tenths or wholes: seventy times one is an integer, so the sum is exact.
        let seventieths: i64 = fares.iter().map(|fare| (fare * 70.0).round() as i64).sum();
        let n = fares.len();
        put("fare_sum", (n > 0).then(|| Property::Double(seventieths as f64 / 70.0)));
        put("fare_mean", (n > 0).then(|| Property::Double(seventieths as f64 / 70.0 / n as f64)));
        put("fare_median", percentile(fares.clone(), 0.5).map(Property::Double));
        put("fare_p95", percentile(fares, 0.95).map(Property::Double));
        let few: Vec<i32> = self.rows.iter().filter_map(|row| row.few).collect();
        put("few_min", few.iter().min().map(|&v| Property::Integer(v.into())));
        put("few_mode", mode(few.iter().copied()).map(|v| Property::Integer(v.into())));
        let mut distinct = few;
        distinct.sort_unstable();
        distinct.dedup();
        put("few_nunique", Some(Property::Integer(distinct.len() as i64)));
        let big: Vec<i64> = self.rows.iter().filter_map(|row| row.big).collect();
        // The bound of this column is above 2⁵³, so its sums are texts.
        put(
            "big_sum",
            (!big.is_empty()).then(|| Property::Text(big.iter().map(|&v| i128::from(v)).sum::<i128>().to_string())),
        );
        put("big_median", percentile(big.iter().map(|&v| v as f64).collect(), 0.5).map(Property::Double));
        let speeds: Vec<f32> = self.rows.iter().filter_map(|row| row.speed).collect();
        put("speed_max", speeds.iter().copied().max_by(f32::total_cmp).map(Property::Float));
        put("ts_max", self.rows.iter().filter_map(|row| row.ts).max().map(|v| Property::Integer(v.div_euclid(1000))));
        put(
            "kind_mode",
            mode(self.rows.iter().filter_map(|row| row.kind.as_deref())).map(|v| Property::Text(v.into())),
        );
        let open: Vec<bool> = self.rows.iter().filter_map(|row| row.open).collect();
        put("open_sum", (!open.is_empty()).then(|| Property::Integer(open.iter().filter(|&&v| v).count() as i64)));
        let mut kinds: HashMap<String, i64> = HashMap::new();
        for row in &self.rows {
            let name = row.kind.as_ref().map_or("null".into(), |kind| kind.replace('|', "%7C"));
            *kinds.entry(format!("kind_{name}")).or_default() += 1;
        }
        out.extend(kinds.into_iter().map(|(name, count)| (name, Property::Integer(count))));
        out
    }
}

/// The most frequent, ties by the smallest.
fn mode<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    let most = *counts.values().max()?;
    counts.into_iter().find(|&(_, count)| count == most).map(|(value, _)| value)
}
