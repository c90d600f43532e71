//! What the commands print, and that what is wrong is one line.

use crate::support::{CSV, Server, duotile, fails, run, text, write};
use std::{
    io::{Read as _, Write as _},
    process::Stdio,
};

#[test]
fn help_is_a_manual_and_wrong_usage_is_2() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    for part in ["Examples:", "duotile generate", "--base-url", "DUOTILE_PORT", "--decimal-comma", "--watch"] {
        assert!(text(&help.stdout).contains(part), "{part}");
    }
    for args in [&["serve", "--nonsense"][..], &["tile"], &["generate", "ten", "a.csv"], &["--port", "70000"]] {
        assert_eq!(run(args).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn what_cannot_be_read_is_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let nowhere = write(here, "nowhere.csv", "a,b\n1,2\n");
    let empty = write(here, "empty.csv", "");
    let broken = write(here, "broken.parquet", b"PAR1\0\0\0\0nothing of the kind");
    let truncated = write(here, "truncated.parquet", b"PAR1");
    let fine = write(here, "fine.csv", CSV);
    fails(&["serve", "missing.csv"], "missing.csv");
    fails(&["serve", &nowhere], "nowhere.csv");
    fails(&["serve", &empty], "empty.csv");
    fails(&["serve", &broken], "broken.parquet");
    fails(&["inspect", &truncated], "truncated.parquet");
    fails(&["serve", &fine, "--lon", "longitude"], "longitude");
    fails(&["serve", &fine, "--time-unit", "ms", "--time", "nothing"], "nothing");
    fails(&["serve", &fine, "--hide", "nothing"], "nothing");
    fails(&["serve", &fine, "--timezone", "Nowhere/Town"], "Nowhere/Town");
    fails(&["serve", &fine, "--delimiter", ";;"], "--delimiter");
    fails(&["serve", &fine, "--basemap", &fine], "is no PMTiles file; expected");
    fails(&["serve", &fine, "--basemap", "missing.pmtiles"], "cannot read missing.pmtiles");
    fails(&["serve", &format!("a b={fine}")], "a b");
    fails(&["tile", &fine, "0/0"], "z/x/y");
    fails(&["tile", &fine, "23/0/0"], "23");
    fails(&["tile", &fine, "0/0/0", "filter=nothing=1"], "nothing");
    fails(&["inspect", "missing.mvt"], "missing.mvt");
    fails(&["inspect", "a\u{1b}[31m.csv"], "a\\u{1b}[31m.csv");
    let tile = write(here, "broken.mvt", [0xff; 9]);
    fails(&["inspect", &tile], "broken.mvt");
    let config = write(here, "odd.toml", "[[dataset]]\nlong = 1\n");
    fails(&["serve", "--config", &config], "odd.toml");
    fails(&["generate", "10", &here.join("a.xyz").display().to_string()], "xyz");
}

#[test]
fn rows_are_converted_and_read_again_and_a_wrong_ending_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let fine = write(folder.path(), "fine.csv", CSV);
    let all = text(&run(&["convert", &fine, "-o", "-"]).stdout);
    let rows = all.lines().count();
    assert!(rows > 0 && all.lines().all(|line| line.starts_with("{\"type\":\"Feature\"")), "{all}");
    for ending in ["csv", "geojson", "geojsonl", "fgb", "parquet"] {
        let out = folder.path().join(format!("again.{ending}")).display().to_string();
        let done = run(&["convert", &fine, "-o", &out]);
        assert!(text(&done.stderr).contains(&format!("{out}: {rows} rows, ")), "{}", text(&done.stderr));
        let again = text(&run(&["convert", &out, "-o", "-"]).stdout);
        assert_eq!(again.lines().count(), rows, "{ending}");
    }
    // The source and a file of each kind, and nothing else.
    assert_eq!(std::fs::read_dir(folder.path()).expect("there").count(), 6);
    fails(&["convert", &fine, "-o", "a.pmtiles"], "duotile export writes tiles");
    fails(&["convert", &fine, "-o", "/nowhere/a.fgb"], "/nowhere/a.fgb: there is no folder /nowhere");
}

