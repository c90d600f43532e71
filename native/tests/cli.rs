//! The real program: what it prints, how it ends, and that nothing it is given makes it panic.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant, SystemTime},
};

const CSV: &str = "lon,lat,name,n\n13.4,52.5,a,1\n2.35,48.85,b,2\n-74,40.7,c,3\n";

const REPLACED: &str = "duotile_reloads_total{dataset=\"a\",outcome=\"replaced\"}";
const FAILED: &str = "duotile_reloads_total{dataset=\"a\",outcome=\"failed\"}";
const UNCHANGED: &str = "duotile_reloads_total{dataset=\"a\",outcome=\"unchanged\"}";

fn duotile() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duotile"));
    command.env_remove("RUST_BACKTRACE").stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    duotile().args(args).output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A command that fails with one clear line.
fn fails(args: &[&str], expected: &str) {
    let output = run(args);
    let errors = text(&output.stderr);
    let last = errors.lines().last().unwrap_or_default();
    assert_eq!(output.status.code(), Some(1), "{args:?}: {errors}");
    assert!(last.starts_with("error: ") && last.contains(expected), "{args:?}: {errors}");
    assert_eq!(errors.matches("error: ").count(), 1, "{errors}");
    assert!(!errors.contains("panicked") && !errors.contains("RUST_BACKTRACE"), "{errors}");
}

/// A server, ended when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(args: &[&str]) -> Self {
        let mut command = duotile();
        command.args(args);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let Some(address) = line.trim().strip_prefix("Open http://") else {
            let mut errors = String::new();
            child.stderr.take().expect("piped").read_to_string(&mut errors).expect("text");
            panic!("{command:?}: {line:?} {errors}");
        };
        Self { address: address.trim_end_matches('/').to_owned(), child }
    }

    /// Status and body.
    fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let answer = text(&answer);
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned()))
    }

    /// A header of the answer to a path.
    fn head(&self, path: &str, name: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(stream, "HEAD {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let line = answer.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        line.unwrap_or_default()
    }

    /// How often something was counted in the metrics.
    fn count(&self, name: &str) -> u64 {
        let metrics = self.get("/metrics").1;
        let count = metrics.lines().find_map(|line| line.strip_prefix(name));
        count.map_or(0, |count| count.trim().parse().expect("a count"))
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(name).arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Waits until something holds.
    fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < Duration::from_mins(1), "never: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, content).expect("a file");
    path.display().to_string()
}

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
    let tile = write(here, "broken.mvt", [0xff; 9]);
    fails(&["inspect", &tile], "broken.mvt");
    let config = write(here, "odd.toml", "[[dataset]]\nlong = 1\n");
    fails(&["serve", "--config", &config], "odd.toml");
    fails(&["generate", "10", &here.join("a.xyz").display().to_string()], "xyz");
}

#[test]
fn settings_that_make_no_sense_are_one_line() {
    fails(&["serve", "--cors", "somebody"], "--cors");
    fails(&["serve", "--base-url", "example.org"], "--base-url");
    fails(&["serve", "--host", "nonsense"], "--host");
    fails(&["serve", "--metrics", "nonsense"], "--metrics");
}

#[test]
fn a_port_that_was_asked_for_and_is_taken_is_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    fails(&["serve", "--port", &port], &port);
}

#[test]
fn without_a_port_the_next_free_one_is_taken_and_said() {
    // Other tests have 8080 for a moment; it must be taken for the whole of this one. Who does not let go of it in ten
    // seconds keeps it.
    let _taken = (0..200).find_map(|_| {
        TcpListener::bind("127.0.0.1:8080").map_err(|_| std::thread::sleep(Duration::from_millis(50))).ok()
    });
    let mut server = Server::start(&["serve"]);
    assert!(!server.address.ends_with(":8080"), "{}", server.address);
    server.signal("-TERM");
    let mut errors = String::new();
    server.child.stderr.take().expect("piped").read_to_string(&mut errors).expect("text");
    let port = server.address.rsplit(':').next().expect("a port");
    assert!(errors.contains("8080 is taken") && errors.contains(port), "{errors}");
    assert!(server.child.wait().expect("it ends").success());
}

