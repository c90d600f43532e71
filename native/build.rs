//! Makes sure that there is a viewer to embed: where `web/dist` has not been built, a page that says how.

use std::{fs, path::Path};

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Duotile</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>Duotile is running</h1>
<p>The map is not part of this build. To add it, run <code>make web</code> in the repository, then build again.</p>
<p>What works already: <a href="datasets">the datasets</a>, <a href="tiles/tilejson.json">TileJSON</a>,
<a href="tiles/style.json">a MapLibre style</a>, <a href="docs">the API</a>.</p>
</html>
"#;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");
    let page = dist.join("index.html");
    if !page.exists() {
        let made = fs::create_dir_all(&dist).and_then(|()| fs::write(&page, PAGE));
        if let Err(error) = made {
            println!("cargo::error=cannot write {}: {error}", page.display());
        }
    }
}
