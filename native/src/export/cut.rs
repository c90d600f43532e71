//! Tiles of all layers: what is known of them enters, packed bytes leave, cut on all cores.

use super::{
    packed,
    report::{Logged, Zoom},
    written::Same,
};
use crate::engine::scratch::Scratches;
use duotile_core::{
    Report, Scratch, Stopped, Work,
    archive::{Alike, Bounds, View, hilbert},
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
    /// Layers, from the one that took most bytes on.
    largest: Vec<usize>,
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
        let (mut out, mut cuts, mut sizes) = (Vec::new(), Vec::with_capacity(self.here.len()), Vec::new());
        for (at, view) in self.here.iter().enumerate() {
            let start = out.len();
            cuts.push(view.cut(alike.first, self.work, (scratch, &mut out))?);
            sizes.push((out.len() - start, at));
        }
        // Whatever is left out of an empty one is told.
        if out.is_empty() && cuts.iter().all(|cut| cut.omitted == 0) {
            return Ok(None);
        }
        let bytes = if self.pack && !out.is_empty() { packed::gzip(&out) } else { out };
        let hash = xxhash_rust::xxh3::xxh3_128(&bytes);
        let same = Same { id: hilbert::id(alike.first), count: alike.count, hash, bytes };
        sizes.sort_unstable();
        let largest = sizes.into_iter().rev().map(|(_, at)| at).collect();
        Ok(Some(Tile { same, cuts, largest }))
    }
}

impl Tile {
    /// Where it is larger than it may be, under which bounds it would be less: of the layer that takes most of it, or the next where that has
    /// nothing to give up there; nothing where none has: then it stays as it is.
    pub fn over(&self, budget: usize, bounds: &[Logged]) -> Option<Over> {
        let bytes = self.same.bytes.len();
        let mut layers = self.largest.iter().filter(|_| bytes > budget);
        layers.find_map(|&layer| Some(Over { layer, less: bounds[layer].0.less(self.cuts[layer], bytes, budget)? }))
    }

    /// Counts it at a zoom.
    pub fn count(&self, zoom: &mut Zoom, budget: usize) {
        zoom.has.add(&self.cuts, self.same.count, (self.same.bytes.len() as u64, budget as u64));
        for ((_, omitted), cut) in zoom.omitted.iter_mut().zip(&self.cuts) {
            *omitted += cut.omitted;
        }
    }
}
