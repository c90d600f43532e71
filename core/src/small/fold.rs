//! What of a text does not count when it is compared: case (`CASEI`) and accents (`ACCENTI`).
//!
//! Case is Unicode's full case folding (C and F of CaseFolding.txt: `ß` is `ss`). Accents go as canonical decomposition has
//! them: `é` is `e`, composed or not, and `ø`, which has no parts, stays. Vowel signs and the voicing marks of kana are no
//! accents. Accents go before case.

use super::unicode::{BARE, FOLDED, MARKS};
use alloc::{string::String, vec::Vec};

/// What does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// Capital or not.
    pub case: bool,
    /// With accents or without.
    pub accents: bool,
}

/// Folds texts: the tables spread out, for many.
#[derive(Debug)]
pub struct Folder {
    fold: Fold,
    folded: Vec<&'static str>,
    bare: Vec<(char, char)>,
    /// What each of the first letters beyond ASCII becomes; NUL where that is not one letter.
    near: Vec<char>,
}

/// The first letter beyond those whose folding is kept: Latin, with what most languages put on it, lies before.
const FAR: u32 = 0x250;

impl Fold {
    /// Everything counts.
    pub const NONE: Self = Self { case: false, accents: false };

    /// Whether anything does not count.
    #[must_use]
    pub const fn any(self) -> bool {
        self.case || self.accents
    }

    /// A text without what does not count.
    #[must_use]
    pub fn of(self, text: &str) -> String {
        if self.any() { Folder::new(self).fold(text, &mut String::new()).into() } else { text.into() }
    }

    /// The names of the functions, outermost first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [self.accents.then_some("ACCENTI"), self.case.then_some("CASEI")].into_iter().flatten()
    }
}

impl Folder {
    /// For texts that are compared so.
    #[must_use]
    pub fn new(fold: Fold) -> Self {
        let mut bare = Vec::new();
        if fold.accents {
            for &(start, letters) in BARE {
                let composed = (u32::from(start)..).filter_map(char::from_u32);
                bare.extend(composed.zip(letters.chars()).filter(|&(_, letter)| letter != ' '));
            }
        }
        let folded = if fold.case { FOLDED.split(' ').collect() } else { Vec::new() };
        let mut all = Self { fold, folded, bare, near: Vec::new() };
        let mut out = String::new();
        for c in (0x80..FAR).filter_map(char::from_u32) {
            out.clear();
            all.push(c, &mut out);
            let mut letters = out.chars();
            let one = letters.next().filter(|_| letters.next().is_none());
            all.near.push(one.unwrap_or('\0'));
        }
        all
    }

    /// A text without what does not count: itself, where nothing of it changes for certain, or else in a buffer.
    pub fn fold<'t>(&self, text: &'t str, out: &'t mut String) -> &'t str {
        if !self.fold.any() || (!self.fold.case && text.is_ascii()) {
            return text;
        }
        out.clear();
        let mut rest = text;
        loop {
            let ascii = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
            let start = out.len();
            out.push_str(&rest[..ascii]);
            if self.fold.case {
                out[start..].make_ascii_lowercase();
            }
            let mut letters = rest[ascii..].chars();
            let Some(c) = letters.next() else { return out };
            match (c as u32).checked_sub(0x80).and_then(|at| self.near.get(at as usize)) {
                Some(&near) if near != '\0' => out.push(near),
                _ => self.push(c, out),
            }
            rest = letters.as_str();
        }
    }

    /// Adds what a letter beyond ASCII becomes.
    fn push(&self, c: char, out: &mut String) {
        let Some(c) = self.without_accent(c) else { return };
        match self.folded.binary_search_by_key(&Some(c), |pair| pair.chars().next()) {
            Ok(at) => out.extend(self.folded[at].chars().skip(1)),
            Err(_) if self.fold.case => out.extend(c.to_lowercase()),
            Err(_) => out.push(c),
        }
    }

    /// A letter without its accents; nothing is left of an accent by itself.
    fn without_accent(&self, c: char) -> Option<char> {
        if !self.fold.accents {
            return Some(c);
        }
        let after = MARKS.partition_point(|&(first, _)| first <= c as u32);
        if let Some(&(first, more)) = after.checked_sub(1).and_then(|at| MARKS.get(at))
            && c as u32 <= first + u32::from(more)
        {
            return None;
        }
        let at = self.bare.binary_search_by_key(&c, |&(composed, _)| composed);
        Some(at.map_or(c, |at| self.bare[at].1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values from CaseFolding.txt and from Python's `unicodedata`.
    #[test]
    fn case_and_accents_go_as_unicode_has_them() {
        let (case, accents) = (Fold { case: true, accents: false }, Fold { case: false, accents: true });
        let both = Fold { case: true, accents: true };
        for (text, folded) in [
            ("Straße STRASSE", "strasse strasse"),
            ("ΣΊΣΥΦΟΣ σίσυφος", "σίσυφοσ σίσυφοσ"),
            ("İı Kelvin: \u{212a}", "i\u{307}ı kelvin: k"),
            ("ﬁ ᾳ ŉ", "fi αι ʼn"),
            ("Дж ԱՒ և", "дж աւ եւ"),
        ] {
            assert_eq!(case.of(text), folded);
        }
        for (text, bare) in [
            ("Chișinău", "Chisinau"),
            ("A\u{301}E\u{301} é", "AE e"),
            ("Ångström Łódź øß", "Angstrom Łodz øß"),
            ("Ђй ά ᾳ Ǻ Ệ", "Ђи α α A E"),
            ("ガ パ が", "ガ パ が"),
            ("한국 हिंदी", "한국 हिंदी"),
            ("שָׁלוֹם", "שלום"),
        ] {
            assert_eq!(accents.of(text), bare);
        }
        assert_eq!(both.of("CHIȘINĂU"), "chisinau");
        assert_eq!(both.of("İstanbul"), "istanbul");
        assert_eq!(Fold::NONE.of("É"), "É");
    }

    #[test]
    fn what_was_folded_stays_as_it_is() {
        let all: String = (0..0x3000).filter_map(char::from_u32).collect();
        for fold in [(true, false), (false, true), (true, true)] {
            let fold = Fold { case: fold.0, accents: fold.1 };
            let once = fold.of(&all);
            assert_eq!(fold.of(&once), once);
        }
    }
}
