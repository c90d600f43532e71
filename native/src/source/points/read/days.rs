//! When the day of a date begins: a time that is that day by UTC and by the clock by which the dataset's days are counted.
//!
//! Filters and `datetime` go by the days of UTC, `by=t:day` and `day(t)` by the clock of the dataset. The first moment at which both show
//! a date is the later of two midnights, and no two clocks of the world are a day apart: so whoever asks for a date finds it.

use super::{
    Options,
    zone::{self, Zone},
};
use anyhow::Result;
use duotile_core::time::DAY;

/// The clock besides UTC by which dates have their day, if there is one.
#[derive(Clone, Debug, Default)]
pub(super) struct Days(Option<(String, Zone)>);

impl Days {
    /// Of the zone that was said, else of the first that a file names with its times.
    ///
    /// # Errors
    /// When what was said is no zone.
    pub fn of(options: &Options, declared: &[(String, String)]) -> Result<Self> {
        let mut declared = declared.iter().map(|(column, name)| (column.as_str(), name.as_str()));
        let named = declared.find(|(_, name)| *name != "UTC" && Zone::new(Some(name)).is_ok());
        let said = zone::of(options, named)?.filter(|said| said.name != "UTC");
        Ok(Self(
            said.map(|said| Ok::<_, anyhow::Error>((said.name.clone(), Zone::new(Some(&said.name))?))).transpose()?,
        ))
    }

    /// When a day begins, by its number since 1970; `None` beyond what can be told.
    pub fn begin(&self) -> impl FnMut(i64) -> Option<i64> + '_ {
        let mut to_utc = self.0.as_ref().map(|(_, zone)| zone.to_utc());
        move |day| {
            let midnight = day.checked_mul(DAY)?;
            Some(to_utc.as_mut().map_or(midnight, |to_utc| to_utc(midnight).max(midnight)))
        }
    }

    /// What is told where there are dates.
    pub fn told(&self) -> Option<String> {
        self.0.as_ref().map(|(name, _)| {
            format!(
                "dates begin at midnight by UTC or by the clock of {name}, whichever is later: both show their day then"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::time::print;

    #[test]
    fn a_day_begins_when_both_clocks_show_it() {
        let begin = |zone: Option<&str>, day: i64| {
            let options = Options { zone: zone.map(str::to_owned), ..Options::default() };
            print(Days::of(&options, &[]).expect("known").begin()(day).expect("near"))
        };
        // 2024-03-01 is day 19783, 2024-07-01 day 19905.
        for (zone, day, first) in [
            (None, 19783, "2024-03-01T00:00:00Z"),
            (Some("UTC"), 19783, "2024-03-01T00:00:00Z"),
            (Some("Europe/Berlin"), 19783, "2024-03-01T00:00:00Z"),
            (Some("Pacific/Kiritimati"), 19783, "2024-03-01T00:00:00Z"),
            (Some("America/New_York"), 19783, "2024-03-01T05:00:00Z"),
            (Some("America/New_York"), 19905, "2024-07-01T04:00:00Z"),
            (Some("Pacific/Niue"), 19783, "2024-03-01T11:00:00Z"),
        ] {
            assert_eq!(begin(zone, day), first, "{zone:?}");
        }
        assert_eq!(Days::default().begin()(i64::MAX), None);
    }
}
