//! Names of columns: their words, and how equal ones are told apart.

use std::collections::{HashMap, HashSet};

/// The words of a name in lower case: split before a capital that follows a small letter or begins a word of small
/// letters, and at everything else than letters and digits.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let begins = letter.is_uppercase()
            && (before.is_lowercase()
                || before.is_uppercase() && letters.peek().is_some_and(|next| next.is_lowercase()));
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().into_iter().for_each(|word| word.extend(letter.to_lowercase()));
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A word of a command as it is typed: in quotes where a shell would take it apart.
pub(crate) fn typed(word: &str) -> String {
    let plain = word.chars().all(|letter| letter.is_alphanumeric() || "_.-=".contains(letter));
    if word.contains(char::is_control) {
        // What a shell makes these letters of.
        let letter = |letter: char| match letter {
            '\\' | '\'' => format!("\\{letter}"),
            _ if letter.is_control() => format!("\\u{:04x}", u32::from(letter)),
            _ => letter.to_string(),
        };
        return format!("$'{}'", word.chars().map(letter).collect::<String>());
    }
    if plain && !word.is_empty() { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// The names of a list. Commas that stand between names may stand in them, too: what is no name by itself is one with those that
/// follow.
///
/// # Errors
/// The first that is none.
pub(crate) fn listed(names: &[String], known: impl Fn(&str) -> bool) -> Result<Vec<String>, &String> {
    let mut found = Vec::new();
    let mut rest = names;
    while let Some(first) = rest.first() {
        let joined = (1..=rest.len()).map(|end| (rest[..end].join(","), end)).find(|(name, _)| known(name));
        let (name, end) = joined.ok_or(first)?;
        found.push(name);
        rest = &rest[end..];
    }
    Ok(found)
}

/// Whether the words of a name pass a test.
pub(super) fn find_name(name: &str, test: impl Fn(&[String]) -> bool) -> bool {
    test(&words(name))
}

/// The same names, none twice: a second `value` is `value_2`.
pub(crate) fn distinct(names: Vec<String>, lines: &mut Vec<String>) -> Vec<String> {
    /// So many are told one by one.
    const TOLD: usize = 10;
    let mut taken: HashSet<String> = HashSet::with_capacity(names.len());
    let mut last: HashMap<String, usize> = HashMap::new();
    // What is called so in the first place keeps its name.
    let whole: HashSet<String> = names.iter().cloned().collect();
    let mut changed = 0;
    let mut given = Vec::with_capacity(names.len());
    for wanted in names {
        let mut name = wanted.clone();
        if taken.contains(&wanted) {
            let number = last.entry(wanted.clone()).or_insert(1);
            while taken.contains(&name) || *number > 1 && whole.contains(&name) {
                *number += 1;
                name = format!("{wanted}_{number}");
            }
            changed += 1;
            if changed <= TOLD {
                let which = if *number == 2 { "the second" } else { "another" };
                lines.push(format!("two columns are called {wanted:?}; {which} is {name:?} here"));
            }
        }
        taken.insert(name.clone());
        given.push(name);
    }
    if changed > TOLD {
        lines.push(format!("{} more columns with names of others have numbers behind them", changed - TOLD));
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_typed_as_a_shell_takes_it() {
        for (word, expected) in
            [("a=b", "a=b"), ("a b", "'a b'"), ("it's", r"'it'\''s'"), ("a\u{1b}[3'\\X", r"$'a\u001b[3\'\\X'")]
        {
            assert_eq!(typed(word), expected);
        }
    }

    #[test]
    fn equal_names_get_numbers_and_no_name_is_taken_twice() {
        let of = |names: &[&str]| distinct(names.iter().map(ToString::to_string).collect(), &mut Vec::new());
        assert_eq!(of(&["a", "b", "a", "a"]), ["a", "b", "a_2", "a_3"]);
        assert_eq!(of(&["a", "a", "a_2", "a_2"]), ["a", "a_3", "a_2", "a_2_2"]);
        let mut lines = Vec::new();
        let many = distinct(vec!["same".into(); 100_000], &mut lines);
        assert_eq!((many[99_999].as_str(), lines.len()), ("same_100000", 11));
    }
}
