//! Structs become columns by their leaves: `names.primary` for the field `primary` of the struct `names`.
//!
//! What enters is the columns of a file and its chunks; what leaves is the same with every struct in its parts, but for those
//! that are points. Chunks of a file without structs leave as they are.

use super::{field::Field, geometry::Encoding, layout::MOST_COLUMNS};
use crate::kind::Kind;
use anyhow::{Result, bail};
use polars_core::prelude::{Column, DataFrame, DataType, IntoColumn as _};
use std::collections::{HashMap, HashSet};

/// Most leaves of one struct; what has more is no table.
const MOST: usize = 1000;

/// Where a column comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leaf {
    /// The column of the file.
    column: usize,
    /// The fields on the way down from it.
    path: Vec<String>,
}

/// The columns of a file in their parts.
#[derive(Debug)]
pub(super) struct Leaves {
    /// What the columns are.
    pub fields: Vec<Field>,
    origins: Vec<Leaf>,
}

impl Leaves {
    /// Takes apart the structs among columns.
    ///
    /// # Errors
    /// When they are too many.
    pub fn of(columns: Vec<Field>) -> Result<Self> {
        let mut leaves = Self { fields: Vec::new(), origins: Vec::new() };
        let mut taken: HashSet<String> = columns.iter().map(|field| field.name.clone()).collect();
        let mut last: HashMap<String, u32> = HashMap::new();
        for (column, field) in columns.into_iter().enumerate() {
            let is_struct = matches!(field.dtype, DataType::Struct(_)) && Encoding::of(&field.dtype).is_none();
            let mut parts = Vec::new();
            if is_struct {
                take_apart(&field.name, &field.dtype, &mut Vec::new(), &mut parts);
            }
            if parts.is_empty() || parts.len() > MOST {
                leaves.push(field, Leaf { column, path: Vec::new() });
                continue;
            }
            for (name, dtype, path) in parts {
                let mut free = name.clone();
                if taken.contains(&name) {
                    let number = last.entry(name.clone()).or_insert(1);
                    while taken.contains(&free) {
                        *number += 1;
                        free = format!("{name}_{number}");
                    }
                }
                taken.insert(free.clone());
                leaves.push(Field::new(&free, &dtype), Leaf { column, path });
            }
            if leaves.fields.len() > MOST_COLUMNS {
                bail!(
                    "it has more than {MOST_COLUMNS} columns with the parts of its structs, expected no more than that"
                );
            }
        }
        Ok(leaves)
    }

    fn push(&mut self, field: Field, origin: Leaf) {
        self.fields.push(field);
        self.origins.push(origin);
    }

    /// The column of the file from which one of a name comes, and the fields on the way down from it.
    pub fn origin(&self, name: &str) -> Option<(usize, &[String])> {
        let at = self.fields.iter().position(|field| field.name == name)?;
        Some((self.origins[at].column, &self.origins[at].path))
    }

    /// The columns of the file that hold these, ascending.
    pub fn columns(&self, wanted: &[(usize, Option<Kind>)]) -> Vec<usize> {
        let mut columns: Vec<usize> = wanted.iter().map(|&(at, _)| self.origins[at].column).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// A chunk of these columns of the file with what is wanted of them, in its parts.
    ///
    /// # Errors
    /// When the chunk is not of the types that the file said.
    pub fn chunk(&self, chunk: DataFrame, columns: &[usize], wanted: &[(usize, Option<Kind>)]) -> Result<DataFrame> {
        if wanted.iter().all(|&(at, _)| self.origins[at].path.is_empty()) {
            return Ok(chunk);
        }
        let part = |&(at, _): &(usize, Option<Kind>)| -> Result<Column> {
            let Leaf { column, path } = &self.origins[at];
            let place = columns.binary_search(column).unwrap_or_default();
            let mut values = chunk.columns()[place].clone();
            for step in path {
                values = values.struct_()?.field_by_name(step)?.into_column();
            }
            Ok(values.with_name(self.fields[at].name.as_str().into()))
        };
        Ok(DataFrame::new(chunk.height(), wanted.iter().map(part).collect::<Result<_>>()?)?)
    }
}

fn take_apart(name: &str, dtype: &DataType, path: &mut Vec<String>, parts: &mut Vec<(String, DataType, Vec<String>)>) {
    match dtype {
        DataType::Struct(fields) if path.len() < 32 && parts.len() <= MOST => {
            for field in fields {
                path.push(field.name().to_string());
                take_apart(&format!("{name}.{}", field.name()), field.dtype(), path, parts);
                path.pop();
            }
        }
        _ => parts.push((name.to_owned(), dtype.clone(), path.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars_core::prelude::Field as Inner;

    /// Structs of so many parts each.
    fn structs(count: usize, parts: usize) -> Vec<Field> {
        let inner = (0..parts).map(|part| Inner::new(format!("f{part}").into(), DataType::Int32)).collect();
        let dtype = DataType::Struct(inner);
        (0..count).map(|number| Field::new(&format!("s{number}"), &dtype)).collect()
    }

    #[test]
    fn a_file_may_have_so_many_parts_of_structs_and_no_more() {
        let leaves = Leaves::of(structs(16, 1000)).expect("few enough");
        assert_eq!((leaves.fields.len(), leaves.fields[15_999].name.as_str()), (16_000, "s15.f999"));
        // A hundred thousand are not gathered before they are refused.
        let error = Leaves::of(structs(10_000, 1000)).expect_err("too many").to_string();
        assert!(error.contains("more than 16384 columns"), "{error}");
        let twice: Vec<Field> = structs(1, 3).into_iter().chain(structs(1, 3)).collect();
        let leaves = Leaves::of(twice).expect("few");
        let names: Vec<&str> = leaves.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["s0.f0", "s0.f1", "s0.f2", "s0.f0_2", "s0.f1_2", "s0.f2_2"]);
    }
}
