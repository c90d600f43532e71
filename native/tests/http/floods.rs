//! More is asked than can be done: what is too much is refused and told when to come again, and operators are answered.

use crate::support::Server;
use axum::{body::Body, http::Request};
use duotile::{
    engine::Size,
    settings::{Settings, limits::Limits},
};
use std::sync::mpsc;
use tower::ServiceExt as _;

fn bounded(limits: Limits) -> Server {
    Server::with(Settings { limits, ..Settings::default() })
}

/// A server whose only processor is at work until the sender is dropped.
async fn busy(limits: Limits) -> (Server, mpsc::Sender<()>) {
    let server = bounded(Limits { threads: 1, ..limits });
    let (release, wait) = mpsc::channel::<()>();
    let (started, running) = tokio::sync::oneshot::channel();
    let state = server.state.clone();
    tokio::spawn(async move {
        let work = state.engine.pool.run(Size::Long, move |_| {
            let _ = started.send(());
            let _ = wait.recv();
            Ok(())
        });
        work.await
    });
    running.await.expect("it runs");
    (server, release)
}

async fn operators_are_answered(server: &Server) -> String {
    for path in ["/health", "/ready", "/datasets"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    server.get("/metrics").await.text()
}

#[tokio::test]
async fn a_full_queue_is_503_with_a_time_to_come_again() {
    let (server, release) = busy(Limits { queue: 0, ..Limits::default() }).await;
    let paths = ["tiles/trips/0/0/0.mvt", "tiles/trips/metadata.json", "datasets/trips/stats?column=fare"];
    for path in paths {
        let refused = server.get(&format!("/{path}")).await;
        refused.problem(503);
        assert_eq!(refused.header("retry-after"), "1");
    }
    let posted = server.ask(axum::http::Method::POST, "/tiles/trips/q", &[], "cell=8").await;
    posted.problem(503);
    let metrics = operators_are_answered(&server).await;
    assert!(metrics.contains("duotile_refused_total{reason=\"queue\"} 4\n"), "{metrics}");
    drop(release);
    // The processor is free a moment later.
    while server.get("/tiles/trips/0/0/0.mvt").await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_request_that_waited_too_long_is_503_too() {
    let patience = std::time::Duration::from_millis(20);
    let (server, _release) = busy(Limits { patience, ..Limits::default() }).await;
    let refused = server.get("/tiles/trips/0/0/0.mvt").await;
    refused.problem(503);
    assert_eq!(refused.header("retry-after"), "1");
    let metrics = operators_are_answered(&server).await;
    assert!(metrics.contains("duotile_refused_total{reason=\"wait\"} 1\n"), "{metrics}");
    assert!(metrics.contains("duotile_jobs_waiting 0\n"), "{metrics}");
}

#[tokio::test]
async fn answers_that_nobody_takes_hold_a_bounded_number_of_bytes() {
    let server = bounded(Limits { outgoing: 50_000, ..Limits::default() });
    let uri = "/tiles/trips/0/0/0.mvt?mode=points&properties=*";
    let ask = || async {
        let request = Request::get(uri).body(Body::empty()).expect("a request");
        server.app.clone().oneshot(request).await.expect("the service cannot fail")
    };
    let first = ask().await;
    let size: u64 = first.headers()["content-length"].to_str().ok().and_then(|size| size.parse().ok()).expect("a size");
    assert!(first.status() == 200 && size > 50_000, "{size}");
    let second = ask().await;
    assert_eq!((second.status().as_u16(), &second.headers()["retry-after"]), (503, &"1".parse().expect("a header")));
    let metrics = operators_are_answered(&server).await;
    assert!(metrics.contains("duotile_refused_total{reason=\"answers\"} 1\n"), "{metrics}");
    drop((first, second));
    assert_eq!(server.get(uri).await.status, 200);
    assert_eq!(server.state.outgoing.held(), 0);
}

#[tokio::test]
async fn the_metrics_tell_of_every_cache_and_dataset() {
    let server = Server::new();
    for _ in 0..2 {
        server.get("/tiles/trips/0/0/0.mvt?filter=people%3D1&agg=mean:fare").await;
        server.get("/tiles/trips/metadata.json").await;
    }
    server.get("/tiles/trips/1/1/0.mvt?filter=people%3D1").await;
    let metrics = server.get("/metrics").await.text();
    let value = |name: &str| -> u64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name}: {metrics}")).parse().expect("a number")
    };
    for cache in ["masks", "profiles", "tiles", "documents", "legends", "queries"] {
        assert!(value(&format!("duotile_cache_size_bytes{{cache=\"{cache}\"}}")) > 0, "{cache}");
        assert!(value(&format!("duotile_cache_looks_total{{cache=\"{cache}\",found=\"miss\"}}")) > 0, "{cache}");
    }
    for cache in ["masks", "tiles", "documents", "queries"] {
        assert!(value(&format!("duotile_cache_looks_total{{cache=\"{cache}\",found=\"hit\"}}")) > 0, "{cache}");
    }
    assert!(value("duotile_dataset_size_bytes{dataset=\"trips\"}") > 3000 * 12);
    assert_eq!(value("duotile_dataset_stale{dataset=\"trips\"}"), 0);
    assert_eq!(value("duotile_answers_held_bytes"), 0);
    assert_eq!(value("duotile_connections"), 0);
}
