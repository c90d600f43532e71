//! LIKE patterns: a text is gone over once, whatever the pattern.

use crate::small::work::{Stopped, Toll, Work};
use alloc::{string::String, vec, vec::Vec};

/// A LIKE pattern: `%` is any run of characters, `_` is any one (a Unicode scalar), `\` takes the next one literally.
///
/// Runs cut it into pieces. The first begins the text and the last ends it; each of the others is looked for where the one
/// before it ended, and the first place is as good as any. A piece without `_` inside is found in one pass (Knuth, Morris and
/// Pratt, *Fast pattern matching in strings*, 1977).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What the text begins with.
    first: Vec<Option<char>>,
    /// What comes after each run.
    after: Vec<Piece>,
}

/// What lies between two runs: any characters, then certain ones, then any again. `%__a` means the same as `__%a`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Piece {
    before: usize,
    /// `None` for any character.
    chars: Vec<Option<char>>,
    after: usize,
    /// For each character how many at the beginning are the same as those up to it; empty where one may be any.
    back: Vec<usize>,
}

impl Pattern {
    /// Reads a pattern; `None` if it ends inside an escape.
    #[must_use]
    pub fn new(pattern: &str) -> Option<Self> {
        let mut pieces = vec![Vec::new()];
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            let one = match c {
                '%' => {
                    pieces.push(Vec::new());
                    continue;
                }
                '_' => None,
                '\\' => Some(chars.next()?),
                c => Some(c),
            };
            if let Some(piece) = pieces.last_mut() {
                piece.push(one);
            }
        }
        let mut pieces = pieces.into_iter();
        Some(Self { first: pieces.next()?, after: pieces.map(Piece::new).collect() })
    }

    /// What every text of this form begins with.
    pub(super) fn prefix(&self) -> String {
        self.first.iter().map_while(|one| *one).collect()
    }

    /// How often a character of a text is looked at, at most.
    pub(super) fn looks(&self) -> usize {
        let looks = |piece: &Piece| if piece.back.is_empty() { piece.chars.len() } else { 1 };
        self.after.iter().rev().skip(1).map(looks).max().unwrap_or(1).max(1)
    }

    /// Whether a text is of this form.
    ///
    /// ```
    /// use duotile_core::filter::Pattern;
    /// let pattern = Pattern::new(r"50\%%é_").unwrap();
    /// assert!(pattern.matches("50% of Café!"));
    /// assert!(!pattern.matches("50 of Café!"));
    /// ```
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.matches_while(text, &mut Work::free().toll()) == Ok(true)
    }

    /// The same, while somebody waits.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub(super) fn matches_while(&self, text: &str, toll: &mut Toll<'_>) -> Result<bool, Stopped> {
        let Some(mut rest) = begins(&self.first, text) else { return Ok(false) };
        let Some((last, middle)) = self.after.split_last() else { return Ok(rest.is_empty()) };
        for piece in middle {
            let Some(found) = piece.find(rest, toll)? else { return Ok(false) };
            rest = found;
        }
        Ok(last.ends(rest))
    }
}

impl Piece {
    fn new(mut chars: Vec<Option<char>>) -> Self {
        let before = chars.iter().take_while(|one| one.is_none()).count();
        chars.drain(..before);
        let after = chars.iter().rev().take_while(|one| one.is_none()).count();
        chars.truncate(chars.len() - after);
        let mut back = Vec::new();
        if chars.iter().all(Option::is_some) {
            let mut same = 0;
            for at in 0..chars.len() {
                while at > 0 && same > 0 && chars[at] != chars[same] {
                    same = back[same - 1];
                }
                same += usize::from(at > 0 && chars[at] == chars[same]);
                back.push(same);
            }
        }
        Self { before, chars, after, back }
    }

    /// What is left of a text after the first place where it has this piece.
    fn find<'t>(&self, text: &'t str, toll: &mut Toll<'_>) -> Result<Option<&'t str>, Stopped> {
        let Some(text) = without(text, self.before) else { return Ok(None) };
        let found = if self.back.is_empty() { self.try_each(text, toll)? } else { self.pass(text) };
        Ok(found.and_then(|rest| without(rest, self.after)))
    }

    /// In one pass.
    fn pass<'t>(&self, text: &'t str) -> Option<&'t str> {
        let mut same = 0;
        for (at, c) in text.char_indices() {
            while same > 0 && self.chars[same] != Some(c) {
                same = self.back[same - 1];
            }
            same += usize::from(self.chars[same] == Some(c));
            if same == self.chars.len() {
                return Some(&text[at + c.len_utf8()..]);
            }
        }
        None
    }

    /// By trying one place after the other, each of which is paid.
    fn try_each<'t>(&self, mut text: &'t str, toll: &mut Toll<'_>) -> Result<Option<&'t str>, Stopped> {
        loop {
            toll.pay(self.chars.len())?;
            if let Some(rest) = begins(&self.chars, text) {
                return Ok(Some(rest));
            }
            let Some(next) = without(text, 1) else { return Ok(None) };
            text = next;
        }
    }

    /// Whether a text ends with this piece.
    fn ends(&self, text: &str) -> bool {
        let mut chars = text.chars();
        (0..self.after).all(|_| chars.next_back().is_some())
            && self.chars.iter().rev().all(|one| chars.next_back().is_some_and(|c| one.is_none_or(|one| one == c)))
            && (0..self.before).all(|_| chars.next_back().is_some())
    }
}

/// A text without so many characters at its beginning; `None` where it has fewer.
fn without(text: &str, count: usize) -> Option<&str> {
    let mut chars = text.chars();
    (0..count).all(|_| chars.next().is_some()).then_some(chars.as_str())
}

/// What is left of a text that begins with certain characters.
fn begins<'t>(with: &[Option<char>], text: &'t str) -> Option<&'t str> {
    let mut chars = text.chars();
    with.iter().all(|one| chars.next().is_some_and(|c| one.is_none_or(|one| one == c))).then_some(chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

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
    fn what_may_be_any_character_inside_is_tried_at_each_place_and_paid() {
        let pattern = |text: &str| Pattern::new(text).expect("no escape");
        assert_eq!(
            ["a%", "%ab%", "%_ab__%", "%a_b", "%a_b%", "%a_b%ab_a%"].map(|text| pattern(text).looks()),
            [1, 1, 1, 1, 3, 4]
        );
        let work = Work::new(&|| true, 10_000);
        assert!(pattern("%a_b%").matches_while(&"a".repeat(100_000), &mut work.toll()).is_err());
    }

    #[test]
    fn many_runs_over_a_long_text_come_to_an_end() {
        let pattern = Pattern::new(&"%a".repeat(500)).expect("no escape");
        assert!(!pattern.matches(&"a".repeat(499)));
        assert!(pattern.matches(&"ba".repeat(20_000)));
        assert!(!Pattern::new(&("a%".repeat(30) + "b")).expect("no escape").matches(&"a".repeat(20_000)));
        // In one pass: tried at each place, it would be 10¹⁰ comparisons.
        let long = "a".repeat(100_000);
        assert!(!Pattern::new(&format!("%{long}b%")).expect("no escape").matches(&long.repeat(2)));
        assert!(Pattern::new(&format!("%__{long}__%")).expect("no escape").matches(&format!("xx{long}yy")));
    }
}
