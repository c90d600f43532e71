//! How an input is broken, for how long, and what becomes of one that fails: it is made as small as it gets, and kept.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    sample::Index,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Seconds of a test unless the environment says more.
const SECONDS: u64 = 2;
/// Cases between two looks at the clock.
const CASES: u32 = 32;

/// A change of an input, at a place that is a share of its length.
#[derive(Clone, Debug)]
enum Edit {
    Take(Index, usize),
    Put(Index, Vec<u8>),
    Write(Index, Vec<u8>),
    Flip(Index, u8),
    Repeat(Index, usize, usize),
    Cut(Index),
    /// What another good input has somewhere.
    Graft(Index, Index, Index, usize),
}

impl Edit {
    fn apply(&self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let place = |at: &Index| at.index(bytes.len() + 1);
        match self {
            Self::Take(at, length) => {
                let at = place(at);
                bytes.drain(at..(at + length).min(bytes.len()));
            }
            Self::Put(at, new) => {
                let at = place(at);
                bytes.splice(at..at, new.iter().copied());
            }
            Self::Write(at, new) => {
                let at = place(at);
                let end = (at + new.len()).min(bytes.len());
                bytes.splice(at..end, new.iter().copied());
            }
            Self::Flip(at, bit) => {
                let at = place(at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Repeat(at, length, times) => {
                let at = place(at);
                let again = bytes[at..(at + length).min(bytes.len())].repeat(*times);
                bytes.splice(at..at, again);
            }
            Self::Cut(at) => bytes.truncate(place(at)),
            Self::Graft(at, other, from, length) => {
                let (at, other) = (place(at), other.get(seeds));
                let from = from.index(other.len() + 1);
                bytes.splice(at..at, other[from..(from + length).min(other.len())].iter().copied());
            }
        }
    }
}

/// Numbers at the borders of their kinds, in both spellings, and odd bytes.
fn scrap(words: &[&str]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let words: Vec<Vec<u8>> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
    let borders = [0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, i64::MAX as u64, u64::MAX, 1 << 53];
    let borders: Vec<u64> = borders.to_vec();
    prop_oneof![
        3 => proptest::sample::select(if words.is_empty() { vec![vec![0]] } else { words }),
        1 => proptest::sample::select(borders.clone()).prop_map(|border| border.to_le_bytes().to_vec()),
        1 => proptest::sample::select(borders).prop_map(|border| border.to_string().into_bytes()),
        1 => vec(any::<u8>(), 1..9),
        1 => any::<char>().prop_map(|char| char.to_string().into_bytes()),
    ]
}

fn edit(words: &[&str]) -> impl Strategy<Value = Edit> + use<> {
    let at = any::<Index>;
    prop_oneof![
        (at(), 0..40usize).prop_map(|(at, length)| Edit::Take(at, length)),
        (at(), scrap(words)).prop_map(|(at, new)| Edit::Put(at, new)),
        (at(), scrap(words)).prop_map(|(at, new)| Edit::Write(at, new)),
        (at(), 0..8u8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        (at(), 0..20usize, 1..60usize).prop_map(|(at, length, times)| Edit::Repeat(at, length, times)),
        at().prop_map(Edit::Cut),
        (at(), at(), at(), 0..60usize).prop_map(|(at, other, from, length)| Edit::Graft(at, other, from, length)),
    ]
}

/// Asks `check` with broken inputs until the time is over.
pub fn fuzz(name: &str, seeds: &[Vec<u8>], words: &[&str], check: impl Fn(&[u8])) {
    let found = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/found")).join(name);
    for file in fs::read_dir(&found).into_iter().flatten().flatten() {
        check(&fs::read(file.path()).expect("a file of ours"));
    }
    seeds.iter().for_each(|seed| check(seed));
    let told = std::env::var("DUOTILE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 4000, ..Config::default() };
    // The same inputs in every test run, so that a run that fails fails again; others where somebody looks for more.
    let first = told.map_or([0; 16], |_| now());
    let inputs = (proptest::sample::select(seeds.to_vec()), prop_oneof![1 => Just(0..3usize), 2 => Just(1..8)])
        .prop_flat_map({
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            move |(seed, edits)| {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                (Just(seed), vec(edit(&words), edits))
            }
        });
    let end = Instant::now() + Duration::from_secs(told.unwrap_or(SECONDS));
    let mut asked = 0u64;
    while Instant::now() < end {
        // A runner ends with its cases.
        let seed = [&first[..], &u128::from(asked).to_le_bytes()].concat();
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let run = TestRunner::new_with_rng(config.clone(), rng).run(&inputs, |(seed, edits)| {
            let mut bytes = seed;
            edits.iter().for_each(|edit| edit.apply(&mut bytes, seeds));
            check(&bytes);
            Ok::<(), TestCaseError>(())
        });
        asked += u64::from(CASES);
        if let Err(TestError::Fail(why, (seed, edits))) = run {
            let mut bytes = seed;
            edits.iter().for_each(|edit| edit.apply(&mut bytes, seeds));
            let file = found.join(format!("{:08x}", crc(&bytes)));
            fs::create_dir_all(&found).and_then(|()| fs::write(&file, &bytes)).expect("room to keep it");
            panic!("{why}\n{} bytes are kept as {}", bytes.len(), file.display());
        }
    }
    eprintln!("{name}: {asked} inputs");
}

/// The time, to begin with another input each time.
fn now() -> [u8; 16] {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos()).to_le_bytes()
}

/// CRC-32, bit by bit.
pub fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}
