//! The real program under load while its configuration changes: datasets come, go, are replaced, and break. No answer is
//! wrong, none is missing, and nothing is left in memory.
//!
//! `DUOTILE_RELOADS` says how many changes; ten unless said.

use crate::support::{Server, run, text};
use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

const CLIENTS: usize = 64;
/// Every so many clients, one reads whole files of rows.
const DOWNLOADS: usize = 8;
/// Rows of the first content of the dataset that changes; each later one has some more.
const ROWS: usize = 40_000;
const QUERY: &str = "agg=sum:n&cell=8";

/// What is served after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Epoch {
    /// Which content the dataset has that changes.
    content: usize,
    /// Whether the dataset is there that comes and goes.
    there: bool,
}

/// What a change is, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Replace,
    ComeOrGo,
    /// A configuration that cannot be understood.
    BreakText,
    /// A file that cannot be read.
    BreakFile,
    /// Another file of the same name in place of the one that was broken, another order.
    Mend,
}

const CHANGES: [Change; 5] = [Change::Replace, Change::ComeOrGo, Change::BreakText, Change::BreakFile, Change::Mend];

/// Asks on a connection of its own, which ends with the answer.
fn once(server: &Server, path: &str) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(&server.address).expect("it listens");
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("sent");
    let mut all = Vec::new();
    stream.read_to_end(&mut all).expect("an answer to its end");
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("headers");
    let status = String::from_utf8_lossy(&all[..end]).split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("a status"), all.split_off(end + 4))
}

/// Bytes of memory that are the program's own.
fn memory(server: &Server) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// A connection that is kept.
struct Client(BufReader<TcpStream>);

impl Client {
    fn of(server: &Server) -> Self {
        let stream = TcpStream::connect(&server.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a limit");
        Self(BufReader::new(stream))
    }

    /// Status, a header that says how many rows passed, and the body.
    fn get(&mut self, path: &str) -> (u16, Option<usize>, Vec<u8>) {
        write!(self.0.get_mut(), "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it listens on");
        let (mut status, mut rows, mut length) = (0, None, 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).expect("an answer");
            assert!(!line.is_empty(), "the connection was closed before the answer to {path}");
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().expect("a status");
            }
            rows = line.strip_prefix("duotile-rows: ").map(|rows| rows.parse().expect("a count")).or(rows);
            length = line.strip_prefix("content-length: ").map_or(length, |length| length.parse().expect("a length"));
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("the whole body");
        (status, rows, body)
    }
}

fn rows_of(content: usize) -> usize {
    ROWS + 100 * content
}

/// Rows around the world, from a fixed sequence.
fn write_rows(path: &Path, rows: usize, seed: usize) {
    let mut text = String::from("lon,lat,n\n");
    for row in 0..rows {
        let (x, y) = ((row * 7919 + seed * 13) % 36_000, (row * 104_729 + seed * 7) % 17_000);
        let _ = writeln!(text, "{:.2},{:.2},{}", x as f64 / 100.0 - 180.0, y as f64 / 100.0 - 85.0, row % 97);
    }
    fs::write(path, text).expect("written");
}

/// The tile of a file, cut by another process than the one that serves it.
fn tile(name: &str, path: &Path) -> Vec<u8> {
    let source = format!("{name}={}", path.display());
    let cut = run(&["tile", &source, "0/0/0", QUERY]);
    assert!(cut.status.success(), "{}", text(&cut.stderr));
    cut.stdout
}

/// What is in the folder: the contents, and the tile of each.
struct Data {
    folder: PathBuf,
    steady: Vec<u8>,
    changing: Vec<Vec<u8>>,
}

impl Data {
    fn new(folder: &Path, contents: usize) -> Self {
        write_rows(&folder.join("steady.csv"), 3000, 1);
        write_rows(&folder.join("visitor.csv"), 500, 2);
        fs::write(folder.join("broken.csv"), "no,positions\n1,2\n").expect("written");
        let content = |content| {
            let path = folder.join(format!("content-{content}.csv"));
            write_rows(&path, rows_of(content), content);
            tile("changing", &path)
        };
        let changing = (0..contents).map(content).collect();
        let steady = tile("steady", &folder.join("steady.csv"));
        Self { folder: folder.to_owned(), steady, changing }
    }

    /// Writes a configuration whole, as people should.
    fn configure(&self, text: &str) {
        let next = self.folder.join("next.toml");
        fs::write(&next, text).expect("written");
        fs::rename(next, self.folder.join("duotile.toml")).expect("renamed");
    }

    /// What serves as an epoch says. `file` is that of the dataset that changes.
    fn text(epoch: Epoch, file: &str, number: usize) -> String {
        let dataset = |name: &str, path: &str| format!("[[dataset]]\nname = \"{name}\"\npath = \"{path}\"\n");
        let changing = dataset("changing", file);
        let steady = dataset("steady", "steady.csv");
        let both = if number.is_multiple_of(2) { changing + &steady } else { steady + &changing };
        let visitor = if epoch.there { dataset("visitor", "visitor.csv") } else { String::new() };
        format!("max-subset = {}\n{both}{visitor}", 1000 + number)
    }
}

