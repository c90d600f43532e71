//! The data that the program brings along: read as files of its own ([`native/data`](../../../../data/README.md)).

use super::{Label, Opened, Options, Version, content::Content, load::load, parquet::Parquet};
use crate::dataset::Dataset;
use anyhow::{Result, anyhow};

/// A dataset in the program.
struct Builtin {
    name: &'static str,
    title: &'static str,
    attribution: &'static str,
    file: &'static [u8],
}

/// The first is shown first.
const ALL: [Builtin; 2] = [
    Builtin {
        name: "places",
        title: "Places of the world",
        attribution: "GeoNames (CC BY 4.0)",
        file: include_bytes!("../../../../data/places.parquet"),
    },
    Builtin {
        name: "countries",
        title: "Countries",
        attribution: "Natural Earth",
        file: include_bytes!("../../../../data/countries.parquet"),
    },
];

/// The names of all of it.
pub const BUILTIN: [&str; 2] = [ALL[0].name, ALL[1].name];

/// Reads it by its name.
///
/// # Errors
/// For a name that is none of [`BUILTIN`]; else only when the program is damaged.
pub fn builtin(name: &str, progress: &dyn super::Progress) -> Result<Dataset> {
    let found = ALL.iter().find(|builtin| builtin.name == name);
    let Builtin { name, title, attribution, file } =
        found.ok_or_else(|| anyhow!("there is no built-in data \"{name}\", expected one of {}", BUILTIN.join(", ")))?;
    let (content, options) = (Content::Static(file), Options::default());
    let mut version = Version::new(&options);
    version.bytes(content.as_ref());
    let label = Label {
        name: (*name).into(),
        title: Some((*title).into()),
        attribution: Some((*attribution).into()),
        version: version.text(),
        zone: None,
    };
    let reader = Box::new(Parquet::open(content, None, None, &mut Vec::new())?);
    let opened = Opened { label: format!("the built-in {name}"), reader, partitions: Vec::new() };
    load(vec![opened], &options, label, Vec::new(), progress)
}
