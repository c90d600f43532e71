//! The columns of areas and lengths that lines and polygons get, as far as the data has no columns of these names.

use crate::{dataset::Loaded, kind::Data};
use duotile_core::{Flat, Role, Sizes, Stopped, Work};
use rayon::prelude::*;

/// Rows that a thread measures at a time.
const PIECE: usize = 1024;

/// What of a row is measured, on a sphere of the Earth's mean radius.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Area,
    Length,
}

impl Size {
    /// Both, in the order of their columns.
    pub const ALL: [Self; 2] = [Self::Area, Self::Length];

    /// Those that rows have of which the highest part is this, but for columns that are not added.
    pub fn of(highest: Option<Role>, adds: impl Fn(&str) -> bool) -> Vec<Self> {
        let has = |size: &Self| highest >= Some(size.of_parts()) && adds(size.name());
        Self::ALL.into_iter().filter(has).collect()
    }

    /// The name of its column.
    pub const fn name(self) -> &'static str {
        ["area", "length"][self as usize]
    }

    /// What its numbers count.
    pub const fn unit(self) -> &'static str {
        ["m²", "m"][self as usize]
    }

    /// What it is, in a sentence.
    pub const fn why(self) -> &'static str {
        [
            "the area of polygons on a sphere of the Earth's mean radius",
            "the length of lines and of the rings of polygons on a sphere of the Earth's mean radius",
        ][self as usize]
    }

    /// The lowest parts that have it.
    const fn of_parts(self) -> Role {
        match self {
            Self::Area => Role::Shell,
            Self::Length => Role::Line,
        }
    }
}

/// The columns of some sizes of rows.
///
/// # Errors
/// None but that of a loader that is stopped, which none is.
pub(crate) fn measured(sizes: &[Size], outlines: &Flat) -> Result<Vec<Loaded>, Stopped> {
    if sizes.is_empty() {
        return Ok(Vec::new());
    }
    let (view, work) = (outlines.view(), Work::free());
    let starts: Vec<usize> = (0..view.len()).step_by(PIECE).collect();
    let piece = |start: usize| Sizes::of_rows(&view, start..view.len().min(start + PIECE), &work);
    let pieces: Vec<Sizes> = starts.into_par_iter().map(piece).collect::<Result<_, _>>()?;
    let column = |&size: &Size| {
        let of = pieces.iter().flat_map(|piece| match size {
            Size::Area => &piece.areas,
            Size::Length => &piece.lengths,
        });
        let values: Vec<f64> = of.copied().collect();
        Loaded { name: size.name().into(), data: Data::F64(values.into()), valid: None }
    };
    Ok(sizes.iter().map(column).collect())
}
