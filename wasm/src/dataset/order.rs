//! Positions in Morton order, and where the rows that were given ended up.

use super::bad::BadInput;
use alloc::vec::Vec;
use duotile_core::{Landmarks, World, mercator, morton, sort};

/// Sorted positions.
#[derive(Debug)]
pub(super) struct Order {
    /// Morton keys, ascending.
    pub keys: Vec<u64>,
    /// The number of each row in its file.
    pub rows: Vec<u32>,
    /// Words of [`Landmarks`].
    pub landmarks: Vec<u64>,
    /// How many positions were given.
    pub given: usize,
    from: From,
}

/// Which of the given rows each point was.
#[derive(Debug)]
enum From {
    /// The one of its row number.
    Rows,
    /// The one at its place.
    Same,
    /// These.
    Moved(Vec<u32>),
}

impl Order {
    /// Projects degrees and sorts them. Rows without a position on the map are left out.
    pub fn of_degrees(lon: &[f64], lat: &[f64]) -> Result<Self, BadInput> {
        if lon.len() != lat.len() {
            return Err(BadInput::Positions { names: ["longitudes", "latitudes"], got: [lon.len(), lat.len()] });
        }
        Self::of_positions(lon.iter().zip(lat).map(|(&lon, &lat)| mercator::project(lon, lat)))
    }

    /// Sorts positions. Rows without one are left out.
    pub fn of_positions(positions: impl ExactSizeIterator<Item = Option<World>>) -> Result<Self, BadInput> {
        let len = positions.len();
        let given = u32::try_from(len).map_err(|_| BadInput::TooMany(len))?;
        let (mut keys, mut rows) = (room(len)?, room(len)?);
        for (row, position) in (0..given).zip(positions) {
            if let Some(world) = position {
                keys.push(morton::key(world));
                rows.push(row);
            }
        }
        sort(&mut keys, &mut rows);
        Ok(Self { landmarks: Landmarks::build(&keys), keys, rows, given: len, from: From::Rows })
    }

    /// Takes keys with their row numbers, and sorts them if they are not sorted, ties by row number.
    pub fn of_keys(keys: &[u64], rows: &[u32]) -> Result<Self, BadInput> {
        if keys.len() != rows.len() {
            return Err(BadInput::Positions { names: ["keys", "row numbers"], got: [keys.len(), rows.len()] });
        }
        let given = u32::try_from(keys.len()).map_err(|_| BadInput::TooMany(keys.len()))?;
        let (mut sorted, mut from) = (room(keys.len())?, From::Same);
        let pair = |place: usize| (keys[place], rows[place]);
        if (1..keys.len()).all(|place| pair(place - 1) <= pair(place)) {
            sorted.extend_from_slice(keys);
        } else {
            // By row, then by key: the second sort keeps the order of equal keys.
            let mut order: Vec<u32> = (0..given).collect();
            sorted.extend(rows.iter().map(|&row| u64::from(row)));
            sort(&mut sorted, &mut order);
            sorted.clear();
            sorted.extend(order.iter().map(|&place| keys[place as usize]));
            sort(&mut sorted, &mut order);
            from = From::Moved(order);
        }
        let mut numbers = room(rows.len())?;
        match &from {
            From::Moved(order) => numbers.extend(order.iter().map(|&place| rows[place as usize])),
            _ => numbers.extend_from_slice(rows),
        }
        Ok(Self { landmarks: Landmarks::build(&sorted), keys: sorted, rows: numbers, given: keys.len(), from })
    }

    /// The given row that each point was, in the order of the points.
    pub fn places(&self) -> Option<&[u32]> {
        match &self.from {
            From::Rows => Some(&self.rows),
            From::Same => None,
            From::Moved(order) => Some(order),
        }
    }

    /// Values in the order of the points. `value` is asked for the place of a given row.
    pub fn gather<T>(&self, value: impl Fn(usize) -> T) -> Result<Vec<T>, BadInput> {
        let mut values = room(self.keys.len())?;
        match self.places() {
            Some(places) => values.extend(places.iter().map(|&row| value(row as usize))),
            None => values.extend((0..self.keys.len()).map(value)),
        }
        Ok(values)
    }

    /// A bit for each point, in their order.
    pub fn bits(&self, bit: &dyn Fn(usize) -> bool) -> Result<Vec<u8>, BadInput> {
        let places = self.places();
        let mut bits = room(self.keys.len().div_ceil(8))?;
        bits.resize(self.keys.len().div_ceil(8), 0u8);
        for place in 0..self.keys.len() {
            let row = places.map_or(place, |places| places[place] as usize);
            bits[place / 8] |= u8::from(bit(row)) << (place % 8);
        }
        Ok(bits)
    }
}

/// An empty list with room for so many entries.
pub(super) fn room<T>(entries: usize) -> Result<Vec<T>, BadInput> {
    let mut list = Vec::new();
    list.try_reserve_exact(entries).map_err(|_| BadInput::Memory(entries))?;
    Ok(list)
}

/// The bit of a row, least significant first.
pub(super) fn bit(bits: &[u8], row: usize) -> bool {
    bits[row / 8] >> (row % 8) & 1 != 0
}
