//! The columns that give ids and times.

use super::{Dataset, bad::BadInput, columns::Stored};
use alloc::{format, string::String, vec::Vec};
use duotile_core::{MAX_EXACT, Roles, Scalar, Values, sort};

impl Dataset {
    /// Says which column gives feature ids and which the time that `datetime` speaks of.
    ///
    /// # Errors
    /// [`BadInput`] when there is no such column, ids are not unique integers in 0…2⁵³−1, or times are none.
    pub fn set_roles(&mut self, id: Option<&str>, time: Option<&str>) -> Result<(), BadInput> {
        let id = id.map(|name| self.find(name)).transpose()?;
        let time = time.map(|name| self.find(name)).transpose()?;
        if let Some(column) = id.map(|index| &self.columns[index]) {
            ids(column).map_err(|what| BadInput::column(&column.name, format!("{what}, expected unique ids")))?;
        }
        if let Some(column) = time.map(|index| &self.columns[index])
            && !matches!(column.values.view(), Values::Time(_))
        {
            return Err(BadInput::column(&column.name, "it is not of times, expected a column of times"));
        }
        self.roles = Roles { id, time, latitude: None };
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
