//! In what system positions are: each file says its own, or its geometries do.

use super::Positions;
use crate::read::crs::{Crs, Projection};
use anyhow::{Context, Result, bail};

impl Positions {
    /// Begins a file, and hears in what its positions are. Where that is not said they are degrees, unless they say otherwise
    /// themselves.
    ///
    /// # Errors
    /// When the system is not known here.
    pub fn enter(&mut self, said: Option<Crs>) -> Result<()> {
        self.said = said.is_some();
        let named = self.srid.filter(|&srid| srid > 0).map(Crs::of_code).transpose()?;
        self.set(said.or(named).unwrap_or_default())
    }

    fn set(&mut self, crs: Crs) -> Result<()> {
        if !self.systems.contains(&crs) {
            self.systems.push(crs);
        }
        self.crs = crs;
        self.projection = Projection::of(crs)?;
        Ok(())
    }

    /// In what the positions of all files are.
    pub fn systems(&self) -> &[Crs] {
        &self.systems
    }

    /// Meets the number of a system in a geometry: it is that of all of them, where none was said.
    pub(super) fn meet(&mut self, srid: u32) -> Result<()> {
        match self.srid {
            _ if self.said => {}
            Some(known) if known == srid => {}
            // Where none is said, it is degrees.
            Some(0 | 4326) if matches!(srid, 0 | 4326) => {}
            Some(known) if known == 0 || srid == 0 => {
                bail!(
                    "some geometries have the SRID {} and others none; say with --crs which holds for all",
                    known.max(srid)
                )
            }
            Some(known) => {
                bail!("geometries have different SRIDs, {known} and {srid}; say with --crs which holds for all")
            }
            None if srid == 0 => self.srid = Some(0),
            None => {
                self.srid = Some(srid);
                self.set(Crs::of_code(srid).with_context(|| format!("geometries have the SRID {srid}"))?)?;
            }
        }
        Ok(())
    }
}
