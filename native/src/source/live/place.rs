//! Where rows are, as SQL: their key, which of them have one, and which are in a tile.

use crate::source::remote::clickhouse::quoted;
use duotile_core::{TileId, mercator, morton};

/// What a statement calls the key.
pub(super) const KEY: &str = "duotile_key";

/// Every second bit: those of x.
const EVEN: u64 = 0x5555_5555_5555_5555;

/// How a table has its positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    lon: String,
    lat: String,
    /// The column of keys, where it has one.
    key: Option<String>,
    /// Whether all longitudes are from −180 to below 180, so that a tile is a box of degrees.
    plain: bool,
}

impl Place {
    /// Of columns of degrees, and of one of keys where there is one.
    pub fn new(lon: &str, lat: &str, key: Option<&str>) -> Self {
        let degrees = |name: &str| format!("ifNull(toFloat64({}), nan)", quoted(name));
        Self { lon: degrees(lon), lat: degrees(lat), key: key.map(quoted), plain: false }
    }

    /// The same of which all longitudes are known to lie within these.
    pub fn within(self, (west, east): (f64, f64)) -> Self {
        Self { plain: west >= -180.0 && east < 180.0, ..self }
    }

    /// The longitude.
    pub fn lon(&self) -> &str {
        &self.lon
    }

    /// The latitude.
    pub fn lat(&self) -> &str {
        &self.lat
    }

    /// The key.
    pub fn key(&self) -> String {
        self.key.clone().unwrap_or_else(|| self.made())
    }

    /// The key as it is made of degrees: what `mercator::project` does, step by step.
    fn made(&self) -> String {
        let Self { lon, lat, .. } = self;
        let most = mercator::MAX_LATITUDE;
        let x = format!("bitAnd(toInt64(floor(({lon} + 180.) / 360. * 4294967296.)), 4294967295)");
        let sin = format!("sin(least({most}, greatest(-{most}, {lat})) * 0.017453292519943295)");
        let north = format!("log((1. + {sin}) / (1. - {sin})) / 12.566370614359172");
        let y = format!("toInt64(least(4294967295., greatest(0., floor((0.5 - {north}) * 4294967296.))))");
        format!("mortonEncode(toUInt32({x}), toUInt32({y}))")
    }

    /// Whether a row has a position.
    pub fn valid(&self) -> String {
        // Keys are of rows that have one.
        if self.key.is_some() { "1".into() } else { self.positioned() }
    }

    /// Whether its degrees are a position.
    pub fn positioned(&self) -> String {
        format!("{} BETWEEN -180 AND 360 AND {} BETWEEN -90 AND 90", self.lon, self.lat)
    }

    /// Whether a key is from the first to the last.
    pub fn between((first, last): (u64, u64)) -> String {
        format!("{KEY} BETWEEN {first} AND {last}")
    }

    /// Whether a row is in a tile.
    pub fn tile(&self, tile: TileId) -> String {
        if tile.z() == 0 {
            return "1".into();
        }
        let own = Self::between(morton::range(tile));
        if self.key.is_some() {
            return own;
        }
        // A box that is a little wider says most of it, and asks less.
        let (corner, more) = (tile.corner(), u32::MAX >> tile.z());
        let mut parts = Vec::new();
        if self.plain {
            let (west, east) = (mercator::longitude(corner.x), mercator::longitude(corner.x + more));
            parts.push(format!("{} BETWEEN {:?} AND {:?}", self.lon, west - 1e-6, east + 1e-6));
        }
        if corner.y > 0 {
            parts.push(format!("{} <= {:?}", self.lat, mercator::latitude(corner.y) + 1e-6));
        }
        if corner.y + more < u32::MAX {
            parts.push(format!("{} >= {:?}", self.lat, mercator::latitude(corner.y + more) - 1e-6));
        }
        parts.push(own);
        parts.join(" AND ")
    }
}

/// The code of a row's cell of a level.
pub(super) fn code(level: u8) -> String {
    match level {
        0 => "toUInt64(0)".into(),
        level => format!("bitShiftRight({KEY}, {})", 64u32.saturating_sub(2 * u32::from(level))),
    }
}

/// Whether x is from the first to the last, which run over the antimeridian where the first is greater.
pub(super) fn x((first, last): (u32, u32)) -> String {
    within(EVEN, (spread(first), spread(last)))
}

/// The same of y.
pub(super) fn y((first, last): (u32, u32)) -> String {
    within(!EVEN, (spread(first) << 1, spread(last) << 1))
}

fn within(bits: u64, (first, last): (u64, u64)) -> String {
    let part = format!("bitAnd({KEY}, {bits})");
    if first > last {
        format!("({part} >= {first} OR {part} <= {last})")
    } else {
        format!("{part} BETWEEN {first} AND {last}")
    }
}

/// The bits of x apart from each other, as they are in a key.
const fn spread(x: u32) -> u64 {
    morton::key(duotile_core::World { x, y: 0 })
}
