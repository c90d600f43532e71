//! How much a tile decodes to, looked at before it does: a field of two bytes becomes a hundred.

use anyhow::{Result, anyhow, ensure};

/// Layers, features, keys and values that a tile may have, all together.
const MOST: usize = 1 << 22;
/// The tag of layers in a tile.
const LAYERS: u64 = 3;

/// How many layers, features, keys and values a tile has; one that decodes to more than there is room for is refused.
///
/// # Errors
/// Also for what is no protobuf.
pub(crate) fn counted(bytes: &[u8]) -> Result<usize> {
    let parts = parts(bytes, Some(LAYERS))?;
    ensure!(parts <= MOST, "it has {parts} features, keys and values, expected at most {MOST}");
    Ok(parts)
}

/// How many fields with bytes there are in a message, and in those within it of one tag.
fn parts(mut bytes: &[u8], within: Option<u64>) -> Result<usize> {
    let cut = || anyhow!("no vector tile: its protobuf does not decode");
    let number = |bytes: &mut &[u8]| {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = bytes.split_first().ok_or_else(cut)?;
            *bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(cut())
    };
    let mut count = 0;
    while !bytes.is_empty() {
        let key = number(&mut bytes)?;
        let length = match key & 7 {
            0 => number(&mut bytes).map(|_| 0)?,
            1 => 8,
            2 => number(&mut bytes)?,
            5 => 4,
            _ => return Err(cut()),
        };
        let (field, rest) = bytes.split_at_checked(usize::try_from(length)?).ok_or_else(cut)?;
        bytes = rest;
        if key & 7 == 2 {
            count += 1;
            if within == Some(key >> 3) {
                count += parts(field, None)?;
            }
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_little_that_decodes_to_much_is_refused_before_it_does() {
        let layer = |field: &[u8], count: usize| {
            let mut layer = vec![0x0a, 1, b'a', 0x78, 2];
            (0..count).for_each(|_| layer.extend(field));
            let mut tile = Vec::new();
            prost::encoding::bytes::encode(3, &layer, &mut tile);
            tile
        };
        for field in [&[0x12, 0][..], &[0x22, 0], &[0x1a, 0]] {
            let error = counted(&layer(field, MOST)).expect_err("many").to_string();
            assert!(error.contains("expected at most 4194304"), "{error}");
            assert!(counted(&layer(field, 1000)).is_ok());
        }
    }
}
