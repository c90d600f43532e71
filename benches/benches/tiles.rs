//! Times whole tiles of a file, cut as the server cuts them: `cargo bench --bench tiles -- FILE [--zooms 0,2,4] [--brief]`.
//!
//! One thread, a fresh buffer for every tile, and nothing kept from one tile to the next but what loading and the first
//! tile build, which is said. Only masks of filters are made on all processors. What leaves is a JSON object a line, for
//! `benches/peers/report.py` to lay beside what rivals take for the same tiles.
#![expect(clippy::print_stdout, reason = "lines for a script are what this is for")]

use duotile::{Dataset, engine::select::Selected, read, wanted};
use duotile_benches::{
    median,
    tiles::{Ranked, five, many, memory, ranked},
};
use duotile_core::{Plan, Report, Scratch, TileId, TileQuery, Work};
use std::{
    cell::RefCell,
    error::Error,
    path::PathBuf,
    time::{Duration, Instant},
};

thread_local! {
    /// Space that stays warm between tiles.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

type Failed = Box<dyn Error + Send + Sync>;

/// Tiles at least, where single ones take less than a clock can tell.
const MANY: usize = 1000;

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let mut file = None;
    let (mut zooms, mut brief) = ((0..=14).step_by(2).collect::<Vec<u8>>(), false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--brief" => brief = true,
            "--zooms" => {
                let list = rest.next().ok_or("--zooms: expected numbers with commas between")?;
                zooms = list.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            path => file = Some(PathBuf::from(path)),
        }
    }
    let file = file.ok_or("which file? cargo bench --bench tiles -- FILE")?;

    let start = Instant::now();
    let dataset = wanted::open(&[file], &read::Options::default(), &())?;
    let loading = start.elapsed();
    let (resident, peak) = memory().unwrap_or_default();
    println!(
        r#"{{"what":"load","rows":{},"seconds":{},"bytes":{},"resident":{resident},"peak":{peak}}}"#,
        dataset.len(),
        loading.as_secs_f64(),
        dataset.size(),
    );
    let bench = Bench { dataset };
    let cells = bench.plan("mode=cells&cell=2&agg=count,sum:value,mean:value")?;
    let raw = bench.whole("mode=points&properties=*")?;
    let (all, whole) = (bench.prepare(&cells)?, bench.prepare(&raw)?);

    for &z in &zooms {
        let ranked = bench.dataset.with_points(|points| ranked(&points, z));
        for tile in five(&ranked) {
            bench.tile("cells", &all, &cells, tile);
            if !brief && z >= 8 {
                bench.tile("raw", &whole, &raw, tile);
            }
        }
        if !brief && z >= 12 {
            let tiles = many(&ranked, MANY);
            bench.many("cells", &all, &cells, &tiles);
            bench.many("raw", &whole, &raw, &tiles);
        }
    }
    if !brief {
        bench.stages(&all, &cells)?;
        bench.percentile()?;
        bench.filters(zooms.last().copied().unwrap_or(0))?;
    }
    Ok(())
}

struct Bench {
    dataset: Dataset,
}

impl Bench {
    fn plan(&self, query: &str) -> Result<Plan, Failed> {
        Ok(self.dataset.with_points(|points| TileQuery::parse(query)?.plan(&points, &Work::free()))?)
    }

    /// The same without a limit on the rows of a tile, so that none is left out.
    fn whole(&self, query: &str) -> Result<Plan, Failed> {
        let query = TileQuery { limit: u32::MAX, ..TileQuery::parse(query)? };
        Ok(self.dataset.with_points(|points| query.plan(&points, &Work::free()))?)
    }

    fn cut(&self, selected: &Selected, plan: &Plan, tile: TileId) -> (Report, usize) {
        let mut bytes = Vec::new();
        // A warm one, as the server has it.
        let report = SCRATCH
            .with_borrow_mut(|scratch| selected.cut(&self.dataset, plan, tile, &Work::free(), (scratch, &mut bytes)));
        (report.expect("goes on"), bytes.len())
    }

    /// What the first tile of a query builds and later ones find: which rows pass, summaries of columns, how full tiles are.
    fn select(&self, plan: &Plan) -> Result<Selected, Failed> {
        let mut selected = Selected::of(&self.dataset, plan, &Work::free())?;
        selected.summarise(&self.dataset, plan, self.dataset.len(), &Work::free())?;
        Ok(selected)
    }

