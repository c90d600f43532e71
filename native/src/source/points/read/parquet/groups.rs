//! What the row groups of a footer say of columns that Polars cannot read, and what of them it stumbles over.
//!
//! What enters is the list of row groups; what leaves is which leaves of the schema are not read and why, and the list without what
//! is not said as the format has it: the order of rows, and what is told of a column's pages beyond where they are. Nobody here asks
//! for that.

use super::thrift::{self, Field, LIST, Reader, STRUCT};
use anyhow::{Result, bail};

/// Numbers of the fields of `RowGroup`, `ColumnChunk` and `ColumnMetaData`.
const COLUMNS: i16 = 1;
const SORTING: i16 = 4;
const META: i16 = 3;
const CRYPTO: i16 = 8;
const TYPE: i16 = 1;
const ENCODINGS: i16 = 2;
const DICTIONARY: i16 = 11;

/// The types that fields of `ColumnMetaData` have from the first of these numbers on, by the format; 5 and 6 are integers.
const MORE: i16 = 8;
const TYPES: [u8; 9] = [LIST, 6, 6, 6, STRUCT, LIST, 6, 5, STRUCT];

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
    let all = structs(groups)?;
    let mut found = Groups::default();
    let mut misfits = false;
    for group in &all {
        for (leaf, chunk) in within(group, COLUMNS)?.iter().enumerate() {
            let about = about(chunk)?;
            misfits |= about.iter().any(|field| !is_known(field));
            if let Some(why) = unread(chunk, &about)?
                && !found.unread.iter().any(|(known, _)| *known == leaf)
            {
                found.unread.push((leaf, why));
            }
        }
        misfits |= !is_ordered(group)?;
    }
    found.bytes = if misfits { Some(anew(&all)?) } else { None };
    Ok(found)
}

/// The list without what does not fit.
fn anew(groups: &[Vec<Field<'_>>]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    thrift::write_list(groups.len(), STRUCT, &mut out);
    for group in groups {
        let chunks = within(group, COLUMNS)?;
        let mut columns = Vec::new();
        thrift::write_list(chunks.len(), STRUCT, &mut columns);
        for chunk in chunks {
            let mut meta = Vec::new();
            thrift::write_struct(about(&chunk)?.into_iter().filter(is_known), &mut meta);
            let fields =
                chunk.iter().map(|field| if field.id == META { Field { value: &meta, ..*field } } else { *field });
            thrift::write_struct(fields, &mut columns);
        }
        let fields = group.iter().filter(|field| field.id != SORTING);
        let fields = fields.map(|field| if field.id == COLUMNS { Field { value: &columns, ..*field } } else { *field });
        thrift::write_struct(fields, &mut out);
    }
    Ok(out)
}

/// The structs of a list.
fn structs<'b>(field: &Field<'b>) -> Result<Vec<Vec<Field<'b>>>> {
    let mut list = Reader::new(field.value);
    let (count, kind) = list.list()?;
    if count > 0 && kind != STRUCT {
        bail!("a list of its row groups is none");
    }
    (0..count).map(|_| list.fields()).collect()
}

/// Those of the list in a field.
fn within<'b>(fields: &[Field<'b>], number: i16) -> Result<Vec<Vec<Field<'b>>>> {
    let list = fields.iter().find(|field| field.id == number && field.kind == LIST);
    list.map_or(Ok(Vec::new()), structs)
}

/// What is told of the chunk of a column.
fn about<'b>(chunk: &[Field<'b>]) -> Result<Vec<Field<'b>>> {
    let meta = chunk.iter().find(|field| field.id == META && field.kind == STRUCT);
    meta.map_or(Ok(Vec::new()), |meta| Reader::new(meta.value).fields())
}

/// Whether a field of that is of the type it has by the format. That a page of the dictionary is at 0 says there is none.
fn is_known(field: &Field<'_>) -> bool {
    if field.id == DICTIONARY && field.kind == 6 && field.integer().is_ok_and(|at| at == 0) {
        return false;
    }
    let kind = usize::try_from(field.id - MORE).ok().and_then(|at| TYPES.get(at));
    kind.is_none_or(|kind| *kind == field.kind)
}

/// Whether the order of rows is said whole: of each column its number, whether it falls, and whether what has no value comes first.
fn is_ordered(group: &[Field<'_>]) -> Result<bool> {
    let whole = |order: &Vec<Field<'_>>| (1..=3).all(|number| order.iter().any(|field| field.id == number));
    Ok(within(group, SORTING)?.iter().all(whole))
}

/// Why the chunk of a column is not read.
fn unread(chunk: &[Field<'_>], about: &[Field<'_>]) -> Result<Option<&'static str>> {
    if chunk.iter().any(|field| field.id == CRYPTO) {
        return Ok(Some("encrypted"));
    }
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
