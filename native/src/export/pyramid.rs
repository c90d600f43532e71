//! The pyramid of tiles: layers enter, an archive leaves, zoom by zoom.

use super::{
    archive::{Kind, Summary},
    layer::{Layer, Shown},
    log::Head,
    metadata, packed,
    report::{Logged, Report, Zoom},
    seen::Seen,
    walk::Walk,
    written::{Same, Written},
};
use crate::{disk, read::Progress, told::tilejson};
use anyhow::{Context as _, Result};
use duotile_core::{
    Report as Cut, Scratch, Stopped, TILE_FORMAT, TileId, Work,
    archive::{Alike, Bounds, hilbert, opening},
    frame::WORLD,
};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use serde_json::json;
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    path::{Path, PathBuf},
};

/// Tiles that are cut before the first of them is written.
const BATCH: usize = 1024;
/// Bytes of tiles that wait to be written, in one batch: fewer tiles make one where they are large.
const WAITING: usize = 64 << 20;
/// The fullest tiles of a zoom, which are tried first.
const FULLEST: usize = 16;

/// Free bytes on the disk below which nothing more is written.
const ROOM: u64 = 256 << 20;

/// How to export.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The file or folder to write.
    pub out: PathBuf,
    /// What kind it is.
    pub kind: Kind,
    /// West, south, east, north in degrees of what is written of it; all where nothing is said.
    pub bounds: Option<[f64; 4]>,
    /// Bytes that a tile may have, packed.
    pub budget: usize,
    /// Whether the first zoom that has all that there is is the last.
    pub overzoom: bool,
    /// Whether a run that was ended goes on where it was.
    pub resume: bool,
}

/// Writes an archive of layers; `go_on` is asked every moment.
///
/// # Errors
/// One clear line for the person who typed it; nothing new stands under the final name then.
pub fn export(
    layers: &[Layer],
    settings: &Settings,
    progress: &dyn Progress,
    go_on: &(dyn Fn() -> bool + Sync),
) -> Result<Report> {
    let first = layers.iter().map(|layer| *layer.zooms().start()).min().context("an archive of no layer")?;
    let last = layers.iter().map(|layer| *layer.zooms().end()).max().unwrap_or(first);
    let folder =
        settings.out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    disk::has_room(&folder, ROOM, "an export")?;
    let work = Work::new(go_on, u64::MAX);
    let (written, before) = Written::open(&settings.out, settings.kind, &made(layers, settings)?, settings.resume)?;
    if before.lost {
        let from = before.at.as_ref().map_or_else(|| before.zooms.len(), |head| head.zoom.z.into());
        progress.line(&format!("not all that was written is there as it was: it goes on within zoom {from}"));
    }
    let mut pyramid = Pyramid { written, settings, folder, progress, work: &work };
    let mut report = Report { zooms: before.zooms, ..Report::default() };
    let mut at = before.at;
    let begin = report.zooms.last().map_or(first, |zoom| zoom.z + 1);
    let all =
        settings.overzoom.then(|| layers.iter().map(|layer| (*layer.zooms().start()).max(layer.whole_from())).max());
    let has_all = |zoom: &Zoom| all.flatten().is_some_and(|all| zoom.z >= all) && zoom.is_whole();
    for z in begin..=last {
        if report.zooms.last().is_some_and(has_all) {
            break;
        }
        let here: Vec<&Layer> = layers.iter().filter(|layer| layer.zooms().contains(&z)).collect();
        report.zooms.push(pyramid.zoom(z, &here, at.take())?);
    }
    report.distinct = pyramid.written.distinct();
    report.overzoom = report.zooms.last().filter(|zoom| has_all(zoom)).map(|zoom| zoom.z);
    if settings.overzoom {
        progress.line(&report.last_zoom());
    }
    progress.stage("describing", None);
    let summary = summary(layers, settings.bounds, &report, metadata::of(layers, settings, &report, &work)?)?;
    let tiles = report.zooms.iter().map(|zoom| zoom.bytes).sum();
    report.bytes = pyramid.written.finish(&summary)?.unwrap_or(tiles);
    Ok(report)
}

