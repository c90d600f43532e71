//! Names of columns in their words.

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

/// Whether the words of a name pass a test.
pub(super) fn find_name(name: &str, test: impl Fn(&[String]) -> bool) -> bool {
    test(&words(name))
}
