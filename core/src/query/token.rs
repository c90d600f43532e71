//! The canonical text as a token for a path: base64url (RFC 4648, section 5) without padding.

use super::TileQuery;
use crate::small::error::QueryError;
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl TileQuery {
    /// The query as a token; clients that decode or drop query strings keep it.
    ///
    /// ```
    /// use duotile_core::TileQuery;
    /// let query = TileQuery::parse("cell=8").unwrap();
    /// assert_eq!(query.token(), "Y2VsbD04");
    /// assert_eq!(TileQuery::from_token("Y2VsbD04").unwrap(), query);
    /// ```
    #[must_use]
    pub fn token(&self) -> String {
        let text = self.to_string();
        let mut token = String::with_capacity(text.len().div_ceil(3) * 4);
        for bytes in text.as_bytes().chunks(3) {
            let bits = bytes.iter().enumerate().fold(0, |bits, (i, &byte)| bits | u32::from(byte) << (16 - 8 * i));
            for digit in 0..=bytes.len() {
                token.push(char::from(ALPHABET[(bits >> (18 - 6 * digit) & 63) as usize]));
            }
        }
        token
    }

    /// Reads a token.
    ///
    /// # Errors
    /// [`QueryError`] about `token` when it is not base64url without padding, else as [`TileQuery::parse`].
    pub fn from_token(token: &str) -> Result<Self, QueryError> {
        const EXPECTED: &str = "expected base64url without padding (A-Z a-z 0-9 - _)";
        let mut bytes = Vec::with_capacity(token.len() / 4 * 3 + 3);
        let (mut bits, mut held) = (0u32, 0);
        for (place, c) in token.chars().enumerate() {
            let Some(digit) = ALPHABET.iter().position(|&digit| char::from(digit) == c) else {
                return Err(QueryError::new("token", format!("got {c:?}, {EXPECTED}")).at(place));
            };
            bits = bits << 6 | digit as u32;
            held += 6;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held) as u8);
                bits &= (1 << held) - 1;
            }
        }
        // A lone last digit, or bits that belong to no byte, are of no text.
        if held >= 6 || bits != 0 {
            return Err(QueryError::new("token", format!("the token is cut off, {EXPECTED}")));
        }
        let text = String::from_utf8(bytes).map_err(|_| QueryError::new("token", "the token is not UTF-8"))?;
        Self::parse(&text)
    }
}