/// All that its bytes depend on, as text.
fn made(layers: &[Layer], settings: &Settings) -> Result<String> {
    let layers = layers.iter().map(|layer| {
        let source = layer.source();
        let (query, zooms) = (layer.fitted()?.plan.canonical().to_owned(), layer.zooms());
        Ok(json!([source.name(), source.version(), query, [zooms.start(), zooms.end()]]))
    });
    let layers = layers.collect::<Result<Vec<_>>>()?;
    Ok(json!({ "layers": layers, "bounds": settings.bounds, "tile_size": settings.budget, "overzoom": settings.overzoom, "format": TILE_FORMAT, "duotile": env!("CARGO_PKG_VERSION") }).to_string())
}

fn summary(
    layers: &[Layer],
    within: Option<[f64; 4]>,
    report: &Report,
    metadata: serde_json::Value,
) -> Result<Summary> {
    let filled = || report.zooms.iter().filter(|zoom| zoom.tiles > 0).map(|zoom| zoom.z);
    let zooms = [filled().min().unwrap_or(0), filled().max().unwrap_or(0)];
    let frames = layers.iter().map(|layer| Ok(tilejson::frames(&layer.fitted()?))).collect::<Result<Vec<_>>>()?;
    let bounds = frames.iter().map(|(bounds, _)| *bounds);
    let all = bounds.reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]).unwrap_or(WORLD);
    let view = frames.first().map(|(_, view)| *view);
    let (bounds, center) = opening::of_archive(all, view, within, zooms);
    Ok(Summary { zooms, bounds, center, metadata })
}

/// An archive that is being written.
struct Pyramid<'p> {
    written: Written,
    settings: &'p Settings,
    folder: PathBuf,
    progress: &'p dyn Progress,
    work: &'p Work<'p>,
}

/// A tile that was cut.
struct Tile {
    same: Same,
    /// What each layer has in it.
    cuts: Vec<Cut>,
    /// Of these the one that took most bytes.
    largest: usize,
}

/// A layer of which a tile is too large, and under what it would be less.
struct Over {
    layer: usize,
    less: Bounds,
}

impl<'p> Pyramid<'p> {
    /// Writes the tiles of a zoom, under bounds that all of them keep to; from where it stood, if it was begun before.
    fn zoom(&mut self, z: u8, layers: &[&Layer], begun: Option<Head>) -> Result<Zoom> {
        let fresh = || Head {
            zoom: Zoom { z, ..Zoom::default() },
            bounds: layers.iter().map(|layer| Logged(Bounds::of(layer.query(), z))).collect(),
            ..Head::default()
        };
        let mut tried = begun.is_some();
        let mut head = begun.unwrap_or_else(fresh);
        let work = self.work;
        let shown = |at: usize, bounds: Bounds| layers[at].bounded(bounds, work);
        let mut here = (0..layers.len()).map(|at| shown(at, head.bounds[at].0)).collect::<Result<Vec<_>>>()?;
        self.progress.stage(&format!("zoom {z}: looking for tiles"), None);
        let (count, fullest) = self.fullest(z, &here)?;
        loop {
            let over = if tried { None } else { self.try_out(&fullest, &here, &head.bounds)? };
            let over = match over {
                Some(over) => over,
                None => match self.write(count, &here, &mut head)? {
                    None => break,
                    Some(over) => over,
                },
            };
            tried = false;
            self.written.back(z)?;
            let bounds = std::mem::take(&mut head.bounds);
            head = Head { bounds, ..fresh() };
            let Over { layer, less } = over;
            head.bounds[layer] = Logged(less);
            here[layer] = shown(layer, less)?;
        }
        let reduced = |at: &usize| head.bounds[*at].0 != Bounds::of(layers[*at].query(), z);
        let name = |at: usize| (layers[at].source().name().to_owned(), head.bounds[at]);
        head.zoom.bounded = (0..layers.len()).filter(reduced).map(name).collect();
        head.done = true;
        self.written.batch(&head)?;
        Ok(head.zoom)
    }