    /// The same, told.
    fn prepare(&self, plan: &Plan) -> Result<Selected, Failed> {
        let start = Instant::now();
        let selected = self.select(plan)?;
        let (query, seconds) = (quoted(plan.canonical()), start.elapsed().as_secs_f64());
        let (resident, _) = memory().unwrap_or_default();
        println!(r#"{{"what":"prepare","query":{query},"seconds":{seconds},"resident":{resident}}}"#);
        Ok(selected)
    }

    fn tile(&self, case: &str, selected: &Selected, plan: &Plan, ranked: Ranked) {
        let Ranked { tile, rows, rank, of } = ranked;
        let (report, bytes) = self.cut(selected, plan, tile);
        let time = median(|| self.cut(selected, plan, tile));
        println!(
            r#"{{"what":"tile","case":"{case}","z":{},"x":{},"y":{},"rank":{rank},"of":{of},"rows":{rows},"features":{},"bytes":{bytes},"ms":{}}}"#,
            tile.z(),
            tile.x(),
            tile.y(),
            report.features,
            milliseconds(time),
        );
    }

    /// Each of many tiles once.
    fn many(&self, case: &str, selected: &Selected, plan: &Plan, tiles: &[Ranked]) {
        let mut taken = Vec::with_capacity(tiles.len());
        let mut features = 0;
        for &Ranked { tile, .. } in tiles {
            let start = Instant::now();
            let (report, _) = self.cut(selected, plan, tile);
            taken.push(start.elapsed());
            features += report.features;
        }
        let total: Duration = taken.iter().sum();
        taken.sort_unstable();
        let at = |share: usize| taken.get(taken.len() * share / 100).copied().unwrap_or_default();
        println!(
            r#"{{"what":"many","case":"{case}","z":{},"tiles":{},"features":{features},"ms":{},"p99":{},"ns_each":{}}}"#,
            tiles.first().map_or(0, |first| first.tile.z()),
            tiles.len(),
            milliseconds(at(50)),
            milliseconds(at(99)),
            total.as_secs_f64() * 1e9 / f64::from(features.max(1)),
        );
    }

    /// Where the time of the whole world goes: walking from cell to cell, measuring them, writing them.
    fn stages(&self, all: &Selected, cells: &Plan) -> Result<(), Failed> {
        let count = self.plan("mode=cells&cell=2")?;
        let visit = |plan: &Plan| {
            let (mut scratch, mut seen) = (Scratch::default(), 0usize);
            all.with(&self.dataset, plan, |points, selection| {
                let visit = |_: usize, numbers: &[(usize, f64)]| {
                    seen += numbers.len();
                    true
                };
                plan.each_cell(&points, selection, 0, &Work::free(), &mut scratch, visit).expect("goes on");
            });
            seen
        };
        let (walk, measured) = (median(|| visit(&count)), median(|| visit(cells)));
        let whole = median(|| self.cut(all, cells, TileId::WORLD));
        let counted = median(|| self.cut(all, &count, TileId::WORLD));
        println!(
            r#"{{"what":"stages","z":0,"walk":{},"measure":{},"write":{},"ms":{},"count_only":{}}}"#,
            milliseconds(walk),
            milliseconds(measured.saturating_sub(walk)),
            milliseconds(whole.saturating_sub(measured)),
            milliseconds(whole),
            milliseconds(counted),
        );
        Ok(())
    }

    /// Exact percentiles of every cell of the world.
    fn percentile(&self) -> Result<(), Failed> {
        let plan = self.plan("mode=cells&cell=2&agg=median:value")?;
        let all = self.select(&plan)?;
        let time = median(|| self.cut(&all, &plan, TileId::WORLD));
        println!(r#"{{"what":"median","z":0,"ms":{}}}"#, milliseconds(time));
        Ok(())
    }

    /// Filters that nobody has asked for before, over the whole world, from their text to the tile; then other tiles under
    /// the last one.
    fn filters(&self, z: u8) -> Result<(), Failed> {
        const AGG: &str = "mode=cells&cell=2&agg=count,sum:value,mean:value&filter=";
        for (name, filters) in [
            ("value", (0..9).map(|i| format!("value > {}", 15 + i)).collect::<Vec<_>>()),
            ("category", ["food", "shop", "office"].iter().map(|word| format!("category = '{word}'")).collect()),
            ("both", (0..9).map(|i| format!("value < {} AND category IN ('food','health')", 30 + i)).collect()),
        ] {
            let mut last = None;
            let mut times = Vec::new();
            for filter in filters {
                let start = Instant::now();
                let plan = self.plan(&format!("{AGG}{filter}"))?;
                let mut selected = Selected::of(&self.dataset, &plan, &Work::free())?;
                let mask = start.elapsed();
                selected.summarise(&self.dataset, &plan, self.dataset.len(), &Work::free())?;
                let summary = start.elapsed().saturating_sub(mask);
                let (report, _) = self.cut(&selected, &plan, TileId::WORLD);
                times.push((start.elapsed(), mask, summary));
                last = Some((selected, plan, filter, report));
            }
            times.sort_unstable();
            let Some((selected, plan, filter, report)) = last else { continue };
            let (time, mask, summary) = times[times.len() / 2];
            let again = median(|| self.cut(&selected, &plan, TileId::WORLD));
            let ranked = self.dataset.with_points(|points| ranked(&points, z));
            let deep = five(&ranked)[0].tile;
            let deep = median(|| self.cut(&selected, &plan, deep));
            println!(
                r#"{{"what":"filter","name":"{name}","filter":{},"z":0,"rows":{},"features":{},"ms":{},"mask":{},"summary":{},"again":{},"deep_z":{z},"deep":{}}}"#,
                quoted(&filter),
                report.rows,
                report.features,
                milliseconds(time),
                milliseconds(mask),
                milliseconds(summary),
                milliseconds(again),
                milliseconds(deep),
            );
        }
        Ok(())
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A text in JSON. Queries hold no control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
