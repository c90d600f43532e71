//! Parquet by its parts: what of a file is asked for, and that what is read is the same.

use super::*;
use polars_core::prelude::{Column, DataFrame};
use polars_io::parquet::write::{ParquetCompression, ParquetWriter};

/// Rows of a row group, and row groups.
const GROUP: usize = 20_000;
const GROUPS: usize = 4;

/// Rows from west to east, with a number, and with a text that is most of the file. No two files of other numbers are the same.
fn file(first: i64) -> Vec<u8> {
    let rows = GROUP * GROUPS;
    let noise = random(rows * 100);
    let texts: Vec<String> =
        noise.chunks_exact(100).map(|bytes| bytes.iter().map(|byte| char::from(b'0' + byte % 64)).collect()).collect();
    let place = |row: usize| row as f64 / rows as f64;
    let columns = vec![
        Column::new("lon".into(), (0..rows).map(|row| place(row) * 320.0 - 160.0).collect::<Vec<_>>()),
        Column::new("lat".into(), (0..rows).map(|row| (place(row) * 99.0).sin() * 60.0).collect::<Vec<_>>()),
        Column::new("noise".into(), texts),
        Column::new("n".into(), (first..first + rows as i64).collect::<Vec<_>>()),
    ];
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Uncompressed);
    let mut frame = DataFrame::new(rows, columns).expect("fits");
    writer.with_row_group_size(Some(GROUP)).finish(&mut frame).expect("memory");
    bytes
}

/// What is read of bytes in a file here.
fn local(bytes: &[u8], load: &Load) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.parquet");
    fs::write(&path, bytes).expect("written");
    facts(&Wanted::parse(&path.display().to_string(), load).and_then(|wanted| wanted.read(&())).expect("reads"))
}

fn read(server: &Server, load: &Load, progress: &dyn Progress) -> Result<Dataset, String> {
    read_from(&server.url("a.parquet"), load, progress)
}

fn read_from(address: &str, load: &Load, progress: &dyn Progress) -> Result<Dataset, String> {
    let wanted = Wanted::parse(address, load).expect("an address");
    wanted.read(progress).map_err(|error| format!("{error:#}"))
}

fn without_noise() -> Load {
    Load { hide: vec!["noise".into()], ..Load::default() }
}

#[test]
fn columns_that_are_not_read_are_not_fetched() {
    let bytes = file(0);
    let keep = Load { columns: vec!["n".into()], ..Load::default() };
    for load in [without_noise(), keep] {
        let (server, lines) = (Server::of(&bytes), Lines::default());
        let dataset = read(&server, &load, &lines).expect("reads");
        assert_eq!(facts(&dataset), local(&bytes, &load));
        let Served { sent, asked, .. } = server.now().clone();
        assert!(sent * 4 < bytes.len(), "{sent} of {}", bytes.len());
        // The beginning, the end, the numbers of each group with the positions of the next.
        assert_eq!(asked.len(), 2 + GROUPS + 1, "{asked:?}");
        assert!(asked[1..].iter().all(|asked| asked.contains("if-match=\"1\"")), "{asked:?}");
        let lines = lines.0.into_inner().expect("nobody panicked");
        assert!(lines.contains("MB of http://127.0.0.1") && lines.contains("the columns that are read"), "{lines}");
        // The same again is the same version.
        assert_eq!(read(&Server::of(&bytes), &load, &()).expect("reads").version(), dataset.version());
    }
    let server = Server::of(&bytes);
    let dataset = read(&server, &Load::default(), &()).expect("reads");
    assert_eq!(facts(&dataset), local(&bytes, &Load::default()));
    assert!(server.now().sent <= bytes.len());
}

#[test]
fn row_groups_outside_of_a_box_are_not_fetched() {
    let bytes = file(0);
    let load = Load { bbox: Some("-70,-60,-10,60".parse().expect("a box")), ..without_noise() };
    let server = Server::of(&bytes);
    let dataset = read(&server, &load, &()).expect("reads");
    assert_eq!(facts(&dataset), local(&bytes, &load));
    assert!(dataset.len() > GROUP / 2 && dataset.len() < GROUP, "{}", dataset.len());
    // One row group of four.
    let sent = server.now().sent;
    assert!(sent * 12 < bytes.len(), "{sent} of {}", bytes.len());
    // With the text as well, and as S3 has it.
    let load = Load { hide: Vec::new(), ..load };
    let server = Server::of(&bytes);
    let address = format!("s3://bucket/a.parquet?endpoint={}&anonymous", server.url(""));
    assert_eq!(facts(&read_from(&address, &load, &()).expect("reads")), local(&bytes, &load));
    let sent = server.now().sent;
    assert!(sent * 3 < bytes.len(), "{sent} of {}", bytes.len());
    // Nothing of it.
    let load = Load { bbox: Some("170,70,171,71".parse().expect("a box")), ..without_noise() };
    let server = Server::of(&bytes);
    assert_eq!(facts(&read(&server, &load, &()).expect("reads")), local(&bytes, &load));
    assert!(server.now().sent < 70_000);
}

