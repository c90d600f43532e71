//! Bytes of a small tile in deflate's fixed codes: what a large tile is packed with takes ten times as long to clear its tables.
//!
//! So few bytes are hardly ever fewer with codes of their own, as these have to be told. Where matches do not shorten them, they are
//! stored.
//!
//! Source: RFC 1951, sections 3.2.4 to 3.2.6.

/// Bytes up to which a tile is small.
pub const MOST: usize = 512;
/// The shortest and the longest match.
const MATCH: [usize; 2] = [3, 258];
/// Places that are looked at for a match.
const LOOKS: usize = 16;
/// A match of so many bytes is not given up for a longer one behind it.
const LONG: usize = 32;
/// The bits of a hash of three bytes.
const HASH: u32 = 9;
/// A place that is not there.
const NONE: u16 = u16::MAX;
/// The symbol at the end.
const END: usize = 256;

/// The fixed code of each symbol, its first bit lowest, and how many bits it has.
const CODES: [(u16, u8); 288] = codes();

const fn codes() -> [(u16, u8); 288] {
    let mut codes = [(0, 0); 288];
    let mut symbol = 0;
    while symbol < codes.len() {
        let (code, bits) = match symbol {
            0..144 => (0x30 + symbol, 8),
            144..256 => (0x190 + symbol - 144, 9),
            256..280 => (symbol - 256, 7),
            _ => (0xc0 + symbol - 280, 8),
        };
        codes[symbol] = ((code as u16).reverse_bits() >> (16 - bits), bits as u8);
        symbol += 1;
    }
    codes
}

/// Appends bytes, [`MOST`] of them at most, as one block of deflate.
pub fn deflate(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let mut bits = Bits { out, held: 0, count: 0 };
    // The last block, with fixed codes.
    bits.put(0b011, 3);
    matched(bytes, &mut bits);
    bits.symbol(END);
    bits.end();
    let length = bytes.len() as u16;
    if out.len() - start > bytes.len() + 5 {
        out.truncate(start);
        // The last block, stored.
        out.push(0b001);
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(bytes);
    }
}

/// Writes bytes and matches: of two that begin beside each other the longer one.
fn matched(bytes: &[u8], bits: &mut Bits<'_>) {
    let mut met = Met { bytes, heads: [NONE; 1 << HASH], before: [NONE; MOST] };
    let (mut at, mut known) = (0, None);
    while at < bytes.len() {
        let here = known.take().unwrap_or_else(|| met.meet(at));
        let Some((length, back)) = here else {
            bits.symbol(bytes[at].into());
            at += 1;
            continue;
        };
        let mut next = at + 1;
        if length < LONG {
            let longer = met.meet(next);
            next += 1;
            if longer.is_some_and(|(longer, _)| longer > length) {
                bits.symbol(bytes[at].into());
                (at, known) = (at + 1, Some(longer));
                continue;
            }
        }
        bits.matched(length, back);
        (next..at + length).for_each(|at| met.add(at));
        at += length;
    }
}

/// Where three bytes were met before.
struct Met<'b> {
    bytes: &'b [u8],
    /// By a hash of the bytes, the last place.
    heads: [u16; 1 << HASH],
    /// For each place the one before it of the same hash.
    before: [u16; MOST],
}

impl Met<'_> {
    /// Adds a place.
    #[inline]
    fn add(&mut self, at: usize) {
        if let Some(&[a, b, c]) = self.bytes.get(at..at + MATCH[0]) {
            let three = u32::from_le_bytes([a, b, c, 0]);
            let head = &mut self.heads[(three.wrapping_mul(0x9e37_79b1) >> (32 - HASH)) as usize];
            self.before[at] = std::mem::replace(head, at as u16);
        }
    }

    /// Adds a place, and tells the length of the longest match with what is before it, and how far back that is.
    #[inline]
    fn meet(&mut self, at: usize) -> Option<(usize, usize)> {
        self.add(at);
        let rest = self.bytes.get(at..).filter(|rest| rest.len() >= MATCH[0])?;
        let rest = &rest[..rest.len().min(MATCH[1])];
        let (mut best, mut place) = ((MATCH[0] - 1, 0), self.before[at]);
        for _ in 0..LOOKS {
            if place == NONE || best.0 == rest.len() {
                break;
            }
            let there = &self.bytes[usize::from(place)..];
            if there[best.0] == rest[best.0] {
                let length = there.iter().zip(rest).take_while(|(a, b)| a == b).count();
                best = best.max((length, place.into()));
            }
            place = self.before[usize::from(place)];
        }
        (best.0 >= MATCH[0]).then_some((best.0, at - best.1))
    }
}

/// Bits on their way into bytes, the lowest first.
struct Bits<'o> {
    out: &'o mut Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits<'_> {
    #[inline]
    fn put(&mut self, value: u32, bits: u32) {
        self.held |= u64::from(value) << self.count;
        self.count += bits;
        if self.count >= 32 {
            self.out.extend((self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.count -= 32;
        }
    }

    #[inline]
    fn symbol(&mut self, symbol: usize) {
        let (code, bits) = CODES[symbol];
        self.put(code.into(), bits.into());
    }

    /// A match: its length has a symbol, its distance five bits, each with bits of its own behind.
    fn matched(&mut self, length: usize, back: usize) {
        let (length, back) = ((length - MATCH[0]) as u32, (back - 1) as u32);
        match length {
            0..8 => self.symbol(257 + length as usize),
            255 => self.symbol(285),
            _ => {
                let more = length.ilog2() - 2;
                self.symbol((261 + 4 * more + (length >> more & 3)) as usize);
                self.put(length & ((1 << more) - 1), more);
            }
        }
        let more = if back < 4 { 0 } else { back.ilog2() - 1 };
        let code = 2 * more + (back >> more);
        self.put(code.reverse_bits() >> 27, 5);
        self.put(back & ((1 << more) - 1), more);
    }

    fn end(self) {
        let bytes = (self.count as usize).div_ceil(8);
        self.out.extend_from_slice(&self.held.to_le_bytes()[..bytes]);
    }
}
