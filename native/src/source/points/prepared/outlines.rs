//! The outlines in a prepared file: a section for each of their buffers.

use super::{checksum::Stretch, view::view, writer::Writer};
use crate::{
    read::content::Content,
    shapes::{Mapped, Outlines},
};
use anyhow::{Result, bail};
use duotile_core::Role;
use serde::{Deserialize, Serialize};

/// Where the buffers of outlines are; what each holds is said at core's `Buffers`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Described {
    /// Rows of points, lines and polygons.
    pub kinds: [u64; 3],
    rows: Stretch,
    rings: Stretch,
    roles: Stretch,
    x: Stretch,
    y: Stretch,
    levels: Stretch,
    block_boxes: Stretch,
    block_levels: Stretch,
    boxes: Stretch,
    firsts: Stretch,
    wholes: Stretch,
    landmark_boxes: Stretch,
    landmark_firsts: Stretch,
}

impl Described {
    /// Writes all buffers.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(outlines: &Outlines, out: &mut Writer) -> Result<Self> {
        let of = outlines.buffers();
        let roles: Vec<u8> = of.roles.iter().map(|&role| role as u8).collect();
        Ok(Self {
            kinds: outlines.counts(),
            rows: out.section(of.rows)?,
            rings: out.section(of.rings)?,
            roles: out.section(&roles)?,
            x: out.section(of.x)?,
            y: out.section(of.y)?,
            levels: out.section(of.levels)?,
            block_boxes: out.section(of.block_boxes)?,
            block_levels: out.section(of.block_levels)?,
            boxes: out.section(of.boxes)?,
            firsts: out.section(of.firsts)?,
            wholes: out.section(of.wholes)?,
            landmark_boxes: out.section(of.landmark_boxes)?,
            landmark_firsts: out.section(of.landmark_firsts)?,
        })
    }

    /// They as they lie in the file, of so many rows and landmarks.
    ///
    /// # Errors
    /// When they are not in the file, or do not fit one another.
    pub fn open(&self, file: &Content, rows: usize, landmarks: usize) -> Result<Outlines> {
        let roles = view::<u8>(file, &self.roles)?;
        let role = |&role: &u8| match Role::ALL.get(usize::from(role)) {
            Some(role) => Ok(*role),
            None => bail!("an outline of kind {role}, expected 0 to 3"),
        };
        let mapped = Mapped {
            rows: view(file, &self.rows)?,
            rings: view(file, &self.rings)?,
            roles: roles.iter().map(role).collect::<Result<_>>()?,
            x: view(file, &self.x)?,
            y: view(file, &self.y)?,
            levels: view(file, &self.levels)?,
            block_boxes: view(file, &self.block_boxes)?,
            block_levels: view(file, &self.block_levels)?,
            boxes: view(file, &self.boxes)?,
            firsts: view(file, &self.firsts)?,
            wholes: view(file, &self.wholes)?,
            landmark_boxes: view(file, &self.landmark_boxes)?,
            landmark_firsts: view(file, &self.landmark_firsts)?,
        };
        Outlines::mapped(mapped, self.kinds, rows, landmarks)
    }

    /// All buffers, with what they are.
    pub fn stretches(&mut self) -> impl Iterator<Item = (String, &mut Stretch)> {
        [
            ("ends of rows", &mut self.rows),
            ("ends of runs", &mut self.rings),
            ("kinds of runs", &mut self.roles),
            ("eastings", &mut self.x),
            ("southings", &mut self.y),
            ("levels", &mut self.levels),
            ("boxes of blocks", &mut self.block_boxes),
            ("levels of blocks", &mut self.block_levels),
            ("boxes of rows", &mut self.boxes),
            ("first zooms", &mut self.firsts),
            ("zooms of their own", &mut self.wholes),
            ("boxes of landmarks", &mut self.landmark_boxes),
            ("first zooms of landmarks", &mut self.landmark_firsts),
        ]
        .into_iter()
        .map(|(what, stretch)| (format!("{what} of outlines"), stretch))
    }
}
