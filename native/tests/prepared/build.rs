//! Building itself: what it refuses, and that it leaves nothing behind.

use crate::support::{built, inputs, open, small};
use duotile::read::Options;
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("there").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_cannot_be_built_is_said_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        path
    };
    let places = put("places.csv", "lon,lat,name,n\n1,2,a,1\n3,4,b,1\n");
    let nowhere = put("nowhere.csv", "lon,lat\n500,2\n");
    let keys = put("keys.csv", "lon,lat,_key\n1,2,3\n");
    let before = names(folder.path());
    let out = |name: &str| folder.path().join(name);
    let plain = Options::default();
    for (input, options, out, expected) in [
        (&places, plain.clone(), out("a.xls"), "expected .arrow or .parquet"),
        (&places, plain.clone(), out("no/such/a.arrow"), "cannot write"),
        (&nowhere, plain.clone(), out("a.arrow"), "none of the 1 rows has a usable position"),
        (&keys, plain.clone(), out("a.arrow"), "--hide _key"),
        (&places, Options { id: Some("n".into()), ..plain.clone() }, out("a.arrow"), "has the value 1 more than once"),
        (&places, Options { time: Some("name".into()), ..plain.clone() }, out("a.arrow"), "--time name"),
    ] {
        let line = format!("{:#}", built(std::slice::from_ref(input), &options, &out, 1 << 20).expect_err("refused"));
        assert!(line.contains(expected) && !line.contains('\n'), "{line}");
    }
    assert_eq!(names(folder.path()), before);
    let hidden = Options { hide: vec!["_key".into()], ..plain.clone() };
    built(&[keys], &hidden, &out("a.arrow"), 1 << 20).expect("built");
}

#[test]
fn an_input_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("points.arrow");
    duotile::generate::generate(100, 1, &path, &()).expect("written");
    let before = fs::read(&path).expect("there");
    let line =
        format!("{:#}", built(std::slice::from_ref(&path), &Options::default(), &path, 1 << 20).expect_err("refused"));
    assert!(line.contains("is one of the files that are read"), "{line}");
    assert!(fs::read(&path).expect("there") == before);
}

#[test]
fn a_new_file_takes_the_place_of_an_old_one_that_is_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = small(folder.path());
    let old = open(&path).expect("opened");
    let rows = old.len();
    built(&inputs(folder.path(), 300), &Options::default(), &path, 1 << 20).expect("built");
    assert!(open(&path).expect("opened").len() < rows);
    // The old file lives as long as it is looked at.
    assert_eq!(old.keys().len(), rows);
    assert!(old.keys().is_sorted());
}

#[test]
#[cfg(unix)]
fn a_build_that_is_told_to_end_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = inputs(folder.path(), 60_000);
    let before = names(folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_duotile"));
    command.arg("build").args(&inputs).arg("-o").arg(folder.path().join("a.arrow"));
    let mut child = command
        .args(["--memory", "60k"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let start = Instant::now();
    while names(folder.path()).len() == before.len() && start.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(told.success());
    let code = child.wait().expect("it ends").code();
    // Unless it was done before it heard.
    if code == Some(130) {
        assert_eq!(names(folder.path()), before);
    } else {
        assert_eq!(code, Some(0));
    }
}