#[test]
fn a_part_whose_connection_is_cut_goes_on_and_one_that_never_comes_is_an_error() {
    let bytes = file(0);
    let server = Server::of(&bytes);
    server.now().cuts = vec![200_000, 0, 0, 1000, usize::MAX, usize::MAX];
    let dataset = read(&server, &without_noise(), &()).expect("reads");
    assert_eq!(facts(&dataset), local(&bytes, &without_noise()));
    let server = Server::of(&bytes);
    server.now().cuts = vec![0; 100];
    server.now().cuts.extend([usize::MAX; 2]);
    let error = read(&server, &without_noise(), &()).expect_err("cut");
    assert!(error.contains("5 times in a row nothing more came of a part of it"), "{error}");
    assert!(server.now().asked.len() < 40);
}

/// Does something once, when a file is looked at of which the footer is here.
struct Then<'s>(&'s Server, Mutex<Option<Vec<u8>>>);

impl Progress for Then<'_> {
    fn stage(&self, name: &str, _: Option<u64>) {
        if name == "look"
            && let Some(bytes) = self.1.lock().expect("nobody panicked").take()
        {
            let mut now = self.0.now();
            (now.bytes, now.etag, now.modified) = (bytes, Some("\"2\"".into()), Some("now".into()));
        }
    }
    fn advance(&self, _: u64) {}
    fn line(&self, _: &str) {}
}

#[test]
fn a_file_that_changes_meanwhile_begins_anew() {
    let (old, new) = (file(0), file(7));
    let expected = local(&new, &without_noise());
    // Once its beginning came, by the first answer; and once its footer did, with a tag and without.
    let server = Server::of(&old);
    server.now().then = Some((new.clone(), "\"2\"".into()));
    assert_eq!(facts(&read(&server, &without_noise(), &()).expect("reads")), expected);
    for tag in [Some("\"1\"".to_owned()), None] {
        let server = Server::of(&old);
        (server.now().etag, server.now().modified) = (tag, Some("then".into()));
        let then = Then(&server, Mutex::new(Some(new.clone())));
        assert_eq!(facts(&read(&server, &without_noise(), &then).expect("reads")), expected);
    }
}

#[test]
fn a_server_without_parts_or_tags_gives_all_of_it() {
    let bytes = file(0);
    for (parts, etag) in [(false, Some("\"1\"".to_owned())), (true, None), (true, Some("W/\"1\"".into()))] {
        let server = Server::new(Served { bytes: bytes.clone(), etag, parts, ..Served::default() });
        let dataset = read(&server, &without_noise(), &()).expect("reads");
        assert_eq!(facts(&dataset), local(&bytes, &without_noise()));
        let state = server.now();
        assert!(state.asked.len() <= 2 && state.sent >= bytes.len(), "{:?}", state.asked);
        assert!(parts || state.asked.len() == 1);
    }
}

#[test]
fn what_is_no_whole_parquet_file_is_refused_as_it_is_here() {
    let bytes = file(0);
    let end = bytes.len() - 8;
    let length = u32::from_le_bytes(bytes[end..end + 4].try_into().expect("four")) as usize;
    let with_length = |length: u32| [&bytes[..end], &length.to_le_bytes(), b"PAR1"].concat();
    let footer_alone = [b"PAR1", &bytes[end - length..]].concat();
    let encrypted = [b"PARE", &bytes[4..end + 4], b"PARE"].concat();
    for (bytes, expected) in [
        (with_length(u32::MAX), "it is longer than the file"),
        (with_length(end as u32), "it is longer than the file"),
        (with_length(9), "cannot read the footer"),
        (bytes[..end].to_vec(), "it does not end with PAR1"),
        (footer_alone, "a part of it lies beyond its end"),
        (encrypted, "encrypted"),
        (b"PAR1".to_vec(), "cut off"),
        (Vec::new(), "the file is empty"),
    ] {
        let error = read(&Server::of(&bytes), &without_noise(), &()).expect_err(expected);
        assert!(error.contains(expected) && error.contains("http://127.0.0.1"), "{error}, expected {expected}");
    }
    // So large no file is.
    let server = Server::of(&bytes);
    server.now().lie = Some("bytes 0-511/1152921504606846976".into());
    read(&server, &without_noise(), &()).expect_err("too large");
}