#[test]
fn a_file_becomes_a_server_that_stops_when_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(folder.path(), "My Trips.csv", CSV);
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start(&[&file, "--port", "0"]);
        assert_eq!(server.get("/health").0, 200);
        assert_eq!(server.get("/ready").0, 200);
        let (status, tile) = server.get("/tiles/my-trips/0/0/0.mvt");
        assert!(status == 200 && tile.contains("my-trips"));
        assert_eq!(server.get("/tiles/my-trips/0/0/0.mvt?filter=x").0, 400);
        server.signal(signal);
        assert!(server.child.wait().expect("it ends").success(), "{signal}");
    }
}

#[test]
fn files_are_read_again_when_told_and_a_damaged_one_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(folder.path(), "a.csv", CSV);
    let mut server = Server::start(&[&file, "--port", "0"]);
    assert!(server.get("/datasets/a").1.contains("\"rows\":3,"));
    write(folder.path(), "a.csv", format!("{CSV}5,5,d,4\n"));
    server.signal("-HUP");
    server.until("four rows", |server| server.get("/datasets/a").1.contains("\"rows\":4,"));
    write(folder.path(), "a.csv", "no,positions\n1,2\n");
    server.signal("-HUP");
    server.until("a failed reload in the metrics", |server| server.count(FAILED) == 1);
    assert!(server.get("/metrics").1.contains("duotile_dataset_stale{dataset=\"a\"} 1\n"));
    assert!(server.get("/datasets/a").1.contains("\"rows\":4,"));
    server.signal("-TERM");
    assert!(server.child.wait().expect("it ends").success());
}

#[test]
fn files_that_are_the_same_are_not_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(folder.path(), "a.csv", CSV);
    let hour_ago = SystemTime::now() - Duration::from_hours(1);
    fs::File::options().append(true).open(&file).and_then(|file| file.set_modified(hour_ago)).expect("dated");
    let server = Server::start(&[&file, "--port", "0"]);
    server.signal("-HUP");
    server.until("nothing to read", |server| server.count(UNCHANGED) == 1);
    // Touched: it may be another file now.
    fs::File::options().append(true).open(&file).and_then(|file| file.set_modified(SystemTime::now())).expect("dated");
    server.signal("-HUP");
    server.until("read again", |server| server.count(REPLACED) == 1);
    assert_eq!((server.count(UNCHANGED), server.count(FAILED)), (1, 0));
}

#[test]
fn watched_files_are_read_when_they_change_and_a_broken_one_is_tried_once() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "a-1.csv", CSV);
    let pattern = folder.path().join("a-*.csv").display().to_string();
    let mut server = Server::start(&["serve", &format!("a={pattern}"), "--port", "0", "--watch"]);
    let tag = |server: &Server| server.head("/tiles/a/0/0/0.mvt", "etag");
    let before = tag(&server);
    assert!(server.get("/datasets/a").1.contains("\"rows\":3,"));
    // A new file of the pattern.
    write(folder.path(), "a-2.csv", CSV);
    server.until("six rows", |server| server.get("/datasets/a").1.contains("\"rows\":6,"));
    assert_ne!(tag(&server), before);
    // Written beside and renamed, as files should be replaced.
    let next = write(folder.path(), "next", format!("{CSV}5,5,d,4\n"));
    fs::rename(next, folder.path().join("a-2.csv")).expect("renamed");
    server.until("seven rows", |server| server.get("/datasets/a").1.contains("\"rows\":7,"));
    let after = tag(&server);
    write(folder.path(), "a-2.csv", "no,positions\n1,2\n");
    server.until("a failed reload", |server| server.count(FAILED) == 1);
    fs::remove_file(folder.path().join("a-1.csv")).expect("removed");
    server.until("another, for another change", |server| server.count(FAILED) == 2);
    // Five more looks at files that stay broken.
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!((server.count(FAILED), server.count(REPLACED), tag(&server)), (2, 2, after));
    assert_eq!(server.get("/ready").0, 200);
    server.signal("-TERM");
    assert!(server.child.wait().expect("it ends").success());
}

