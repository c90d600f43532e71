//! A file that changes while it is served is found out before its bytes are looked at; a copy of it cannot change.

use crate::support::{open, small, tiles};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use duotile::{
    Dataset,
    catalog::{Catalog, Entry},
    http::State,
    read::Options,
    settings::Settings,
    wanted,
};
use http_body_util::BodyExt as _;
use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
    time::{Duration, SystemTime},
};
use tower::ServiceExt as _;

const QUERIES: [&str; 1] = ["mode=points&properties=*"];

async fn status(dataset: Dataset) -> StatusCode {
    let app = duotile::app(State::new(Catalog::new([Entry::open(dataset)]), Settings::default()));
    let request = Request::get("/tiles/points/0/0/0.mvt").header("host", "localhost").body(Body::empty());
    app.oneshot(request.expect("a request")).await.expect("the service cannot fail").status()
}

fn writable(path: &Path) -> File {
    File::options().write(true).open(path).expect("writable")
}

fn why(dataset: &Dataset) -> String {
    format!("{:#}", dataset.check().expect_err("it has changed"))
}

#[tokio::test]
async fn a_file_that_is_cut_short_is_refused_and_its_copy_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = small(folder.path());
    let options = Options { name: Some("points".into()), copy: true, ..Options::default() };
    let (mapped, copy) =
        (open(&path).expect("opened"), wanted::open(std::slice::from_ref(&path), &options, &()).expect("copied"));
    assert!(mapped.is_mapped() && !copy.is_mapped());
    assert_eq!(mapped.version(), copy.version());
    let before = tiles(&mapped, &QUERIES);
    mapped.check().expect("as it was");
    writable(&path).set_len(5000).expect("cut");
    assert!(why(&mapped).contains("was cut short: 5000 of"), "{}", why(&mapped));
    assert_eq!(status(mapped).await, StatusCode::SERVICE_UNAVAILABLE);
    copy.check().expect("nothing happens to a copy");
    assert!(tiles(&copy, &QUERIES) == before);
    assert_eq!(status(copy).await, StatusCode::OK);
}

#[tokio::test]
async fn a_download_is_broken_off_where_its_file_is_cut_short_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = small(folder.path());
    let app = duotile::app(State::new(Catalog::new([Entry::open(open(&path).expect("opened"))]), Settings::default()));
    for file in ["rows.geojson", "subset.arrow"] {
        let length = fs::metadata(&path).expect("there").len();
        let request = Request::get(format!("/datasets/points/{file}")).header("host", "localhost").body(Body::empty());
        let answer = app.clone().oneshot(request.expect("a request")).await.expect("the service cannot fail");
        if file == "rows.geojson" {
            let mut body = answer.into_body();
            assert!(body.frame().await.expect("a piece").is_ok());
            writable(&path).set_len(length - 1).expect("cut");
            let mut broken = false;
            while let Some(frame) = body.frame().await {
                broken |= frame.is_err();
            }
            assert!(broken);
        } else {
            assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        }
    }
}

#[test]
fn a_file_that_is_written_over_is_refused_and_one_that_is_touched_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = small(folder.path());
    let dataset = open(&path).expect("opened");
    let earlier = SystemTime::now() - Duration::from_secs(1000);
    writable(&path).set_modified(earlier).expect("touched");
    dataset.check().expect("the same bytes");
    let length = fs::metadata(&path).expect("there").len();
    let mut file = writable(&path);
    file.seek(SeekFrom::Start(length / 2)).expect("within");
    file.write_all(&[0xaa; 4096]).expect("written");
    drop(file);
    assert!(why(&dataset).contains("was written over while it was served"), "{}", why(&dataset));
    // It stays so, also when the time is as before.
    writable(&path).set_modified(earlier).expect("touched");
    assert!(dataset.check().is_err());
}

#[test]
fn a_file_that_another_takes_the_place_of_is_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = small(folder.path());
    let dataset = open(&path).expect("opened");
    let next = folder.path().join("next");
    fs::write(&next, "another").expect("written");
    fs::rename(&next, &path).expect("renamed");
    dataset.check().expect("the old file is held");
    fs::remove_file(&path).expect("removed");
    dataset.check().expect("the old file is held");
}
