//! Times tiles of lines and polygons, cut as the server cuts them: `cargo bench --bench shapes -- FILE [TILES]`.
//!
//! TILES has a tile a line, as `z x y`: each is cut as outlines. Without it, the fullest tile of every zoom to 17 is, once as
//! outlines and once as `mode=auto` has it. One thread for tiles, nothing kept from one to the next but what loading and the
//! first tile build, which is said. What leaves is a JSON object a line, for `benches/shapes/report.py`.
#![expect(clippy::print_stdout, reason = "lines for a script are what this is for")]

use duotile::{Dataset, engine::select::Selected, read, wanted};
use duotile_benches::{
    median,
    tiles::{memory, ranked},
};
use duotile_core::{Plan, Properties, Report, Scratch, TileId, TileQuery, Work};
use std::{error::Error, path::PathBuf, time::Instant};

type Failed = Box<dyn Error + Send + Sync>;

/// The deepest zoom without a list of tiles.
const DEEPEST: u8 = 17;

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let file = PathBuf::from(arguments.next().ok_or("which file? cargo bench --bench shapes -- FILE [TILES]")?);
    let tiles = arguments.next().map(std::fs::read_to_string).transpose()?;

    let start = Instant::now();
    let dataset = wanted::open(&[file], &read::Options::default(), &())?;
    let seconds = start.elapsed().as_secs_f64();
    let (resident, peak) = memory().unwrap_or_default();
    let vertices = dataset.with_points(|points| points.shapes().map_or(0, |shapes| shapes.outlines().vertices()));
    println!(
        r#"{{"what":"load","rows":{},"vertices":{vertices},"seconds":{seconds},"bytes":{},"resident":{resident},"peak":{peak}}}"#,
        dataset.len(),
        dataset.size(),
    );
    let mut scratch = Scratch::default();
    if let Some(tiles) = tiles {
        let case = Case::prepare("outlines", "mode=points", &dataset)?;
        for line in tiles.lines() {
            let numbers = line.split(' ').map(str::parse).collect::<Result<Vec<u32>, _>>()?;
            let &[z, x, y] = &numbers[..] else { return Err(format!("{line:?}: expected z x y").into()) };
            case.tile(TileId::new(z, x, y)?, &mut scratch);
        }
        return Ok(());
    }
    for (name, query) in [("outlines", "mode=points"), ("auto", "")] {
        let case = Case::prepare(name, query, &dataset)?;
        for z in 0..=DEEPEST {
            let fullest = dataset.with_points(|points| ranked(&points, z).first().map(|first| first.tile));
            fullest.into_iter().for_each(|tile| case.tile(tile, &mut scratch));
        }
    }
    Ok(())
}

/// A query, with what its first tile builds.
struct Case<'d> {
    name: &'static str,
    dataset: &'d Dataset,
    plan: Plan,
    selected: Selected,
}

impl<'d> Case<'d> {
    fn prepare(name: &'static str, query: &str, dataset: &'d Dataset) -> Result<Self, Failed> {
        let start = Instant::now();
        // All columns of the file; what is measured on outlines no rival has.
        let columns = dataset.columns().into_iter().filter(|column| !column.facts.measured);
        let properties = Properties::Columns(columns.map(|column| column.name.to_owned()).collect());
        let query = TileQuery { properties, ..TileQuery::parse(query)? };
        let plan = dataset.with_points(|points| query.plan(&points, &Work::free()))?;
        let selected = Selected::of(dataset, &plan, &Work::free())?;
        println!(r#"{{"what":"prepare","case":"{name}","seconds":{}}}"#, start.elapsed().as_secs_f64());
        Ok(Self { name, dataset, plan, selected })
    }

    fn cut(&self, tile: TileId, scratch: &mut Scratch) -> (Report, usize) {
        let mut bytes = Vec::new();
        let report = self.selected.cut(self.dataset, &self.plan, tile, &Work::free(), (scratch, &mut bytes));
        (report.expect("goes on"), bytes.len())
    }

    fn tile(&self, tile: TileId, scratch: &mut Scratch) {
        let (report, bytes) = self.cut(tile, scratch);
        let took = median(|| self.cut(tile, scratch));
        println!(
            r#"{{"what":"tile","case":"{}","z":{},"x":{},"y":{},"features":{},"rows":{},"omitted":{},"cells":{},"bytes":{bytes},"ms":{}}}"#,
            self.name,
            tile.z(),
            tile.x(),
            tile.y(),
            report.features,
            report.rows,
            report.omitted,
            report.cells,
            took.as_secs_f64() * 1e3,
        );
    }
}
