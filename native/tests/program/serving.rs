//! A server from its start to its end: ports, configurations, and clients that do what they should not.

use crate::support::{CSV, Server, duotile, fails, run, write};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
    time::Duration,
};

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
