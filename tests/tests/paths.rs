//! One filter cut by every path gives the same bytes: no mask, the mask of all rows made in blocks at once and in one go, one over the
//! rows of the tile alone, landmarks and summaries or none, what the server keeps, and the filtered rows cut out as a dataset of
//! their own.

use duotile::{
    catalog::Entry,
    engine::{Budget, Engine, Fitted, Limits, mask, pack::Coding, tile::Bare},
    format::Format,
    read,
};
use duotile_core::{
    Bits, Codes, Column, Filter, Landmarks, Mask, Mode, Plan, Points, Profile, Scratch, Selection, Sums, TileId,
    TileQuery, Values, Work,
};
use std::{sync::Arc, time::Duration};

const FILTERS: [&str; 12] = [
    "population > 10000",
    "population BETWEEN 1000 AND 2000 OR country IN ('FR','DE')",
    "name LIKE 'San %' AND NOT country = 'US'",
    "CASEI(name) LIKE '%berg' OR population = 0",
    "lat > 0 AND lon < 12.5",
    "S_INTERSECTS(geometry, BBOX(170,-60,-170,60))",
    "NOT (country = 'US' OR lat < -10)",
    "admin1 IS NULL",
    "timezone LIKE 'Asia/%' AND lat < 30",
    "population > 100000000",
    "population >= 0 OR population < 0",
    "lon IS NOT NULL",
];

const QUERIES: [&str; 4] = [
    "",
    "cell=2&agg=sum:population,mean:population,median:population,max:population,mode:country,nunique:timezone&by=continent",
    "cell=16&shape=centroid&agg=p95:population&alias=supercluster,tippecanoe,carto",
    "properties=*&limit=300",
];

fn tiles(points: &Points<'_>) -> Vec<TileId> {
    let mut tiles: Vec<TileId> = vec![TileId::WORLD];
    for z in [1, 3, 5, 8, 11, 14, 22] {
        let mut some: Vec<TileId> = (0..points.len())
            .step_by(points.len() / 6)
            .map(|row| TileId::containing(duotile_core::morton::position(points.keys()[row]), z))
            .collect();
        some.dedup();
        tiles.extend(some);
    }
    tiles
}

fn cut(plan: &Plan, points: &Points<'_>, mask: Option<&Mask>, profile: &Profile, tile: TileId) -> Vec<u8> {
    let mut out = Vec::new();
    let selection = Selection { mask, profile, summaries: &[] };
    plan.tile_into(points, selection, tile, &Work::free(), &mut Scratch::default(), &mut out).expect("goes on");
    out
}

fn summed(
    plan: &Plan,
    points: &Points<'_>,
    mask: Option<&Mask>,
    profile: &Profile,
    sums: &[Sums],
    tile: TileId,
) -> Vec<u8> {
    let mut out = Vec::new();
    let summaries: Vec<_> = sums.iter().map(|sums| Some(sums.view())).collect();
    let selection = Selection { mask, profile, summaries: &summaries };
    plan.tile_into(points, selection, tile, &Work::free(), &mut Scratch::default(), &mut out).expect("goes on");
    out
}

/// The rows of a mask as columns of their own, with the facts of the full dataset, as a subset for the browser has them.
struct Subset {
    keys: Vec<u64>,
    rows: Vec<u32>,
    columns: Vec<(Buffer, Vec<u8>)>,
}

enum Buffer {
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Bool(Vec<u8>),
    Codes(Vec<u32>),
}

fn pack(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let bits: Vec<bool> = bits.collect();
    bits.chunks(8).map(|eight| eight.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit))).collect()
}

impl Subset {
    fn of(points: &Points<'_>, mask: &Mask) -> Self {
        let rows: Vec<usize> = mask.rows(0..points.len()).collect();
        let columns = points.columns().iter().map(|column| {
            let valid = pack(rows.iter().map(|&row| column.is_valid(row)));
            let buffer = match column.values {
                Values::I32(v) => Buffer::I32(rows.iter().map(|&row| v[row]).collect()),
                Values::I64(v) | Values::Time(v) => Buffer::I64(rows.iter().map(|&row| v[row]).collect()),
                Values::F32(v) => Buffer::F32(rows.iter().map(|&row| v[row]).collect()),
                Values::F64(v) => Buffer::F64(rows.iter().map(|&row| v[row]).collect()),
                Values::Bool(bits) => Buffer::Bool(pack(rows.iter().map(|&row| bits.get(row)))),
                Values::Text(codes, _) => Buffer::Codes(rows.iter().map(|&row| codes.get(row) as u32).collect()),
            };
            (buffer, valid)
        });
        Self {
            columns: columns.collect(),
            keys: rows.iter().map(|&row| points.keys()[row]).collect(),
            rows: rows.iter().map(|&row| points.rows()[row]).collect(),
        }
    }

