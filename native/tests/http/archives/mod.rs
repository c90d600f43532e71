//! Archives of tiles as datasets: tile for tile what was exported, documents of what they say ([`served`]), and files that lie ([`files`]).

mod files;
mod served;

use crate::support::{Answer, Server, dataset};
use duotile::{
    catalog::{Catalog, Entry},
    export::{self, Kind, Layer, Settings as Way},
    http::State,
    load::Load,
    read::Options,
    settings::Settings,
    wanted::Wanted,
};
use duotile_core::{TileId, TileQuery};
use std::path::{Path, PathBuf};

/// Exports the rows of the tests, zooms 1 to 6.
fn exported(out: PathBuf) -> PathBuf {
    let kind = Kind::of(&out).expect("a known ending");
    let layer = Layer::new(Entry::open(dataset(&Options::default())), &TileQuery::default(), 1..=6).expect("fits");
    let way = Way { out: out.clone(), kind, bounds: None, budget: 1 << 20, overzoom: false, resume: false };
    write(&[layer], &way);
    out
}

/// Exports on a thread of its own, as no command runs within a server's.
fn write(layers: &[Layer], way: &Way) -> export::Report {
    std::thread::scope(|scope| {
        scope.spawn(|| export::export(layers, way, &(), &|| true).expect("written")).join().expect("no panic")
    })
}

/// A server of the rows, and of archives of them.
fn server(folder: &Path) -> Server {
    let open = |ending: &str| {
        let path = exported(folder.join(format!("old.{ending}")));
        let wanted = format!("{ending}={}", path.display());
        Wanted::parse(&wanted, &Load::default()).expect("fine").entry(&()).expect("it opens")
    };
    let entries = [Entry::open(dataset(&Options::default())), open("pmtiles"), open("mbtiles")];
    let state = State::new(Catalog::new(entries), Settings::default());
    Server { app: duotile::app(state.clone()), state }
}

/// All tiles of some zooms, which are few.
fn tiles(zooms: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = TileId> {
    zooms
        .flat_map(|z| (0..1 << (2 * z)).map(move |at: u32| (z, at >> z, at & ((1 << z) - 1))))
        .map(|(z, x, y)| TileId::new(z, x, y).expect("valid"))
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    match answer.header("content-encoding") {
        "" => answer.body.to_vec(),
        "gzip" => {
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&answer.body[..]), &mut plain).expect("gzip");
            plain
        }
        "zstd" => zstd::decode_all(&answer.body[..]).expect("zstd"),
        other => panic!("{other}"),
    }
}
