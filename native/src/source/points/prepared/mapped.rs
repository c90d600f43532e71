//! Columns of a mapped file: nothing is copied but texts, and nothing else is read.

use super::{
    description::{Described, Stored, Words, bits},
    view::view,
};
use crate::{
    bits::Bits,
    dataset::Loaded,
    kind::{Codes, Data, Kind},
    read::content::Content,
};
use anyhow::{Context as _, Result, bail};
use duotile_core::Dictionary;

/// A column of so many rows.
///
/// # Errors
/// When its buffers or its dictionary do not fit.
pub(super) fn column(file: &Content, described: &Described, rows: u64) -> Result<Loaded> {
    let name = &described.name;
    let (stored, values) = (described.stored, &described.values);
    let fits = values.bytes == stored.bytes(rows) && described.valid.is_none_or(|valid| valid.bytes == bits(rows));
    if !fits {
        bail!("its column {name:?} is not as long as its description says");
    }
    let dictionary = || -> Result<Dictionary> {
        let words = described.dictionary.with_context(|| format!("its column {name:?} has no texts"))?;
        let texts = dictionary(file.as_ref(), &words).with_context(|| format!("its column {name:?}"))?;
        let width = stored.width;
        if stored != Stored::of(Kind::Text, texts.len()) {
            bail!("its column {name:?} has {} texts for codes of {width} bytes", texts.len());
        }
        Ok(texts)
    };
    let data = match stored.kind {
        Kind::I32 => Data::I32(view(file, values)?),
        Kind::I64 => Data::I64(view(file, values)?),
        Kind::F32 => Data::F32(view(file, values)?),
        Kind::F64 => Data::F64(view(file, values)?),
        Kind::Bool => Data::Bool(Bits::Mapped(view(file, values)?, rows as usize)),
        Kind::Text => {
            let codes = match stored.width {
                1 => Codes::U8(view(file, values)?),
                2 => Codes::U16(view(file, values)?),
                _ => Codes::U32(view(file, values)?),
            };
            Data::Text(codes, dictionary()?)
        }
        Kind::Time => Data::Time(view(file, values)?),
    };
    let valid = described.valid.as_ref().map(|valid| view(file, valid)).transpose()?;
    Ok(Loaded { name: name.clone(), data, valid: valid.map(|bytes| Bits::Mapped(bytes, rows as usize)) })
}

/// The texts of a column.
fn dictionary(file: &[u8], words: &Words) -> Result<Dictionary> {
    let texts = std::str::from_utf8(words.texts.of(file)?).context("its texts are not UTF-8")?;
    let offsets = words.offsets.of(file)?;
    let ends: Vec<usize> = if words.wide {
        bytemuck::try_cast_slice::<u8, u64>(offsets).unwrap_or_default().iter().map(|&end| end as usize).collect()
    } else {
        bytemuck::try_cast_slice::<u8, u32>(offsets).unwrap_or_default().iter().map(|&end| end as usize).collect()
    };
    if ends.len() as u64 != words.entries + 1 || ends.windows(2).any(|pair| texts.get(pair[0]..pair[1]).is_none()) {
        bail!("its texts do not begin where its description says");
    }
    Ok(Dictionary::new(ends.windows(2).map(|pair| &texts[pair[0]..pair[1]]))?)
}