#[test]
#[cfg(unix)]
fn what_is_converted_takes_the_place_of_what_was_named_and_of_nothing_else() {
    use std::{fs, os::unix::fs::PermissionsExt as _};
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let fine = write(folder.path(), "fine.csv", CSV);
    let out = at("out.csv").display().to_string();
    // What lies there is somebody else's, though it be what is read.
    let prepared = at("out.csv.part").display().to_string();
    assert!(run(&["build", &fine, "-o", &at("out.arrow").display().to_string()]).status.success());
    fs::rename(at("out.arrow"), &prepared).expect("moved");
    let before = fs::read(&prepared).expect("read");
    let done = run(&["convert", &prepared, "-o", &out]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(fs::read(&prepared).expect("read") == before);
    let rows = fs::read(&out).expect("read");
    assert_eq!(text(&rows).lines().count(), CSV.lines().count());
    // Others may read it, as any file that a program writes here.
    let mode = |path: &str| fs::metadata(path).expect("there").permissions().mode();
    assert_eq!(mode(&out), mode(&fine));
    // A link of that name stays, and what it leads to is replaced.
    let real = write(folder.path(), "real.csv", "old");
    std::os::unix::fs::symlink(&real, at("link.csv")).expect("a link");
    let link = at("link.csv").display().to_string();
    assert!(run(&["convert", &fine, "-o", &link]).status.success());
    assert!(at("link.csv").is_symlink() && fs::read(&real).expect("read") == rows);
    // The source stays, by whatever name.
    for name in ["fine.csv", "./fine.csv"] {
        fails(
            &["convert", &fine, "-o", &at(name).display().to_string(), "--query", "filter=n>2"],
            "that is what is read",
        );
    }
    fails(&["convert", &real, "-o", &link], "that is what is read");
    assert_eq!(text(&fs::read(&fine).expect("read")), CSV);
    fs::create_dir(at("folder.csv")).expect("a folder");
    fails(&["convert", &fine, "-o", &at("folder.csv").display().to_string()], "a folder has that name");
}

#[test]
fn what_an_archive_says_does_nothing_to_a_terminal() {
    const ODD: &str = "a\u{1b}[31m\nerror: b\u{9b}2J\u{202e}";
    let folder = tempfile::tempdir().expect("a folder");
    let made = |name: &str, format: &str| {
        let path = folder.path().join(name);
        let layers = serde_json::json!({ "vector_layers": [{ "id": ODD, "fields": { ODD: ODD } }] }).to_string();
        let database = rusqlite::Connection::open(&path).expect("a database");
        let schema = "CREATE TABLE metadata (name text, value text);
            CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob,
                PRIMARY KEY (zoom_level, tile_column, tile_row));
            INSERT INTO tiles VALUES (0, 0, 0, x'1a0578020a0162');";
        database.execute_batch(schema).expect("made");
        let said =
            [("format", format), ("name", ODD), ("description", ODD), ("attribution", ODD), ("json", layers.as_str())];
        for (name, value) in said {
            database.execute("INSERT INTO metadata VALUES (?1, ?2)", [name, value]).expect("written");
        }
        path.display().to_string()
    };
    let (fine, odd) = (made("fine.mbtiles", "pbf"), made("odd.mbtiles", ODD));
    let plain = |said: &[u8]| {
        let said = text(said);
        let acts = |letter: char| letter != '\n' && letter.is_control() || letter == '\u{202e}';
        assert!(!said.contains(acts) && !said.contains("\nerror: b"), "{said:?}");
        said
    };
    for args in
        [&["inspect", &fine][..], &["verify", &fine], &["inspect", &odd], &["verify", &odd], &["tile", &odd, "0/0/0"]]
    {
        let done = run(args);
        let said = plain(&done.stdout) + &plain(&done.stderr);
        assert!(said.contains(r"a\u{1b}[31m"), "{args:?}: {said}");
    }
    let mut server = Server::start(&[&fine, "--port", "0"]);
    server.signal("-TERM");
    let mut errors = Vec::new();
    server.child.stderr.take().expect("piped").read_to_end(&mut errors).expect("text");
    assert!(plain(&errors).contains(r"fine: an archive of tiles, zooms 0 to 0, a\u{1b}[31m\n"), "{}", text(&errors));
}

#[test]
fn settings_that_make_no_sense_are_one_line() {
    fails(&["serve", "--cors", "somebody"], "--cors");
    fails(&["serve", "--base-url", "example.org"], "--base-url");
    fails(&["serve", "--host", "nonsense"], "--host");
    fails(&["serve", "--metrics", "nonsense"], "--metrics");
}

#[test]
fn a_tile_goes_to_standard_output_and_can_be_inspected() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(folder.path(), "a.csv", CSV);
    let tile = run(&["tile", &file, "0/0/0", "filter=n > 1&properties=name"]);
    assert!(tile.status.success(), "{}", text(&tile.stderr));
    let mut child =
        duotile().args(["inspect", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("piped").write_all(&tile.stdout).expect("taken");
    let shown = text(&child.wait_with_output().expect("it ends").stdout);
    // The world is 4096 wide: 2.35° east is at 2074, 74° west at 1206.
    let expected = "layer \"a\": version 2, extent 4096, 2 features\n";
    assert!(shown.starts_with(expected), "{shown}");
    for part in ["POINT(1206 ", "POINT(2074 ", "name = \"b\" (string)", "name = \"c\" (string)", " id 2"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let facts = run(&["inspect", &file]);
    assert!(text(&facts.stdout).contains("a: 3 rows") && text(&facts.stdout).contains("name (text)"));
}

#[test]
fn generated_points_are_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("points.parquet").display().to_string();
    let made = run(&["generate", "2k", &file, "--seed", "3"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(text(&run(&["inspect", &file]).stdout).contains("points: 2000 rows"));
}
