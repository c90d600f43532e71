//! The pyramid of tiles: layers enter, an archive leaves, zoom by zoom.

use super::{
    archive::{Kind, Summary},
    cut::{Cutter, Over, Tile},
    layer::{Columns, Layer, Shown},
    log::Head,
    made::made,
    metadata,
    report::{Logged, Report, Zoom},
    walk::Walk,
    written::Written,
};
use crate::{disk, engine::scratch::Scratches, read::Progress, told::tilejson};
use anyhow::{Context as _, Result, bail};
use duotile_core::{
    Work,
    archive::{Alike, Bounds, Seen, View, hilbert, opening},
    frame::WORLD,
};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    path::{Path, PathBuf},
};

/// Tiles that are cut before the first of them is written, while those before are.
const BATCH: usize = 1024;
/// Bytes of tiles of one batch: fewer tiles make one where they are large.
const WAITING: usize = 32 << 20;
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
        let from = before.at.as_ref().map_or_else(|| before.zooms.len(), |head| head.zoom.has.z.into());
        progress.line(&format!("not all that was written is there as it was: it goes on within zoom {from}"));
    }
    let mut pyramid = Pyramid { written, settings, folder, progress, work: &work, spaces: &Scratches::default() };
    let mut report = Report { zooms: before.zooms, ..Report::default() };
    let mut at = before.at;
    let begin = report.zooms.last().map_or(first, |zoom| zoom.has.z + 1);
    let all =
        settings.overzoom.then(|| layers.iter().map(|layer| (*layer.zooms().start()).max(layer.whole_from())).max());
    let has_all = |zoom: &Zoom| all.flatten().is_some_and(|all| zoom.has.z >= all) && zoom.has.is_whole();
    for z in begin..=last {
        if report.zooms.last().is_some_and(has_all) {
            break;
        }
        let here: Vec<&Layer> = layers.iter().filter(|layer| layer.zooms().contains(&z)).collect();
        report.zooms.push(pyramid.zoom(z, &here, at.take())?);
    }
    if report.zooms.iter().all(|zoom| zoom.has.tiles == 0) {
        pyramid.written.give_up()?;
        let within = if settings.bounds.is_some() { " within --bounds" } else { "" };
        bail!("no row passes the query{within}, so there is no tile: nothing is written");
    }
    report.distinct = pyramid.written.distinct();
    report.overzoom = report.zooms.last().filter(|zoom| has_all(zoom)).map(|zoom| zoom.has.z);
    if settings.overzoom {
        progress.line(&report.last_zoom());
    }
    let metadata = metadata::of(layers, settings, &report, progress, &work)?;
    let summary = summary(layers, settings.bounds, &report, metadata)?;
    let tiles = report.zooms.iter().map(|zoom| zoom.has.bytes).sum();
    report.bytes = pyramid.written.finish(&summary)?.unwrap_or(tiles);
    Ok(report)
}

fn summary(
    layers: &[Layer],
    within: Option<[f64; 4]>,
    report: &Report,
    metadata: serde_json::Value,
) -> Result<Summary> {
    let filled = || report.zooms.iter().filter(|zoom| zoom.has.tiles > 0).map(|zoom| zoom.has.z);
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
    /// Space to cut tiles in.
    spaces: &'p Scratches,
}

