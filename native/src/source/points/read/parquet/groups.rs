//! What the row groups of a footer say of columns that Polars cannot read, and what of them it stumbles over.
//!
//! What enters is the list of row groups; what leaves is which leaves of the schema are not read and why, and the list without the
//! order of rows where that is not said as the format has it. Nobody here asks for that order.

use super::thrift::{self, Field, LIST, Reader, STRUCT};
use anyhow::{Result, bail};

/// Numbers of the fields of `RowGroup`, `ColumnChunk` and `ColumnMetaData`.
const COLUMNS: i16 = 1;
const SORTING: i16 = 4;
const META: i16 = 3;
const CRYPTO: i16 = 8;
const TYPE: i16 = 1;
const ENCODINGS: i16 = 2;

/// The type of bytes of one length.
const FIXED: i64 = 7;
/// The encoding that puts first bytes beside first bytes.
const SPLIT: i64 = 9;

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Groups {
    /// Leaves that are not read, with the reason.
    pub unread: Vec<(usize, &'static str)>,
    /// The list anew, where it has to be.
    pub bytes: Option<Vec<u8>>,
}

/// Looks at the row groups.
///
/// # Errors
/// When they are damaged.
pub(super) fn read(groups: &Field<'_>) -> Result<Groups> {
    let mut list = Reader::new(groups.value);
    let (count, kind) = list.list()?;
    if count > 0 && kind != STRUCT {
        bail!("its row groups are none");
    }
    let mut found = Groups::default();
    let mut all = Vec::new();
    let mut misordered = false;
    for _ in 0..count {
        let group = list.fields()?;
        for (leaf, chunk) in structs(&group, COLUMNS)?.into_iter().enumerate() {
            if let Some(why) = unread(&chunk)?
                && !found.unread.iter().any(|(known, _)| *known == leaf)
            {
                found.unread.push((leaf, why));
            }
        }
        // Of each column its number, whether it falls, and whether what has no value comes first.
        misordered |= structs(&group, SORTING)?
            .iter()
            .any(|order| !(1..=3).all(|number| order.iter().any(|field| field.id == number)));
        all.push(group);
    }
    found.bytes = misordered.then(|| {
        let mut out = Vec::new();
        thrift::write_list(count, kind, &mut out);
        for group in all {
            thrift::write_struct(group.into_iter().filter(|field| field.id != SORTING), &mut out);
        }
        out
    });
    Ok(found)
}

/// The structs of a list in a field.
fn structs<'b>(fields: &[Field<'b>], number: i16) -> Result<Vec<Vec<Field<'b>>>> {
    let Some(field) = fields.iter().find(|field| field.id == number && field.kind == LIST) else {
        return Ok(Vec::new());
    };
    let mut list = Reader::new(field.value);
    let (count, kind) = list.list()?;
    if count > 0 && kind != STRUCT {
        bail!("a list of its row groups is none");
    }
    (0..count).map(|_| list.fields()).collect()
}

/// Why the chunk of a column is not read.
fn unread(chunk: &[Field<'_>]) -> Result<Option<&'static str>> {
    if chunk.iter().any(|field| field.id == CRYPTO) {
        return Ok(Some("encrypted"));
    }
    let Some(about) = chunk.iter().find(|field| field.id == META && field.kind == STRUCT) else { return Ok(None) };
    let about = Reader::new(about.value).fields()?;
    let find = |number| about.iter().find(|field| field.id == number);
    if find(TYPE).map_or(Ok(0), Field::integer)? != FIXED {
        return Ok(None);
    }
    let Some(encodings) = find(ENCODINGS).filter(|field| field.kind == LIST) else { return Ok(None) };
    let mut list = Reader::new(encodings.value);
    let (count, _) = list.list()?;
    for _ in 0..count {
        if list.integer()? == SPLIT {
            return Ok(Some("of bytes of one length with their streams split, which is not read here"));
        }
    }
    Ok(None)
}
