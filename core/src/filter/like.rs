//! LIKE patterns.

use alloc::{string::String, vec::Vec};

/// A LIKE pattern: `%` is any run of characters, `_` is any one (a Unicode scalar), `\` takes the next one literally.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Run,
    One,
    Just(char),
}

impl Pattern {
    /// Reads a pattern; `None` if it ends inside an escape.
    #[must_use]
    pub fn new(pattern: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' if parts.last() == Some(&Part::Run) => {}
                '%' => parts.push(Part::Run),
                '_' => parts.push(Part::One),
                '\\' => parts.push(Part::Just(chars.next()?)),
                c => parts.push(Part::Just(c)),
            }
        }
        Some(Self { parts })
    }

    /// What every text of this form begins with.
    pub(super) fn prefix(&self) -> String {
        let just = |part: &Part| if let Part::Just(c) = part { Some(*c) } else { None };
        self.parts.iter().map_while(just).collect()
    }

    /// Whether a text is of this form. Only the last run is ever taken back, so a text is gone over at most once for
    /// each character of the pattern.
    ///
    /// ```
    /// use duotile_core::filter::Pattern;
    /// let pattern = Pattern::new(r"50\%%é_").unwrap();
    /// assert!(pattern.matches("50% of Café!"));
    /// assert!(!pattern.matches("50 of Café!"));
    /// ```
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let (mut part, mut at) = (0, 0);
        // Where to go on when what follows the last run does not fit: one character later.
        let mut again: Option<(usize, usize)> = None;
        loop {
            let next = text[at..].chars().next();
            let fits = match (self.parts.get(part), next) {
                (Some(Part::Run), _) => {
                    part += 1;
                    again = Some((part, at));
                    continue;
                }
                (None, None) => return true,
                (Some(Part::One), Some(_)) => true,
                (Some(Part::Just(c)), Some(next)) => *c == next,
                (None, Some(_)) | (Some(_), None) => false,
            };
            match (fits, next, &mut again) {
                (true, Some(c), _) => {
                    part += 1;
                    at += c.len_utf8();
                }
                (_, _, Some((after, from))) => {
                    let Some(skipped) = text[*from..].chars().next() else { return false };
                    *from += skipped.len_utf8();
                    (part, at) = (*after, *from);
                }
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// LIKE from its definition, by trying every length of every run.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['%', rest @ ..] => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            ['_', rest @ ..] => !text.is_empty() && naive(rest, &text[1..]),
            ['\\', c, rest @ ..] | [c, rest @ ..] => text.first() == Some(c) && naive(rest, &text[1..]),
        }
    }

    #[test]
    fn every_short_pattern_agrees_with_the_definition() {
        let words = |alphabet: &[char], longest: u32| -> Vec<Vec<char>> {
            (0..=longest)
                .flat_map(|length| {
                    let count = alphabet.len().pow(length);
                    (0..count).map(move |n| (n, length))
                })
                .map(|(n, length)| (0..length).map(|i| alphabet[n / alphabet.len().pow(i) % alphabet.len()]).collect())
                .collect()
        };
        let texts = words(&['a', 'é', '%'], 4);
        let mut matched = 0;
        for pattern in words(&['a', 'é', '%', '_', '\\'], 4) {
            let written: String = pattern.iter().collect();
            let Some(ours) = Pattern::new(&written) else {
                assert_eq!(pattern.iter().rev().take_while(|&&c| c == '\\').count() % 2, 1, "{written}");
                continue;
            };
            for text in &texts {
                let expected = naive(&pattern, text);
                matched += usize::from(expected);
                assert_eq!(ours.matches(&text.iter().collect::<String>()), expected, "{text:?} LIKE {written}");
            }
        }
        assert!(matched > 1000);
    }

    #[test]
    fn many_runs_over_a_long_text_come_to_an_end() {
        let pattern = Pattern::new(&"%a".repeat(500)).expect("no escape");
        assert!(!pattern.matches(&"a".repeat(499)));
        assert!(pattern.matches(&"ba".repeat(20_000)));
        assert!(!Pattern::new(&("a%".repeat(30) + "b")).expect("no escape").matches(&"a".repeat(20_000)));
    }
}