impl<'p> Pyramid<'p> {
    /// Writes the tiles of a zoom, under bounds that all of them keep to; from where it stood, if it was begun before.
    fn zoom(&mut self, z: u8, layers: &[&Layer], begun: Option<Head>) -> Result<Zoom> {
        let names = || layers.iter().map(|layer| layer.source().name());
        let fresh = || Head {
            zoom: Zoom::of(z, names()),
            bounds: layers.iter().map(|layer| Logged(Bounds::of(layer.query(), z))).collect(),
            ..Head::default()
        };
        let mut tried = begun.is_some();
        let mut head = begun.unwrap_or_else(fresh);
        let work = self.work;
        let shown = |at: usize, bounds: Bounds| layers[at].bounded(bounds, work);
        let mut here = (0..layers.len()).map(|at| shown(at, head.bounds[at].0)).collect::<Result<Vec<_>>>()?;
        let mut found = None;
        loop {
            let columns: Vec<_> = here.iter().map(Shown::columns).collect();
            let views: Vec<_> = columns.iter().map(Columns::view).collect();
            let cutter = Cutter { here: &views, work, pack: self.settings.kind.is_packed(), spaces: self.spaces };
            let (count, fullest) = match &found {
                Some(found) => found,
                None => found.insert(self.fullest(z, &views)?),
            };
            let over = if tried { None } else { self.try_out(fullest, &cutter, &head.bounds)? };
            let over = match over {
                Some(over) => over,
                None => match self.write(*count, &cutter, &mut head)? {
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
        head.zoom.has.reduced = !head.zoom.bounded.is_empty();
        head.done = true;
        self.written.batch(&head, work)?;
        Ok(head.zoom)
    }

    /// How many tiles a zoom has, of those that are alike one, and those with the most rows.
    fn fullest(&self, z: u8, here: &[View<'_>]) -> Result<(u64, Vec<Alike>)> {
        self.progress.stage(&format!("zoom {z}: looking for tiles"), None);
        let (mut count, mut fullest) = (0, BinaryHeap::new());
        for alike in Walk::of(z, &self.seen(here)) {
            let Alike { first, rows, .. } = alike?;
            self.work.pay(64)?;
            count += 1;
            let tile = Reverse((rows, hilbert::id(first)));
            if fullest.len() < FULLEST || fullest.peek().is_some_and(|least| tile < *least) {
                fullest.push(tile);
            }
            if fullest.len() > FULLEST {
                fullest.pop();
            }
        }
        let alike = |Reverse((rows, id))| Some(Alike { first: hilbert::tile(id)?, count: 1, rows });
        Ok((count, fullest.into_iter().filter_map(alike).collect()))
    }

    /// What is known of tiles before they are cut.
    const fn seen<'s>(&self, here: &'s [View<'s>]) -> Seen<'s>
    where
        'p: 's,
    {
        Seen { views: here, work: self.work, within: self.settings.bounds }
    }

    /// Of some tiles the largest that is too large and can be less.
    fn try_out(&self, tiles: &[Alike], cutter: &Cutter<'_>, bounds: &[Logged]) -> Result<Option<Over>> {
        let mut tiles = cutter.cut(tiles)?;
        tiles.sort_by_key(|tile| Reverse(tile.same.bytes.len()));
        Ok(tiles.iter().find_map(|tile| tile.over(self.settings.budget, bounds)))
    }

    /// Writes all tiles of a zoom that are left; or says which is too large and can be less. While some are written, the next are cut.
    fn write(&mut self, count: u64, cutter: &Cutter<'_>, head: &mut Head) -> Result<Option<Over>> {
        let z = head.zoom.has.z;
        self.progress.stage(&format!("zoom {z}"), Some(count));
        let seen = self.seen(cutter.here);
        let (mut walk, mut size) = (Walk::of(z, &seen).skip(head.looked as usize), 16);
        let mut waiting = Batch::default();
        loop {
            self.progress.advance(head.looked);
            let next: Vec<Alike> = walk.by_ref().take(size).collect::<Result<_, _>>()?;
            let done = next.is_empty() && waiting.looked == 0;
            let Self { written, settings, folder, work, .. } = self;
            let put = || put(waiting, written, (settings.budget, folder), head, work);
            let (tiles, over) = rayon::join(|| cutter.cut(&next), put);
            let over = over?;
            if over.is_some() || done {
                return Ok(over);
            }
            waiting = Batch { looked: next.len() as u64, tiles: tiles? };
            let bytes: usize = waiting.tiles.iter().map(|tile| tile.same.bytes.len()).sum();
            let likely = WAITING / (bytes / size).max(1);
            size = (size * 2).min(BATCH).min(likely.max(16));
        }
    }
}

/// Tiles that were cut one after the other.
#[derive(Default)]
struct Batch {
    /// How many were looked at.
    looked: u64,
    /// Those of them that are not empty.
    tiles: Vec<Tile>,
}

/// Writes tiles; or says which is too large and can be less.
fn put(
    batch: Batch,
    written: &mut Written,
    (budget, folder): (usize, &Path),
    head: &mut Head,
    work: &Work<'_>,
) -> Result<Option<Over>> {
    if batch.looked == 0 {
        return Ok(None);
    }
    disk::has_room(folder, ROOM, "going on with the export")?;
    for tile in batch.tiles {
        if let Some(over) = tile.over(budget, &head.bounds) {
            return Ok(Some(over));
        }
        tile.count(&mut head.zoom, budget);
        if !tile.same.bytes.is_empty() {
            written.add(&tile.same, work)?;
        }
    }
    head.looked += batch.looked;
    written.batch(head, work)?;
    Ok(None)
}
