//! The geometries of a chunk become outlines: a column enters, flat outlines with a key for each row leave.
//!
//! Rows are done some at a time on all threads, each piece for itself, and put one after the other.

use super::{Encoding, Odd, binary, sketch::Sketch, text};
use crate::read::spot::Spot;
use anyhow::{Result, bail};
use duotile_core::{Flat, Gather, Role, Told, mercator, morton, point_inside};
use polars_core::prelude::{Column, DataType};
use rayon::prelude::*;

/// Rows that a thread does at a time.
const PIECE: usize = 512;
/// Positions of rows without a place that a piece keeps, to find out what would help.
const SAMPLE: usize = 16;

/// Outlines of some rows, and what was met in them.
#[derive(Debug, Default)]
pub(in crate::source::points::read) struct Outlined {
    /// A row for each that was read, also of those without an outline.
    pub flat: Flat,
    pub told: Told,
    /// The key of each row's representative point; `None` where it has no outline.
    pub keys: Vec<Option<u64>>,
    /// Rows that are a point: their places among these, their positions, and where they are drawn if they are.
    pub points: Vec<(u32, (f64, f64), Option<Spot>)>,
    /// The highest of the parts of all rows.
    pub highest: Option<Role>,
    /// Rows without a geometry.
    pub missing: u64,
    /// Geometries that cannot be read.
    pub damaged: u64,
    pub first_damaged: Option<Odd>,
    /// Geometries with heights or measures.
    pub deep: u64,
    /// Positions of rows that lie nowhere.
    pub sample: Vec<(f64, f64)>,
}

impl Outlined {
    /// Appends the rows of another.
    ///
    /// # Errors
    /// Beyond 2³² − 1 vertices.
    pub fn append(&mut self, other: Self) -> Result<()> {
        let vertices = self.flat.x.len() as u64 + other.flat.x.len() as u64;
        if vertices > u64::from(u32::MAX) {
            bail!("more than {} vertices, which is as many as one dataset can hold; split the files", u32::MAX);
        }
        self.highest = self.highest.max(other.flat.roles.iter().copied().max());
        self.flat.append(&other.flat);
        self.told.add(other.told);
        let before = self.keys.len() as u32;
        self.points.extend(other.points.into_iter().map(|(row, place, spot)| (row + before, place, spot)));
        self.keys.extend(other.keys);
        self.missing += other.missing;
        self.damaged += other.damaged;
        let first = other.first_damaged.map(|first| first.behind(before.into()));
        self.first_damaged = self.first_damaged.take().or(first);
        self.deep += other.deep;
        self.sample.extend(other.sample);
        Ok(())
    }
}

/// Leads a position to degrees, one that has none to NaN.
type Degrees<'f> = &'f (dyn Fn(f64, f64) -> (f64, f64) + Sync);
/// Where a row that is a point is drawn.
type Spots<'f> = &'f (dyn Fn(f64, f64) -> Option<Spot> + Sync);

impl Encoding {
    /// Whether it can hold lines and polygons.
    pub const fn has_outlines(self) -> bool {
        matches!(self, Self::Wkb | Self::Wkt | Self::Nested(_))
    }

    /// The outlines of a chunk.
    ///
    /// # Errors
    /// When the column is not of the type this encoding needs, or holds points only by its type.
    pub fn outlines(self, column: &Column, degrees: Degrees<'_>, spots: Spots<'_>) -> Result<Outlined> {
        let column = match column.dtype() {
            DataType::Extension(..) => column.to_physical_repr(),
            _ => column.clone(),
        };
        match (self, column.dtype()) {
            (Self::Nested(nested), _) => Self::Wkb.outlines(&nested.binary(&column)?, degrees, spots),
            (Self::Wkb, DataType::BinaryOffset) => self.outlines(&column.cast(&DataType::Binary)?, degrees, spots),
            (Self::Wkb, _) => {
                let all: Vec<Option<&[u8]>> = column.binary()?.iter().collect();
                all_of(&all, degrees, spots, &(binary::sketch, binary::name))
            }
            (Self::Wkt, _) => {
                let texts = column.str()?.iter();
                let all: Vec<Option<&str>> =
                    texts.map(|text| text.map(str::trim).filter(|text| !text.is_empty())).collect();
                all_of(&all, degrees, spots, &(text::sketch, text::name))
            }
            _ => bail!("column {:?} holds points by its type, and lines or polygons elsewhere", column.name()),
        }
    }
}

fn all_of<T: Copy + Sync>(
    values: &[Option<T>],
    degrees: Degrees<'_>,
    spots: Spots<'_>,
    reads: &(impl Fn(T, &mut Sketch) -> Option<()> + Sync, impl Fn(T) -> String + Sync),
) -> Result<Outlined> {
    let pieces: Vec<Outlined> = values.par_chunks(PIECE).map(|values| piece(values, degrees, spots, reads)).collect();
    let mut all = Outlined::default();
    pieces.into_iter().try_for_each(|piece| all.append(piece))?;
    Ok(all)
}

fn piece<T: Copy>(
    values: &[Option<T>],
    degrees: Degrees<'_>,
    spots: Spots<'_>,
    (read, name): &(impl Fn(T, &mut Sketch) -> Option<()>, impl Fn(T) -> String),
) -> Outlined {
    let (mut out, mut gather, mut sketch) = (Outlined::default(), Gather::default(), Sketch::default());
    let mut nowhere = 0;
    for (row, value) in (0..).zip(values) {
        sketch.clear();
        match value {
            None => out.missing += 1,
            Some(value) if read(*value, &mut sketch).is_none() => {
                out.damaged += 1;
                out.first_damaged.get_or_insert_with(|| Odd { row: row.into(), what: name(*value) });
                sketch.clear();
            }
            Some(_) => {
                if let Some((x, y)) = sketch.point() {
                    let spot = spots(x, y);
                    // Degrees of the very step that it is drawn at.
                    let place = spot.map(|spot| mercator::unproject(morton::position(spot.key)));
                    place.into_iter().for_each(|place| gather.part(Role::Points, [place]));
                    nowhere += u64::from(!gather.end_row());
                    out.points.push((row, (x, y), spot));
                    continue;
                }
                out.deep += u64::from(sketch.deep);
            }
        }
        for (role, positions) in sketch.parts() {
            gather.part(role, positions.iter().map(|&(x, y)| degrees(x, y)));
        }
        if !gather.end_row() && out.sample.len() < SAMPLE {
            // One that is short or empty tells nothing of axes and systems.
            let unusable = |&(x, y): &(f64, f64)| {
                let (lon, lat) = degrees(x, y);
                mercator::project(lon, lat).is_none()
            };
            out.sample.extend(sketch.first().filter(unusable));
        }
    }
    (out.flat, out.told) = gather.finish();
    // What was not there at all is told as such.
    out.told.empty -= out.missing + out.damaged + nowhere;
    let view = out.flat.view();
    out.keys = (0..values.len()).map(|row| point_inside(&view, row).map(morton::key)).collect();
    out
}
