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
            let micros = micros.into_iter().map(|value| value.map(|value| unit.nearest_micros(value)));
            return times(name, micros.collect(), valid);
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
    times(name, integers.into_iter().map(|value| value.map(|value| unit.micros(value))).collect(), valid)
}

/// A column of times, given as microseconds: `None` where there is no value, and within it where there is no time for one.
fn times(name: String, micros: Vec<Option<Option<i64>>>, valid: Option<Bits>) -> (Loaded, u64) {
    let lost = micros.iter().filter(|value| **value == Some(None)).count() as u64;
    let valid = if lost == 0 { valid } else { Some(micros.iter().map(|value| value.flatten().is_some()).collect()) };
    let times: Vec<i64> = micros.into_iter().map(|value| value.flatten().unwrap_or(0)).collect();
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
