//! The footer of a Parquet file as Polars takes it: without the types that it does not know, and with names that differ.
//!
//! What enters is the footer of a file; what leaves is one that means the same columns at the same places, and what was taken
//! out of it: which columns are geometries and in what coordinates, which are of a type not known here, which changed their
//! name. The footer of an ordinary file leaves as it is. Polars refuses a file whole for one type it does not know
//! (pola-rs/polars#28627), and the format gets new ones.

use super::{
    groups::{self, Groups},
    thrift::{self, Field, LIST, Reader, STRUCT},
};
use crate::read::names::distinct;
use anyhow::{Context, Result, bail};

/// What a footer says besides what Polars reads in it.
#[derive(Debug, Default)]
pub(super) struct Footer {
    /// The footer with its length and mark behind it, as at the end of a file.
    pub bytes: Vec<u8>,
    /// The same without the schema of Arrow that writers put beside their own, where that hides what columns are.
    pub plain: Option<Vec<u8>>,
    /// Of each column of the file, what Polars cannot tell.
    pub columns: Vec<Odd>,
    /// What to tell of names.
    pub lines: Vec<String>,
}

/// What is odd about a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Odd {
    /// Nothing.
    #[default]
    Nothing,
    /// Well-known binary, with what the type says of its coordinates.
    Geometry(Option<String>),
    /// Floats of 16 bits, which Polars gets as two bytes.
    Half,
    /// UUIDs, which Polars gets as 16 bytes.
    Uuid,
    /// JSON, which Polars gets as the texts that it is.
    Json,
    /// Of a type that is not known here.
    Unknown(String),
}

/// An element of the schema: a column, or a part of one.
struct Element<'b> {
    fields: Vec<Field<'b>>,
    name: String,
    children: usize,
    odd: Odd,
}

/// Numbers of the fields of `SchemaElement`.
const NAME: i16 = 4;
const CHILDREN: i16 = 5;
const CONVERTED: i16 = 6;
const LOGICAL: i16 = 10;

/// Digits that a decimal may have: those of 128 bits.
const MOST_DIGITS: i64 = 38;

/// The logical type of texts, as a union of which the first field is set.
const TEXTS: &[u8] = &[0x1c, 0, 0];

/// JSON among the types of before there were logical ones.
const CONVERTED_JSON: i64 = 19;

/// The key under which writers keep Arrow's schema.
const ARROW: &str = "ARROW:schema";

/// Reads a footer, of which its length and mark are known to be right.
///
/// # Errors
/// When it is damaged.
pub(super) fn read(footer: &[u8]) -> Result<Footer> {
    let file = Reader::new(footer).fields()?;
    let schema = file.iter().find(|field| field.id == 2 && field.kind == LIST).context("it has no schema")?;
    let mut elements = elements(schema)?;
    let mut lines = Vec::new();
    let tops = tops(&elements)?;
    let renamed = rename(&mut elements, &tops, &mut lines);
    let Groups { unread, bytes: groups } =
        file.iter().find(|field| field.id == 4 && field.kind == LIST).map_or(Ok(Groups::default()), groups::read)?;
    let leaves: Vec<usize> = (1..elements.len()).filter(|&at| elements[at].children == 0).collect();
    for (leaf, why) in unread {
        if let Some(&at) = leaves.get(leaf) {
            elements[at].odd = Odd::Unknown(why.into());
        }
    }
    let columns: Vec<Odd> = tops.iter().map(|&(at, end)| odd(&elements[at..end])).collect();
    let is_odd = elements.iter().any(|element| element.odd != Odd::Nothing);
    let orders = file.iter().find(|field| field.id == 7).is_some_and(|field| !orders_known(field));
    let whole = |arrow: bool| {
        let mut out = Vec::with_capacity(footer.len() + 8);
        let schema = schema_bytes(&elements);
        let pairs = if arrow { None } else { file.iter().find(|field| field.id == 5).and_then(without_arrow) };
        let fields = file.iter().filter(|field| field.id != 7 || !orders).map(|field| match field.id {
            2 => Field { value: &schema, ..*field },
            4 => Field { value: groups.as_deref().unwrap_or(field.value), ..*field },
            5 => Field { value: pairs.as_deref().unwrap_or(field.value), ..*field },
            _ => *field,
        });
        thrift::write_struct(fields, &mut out);
        closed(out)
    };
    let bytes = if is_odd || renamed || orders || groups.is_some() { whole(!renamed) } else { closed(footer.to_vec()) };
    let has_arrow = file.iter().any(|field| field.id == 5 && without_arrow(field).is_some());
    let plain = (has_arrow && !renamed).then(|| whole(false));
    Ok(Footer { bytes, plain, columns, lines })
}

