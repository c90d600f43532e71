//! Tiles of all layers: what is known of them enters, packed bytes leave, cut on all cores.

use super::{
    layer::View,
    packed,
    report::{Logged, Zoom},
    written::Same,
};
use crate::engine::scratch::Scratches;
use duotile_core::{
    Report, Scratch, Stopped, Work,
    archive::{Alike, Bounds, hilbert},
};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

/// Cuts the tiles of a zoom.
pub struct Cutter<'c> {
    /// The layers.
    pub here: &'c [View<'c>],
    /// Pays for it.
    pub work: &'c Work<'c>,
    /// Whether tiles are packed.
    pub pack: bool,
    /// Space to cut in.
    pub spaces: &'c Scratches,
}

/// A tile that was cut, and those that are the same.
pub struct Tile {
    /// Which they are, and their bytes.
    pub same: Same,
    /// What each layer has in one.
    cuts: Vec<Report>,
    /// Of these the one that took most bytes.
    largest: usize,
}

/// A layer of which a tile is too large, and under what it would be less.
pub struct Over {
    /// Which it is.
    pub layer: usize,
    /// What bounds it then.
    pub less: Bounds,
}

impl Cutter<'_> {
    /// Tiles in which there is anything, in their order.
    ///
    /// # Errors
    /// When it was told to end.
    pub fn cut(&self, tiles: &[Alike]) -> Result<Vec<Tile>, Stopped> {
        let cut = tiles.into_par_iter().map(|&alike| self.spaces.with(|scratch| self.tile(alike, scratch)));
        Ok(cut.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Tiles that are alike; `None` where nothing is in them.
    fn tile(&self, alike: Alike, scratch: &mut Scratch) -> Result<Option<Tile>, Stopped> {
        let (mut out, mut cuts, mut largest) = (Vec::new(), Vec::with_capacity(self.here.len()), (0, 0));
        for (at, view) in self.here.iter().enumerate() {
            let start = out.len();
            cuts.push(view.cut(alike.first, self.work, (scratch, &mut out))?);
            largest = largest.max((out.len() - start, at));
        }
        // Whatever is left out of an empty one is told.
        if out.is_empty() && cuts.iter().all(|cut| cut.omitted == 0) {
            return Ok(None);
        }
        let bytes = if self.pack && !out.is_empty() { packed::gzip(&out) } else { out };
        let hash = xxhash_rust::xxh3::xxh3_128(&bytes);
        let same = Same { id: hilbert::id(alike.first), count: alike.count, hash, bytes };
        Ok(Some(Tile { same, cuts, largest: largest.1 }))
    }
}

impl Tile {
    /// Where it is larger than it may be, under which bounds it would be less; nothing where the layer that takes most of it has nothing to
    /// give up there: then it stays as it is.
    pub fn over(&self, budget: usize, bounds: &[Logged]) -> Option<Over> {
        let (bytes, layer) = (self.same.bytes.len(), self.largest);
        let less = (bytes > budget).then(|| bounds[layer].0.less(self.cuts[layer], bytes, budget)).flatten()?;
        Some(Over { layer, less })
    }
}

impl Zoom {
    /// Counts a tile.
    pub fn add(&mut self, tile: &Tile) {
        let count = tile.same.count;
        self.tiles += if tile.same.bytes.is_empty() { 0 } else { count };
        self.bytes += tile.same.bytes.len() as u64 * count;
        self.largest = self.largest.max(tile.same.bytes.len());
        for cut in &tile.cuts {
            self.features += u64::from(cut.features) * count;
            self.rows += cut.rows - cut.omitted;
            self.omitted += cut.omitted;
            self.cells |= cut.cells;
        }
    }
}
