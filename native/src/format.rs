//! What tiles are made of, as paths, links and headers name it.

/// A format of tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Mapbox Vector Tiles.
    Mvt,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Mvt];

    /// How addresses of its tiles end. The first is the one that is told.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Mvt => &["mvt", "pbf"],
        }
    }

    /// The ending that is told.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        self.endings()[0]
    }

    /// What TileJSON calls it.
    #[must_use]
    pub const fn tilejson(self) -> &'static str {
        match self {
            Self::Mvt => "pbf",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Mvt => "application/vnd.mapbox-vector-tile",
        }
    }

    /// The route of its tiles, as requests are counted by.
    #[must_use]
    pub const fn route(self) -> &'static str {
        match self {
            Self::Mvt => "/tiles/{dataset}/{z}/{x}/{y}.mvt",
        }
    }

    /// The format of a file name, and the name without its ending.
    ///
    /// ```
    /// use duotile::format::Format;
    /// assert_eq!(Format::split("5.pbf"), Some(("5", Format::Mvt)));
    /// assert_eq!(Format::split("5.png"), None);
    /// ```
    #[must_use]
    pub fn split(name: &str) -> Option<(&str, Self)> {
        let (stem, ending) = name.rsplit_once('.')?;
        let format = Self::ALL.into_iter().find(|format| format.endings().contains(&ending))?;
        Some((stem, format))
    }
}