/// With its length and the mark of the format.
fn closed(mut footer: Vec<u8>) -> Vec<u8> {
    let length = footer.len() as u32;
    footer.extend_from_slice(&length.to_le_bytes());
    footer.extend_from_slice(b"PAR1");
    footer
}

fn elements<'b>(schema: &Field<'b>) -> Result<Vec<Element<'b>>> {
    let mut list = Reader::new(schema.value);
    let (count, kind) = list.list()?;
    if kind != STRUCT {
        bail!("its schema is none");
    }
    let element = |_| {
        let fields = list.fields()?;
        let find = |id| fields.iter().find(|field: &&Field<'_>| field.id == id);
        let name = find(NAME).context("a column has no name")?.text()?;
        let children = find(CHILDREN).map_or(Ok(0), Field::integer)?;
        let mut odd = find(LOGICAL).map_or(Ok(Odd::Nothing), logical)?;
        // The types of before there were logical ones.
        if odd == Odd::Nothing {
            odd = match find(CONVERTED).map_or(Ok(0), Field::integer)? {
                CONVERTED_JSON => Odd::Json,
                22.. => Odd::Unknown("a type not known here".into()),
                _ => odd,
            };
        }
        Ok(Element { name, children: usize::try_from(children)?, odd, fields })
    };
    (0..count).map(element).collect()
}

/// What a logical type is, going by the union's field that is set.
fn logical(field: &Field<'_>) -> Result<Odd> {
    let Some(set) = Reader::new(field.value).fields()?.into_iter().next() else {
        return Ok(Odd::Unknown("a type that says nothing".into()));
    };
    let text = || -> Result<Option<String>> {
        let inner = Reader::new(set.value).fields()?;
        inner.iter().find(|field| field.id == 1 && field.kind == thrift::BINARY).map(Field::text).transpose()
    };
    Ok(match set.id {
        // A time whose unit is none of the three there are.
        7 | 8 if !unit_known(&set)? => Odd::Unknown("a time in a unit not known here".into()),
        5 if precision(&set)? > MOST_DIGITS => {
            Odd::Unknown(format!("a decimal of {} digits, expected {MOST_DIGITS} at most", precision(&set)?))
        }
        1..=8 | 10 | 11 | 13 => Odd::Nothing,
        12 => Odd::Json,
        14 => Odd::Uuid,
        15 => Odd::Half,
        16 => Odd::Unknown("VARIANT".into()),
        17 | 18 => Odd::Geometry(text()?),
        number => Odd::Unknown(format!("a logical type with the number {number}, which is newer than this program")),
    })
}

/// How many digits a decimal has.
fn precision(decimal: &Field<'_>) -> Result<i64> {
    let fields = Reader::new(decimal.value).fields()?;
    fields.iter().find(|field| field.id == 2).map_or(Ok(0), Field::integer)
}

fn unit_known(time: &Field<'_>) -> Result<bool> {
    let fields = Reader::new(time.value).fields()?;
    let Some(unit) = fields.iter().find(|field| field.id == 2) else { return Ok(true) };
    Ok(Reader::new(unit.value).fields()?.first().is_some_and(|set| (1..=3).contains(&set.id)))
}

/// Whether all orders of columns are known to Polars.
fn orders_known(field: &Field<'_>) -> bool {
    let known = || -> Result<bool> {
        let mut list = Reader::new(field.value);
        let (count, _) = list.list()?;
        for _ in 0..count {
            if !list.fields()?.first().is_some_and(|set| (1..=2).contains(&set.id)) {
                return Ok(false);
            }
        }
        Ok(true)
    };
    known().unwrap_or(false)
}

