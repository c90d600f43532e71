//! Times of day in the forms of their countries: `13:05`, `1:05:30 PM`, `1305 UTC`.

use duotile_core::time;

/// Whether what stands behind a date is midnight: `T00:00:00.000`.
pub(super) fn is_midnight(rest: &[u8]) -> bool {
    matches!(rest, [b'T' | b't' | b' ', clock @ ..] if is_zero(clock))
}

/// Whether a time of day is the first of the day, by UTC where it has a zone.
pub(super) fn is_zero(clock: &[u8]) -> bool {
    let zones = [&b"Z"[..], b"+00", b"+0000", b"+00:00"];
    let clock = zones.iter().find_map(|zone| clock.strip_suffix(*zone)).unwrap_or(clock);
    clock.starts_with(b"00:00") && clock.iter().all(|byte| matches!(byte, b'0' | b':' | b'.'))
}

/// Whether a field is a time of day alone: `13:05`, `1:05:30 PM`, `1305 UTC`.
pub(super) fn is_clock(field: &[u8]) -> bool {
    let is_zoned = |field: &[u8]| {
        let (digits, zone) = field.split_at(4);
        digits.iter().all(u8::is_ascii_digit) && matches!(zone.trim_ascii_start(), b"Z" | b"UTC" | b"GMT")
    };
    (4..=20).contains(&field.len())
        && field[0].is_ascii_digit()
        && (field.iter().take(3).any(|&byte| byte == b':') || is_zoned(field))
        && clock(field).is_some_and(|clock| time::read(format!("2000-01-01T{clock}").as_bytes()).is_ok())
}

/// A time of day in core's grammar: hours in two digits, of 24.
pub(super) fn clock(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 4 || digits == 6 {
        let seconds = if digits == 6 { format!(":{}", &text[4..6]) } else { String::new() };
        return Some(format!("{}:{}{seconds}{}", &text[..2], &text[2..4], &text[digits..]));
    }
    let (hours, rest) = text.split_once(':')?;
    let mut hours: u32 = hours.parse().ok().filter(|_| hours.len() <= 2 && !hours.starts_with('+'))?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, ':' | '.')).unwrap_or(rest.len());
    let (minutes, rest) = rest.split_at(end);
    let mut zone = rest.trim_start();
    let half = zone.get(..1).filter(|half| half.eq_ignore_ascii_case("a") || half.eq_ignore_ascii_case("p"));
    if let Some(half) = half {
        zone = zone[1..].trim_start_matches('.');
        zone = zone.strip_prefix(['m', 'M']).map_or(zone, |zone| zone.trim_start_matches('.')).trim_start();
        // Some write it behind hours of 24, too.
        hours = match (hours, half.eq_ignore_ascii_case("p")) {
            (1..=12, after) => hours % 12 + if after { 12 } else { 0 },
            (13..=23, true) | (0, false) => hours,
            _ => return None,
        };
    }
    Some(format!("{hours:02}:{minutes}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_one() {
        for field in ["13:05", "1:05 PM", "23:59:59.5", "7:08", "0000 UTC", "2300Z", "14:30 PM", "0:30 AM"] {
            assert!(is_clock(field.as_bytes()), "{field}");
        }
        for field in
            ["25:00", "13", "a:05", "2024-01-01", "12:61", "", "2460 UTC", "1305", "1305 m", "0:30 PM", "13:05 AM"]
        {
            assert!(!is_clock(field.as_bytes()), "{field}");
        }
    }
}
