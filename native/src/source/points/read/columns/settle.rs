//! A column that was put in order before it was known what it becomes is made that.
//!
//! Two things are decided by all rows together: that integers are times, and that some integer is too large for 64 bits,
//! so that all of them are texts. Where rows are read in parts, a part may have been finished before.

use crate::{
    bits::Bits,
    dataset::Loaded,
    kind::{Data, Kind},
    read::{TimeUnit, words::Words},
};

/// A column of integers as times of this unit or as texts; any other as it is. Also how many integers are too large for a
/// time, and have no value now.
pub(in crate::source::points::read) fn settle(column: Loaded, kind: Kind, unit: TimeUnit) -> (Loaded, u64) {
    let Loaded { name, data, valid } = column;
    let integers: Vec<Option<i64>> = match &data {
        Data::I32(values) if matches!(kind, Kind::Time | Kind::Text) => {
            present(values.iter().map(|&value| value.into()), valid.as_ref())
        }
        Data::I64(values) if matches!(kind, Kind::Time | Kind::Text) => present(values.iter().copied(), valid.as_ref()),
        _ => return (Loaded { name, data, valid }, 0),
    };
    drop(data);
    if kind == Kind::Text {
        return (Loaded { name, data: texts(&integers), valid }, 0);
    }
    let mut lost = 0;
    let mut fits = Vec::with_capacity(integers.len());
    let times = integers.into_iter().map(|value| {
        let micros = value.and_then(|value| unit.micros(value));
        lost += u64::from(value.is_some() && micros.is_none());
        fits.push(micros.is_some());
        micros.unwrap_or(0)
    });
    let times: Vec<i64> = times.collect();
    let valid = if lost == 0 { valid } else { Some(fits.into_iter().collect()) };
    (Loaded { name, data: Data::Time(times.into()), valid }, lost)
}

fn present(values: impl Iterator<Item = i64>, valid: Option<&Bits>) -> Vec<Option<i64>> {
    match valid {
        None => values.map(Some).collect(),
        Some(valid) => values.zip(valid.iter()).map(|(value, valid)| valid.then_some(value)).collect(),
    }
}

fn texts(integers: &[Option<i64>]) -> Data {
    let mut words = Words::new();
    let codes: Vec<Option<u32>> =
        integers.iter().map(|value| value.map(|value| words.code(&value.to_string()))).collect();
    let used = vec![true; words.len()];
    let (dictionary, places) = words.sorted(&used);
    Data::texts(codes.into_iter().map(|code| code.map_or(0, |code| places[code as usize])), dictionary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Codes;

    #[test]
    fn integers_become_times_or_texts_and_nothing_else_changes() {
        let column = |values: &[i64], valid: Option<&[bool]>| Loaded {
            name: "a".into(),
            data: Data::I64(values.to_vec().into()),
            valid: valid.map(|bits| bits.iter().copied().collect()),
        };
        let (times, lost) =
            settle(column(&[5, 0, i64::MAX], Some(&[true, false, true])), Kind::Time, TimeUnit::Seconds);
        assert!(matches!(&times.data, Data::Time(values) if values[..] == [5_000_000, 0, 0]));
        assert_eq!(lost, 1);
        assert_eq!(times.valid.expect("nulls").iter().collect::<Vec<_>>(), [true, false, false]);
        let (texts, _) = settle(column(&[10, 9, -1], None), Kind::Text, TimeUnit::Seconds);
        assert!(matches!(&texts.data, Data::Text(Codes::U8(codes), words)
            if codes[..] == [1, 2, 0] && words.iter().eq(["-1", "10", "9"])));
        assert!(matches!(settle(column(&[1], None), Kind::I64, TimeUnit::Seconds).0.data, Data::I64(_)));
    }
}
