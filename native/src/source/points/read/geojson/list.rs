//! The list of features of a collection, cut into its elements: each is read by itself, so that what is wrong with one is lost with
//! no other. Going by quotes and brackets alone, it needs no element to be right.

/// What is cut.
#[derive(Debug)]
pub(super) struct List<'t> {
    text: &'t [u8],
    /// Behind the bracket that opens it.
    pub start: usize,
    /// Behind the last element that was given.
    at: usize,
    /// Behind the bracket that closes it, once that was come to.
    pub end: Option<usize>,
}

impl<'t> List<'t> {
    /// The list that is the member of this name in an object.
    pub fn of(text: &'t [u8], name: &str) -> Option<Self> {
        let (mut at, mut depth) = (0, 0);
        while at < text.len() {
            match text[at] {
                b'"' => {
                    let end = string(text, at)?;
                    let value = behind(text, end, b':').filter(|_| depth == 1);
                    let start = value.and_then(|value| behind(text, value, b'['));
                    if let Some(start) = start.filter(|_| &text[at + 1..end - 1] == name.as_bytes()) {
                        return Some(Self { text, start, at: start, end: None });
                    }
                    at = end;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The line in which a place is.
    pub fn line(&self, at: usize) -> usize {
        self.text[..at].split(|&byte| byte == b'\n').count()
    }
}

impl<'t> Iterator for List<'t> {
    /// Where an element begins, and its text.
    type Item = (usize, &'t [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.end.is_some() || self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let (mut at, mut depth) = (start, 0usize);
        loop {
            match self.text.get(at) {
                None => {
                    self.at = self.text.len();
                    return None;
                }
                Some(b'"') => {
                    let Some(end) = string(self.text, at) else {
                        self.at = self.text.len();
                        return None;
                    };
                    at = end;
                    continue;
                }
                Some(b'{' | b'[') => depth += 1,
                Some(b',') if depth == 0 => break,
                Some(b']') if depth == 0 => {
                    self.end = Some(at + 1);
                    break;
                }
                Some(b'}' | b']') => depth = depth.saturating_sub(1),
                Some(_) => {}
            }
            at += 1;
        }
        self.at = at + 1;
        let element = &self.text[start..at];
        let blanks = element.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let element = element.trim_ascii();
        // An empty list has none, and a comma at the end is followed by none.
        if element.is_empty() && self.end.is_some() {
            return None;
        }
        Some((start + blanks, element))
    }
}

/// Behind the string that begins at a place.
pub(super) fn string(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Behind a sign that comes next but for blanks.
fn behind(text: &[u8], at: usize, sign: u8) -> Option<usize> {
    let blanks = text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    (text.get(at + blanks) == Some(&sign)).then_some(at + blanks + 1)
}
