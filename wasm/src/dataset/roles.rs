//! The columns that give ids, times and latitudes, and the clock that times go by.

use super::{Dataset, bad::BadInput, columns::Stored};
use alloc::{format, string::String, vec::Vec};
use duotile_core::{MAX_EXACT, Roles, Scalar, Values, sort};

impl Dataset {
    /// Says by which zone's clock days and hours go, where a query names none.
    pub fn set_zone(&mut self, zone: &str) {
        self.zone = Some(zone.into());
        self.recent.clear();
    }

    /// Says which column gives feature ids, which the time that `datetime` speaks of, and which the latitudes of rows that are
    /// drawn at the edge of the map.
    ///
    /// # Errors
    /// [`BadInput`] when there is no such column, ids are not unique integers in 0…2⁵³−1, times are none, or some rows have no
    /// latitude.
    pub fn set_roles(&mut self, id: Option<&str>, time: Option<&str>, latitude: Option<&str>) -> Result<(), BadInput> {
        let id = id.map(|name| self.find(name)).transpose()?;
        let latitude = latitude.map(|name| self.find(name)).transpose()?;
        if let Some(column) = latitude.map(|index| &self.columns[index])
            && (!matches!(column.values.view(), Values::F64(_)) || column.valid.is_some())
        {
            return Err(BadInput::column(&column.name, "it has not a number for each row, expected latitudes"));
        }
        let time = time.map(|name| self.find(name)).transpose()?;
        if let Some(column) = id.map(|index| &self.columns[index]) {
            ids(column).map_err(|what| BadInput::column(&column.name, format!("{what}, expected unique ids")))?;
        }
        if let Some(column) = time.map(|index| &self.columns[index])
            && !matches!(column.values.view(), Values::Time(_))
        {
            return Err(BadInput::column(&column.name, "it is not of times, expected a column of times"));
        }
        self.roles = Roles { id, time, latitude };
        self.recent.clear();
        Ok(())
    }
}

/// Checks that each row has a value, all are in 0…2⁵³−1, and no two the same.
fn ids(column: &Stored) -> Result<(), String> {
    let values = column.values.view();
    if !matches!(values, Values::I32(_) | Values::I64(_)) {
        return Err("it is not of integers".into());
    }
    if column.valid.is_some() {
        return Err("some rows have no value".into());
    }
    let mut ids = Vec::with_capacity(values.len());
    for row in 0..values.len() {
        match values.get(row) {
            Scalar::Integer(id @ 0..=MAX_EXACT) => ids.push(id.cast_unsigned()),
            Scalar::Integer(id) => return Err(format!("it has {id}, outside 0 to {MAX_EXACT}")),
            _ => {}
        }
    }
    let mut rows = (0..ids.len() as u32).collect();
    sort(&mut ids, &mut rows);
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("it has {} more than once", pair[0])),
        None => Ok(()),
    }
}
