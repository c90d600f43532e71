//! A dataset behind the whole server without a socket: every answer is there, and none says that the server failed.

use axum::{
    Router,
    body::Body,
    http::{Method, Request, Uri},
};
use duotile::{
    Dataset,
    catalog::{Catalog, Entry},
    http::State,
    settings::Settings,
};
use http_body_util::BodyExt as _;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

pub struct Served {
    app: Router,
    runtime: Runtime,
}

impl Served {
    pub fn new(dataset: Dataset) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads");
        let app = {
            let _here = runtime.enter();
            duotile::app(State::new(Catalog::new([Entry::open(dataset)]), Settings::default()))
        };
        Self { app, runtime }
    }

    /// The status of an answer that was taken whole; none for what is no request.
    pub fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> Option<u16> {
        let uri: Uri = path.parse().ok()?;
        let request =
            Request::builder().method(method).uri(uri).header("host", "localhost").body(Body::from(body)).ok()?;
        self.runtime.block_on(async {
            let answer = self.app.clone().oneshot(request).await.expect("the service cannot fail");
            let status = answer.status().as_u16();
            // A download that is broken off is an error of its body.
            let _ = answer.into_body().collect().await;
            assert!(status < 500 || status == 503, "{status} for {path}");
            Some(status)
        })
    }
}
