//! A column that was put in order before it was known what it becomes is made that.
//!
//! Two things are decided by all rows together: that numbers are times, and that some integer is too large for 64 bits,
//! so that all of them are texts. Where rows are read in parts, a part may have been finished before.

use crate::{
    bits::Bits,
    dataset::Loaded,
    kind::{Data, Kind},
    read::{TimeUnit, words::Words},
};

/// A column of numbers as times of this unit, of integers as texts; any other as it is. Also how many numbers are too large for a
/// time, and have no value now.
pub(in crate::source::points::read) fn settle(column: Loaded, kind: Kind, unit: TimeUnit) -> (Loaded, u64) {
    let Loaded { name, data, valid } = column;
    let integers = match &data {
        Data::F64(values) if kind == Kind::Time => {
            let micros = present(values.iter().copied(), valid.as_ref());
            return times(name, micros, valid, |value| unit.nearest_micros(value));
        }
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
    times(name, integers, valid, |value| unit.micros(value))
}

/// A column of times in microseconds, of numbers, and for how many of these there is none.
fn times<T>(
    name: String,
    numbers: Vec<Option<T>>,
    valid: Option<Bits>,
    micros: impl Fn(T) -> Option<i64>,
) -> (Loaded, u64) {
    let mut lost = 0;
    let mut fits = Vec::with_capacity(numbers.len());
    let times = numbers.into_iter().map(|number| {
        let is_there = number.is_some();
        let time = number.and_then(&micros);
        lost += u64::from(is_there && time.is_none());
        fits.push(time.is_some());
        time.unwrap_or(0)
    });
    let times: Vec<i64> = times.collect();
    let valid = if lost == 0 { valid } else { Some(fits.into_iter().collect()) };
    (Loaded { name, data: Data::Time(times.into()), valid }, lost)
}

fn present<T>(values: impl Iterator<Item = T>, valid: Option<&Bits>) -> Vec<Option<T>> {
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
        let floats = Loaded { name: "a".into(), data: Data::F64(vec![1.5, -0.000_000_6, 1e300].into()), valid: None };
        let (times, lost) = settle(floats, Kind::Time, TimeUnit::Seconds);
        assert!(matches!(&times.data, Data::Time(values) if values[..] == [1_500_000, -1, 0]));
        assert_eq!((lost, times.valid.expect("a null").iter().collect::<Vec<_>>()), (1, vec![true, true, false]));
    }
}
