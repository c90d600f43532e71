//! By which clock times go as the name of their column says: `Date Time, GMT-05:00`, `Zeit (MEZ)`.

/// What a name says of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock<'n> {
    /// So many minutes ahead of UTC.
    Ahead(i64),
    /// A word of which nobody knows whose it is, or which has summers.
    Word(&'n str),
}

/// Words for the clocks of zones, as they are written behind the names of times.
const WORDS: [&str; 33] = [
    "MEZ", "MESZ", "CET", "CEST", "EET", "EEST", "WET", "BST", "IST", "JST", "KST", "SGT", "HKT", "PKT", "MSK", "EST",
    "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "AKST", "AKDT", "HST", "AEST", "AEDT", "ACST", "AWST", "NZST",
    "NZDT", "SAST",
];

/// The clock that a name says; none for UTC itself.
pub(super) fn named(name: &str) -> Option<Clock<'_>> {
    if let Some(ahead) = ahead(name) {
        return Some(Clock::Ahead(ahead)).filter(|_| ahead != 0);
    }
    let words = || name.split(|letter: char| !letter.is_alphanumeric());
    let local = || words().find(|word| word.eq_ignore_ascii_case("local"));
    words().find(|word| WORDS.contains(word)).or_else(local).map(Clock::Word)
}

/// Minutes behind `UTC` or `GMT`, or in brackets.
fn ahead(name: &str) -> Option<i64> {
    let signs = ['+', '-', '\u{2212}'];
    name.match_indices(signs).find_map(|(at, sign)| {
        let (before, rest) = (name[..at].trim_end(), &name[at + sign.len()..]);
        let known = ["UTC", "GMT"].iter().any(|clock| {
            let start = before
                .len()
                .checked_sub(clock.len())
                .and_then(|start| Some((before.get(..start)?, before.get(start..)?)));
            start.is_some_and(|(first, last)| {
                last.eq_ignore_ascii_case(clock) && !first.ends_with(char::is_alphanumeric)
            })
        });
        let minutes = minutes(rest.trim_start(), !known)?;
        (known || before.ends_with(['(', '['])).then_some(if sign == "+" { minutes } else { -minutes })
    })
}

/// Minutes of `5`, `05`, `0530`, `05:30`, `5.30`, `5.5` or `5.75`; with `whole` of the longest alone.
fn minutes(text: &str, whole: bool) -> Option<i64> {
    let end =
        text.find(|letter: char| !letter.is_ascii_digit() && letter != ':' && letter != '.').unwrap_or(text.len());
    let text = &text[..end];
    let (hours, minutes) = match text.split_once([':', '.']) {
        // Parts of an hour.
        Some((hours, "5" | "50")) if !whole && text.contains('.') => (hours, "30"),
        Some((hours, "75")) if !whole && text.contains('.') => (hours, "45"),
        Some(parts) => parts,
        None if text.len() == 4 && !whole => text.split_at(2),
        None if !whole => (text, "00"),
        None => return None,
    };
    let fits = (1..=2).contains(&hours.len()) && minutes.len() == 2;
    let (hours, minutes) = (hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?);
    (fits && hours <= 14 && minutes < 60).then_some(60 * hours + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_by_which_clock_times_go() {
        for (name, expected) in [
            ("Date Time, GMT-05:00", Some(Clock::Ahead(-300))),
            ("Time (UTC+1)", Some(Clock::Ahead(60))),
            ("Timestamp (UTC-8)", Some(Clock::Ahead(-480))),
            ("Fecha hora (UTC+01:00)", Some(Clock::Ahead(60))),
            ("time_utc+0530", Some(Clock::Ahead(330))),
            ("Time UTC + 5.5", Some(Clock::Ahead(330))),
            ("Time UTC+5.75", Some(Clock::Ahead(345))),
            ("Time (UTC+5.30)", Some(Clock::Ahead(330))),
            ("Zeit (+01:00)", Some(Clock::Ahead(60))),
            ("Time UTC \u{2212}3", Some(Clock::Ahead(-180))),
            ("Zeit (MEZ)", Some(Clock::Word("MEZ"))),
            ("Timestamp (EST)", Some(Clock::Word("EST"))),
            ("Date Local", Some(Clock::Word("Local"))),
            ("Time (UTC)", None),
            ("Time GMT+0", None),
            ("time", None),
            ("time-5", None),
            ("2024-05-10", None),
            ("est", None),
            ("Time (UTC+25)", None),
            ("Zeit (-5)", None),
        ] {
            assert_eq!(named(name), expected, "{name}");
        }
    }
}
