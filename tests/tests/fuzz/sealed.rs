//! A prepared file taken apart and put together again, with checksums that agree: what an honest writer with a fault, or
//! somebody who means harm, could hand in.

use crate::run::crc;
use serde_json::{Value, json};

/// Bytes of the seal, which ends where the footer begins.
const SEAL: usize = 72;

/// The parts of a prepared file that others stand for.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Everything before the description.
    pub body: Vec<u8>,
    /// How much of that is the head.
    head: usize,
    pub description: Vec<u8>,
    between: Vec<u8>,
    seal: Vec<u8>,
    footer: Vec<u8>,
}

impl Sealed {
    /// Takes a file apart.
    pub fn of(file: &[u8]) -> Self {
        let (rest, length) =
            file.strip_suffix(b"ARROW1").and_then(<[u8]>::split_last_chunk::<4>).expect("an Arrow file");
        let end = rest.len() - u32::from_le_bytes(*length) as usize;
        let seal = &file[end - SEAL..end];
        let number = |at: usize| u64::from_le_bytes(seal[at..at + 8].try_into().expect("eight")) as usize;
        let (head, description, bytes) = (number(16), number(24), number(32));
        Self {
            body: file[..description].to_vec(),
            head,
            description: file[description..description + bytes].to_vec(),
            between: file[description + bytes..end - SEAL].to_vec(),
            seal: seal.to_vec(),
            footer: file[end..].to_vec(),
        }
    }

    /// The file, sealed.
    pub fn file(&self) -> Vec<u8> {
        let mut seal = self.seal.clone();
        let mut file = [&self.body[..], &self.description, &self.between].concat();
        let length = file.len() + SEAL + self.footer.len();
        for (at, number) in [(24, self.body.len()), (32, self.description.len()), (48, length)] {
            seal[at..at + 8].copy_from_slice(&(number as u64).to_le_bytes());
        }
        for (at, sum) in [(12, crc(&self.body[..self.head])), (40, crc(&self.description))] {
            seal[at..at + 4].copy_from_slice(&sum.to_le_bytes());
        }
        let sum = crc(&seal[..SEAL - 4]);
        seal[SEAL - 4..].copy_from_slice(&sum.to_le_bytes());
        file.extend(seal);
        file.extend(&self.footer);
        file
    }

    /// Where the landmarks are.
    pub fn landmarks(&self) -> std::ops::Range<usize> {
        let told: Value = serde_json::from_slice(&self.description).expect("JSON");
        let number = |name: &str| told["landmarks"][name].as_u64().expect("a number") as usize;
        number("at")..number("at") + number("bytes")
    }

    /// The same with another description.
    pub fn with_description(&self, description: &[u8]) -> Self {
        Self { description: description.to_vec(), ..self.clone() }
    }

    /// The same with other landmarks, as many as there were.
    pub fn with_landmarks(&self, words: &[u8]) -> Self {
        let mut new = self.clone();
        let place = self.landmarks();
        let length = words.len().min(place.len());
        new.body[place.start..place.start + length].copy_from_slice(&words[..length]);
        let mut told: Value = serde_json::from_slice(&self.description).expect("JSON");
        // Of so few bytes the sample is all of them.
        let sum = crc(&new.body[place]);
        told["landmarks"]["crc"] = json!(sum);
        told["landmarks"]["sample"] = json!(sum);
        new.description = told.to_string().into_bytes();
        new
    }
}