/// First element and end of each column of the file.
fn tops(elements: &[Element<'_>]) -> Result<Vec<(usize, usize)>> {
    fn end(elements: &[Element<'_>], at: usize, depth: usize) -> Result<usize> {
        if depth > 64 {
            bail!("its schema is nested too deep");
        }
        let element = elements.get(at).context("its schema is cut off")?;
        (0..element.children).try_fold(at + 1, |next, _| end(elements, next, depth + 1))
    }
    let root = elements.first().context("its schema is empty")?;
    let mut tops = Vec::new();
    let mut at = 1;
    for _ in 0..root.children {
        let next = end(elements, at, 0)?;
        tops.push((at, next));
        at = next;
    }
    Ok(tops)
}

/// Gives a column that is called as one before it another name. Whether there was any.
fn rename(elements: &mut [Element<'_>], tops: &[(usize, usize)], lines: &mut Vec<String>) -> bool {
    let names = tops.iter().map(|&(at, _)| elements[at].name.clone()).collect();
    let mut renamed = false;
    for (&(at, _), name) in tops.iter().zip(distinct(names, lines)) {
        renamed |= elements[at].name != name;
        elements[at].name = name;
    }
    renamed
}

/// What is odd about a column with all its parts.
fn odd(column: &[Element<'_>]) -> Odd {
    let [only] = column else {
        let unknown = column.iter().find_map(|part| match &part.odd {
            Odd::Unknown(what) => Some(Odd::Unknown(what.clone())),
            _ => None,
        });
        return unknown.unwrap_or_default();
    };
    only.odd.clone()
}

fn schema_bytes(elements: &[Element<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    thrift::write_list(elements.len(), STRUCT, &mut out);
    for element in elements {
        let name = thrift::binary(&element.name);
        let kept = |field: &&Field<'_>| {
            element.odd == Odd::Nothing || field.id != LOGICAL && (field.id != CONVERTED || element.odd == Odd::Half)
        };
        let fields = element.fields.iter().filter(kept);
        let fields = fields.map(|field| if field.id == NAME { Field { value: &name, ..*field } } else { *field });
        let texts = (element.odd == Odd::Json).then_some(Field { id: LOGICAL, kind: STRUCT, value: TEXTS });
        thrift::write_struct(fields.chain(texts), &mut out);
    }
    out
}

/// The pairs of key and value without Arrow's schema; `None` where there is none.
fn without_arrow(pairs: &Field<'_>) -> Option<Vec<u8>> {
    let mut list = Reader::new(pairs.value);
    let (count, kind) = list.list().ok()?;
    let mut kept = Vec::new();
    for _ in 0..count {
        let pair = list.whole().ok()?;
        let fields = Reader::new(pair).fields().ok()?;
        let key = fields.iter().find(|field| field.id == 1)?.text().ok()?;
        if key != ARROW {
            kept.push(pair);
        }
    }
    if kept.len() == count {
        return None;
    }
    let mut out = Vec::new();
    thrift::write_list(kept.len(), kind, &mut out);
    kept.iter().for_each(|pair| out.extend_from_slice(pair));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A struct of fields given as number, type and value.
    fn of(fields: &[(i16, u8, Vec<u8>)]) -> Vec<u8> {
        let mut out = Vec::new();
        thrift::write_struct(fields.iter().map(|(id, kind, value)| Field { id: *id, kind: *kind, value }), &mut out);
        out
    }

    fn list(elements: &[Vec<u8>]) -> Vec<u8> {
        let mut out = Vec::new();
        thrift::write_list(elements.len(), STRUCT, &mut out);
        elements.iter().for_each(|element| out.extend_from_slice(element));
        out
    }

    /// A footer with a column of each name, with a logical type of this number that holds a text.
    fn footer(columns: &[(&str, Option<(i16, &str)>)]) -> Vec<u8> {
        let root = of(&[(NAME, 8, thrift::binary("root")), (CHILDREN, 5, vec![columns.len() as u8 * 2])]);
        let column = |&(name, logical): &(&str, Option<(i16, &str)>)| {
            let mut fields = vec![(1, 5, vec![12]), (3, 5, vec![0]), (NAME, 8, thrift::binary(name))];
            if let Some((number, text)) = logical {
                let inner = of(&[(1, 8, thrift::binary(text))]);
                fields.push((LOGICAL, STRUCT, of(&[(number, STRUCT, inner)])));
            }
            of(&fields)
        };
        let elements: Vec<Vec<u8>> = std::iter::once(root).chain(columns.iter().map(column)).collect();
        of(&[(1, 5, vec![2]), (2, LIST, list(&elements)), (3, 6, vec![0]), (4, LIST, list(&[]))])
    }

    #[test]
    fn an_ordinary_footer_stays_byte_by_byte() {
        let bytes = footer(&[("a", None), ("b", Some((1, "")))]);
        let read = read(&bytes).expect("valid");
        assert_eq!(read.bytes, closed(bytes));
        assert_eq!((read.columns, read.plain), (vec![Odd::Nothing; 2], None));
    }

    #[test]
    fn what_polars_does_not_know_is_taken_out_and_named() {
        let columns =
            [("g", Some((17, "EPSG:25832"))), ("v", Some((16, ""))), ("v", Some((99, ""))), ("h", Some((15, "")))];
        let read = read(&footer(&columns)).expect("valid");
        assert_eq!(read.columns[0], Odd::Geometry(Some("EPSG:25832".into())));
        assert_eq!(read.columns[1], Odd::Unknown("VARIANT".into()));
        assert!(matches!(&read.columns[2], Odd::Unknown(what) if what.contains("99")));
        assert_eq!(read.columns[3], Odd::Half);
        assert!(read.lines[0].contains("the second is \"v_2\""));
        let plain = footer(&[("g", None), ("v", None), ("v_2", None), ("h", None)]);
        assert_eq!(read.bytes, closed(plain));
    }

    #[test]
    fn what_row_groups_hold_that_is_not_read_is_named_and_an_order_half_said_is_left_out() {
        let groups = |sorted: &[u8]| {
            let meta = |kind: u8, encodings: &[u8]| {
                let mut list = Vec::new();
                thrift::write_list(encodings.len(), 5, &mut list);
                list.extend(encodings.iter().map(|encoding| encoding * 2));
                (3, STRUCT, of(&[(1, 5, vec![kind * 2]), (2, LIST, list)]))
            };
            let chunks = [of(&[meta(7, &[0, 9])]), of(&[meta(5, &[9])]), of(&[meta(2, &[0]), (8, STRUCT, of(&[]))])];
            let order = of(&sorted.iter().map(|&id| (id.into(), 5, vec![0])).collect::<Vec<_>>());
            list(&[of(&[(1, LIST, list(&chunks)), (3, 6, vec![4]), (4, LIST, list(&[order]))])])
        };
        let columns = footer(&[("a", None), ("b", None), ("c", None)]);
        let with = |groups: Vec<u8>| {
            let fields = Reader::new(&columns).fields().expect("valid");
            let fields =
                fields.iter().map(|field| if field.id == 4 { Field { value: &groups, ..*field } } else { *field });
            let mut out = Vec::new();
            thrift::write_struct(fields, &mut out);
            out
        };
        let whole = read(&with(groups(&[1, 2, 3]))).expect("valid");
        assert!(matches!(&whole.columns[0], Odd::Unknown(what) if what.contains("split")), "{:?}", whole.columns);
        assert_eq!(whole.columns[1], Odd::Nothing);
        assert_eq!(whole.columns[2], Odd::Unknown("encrypted".into()));
        let half = read(&with(groups(&[1, 3]))).expect("valid");
        // The order is a list of one struct: with three fields, nine bytes.
        assert_eq!(half.bytes.len() + 9, whole.bytes.len());
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let good = footer(&[("g", Some((17, "x"))), ("a", None)]);
        for at in 0..good.len() {
            let _ = read(&good[..at]);
            for bit in 0..8 {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                let _ = read(&bad);
            }
        }
        assert!(read(&good[..good.len() / 2]).is_err());
    }
}
