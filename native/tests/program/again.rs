//! Files and configurations that change while they are served.

use crate::support::{CSV, Server, write};
use std::{
    fs,
    io::Read as _,
    time::{Duration, SystemTime},
};

const REPLACED: &str = "duotile_reloads_total{dataset=\"a\",outcome=\"replaced\"}";
const FAILED: &str = "duotile_reloads_total{dataset=\"a\",outcome=\"failed\"}";
const UNCHANGED: &str = "duotile_reloads_total{dataset=\"a\",outcome=\"unchanged\"}";

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
fn a_watched_configuration_is_read_when_it_changes_and_says_what_waits_for_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let (here, dataset) = (folder.path(), |name: &str| format!("[[dataset]]\npath = \"{name}.csv\"\n"));
    write(here, "a.csv", CSV);
    write(here, "b.csv", CSV);
    let config = write(here, "duotile.toml", format!("watch = true\n{}", dataset("a")));
    let mut server = Server::start(&["serve", "--config", &config, "--port", "0"]);
    assert_eq!((server.get("/tiles/a/0/0/0.mvt").0, server.get("/tiles/b/0/0/0.mvt").0), (200, 404));
    write(here, "duotile.toml", format!("watch = true\nthreads = 9\nport = 1\n{}", dataset("b")));
    server.until("another dataset", |server| server.get("/tiles/b/0/0/0.mvt").0 == 200);
    server.until("the first is gone", |server| server.get("/tiles/a/0/0/0.mvt").0 == 404);
    // Wrong, and without the watch: the one before holds, and is watched on.
    write(here, "duotile.toml", "threads = many\n");
    server.until("it is told", |server| server.count("duotile_configuration_stale") == 1);
    assert_eq!((server.get("/tiles/a/0/0/0.mvt").0, server.get("/tiles/b/0/0/0.mvt").0), (404, 200));
    write(here, "duotile.toml", format!("cors = \"any\"\n{}{}", dataset("a"), dataset("b")));
    server.until("both", |server| server.get("/datasets").1.contains("\"default\":\"a\""));
    assert_eq!(server.head("/datasets", "access-control-allow-origin"), "*");
    server.signal("-TERM");
    let mut errors = String::new();
    server.child.stderr.take().expect("piped").read_to_string(&mut errors).expect("text");
    assert!(server.child.wait().expect("it ends").success());
    assert!(errors.contains("threads cannot change while the server runs"), "{errors}");
    // What was typed wins over the file, before and after.
    assert!(!errors.contains("port cannot change"), "{errors}");
    assert!(errors.contains("the configuration before holds") && errors.contains("a: no longer served"), "{errors}");
}