    fn columns<'a>(&'a self, full: &[Column<'a>]) -> Vec<Column<'a>> {
        let parts = full.iter().zip(&self.columns);
        parts
            .map(|(full, (buffer, valid))| {
                let values = match (buffer, full.values) {
                    (Buffer::I32(v), _) => Values::I32(v),
                    (Buffer::I64(v), Values::Time(_)) => Values::Time(v),
                    (Buffer::I64(v), _) => Values::I64(v),
                    (Buffer::F32(v), _) => Values::F32(v),
                    (Buffer::F64(v), _) => Values::F64(v),
                    (Buffer::Bool(bytes), _) => Values::Bool(Bits { bytes, len: self.keys.len() }),
                    (Buffer::Codes(codes), Values::Text(_, words)) => Values::Text(Codes::U32(codes), words),
                    (Buffer::Codes(_), _) => unreachable!("codes come from texts"),
                };
                Column::new(full.name, values, Some(valid), full.facts).expect("fits")
            })
            .collect()
    }
}

/// What keeps masks and summaries as the server does, but no tile.
fn engine() -> Arc<Engine> {
    let budget = Budget { masks: 1 << 20, tiles: 0 };
    Engine::new(Limits { budget, threads: 2, queue: 100, patience: Duration::from_mins(1), work: u64::MAX })
}

#[test]
fn every_path_gives_the_same_bytes() {
    let entry = Arc::new(Entry::open(read::builtin("places", &()).expect("the program brings its data along")));
    let dataset = entry.source.dataset().expect("rows");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let (mut compared, mut not_empty) = (0, 0);
    dataset.with_points(|points| {
        // As the dataset gives them, they have landmarks; without these, they are searched alone.
        let roles = points.roles();
        let bare = Points::new(points.layer(), points.keys(), points.rows(), points.columns(), roles).expect("fits");
        let summarise = |mask: Option<&Mask>| -> Vec<Sums> {
            bare.columns()
                .iter()
                .map(|column| Sums::build(points.landmarks(), column, mask, &Work::free()).expect("goes on"))
                .collect()
        };
        let of_all = summarise(None);
        for filter in FILTERS {
            for rest in QUERIES {
                let query = TileQuery::parse(&format!("{rest}&filter={}", filter.replace('%', "%25"))).expect(filter);
                let unfiltered = TileQuery { filter: None, ..query.clone() };
                let fitted = Filter::of(&query, &bare, &Work::free()).expect(filter);
                let mask = mask::mask(dataset, &fitted, &Work::free()).expect("goes on");
                let own = fitted.mask(&bare, 0..bare.len(), &Work::free()).expect("goes on");
                assert_eq!(mask.words(), own.words(), "{filter}");
                let profile = fullness(&bare, Some(&mask), query.limit);
                assert_eq!(profile, fullness(&points, Some(&mask), query.limit));
                let of_these = summarise(Some(&mask));

                let subset = Subset::of(&bare, &mask);
                let columns = subset.columns(bare.columns());
                let subset = Points::new(bare.layer(), &subset.keys, &subset.rows, &columns, roles).expect("fits");
                let words = Landmarks::build(subset.keys());
                let subset = subset.with_landmarks(Landmarks::new(&words, subset.len()));
                let subset_profile = fullness(&subset, None, query.limit);
                assert_eq!(profile, subset_profile);

                let plan = |query: &TileQuery, points: &Points<'_>| query.plan(points, &Work::free()).expect("fits");
                let cells = TileQuery { mode: Mode::Cells, ..query.clone() };
                let (filtered, cells) = (plan(&query, &bare), plan(&cells, &bare));
                let (unfiltered, in_subset) = (plan(&unfiltered, &bare), plan(&unfiltered, &subset));
                let engine = engine();
                let served = Fitted::new(entry.clone(), query.clone(), &Work::free()).map(Arc::new).expect("fits");
                for tile in tiles(&bare) {
                    let reference = cut(&filtered, &bare, Some(&mask), &profile, tile);
                    let same = |path: &str, bytes: &[u8]| assert!(bytes == reference, "{path}: {query} {tile}");
                    same("core's mask", &cut(&filtered, &bare, Some(&own), &profile, tile));
                    same("with landmarks", &cut(&filtered, &points, Some(&mask), &profile, tile));
                    same("summaries", &summed(&filtered, &points, Some(&mask), &profile, &of_these, tile));
                    same("the subset", &cut(&in_subset, &subset, None, &subset_profile, tile));
                    // Under an explicit mode the rows of the tile are enough.
                    let short = fitted.mask(&bare, bare.range(tile), &Work::free()).expect("goes on");
                    let none = Profile::default();
                    assert!(
                        cut(&cells, &bare, Some(&short), &none, tile) == cut(&cells, &bare, Some(&mask), &none, tile)
                    );
                    if mask.total() == bare.len() {
                        same("no mask", &cut(&unfiltered, &bare, None, &profile, tile));
                        same("no mask, summaries", &summed(&unfiltered, &points, None, &profile, &of_all, tile));
                    }
                    let bare = Bare::of(dataset, &filtered, tile, &Work::free()).expect("goes on");
                    same("made with nothing kept", &bare.bytes);
                    // As the server does it: a fresh mask, then the one it kept.
                    for _ in 0..2 {
                        let tile = runtime.block_on(engine.tile(&served, (tile, Format::Mvt), Coding::Identity));
                        same("the server's", &tile.expect("a tile").0.packed.bytes);
                    }
                    compared += 1;
                    not_empty += usize::from(!reference.is_empty());
                }
            }
        }
    });
    assert!(compared > 1000 && not_empty > 300, "{compared} tiles, {not_empty} of them not empty");
}

fn fullness(points: &Points<'_>, mask: Option<&Mask>, limit: u32) -> Profile {
    Profile::of(points, mask, limit, &Work::free()).expect("goes on")
}
