//! [`TileId`]: a tile address that is known to be valid, and the step from world to tile-local coordinates.

use crate::space::mercator::{World, latitude, longitude};
use core::fmt;

/// Extent of a tile in local units, as a power of two: 4096.
pub const EXTENT_BITS: u8 = 12;

/// The deepest zoom that is served. Clients cache `maxzoom`, so it never moves.
pub const MAX_ZOOM: u8 = 22;

/// A valid tile address in the XYZ scheme: `z ≤ 22`, `x` and `y` below 2ᶻ, y growing south.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

/// A tile address outside the pyramid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTile {
    z: u32,
    x: u32,
    y: u32,
}

impl fmt::Display for InvalidTile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { z, x, y } = *self;
        if z > u32::from(MAX_ZOOM) {
            write!(f, "no tile {z}/{x}/{y}: zoom is {z}, expected 0 to {MAX_ZOOM}")
        } else {
            write!(f, "no tile {z}/{x}/{y}: at zoom {z}, x and y are 0 to {}", (1u64 << z) - 1)
        }
    }
}

impl core::error::Error for InvalidTile {}

impl TileId {
    /// The tile that is the whole world.
    pub const WORLD: Self = Self { z: 0, x: 0, y: 0 };

    /// Checks an address.
    ///
    /// # Errors
    /// [`InvalidTile`] when `z` is above [`MAX_ZOOM`], or `x` or `y` is not below 2ᶻ.
    ///
    /// ```
    /// use duotile_core::TileId;
    /// assert!(TileId::new(1, 1, 0).is_ok());
    /// assert_eq!(
    ///     TileId::new(1, 2, 0).unwrap_err().to_string(),
    ///     "no tile 1/2/0: at zoom 1, x and y are 0 to 1",
    /// );
    /// ```
    pub const fn new(z: u32, x: u32, y: u32) -> Result<Self, InvalidTile> {
        if z > MAX_ZOOM as u32 || x >> z != 0 || y >> z != 0 {
            return Err(InvalidTile { z, x, y });
        }
        Ok(Self { z: z as u8, x, y })
    }

    /// The tile of zoom `z` (at most [`MAX_ZOOM`], deeper is taken as that) that holds a position.
    #[must_use]
    pub fn containing(world: World, z: u8) -> Self {
        let z = z.min(MAX_ZOOM);
        let shift = 32 - u32::from(z);
        Self { z, x: world.x.checked_shr(shift).unwrap_or(0), y: world.y.checked_shr(shift).unwrap_or(0) }
    }

    /// Zoom.
    #[must_use]
    pub const fn z(self) -> u8 {
        self.z
    }

    /// Column, from the antimeridian eastwards.
    #[must_use]
    pub const fn x(self) -> u32 {
        self.x
    }

    /// Row, from the north southwards.
    #[must_use]
    pub const fn y(self) -> u32 {
        self.y
    }

    /// The four tiles one zoom deeper, in Morton order; `None` at [`MAX_ZOOM`].
    #[must_use]
    pub fn children(self) -> Option<[Self; 4]> {
        let (z, x, y) = (self.z + 1, self.x << 1, self.y << 1);
        (self.z < MAX_ZOOM).then(|| [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].map(|(x, y)| Self { z, x, y }))
    }

    /// The position of the tile's north-west corner.
    #[must_use]
    pub fn corner(self) -> World {
        let shift = 32 - u32::from(self.z);
        World { x: self.x.checked_shl(shift).unwrap_or(0), y: self.y.checked_shl(shift).unwrap_or(0) }
    }

    /// Degrees west, south, east, north, of the first and last steps inside the tile.
    #[must_use]
    pub fn bounds(self) -> [f64; 4] {
        let World { x, y } = self.corner();
        let last = u32::MAX.checked_shr(u32::from(self.z)).unwrap_or(0);
        [longitude(x), latitude(y + last), longitude(x + last), latitude(y)]
    }

    /// A position in tile-local units of an extent of 2^`extent_bits`; 0 to extent − 1 for positions inside.
    ///
    /// Local units are coarser than world steps down to zoom 20 at extent 4096, and finer after it.
    #[must_use]
    pub fn local(self, world: World, extent_bits: u8) -> (u32, u32) {
        let corner = self.corner();
        let scale = |steps: u32| match (32 - u32::from(self.z)).checked_sub(u32::from(extent_bits)) {
            Some(right) => steps.checked_shr(right).unwrap_or(0),
            None => steps << (u32::from(extent_bits) + u32::from(self.z) - 32),
        };
        (scale(world.x.wrapping_sub(corner.x)), scale(world.y.wrapping_sub(corner.y)))
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.z, self.x, self.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::mercator::project;

    #[test]
    fn addresses_outside_the_pyramid_are_refused() {
        assert!(TileId::new(22, (1 << 22) - 1, 0).is_ok());
        for (z, x, y) in [(23, 0, 0), (0, 1, 0), (0, 0, 1), (22, 1 << 22, 0), (u32::MAX, 0, 0)] {
            assert!(TileId::new(z, x, y).is_err(), "{z}/{x}/{y}");
        }
    }

    #[test]
    fn a_known_place_is_in_its_known_tile() {
        // Berlin at z10 is 10/550/335 in every slippy map.
        let berlin = project(13.3777, 52.5163).expect("usable");
        assert_eq!(TileId::containing(berlin, 10), TileId::new(10, 550, 335).expect("valid"));
    }

    #[test]
    fn local_coordinates_span_the_extent_at_every_zoom() {
        for z in 0..=MAX_ZOOM {
            let tile = TileId::containing(World { x: u32::MAX, y: u32::MAX }, z);
            assert_eq!(tile.local(tile.corner(), 12), (0, 0));
            let (x, y) = tile.local(World { x: u32::MAX, y: u32::MAX }, 12);
            // From z21 on a step is wider than a local unit.
            let widest = if z > 20 { 4096 - (1 << (z - 20)) } else { 4095 };
            assert_eq!((x, y), (widest, widest), "zoom {z}");
        }
    }

    #[test]
    fn children_tile_their_parent() {
        let parent = TileId::new(3, 5, 2).expect("valid");
        for child in parent.children().expect("not the deepest") {
            assert_eq!(TileId::containing(child.corner(), 3), parent);
        }
        assert_eq!(TileId::new(22, 0, 0).expect("valid").children(), None);
    }
}
