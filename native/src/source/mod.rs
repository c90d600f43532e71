//! Kinds of data, behind one face.
//!
//! A source says here what it is: its name, its version, its frame. What is asked of the rows of a [`Dataset`] ([`crate::engine`]:
//! tiles, legends, facts and statistics, pages) is asked of the dataset, which a fitted query holds; an [`Archive`] has finished
//! tiles and nothing else; of [`Live`] rows a fitted query holds what is known of them, and a database is asked.

pub mod archive;
pub(crate) mod bytes;
pub mod live;
pub mod points;
pub mod remote;
pub(crate) mod sqlite;
mod zones;

use crate::format::Format;
use crate::shapes::Outlines;
use archive::Archive;
use live::Live;
use points::Dataset;
use std::{sync::Arc, time::Duration};

/// What is served: one of the kinds of data that there are.
#[derive(Clone, Debug)]
pub enum Source {
    /// Rows with columns, in memory or in a mapped file.
    Points(Arc<Dataset>),
    /// Finished tiles in a file.
    Archive(Arc<Archive>),
    /// Rows of a database, which is asked for what of them is wanted.
    Live(Arc<Live>),
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

impl From<Live> for Source {
    fn from(live: Live) -> Self {
        Self::Live(Arc::new(live))
    }
}

impl Source {
    /// Its rows; `None` for what has finished tiles alone, or rows elsewhere.
    #[must_use]
    pub const fn dataset(&self) -> Option<&Arc<Dataset>> {
        match self {
            Self::Points(dataset) => Some(dataset),
            Self::Archive(_) | Self::Live(_) => None,
        }
    }

    /// Its columns and what is known of them, with its rows or without; `None` for what has finished tiles alone.
    #[must_use]
    pub fn schema(&self) -> Option<&Arc<Dataset>> {
        match self {
            Self::Points(dataset) => Some(dataset),
            Self::Live(live) => Some(live.schema()),
            Self::Archive(_) => None,
        }
    }

    /// Its name in addresses, and the name of its layer in tiles that are cut.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Points(dataset) => dataset.name(),
            Self::Live(live) => live.schema().name(),
            Self::Archive(archive) => archive.name(),
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::Points(dataset) => dataset.title(),
            Self::Live(live) => live.schema().title(),
            Self::Archive(archive) => archive.facts().title.as_deref(),
        }
    }

    /// Changes whenever the content or the way it was loaded may have changed; hexadecimal.
    #[must_use]
    pub fn version(&self) -> &str {
        match self {
            Self::Points(dataset) => dataset.version(),
            Self::Live(live) => live.schema().version(),
            Self::Archive(archive) => archive.version(),
        }
    }

    /// For how long what is sent of it may be older than it is: rows that are asked for may be newer than its version. `None` where its
    /// version is that of what is sent.
    #[must_use]
    pub fn ages(&self) -> Option<Duration> {
        if let Self::Live(live) = self { Some(live.every()) } else { None }
    }

    /// Whom to name on the map.
    #[must_use]
    pub fn attribution(&self) -> Option<&str> {
        match self {
            Self::Points(dataset) => dataset.attribution(),
            Self::Live(live) => live.schema().attribution(),
            Self::Archive(archive) => archive.facts().attribution.as_deref(),
        }
    }

    /// What its tiles are, unless a path says otherwise.
    #[must_use]
    pub const fn format(&self) -> Format {
        match self {
            Self::Points(_) | Self::Archive(_) | Self::Live(_) => Format::Mvt,
        }
    }

    /// Whether it can be looked at, to be asked before that is done for a request.
    ///
    /// # Errors
    /// What happened to its file since it was opened.
    pub fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::Points(dataset) => dataset.check(),
            Self::Live(_) => Ok(()),
            Self::Archive(archive) => archive.check(),
        }
    }

    /// Rows; of those elsewhere, when they were last looked at; none of an archive.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Points(dataset) => dataset.len(),
            Self::Live(live) => live.len(),
            Self::Archive(_) => 0,
        }
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
            Self::Live(live) => live.schema().size(),
            Self::Archive(archive) => archive.size().unwrap_or_default() as usize,
        }
    }

    /// The frame of everything in it, in degrees (west, south, east, north). `None` for no rows.
    #[must_use]
    pub fn bounds(&self) -> Option<[f64; 4]> {
        match self {
            Self::Points(dataset) => dataset.bounds(),
            Self::Live(live) => live.schema().bounds(),
            Self::Archive(archive) => Some(archive.facts().bounds),
        }
    }

    /// The frame of the densest 99 % of it; the world for no rows. East may be above 180.
    #[must_use]
    pub fn focus(&self) -> [f64; 4] {
        match self {
            Self::Points(dataset) => dataset.focus(),
            Self::Live(live) => live.schema().focus(),
            Self::Archive(archive) => archive.facts().bounds,
        }
    }

    /// Which kinds of geometry it has, by the names of GeoJSON without `Multi`; that of most rows first.
    #[must_use]
    pub fn geometries(&self) -> Vec<&'static str> {
        match self {
            Self::Live(_) => vec!["Point"],
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
            Self::Live(live) => live.schema().view(),
            Self::Archive(archive) => {
                let (lon, lat, zoom) = archive.facts().center;
                [lon, lat, zoom.into()]
            }
        }
    }
}