#[test]
fn silent_clients_do_not_keep_others_out_nor_the_server_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(folder.path(), "a.csv", CSV);
    let mut server = Server::start(&[&file, "--port", "0", "--connections", "4"]);
    let mut silent = Vec::new();
    for _ in 0..12 {
        let mut stream = TcpStream::connect(&server.address).expect("it listens");
        stream.write_all(b"GET /health HTTP/1.1\r\nX-Slow: ").expect("sent");
        silent.push(stream);
    }
    for path in ["/health", "/ready", "/metrics", "/tiles/a/0/0/0.mvt"] {
        assert_eq!(server.get(path).0, 200, "{path}");
    }
    server.signal("-TERM");
    assert!(server.child.wait().expect("it ends").success());
}

#[test]
fn clients_that_read_nothing_of_their_answers_do_not_keep_others_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("points.csv").display().to_string();
    assert!(run(&["generate", "200k", &file]).status.success());
    // One address, so one listener.
    let mut server = Server::start(&[&file, "--host", "127.0.0.1", "--port", "0", "--connections", "4"]);
    let stalled: Vec<_> = (0..4)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).expect("it listens");
            stream.write_all(b"GET /datasets/points/rows.geojson HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
            let mut start = [0; 12];
            stream.read_exact(&mut start).expect("an answer");
            assert_eq!(&start, b"HTTP/1.1 200");
            stream
        })
        .collect();
    let mut stream = TcpStream::connect(&server.address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a limit");
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer within 30 seconds");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    drop(stalled);
    server.signal("-TERM");
    assert!(server.child.wait().expect("it ends").success());
}

#[cfg(unix)]
#[test]
fn running_out_of_file_descriptors_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = write(folder.path(), "a.csv", CSV);
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_duotile");
    command.args(["-c", "ulimit -n 60; exec \"$0\" \"$1\" --port 0", program, &file]).stdin(Stdio::null());
    let mut server = Server::of(command);
    let crowd: Vec<_> = (0..100).map(|_| TcpStream::connect(&server.address).expect("it listens")).collect();
    assert_eq!(server.get("/health").0, 200);
    drop(crowd);
    assert_eq!(server.get("/tiles/a/0/0/0.mvt").0, 200);
    server.signal("-TERM");
    let mut errors = String::new();
    server.child.stderr.take().expect("piped").read_to_string(&mut errors).expect("text");
    assert!(errors.contains("cannot take a connection"), "{errors}");
    assert!(server.child.wait().expect("it ends").success());
}

#[test]
fn a_configuration_serves_many_and_flags_win_over_it() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "a.csv", CSV);
    write(folder.path(), "b.csv", CSV.replace(',', ";"));
    let config = write(
        folder.path(),
        "duotile.toml",
        "port = 1\nbase-url = \"https://example.org/maps\"\nmetrics = \"off\"\n\n[[dataset]]\nname = \"first\"\npath = \"a.csv\"\nrows = false\nhide = [\"n\"]\n\n[[dataset]]\npath = \"b.csv\"\ntitle = \"The second\"\n",
    );
    let mut server = duotile();
    server.args(["serve", "--config", &config, "--port", "0", "--base-url", "http://127.0.0.1:1"]);
    let mut child = server.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    assert_eq!(line.trim(), "Open http://127.0.0.1:1/");
    child.kill().expect("it runs");
    let _ = child.wait();
    let mut errors = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut errors).expect("text");
    assert!(errors.contains("first: 3 rows") && errors.contains("b: 3 rows"), "{errors}");
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