    /// What is known of tiles before they are cut.
    const fn seen<'s>(&self, here: &'s [Shown]) -> Seen<'s>
    where
        'p: 's,
    {
        Seen { here, work: self.work, bounds: self.settings.bounds }
    }

    /// How many tiles a zoom has, of those that are alike one, and those with the most rows.
    fn fullest(&self, z: u8, here: &[Shown]) -> Result<(u64, Vec<TileId>)> {
        let (mut count, mut fullest) = (0, BinaryHeap::new());
        for alike in Walk::of(z, &self.seen(here)) {
            let tile = alike?.first;
            self.work.pay(64)?;
            count += 1;
            let rows: usize = here.iter().map(|shown| shown.rows(tile)).sum();
            fullest.push(Reverse((rows, hilbert::id(tile))));
            if fullest.len() > FULLEST {
                fullest.pop();
            }
        }
        Ok((count, fullest.into_iter().filter_map(|Reverse((_, id))| hilbert::tile(id)).collect()))
    }

    /// Of some tiles the largest that is too large and can be less.
    fn try_out(&self, tiles: &[TileId], here: &[Shown], bounds: &[Logged]) -> Result<Option<Over>> {
        let tiles: Vec<Alike> = tiles.iter().map(|&first| Alike { first, count: 1 }).collect();
        let mut tiles = self.cut(&tiles, here)?;
        tiles.sort_by_key(|tile| Reverse(tile.same.bytes.len()));
        Ok(tiles.iter().find_map(|tile| tile.over(self.settings.budget, bounds)))
    }

    /// Tiles in which there is anything, in their order.
    fn cut(&self, tiles: &[Alike], here: &[Shown]) -> Result<Vec<Tile>, Stopped> {
        let (work, pack) = (self.work, self.settings.kind.is_packed());
        let cut =
            tiles.into_par_iter().map_init(Scratch::default, |scratch, &alike| cut(alike, here, work, pack, scratch));
        Ok(cut.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Writes all tiles of a zoom that are left; or says which is too large and can be less.
    fn write(&mut self, count: u64, here: &[Shown], head: &mut Head) -> Result<Option<Over>> {
        let z = head.zoom.z;
        self.progress.stage(&format!("zoom {z}"), Some(count));
        let seen = self.seen(here);
        let (mut walk, mut size) = (Walk::of(z, &seen).skip(head.looked as usize), 16);
        loop {
            self.progress.advance(head.looked);
            let batch: Vec<Alike> = walk.by_ref().take(size).collect::<Result<_, _>>()?;
            if batch.is_empty() {
                return Ok(None);
            }
            disk::has_room(&self.folder, ROOM, "going on with the export")?;
            let mut bytes = 0;
            for tile in self.cut(&batch, here)? {
                if let Some(over) = tile.over(self.settings.budget, &head.bounds) {
                    return Ok(Some(over));
                }
                head.zoom.beyond += u64::from(tile.same.bytes.len() > self.settings.budget);
                bytes += tile.same.bytes.len();
                head.zoom.add(&tile);
                if !tile.same.bytes.is_empty() {
                    self.written.add(&tile.same)?;
                }
            }
            head.looked += batch.len() as u64;
            self.written.batch(head)?;
            let likely = WAITING / (bytes / size).max(1);
            size = (size * 2).min(BATCH).min(likely.max(16));
        }
    }
}

impl Tile {
    /// Where it is larger than it may be, under which bounds it would be less; nothing where the layer that takes most of it has nothing to
    /// give up there: then it stays as it is.
    fn over(&self, budget: usize, bounds: &[Logged]) -> Option<Over> {
        let (bytes, layer) = (self.same.bytes.len(), self.largest);
        let less = (bytes > budget).then(|| bounds[layer].0.less(self.cuts[layer], bytes, budget)).flatten()?;
        Some(Over { layer, less })
    }
}

impl Zoom {
    fn add(&mut self, tile: &Tile) {
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

/// Tiles of all layers that are alike, packed if they are to be; `None` where nothing is.
fn cut(
    alike: Alike,
    here: &[Shown],
    work: &Work<'_>,
    pack: bool,
    scratch: &mut Scratch,
) -> Result<Option<Tile>, Stopped> {
    let (mut out, mut cuts, mut largest) = (Vec::new(), Vec::new(), (0, 0));
    for (at, shown) in here.iter().enumerate() {
        let start = out.len();
        cuts.push(shown.cut(alike.first, work, (scratch, &mut out))?);
        largest = largest.max((out.len() - start, at));
    }
    // Whatever is left out of an empty one is told.
    if out.is_empty() && cuts.iter().all(|cut| cut.omitted == 0) {
        return Ok(None);
    }
    let bytes = if pack && !out.is_empty() { packed::gzip(&out) } else { out };
    let hash = xxhash_rust::xxh3::xxh3_128(&bytes);
    Ok(Some(Tile {
        same: Same { id: hilbert::id(alike.first), count: alike.count, hash, bytes },
        cuts,
        largest: largest.1,
    }))
}
