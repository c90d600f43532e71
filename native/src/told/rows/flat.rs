//! The geometry of a row in flat lists, as binary formats want it.
//!
//! Shells run anticlockwise and holes clockwise; the first position of a ring stands again at its end.

use super::super::geometry;
use crate::wkb::{self, Kind};
use duotile_core::{Points, Role};

/// A geometry. It is filled anew for each row, with the room that it has.
#[derive(Debug)]
pub(super) struct Flat {
    pub kind: Kind,
    /// Longitudes and latitudes in turns.
    pub xy: Vec<f64>,
    /// Where each line or ring ends, in positions.
    pub ends: Vec<u32>,
    /// Where each polygon ends, in rings.
    pub polygons: Vec<u32>,
}

impl Default for Flat {
    fn default() -> Self {
        Self { kind: Kind::Point, xy: Vec::new(), ends: Vec::new(), polygons: Vec::new() }
    }
}

impl Flat {
    /// Takes the geometry of a row. Says whether there is one.
    pub fn take(&mut self, points: &Points<'_>, row: usize) -> bool {
        self.xy.clear();
        self.ends.clear();
        self.polygons.clear();
        let Some(shapes) = points.shapes() else {
            let (lon, lat) = points.degrees(row);
            self.kind = Kind::Point;
            self.xy.extend([lon, lat]);
            return true;
        };
        let Some((kind, parts)) = geometry::parts(shapes, row) else { return false };
        self.kind = kind;
        let outlines = shapes.outlines();
        for part in &parts {
            for &ring in part {
                let start = self.xy.len();
                let places = outlines.degrees(ring);
                if matches!(outlines.role(ring), Role::Shell | Role::Hole) {
                    self.xy.extend(places.rev().flat_map(|(lon, lat)| [lon, lat]));
                    let first = [self.xy[start], self.xy[start + 1]];
                    self.xy.extend(first);
                } else {
                    self.xy.extend(places.flat_map(|(lon, lat)| [lon, lat]));
                }
                self.ends.push(self.positions() as u32);
            }
            self.polygons.push(self.ends.len() as u32);
        }
        if kind == Kind::Point {
            self.xy.truncate(2);
        }
        true
    }

    /// How many positions it has.
    pub fn positions(&self) -> usize {
        self.xy.len() / 2
    }

    /// The positions of each line or ring.
    fn runs(&self) -> impl Iterator<Item = &[f64]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.xy[2 * start as usize..2 * end as usize])
    }

    /// The rings of each polygon: how many, from which on.
    pub fn rings(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let starts = std::iter::once(0).chain(self.polygons.iter().copied());
        starts.zip(&self.polygons).map(|(start, &end)| start as usize..end as usize)
    }

    /// West, south, east and north.
    pub fn bounds(&self) -> [f64; 4] {
        let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        self.xy.chunks_exact(2).fold(none, |[west, south, east, north], at| {
            [west.min(at[0]), south.min(at[1]), east.max(at[0]), north.max(at[1])]
        })
    }

    /// Appends it as well-known binary.
    pub fn well_known(&self, out: &mut Vec<u8>) {
        let positions = |out: &mut Vec<u8>, run: &[f64]| {
            run.chunks_exact(2).for_each(|at| wkb::position(out, [at[0], at[1]]));
        };
        let line = |out: &mut Vec<u8>, run: &[f64]| {
            wkb::count(out, run.len() / 2);
            positions(out, run);
        };
        wkb::head(out, self.kind);
        match self.kind {
            Kind::Point => positions(out, &self.xy),
            Kind::LineString => line(out, &self.xy),
            Kind::MultiPoint => {
                wkb::count(out, self.positions());
                for at in self.xy.chunks_exact(2) {
                    wkb::head(out, Kind::Point);
                    positions(out, at);
                }
            }
            Kind::MultiLineString => {
                wkb::count(out, self.ends.len());
                for run in self.runs() {
                    wkb::head(out, Kind::LineString);
                    line(out, run);
                }
            }
            Kind::Polygon => {
                wkb::count(out, self.ends.len());
                self.runs().for_each(|run| line(out, run));
            }
            Kind::MultiPolygon | Kind::GeometryCollection => {
                wkb::count(out, self.polygons.len());
                let mut runs = self.runs();
                for rings in self.rings() {
                    wkb::head(out, Kind::Polygon);
                    wkb::count(out, rings.len());
                    runs.by_ref().take(rings.len()).for_each(|run| line(out, run));
                }
            }
        }
    }
}
