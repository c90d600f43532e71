//! Kinds of data, behind one face.
//!
//! A source says here what it is: its name, its version, its frame. What is asked of the rows of a [`Dataset`] ([`crate::engine`]:
//! tiles, legends, facts and statistics, pages) is asked of the dataset, which a fitted query holds; an [`Archive`] has finished
//! tiles and nothing else.

pub mod archive;
pub(crate) mod bytes;
pub mod points;
pub mod remote;
pub(crate) mod sqlite;
mod zones;

use crate::format::Format;
use crate::shapes::Outlines;
use archive::Archive;
use points::Dataset;
use std::sync::Arc;

/// What is served: one of the kinds of data that there are.
#[derive(Clone, Debug)]
pub enum Source {
    /// Rows with columns, in memory or in a mapped file.
    Points(Arc<Dataset>),
    /// Finished tiles in a file.
    Archive(Arc<Archive>),
}

/// The word for the first of some kinds of geometry.
pub(crate) fn most(kinds: &[&str]) -> &'static str {
    match kinds {
        ["Polygon", ..] => "polygon",
        ["LineString", ..] => "line",
        _ => "point",
    }
}

impl From<Dataset> for Source {
    fn from(dataset: Dataset) -> Self {
        Self::Points(Arc::new(dataset))
    }
}

impl From<Archive> for Source {
    fn from(archive: Archive) -> Self {
        Self::Archive(Arc::new(archive))
    }
}

impl Source {
    /// Its rows; `None` for what has finished tiles alone.
    #[must_use]
    pub const fn dataset(&self) -> Option<&Arc<Dataset>> {
        match self {
            Self::Points(dataset) => Some(dataset),
            Self::Archive(_) => None,
        }
    }

    /// Its name in addresses, and the name of its layer in tiles that are cut.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Points(dataset) => dataset.name(),
            Self::Archive(archive) => archive.name(),
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::Points(dataset) => dataset.title(),
            Self::Archive(archive) => archive.facts().title.as_deref(),
        }
    }

    /// Changes whenever the content or the way it was loaded may have changed; hexadecimal.
    #[must_use]
    pub fn version(&self) -> &str {
        match self {
            Self::Points(dataset) => dataset.version(),
            Self::Archive(archive) => archive.version(),
        }
    }

    /// Whom to name on the map.
    #[must_use]
    pub fn attribution(&self) -> Option<&str> {
        match self {
            Self::Points(dataset) => dataset.attribution(),
            Self::Archive(archive) => archive.facts().attribution.as_deref(),
        }
    }

    /// What its tiles are, unless a path says otherwise.
    #[must_use]
    pub const fn format(&self) -> Format {
        match self {
            Self::Points(_) | Self::Archive(_) => Format::Mvt,
        }
    }

    /// Whether it can be looked at, to be asked before that is done for a request.
    ///
    /// # Errors
    /// What happened to its file since it was opened.
    pub fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::Points(dataset) => dataset.check(),
            Self::Archive(archive) => archive.check(),
        }
    }

    /// Rows; none of an archive.
    #[must_use]
    pub fn len(&self) -> usize {
        self.dataset().map_or(0, |dataset| dataset.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes in memory, or in the file that is mapped or read.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Points(dataset) => dataset.size(),
            Self::Archive(archive) => archive.size().unwrap_or_default() as usize,
        }
    }

    /// The frame of everything in it, in degrees (west, south, east, north). `None` for no rows.
    #[must_use]
    pub fn bounds(&self) -> Option<[f64; 4]> {
        match self {
            Self::Points(dataset) => dataset.bounds(),
            Self::Archive(archive) => Some(archive.facts().bounds),
        }
    }

    /// The frame of the densest 99 % of it; the world for no rows. East may be above 180.
    #[must_use]
    pub fn focus(&self) -> [f64; 4] {
        match self {
            Self::Points(dataset) => dataset.focus(),
            Self::Archive(archive) => archive.facts().bounds,
        }
    }

    /// Which kinds of geometry it has, by the names of GeoJSON without `Multi`; that of most rows first.
    #[must_use]
    pub fn geometries(&self) -> Vec<&'static str> {
        match self {
            Self::Points(dataset) => dataset.outlines().map_or_else(|| vec!["Point"], Outlines::kinds),
            Self::Archive(archive) => {
                let facts = archive.facts();
                let all: Vec<&str> = facts.layers().flat_map(|layer| facts.geometries(layer)).collect();
                ["Polygon", "LineString", "Point"].into_iter().filter(|kind| all.contains(kind)).collect()
            }
        }
    }

    /// What most of it is: `point`, `line` or `polygon`.
    #[must_use]
    pub fn geometry(&self) -> &'static str {
        most(&self.geometries())
    }

    /// The first view: longitude, latitude, zoom; where most of it is, if nothing is near the middle of all of it.
    #[must_use]
    pub fn view(&self) -> [f64; 3] {
        match self {
            Self::Points(dataset) => dataset.view(),
            Self::Archive(archive) => {
                let (lon, lat, zoom) = archive.facts().center;
                [lon, lat, zoom.into()]
            }
        }
    }
}