/// Changes the configuration, and waits until that is what is served.
fn change(server: &Server, data: &Data, number: usize, before: Epoch, after: Epoch) {
    let file = format!("content-{}.csv", after.content);
    let whole = Data::text(after, &file, number);
    let kind = CHANGES[number % CHANGES.len()];
    let text = match kind {
        Change::BreakText => "port = \n".to_owned(),
        Change::BreakFile => Data::text(after, "broken.csv", number),
        Change::Replace | Change::ComeOrGo | Change::Mend => whole,
    };
    data.configure(&text);
    server.signal("-HUP");
    server.until(&format!("change {number}, {kind:?}: {before:?} to {after:?}"), |server| match kind {
        Change::BreakText => server.get("/metrics").1.contains("duotile_configuration_stale 1\n"),
        Change::BreakFile => server.get("/metrics").1.contains("duotile_dataset_stale{dataset=\"changing\"} 1\n"),
        Change::Replace | Change::ComeOrGo | Change::Mend => {
            let metrics = server.get("/metrics").1;
            let names = server.get("/datasets").1;
            metrics.contains("duotile_configuration_stale 0\n")
                && metrics.contains("duotile_dataset_stale{dataset=\"changing\"} 0\n")
                && names.contains(&format!("\"rows\":{},", rows_of(after.content)))
                && names.contains("\"id\":\"visitor\"") == after.there
        }
    });
}

/// Asks until told to stop. Each answer must be that of an epoch between the one when it was asked and the one when it came.
fn ask(
    number: usize,
    server: &Server,
    data: &Data,
    epochs: &Mutex<Vec<Epoch>>,
    settled: &AtomicUsize,
    stop: &AtomicBool,
) -> usize {
    let mut client = Client::of(server);
    let mut answers = 0;
    while !stop.load(Ordering::Relaxed) {
        let first = settled.load(Ordering::SeqCst);
        let path = match (number, answers % 4) {
            (number, 1) if number % DOWNLOADS == 0 => "/datasets/changing/rows.csv".to_owned(),
            (_, 0) => format!("/tiles/steady/0/0/0.mvt?{QUERY}"),
            (_, 1 | 2) => format!("/tiles/changing/0/0/0.mvt?{QUERY}"),
            _ => format!("/tiles/visitor/0/0/0.mvt?{QUERY}"),
        };
        let is_file = path.contains("rows.csv");
        let (status, rows, body) = if is_file {
            let (status, body) = once(server, &path);
            let lines = body.split(|byte| *byte == b'\n').count();
            // One line is the names, and nothing follows the last.
            (status, lines.checked_sub(2), Vec::new())
        } else {
            client.get(&path)
        };
        let possible: Vec<Epoch> = epochs.lock().expect("no panic")[first..].to_vec();
        let told = format!("{path}: {status}, {rows:?} rows, {} bytes; {possible:?}", body.len());
        if path.contains("steady") {
            assert!(status == 200 && body == data.steady, "{told}");
        } else if path.contains("visitor") {
            assert!(possible.iter().any(|epoch| status == if epoch.there { 200 } else { 404 }), "{told}");
            assert!(status == 404 || rows == Some(500), "{told}");
        } else {
            let fits = |epoch: &Epoch| {
                let whole = is_file || body == data.changing[epoch.content];
                whole && rows == Some(rows_of(epoch.content))
            };
            assert!(status == 200 && possible.iter().any(fits), "{told}");
        }
        answers += 1;
    }
    answers
}

#[test]
fn under_load_a_changing_configuration_gives_no_wrong_answer_and_loses_none() {
    let changes: usize = std::env::var("DUOTILE_RELOADS").ok().map_or(10, |text| text.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::new(folder.path(), changes + 1);
    let start = Epoch { content: 0, there: false };
    data.configure(&Data::text(start, "content-0.csv", 0));
    let config = folder.path().join("duotile.toml").display().to_string();
    let mut server = Server::start(&["serve", "--config", &config, "--port", "0"]);
    // A pipe that nobody reads would stop it.
    let mut errors = server.child.stderr.take().expect("piped");
    std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
    let (epochs, settled, stop) = (Mutex::new(vec![start]), AtomicUsize::new(0), AtomicBool::new(false));
    let mut measured = Vec::new();
    let answers: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (server, data, epochs, settled, stop) = (&server, &data, &epochs, &settled, &stop);
                scope.spawn(move || ask(number, server, data, epochs, settled, stop))
            })
            .collect();
        // Whatever goes wrong here, the clients end.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut now = start;
            for number in 0..changes {
                let next = match CHANGES[number % CHANGES.len()] {
                    Change::Replace | Change::Mend => Epoch { content: number + 1, ..now },
                    Change::ComeOrGo => Epoch { there: !now.there, ..now },
                    Change::BreakText | Change::BreakFile => now,
                };
                epochs.lock().expect("no panic").push(next);
                change(&server, &data, number, now, next);
                settled.store(number + 1, Ordering::SeqCst);
                now = next;
                std::thread::sleep(Duration::from_millis(100));
                measured.extend(memory(&server));
            }
        }));
        stop.store(true, Ordering::Relaxed);
        let answers = clients.into_iter().map(|client| client.join().expect("no wrong answer")).sum();
        if let Err(panic) = done {
            std::panic::resume_unwind(panic);
        }
        answers
    });
    let megabytes: Vec<u64> = measured.iter().map(|bytes| bytes >> 20).collect();
    let _ = writeln!(
        std::io::stderr(),
        "{changes} changes, {answers} answers; MB of memory after each change: {megabytes:?}"
    );
    assert!(answers > CLIENTS * changes, "{answers} answers");
    // What was replaced is let go. One content is about a megabyte, and as much again while it is read.
    if let (Some(half), Some(last)) = (measured.get(measured.len() / 2), measured.last()) {
        assert!(*last < half + (64 << 20), "{megabytes:?} MB");
    }
}
