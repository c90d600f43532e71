//! The files that are one Shapefile: beside each other in a folder, or in a zip archive.

use crate::read::{
    archive::{Archive, Member},
    content::Content,
    layers,
};
use anyhow::{Result, bail};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

/// The endings of its files, in the order of [`Parts`].
const ENDINGS: [&str; 4] = ["shx", "dbf", "prj", "cpg"];

/// The files of one Shapefile.
#[derive(Debug)]
pub(in crate::source::points::read) struct Parts {
    pub shapes: Content,
    pub index: Option<Content>,
    pub table: Option<Content>,
    pub projection: Option<String>,
    pub letters: Option<String>,
}

impl Parts {
    /// Those beside a .shp file.
    ///
    /// # Errors
    /// When one cannot be opened.
    pub fn beside(path: &Path, copy: bool) -> Result<Self> {
        let found = beside(path);
        let [index, table, projection, letters] = ENDINGS.map(|ending| {
            found
                .iter()
                .find(|path| is(&path.to_string_lossy(), ending))
                .map(|path| Content::open(path, copy))
                .transpose()
        });
        let text = |content: Option<Content>| content.map(|content| text(content.as_ref()));
        Ok(Self {
            shapes: Content::open(path, copy)?,
            index: index?,
            table: table?,
            projection: text(projection?),
            letters: text(letters?),
        })
    }

    /// Those of a zip archive: of the only Shapefile in it, or of the one that is called `layer`. What is large is unpacked beside
    /// `spool`, if that is given.
    ///
    /// # Errors
    /// When there is none, when there are several and none was named, and when the archive is damaged.
    pub fn zipped(archive: &Archive, layer: Option<&str>, spool: Option<&Path>) -> Result<Self> {
        let members: Vec<&Member> = archive.members().collect();
        let mut shapes: Vec<&Member> = members.iter().copied().filter(|member| is(&member.name, "shp")).collect();
        shapes.sort_by(|a, b| a.name.cmp(&b.name));
        if shapes.is_empty() {
            let names: Vec<&str> = members.iter().take(5).map(|member| member.name.as_str()).collect();
            let has = |name: &str| members.iter().any(|member| member.name == name);
            let way = match () {
                () if has("[Content_Types].xml") || has("xl/workbook.xml") || has("mimetype") => {
                    "; it is a spreadsheet or another document: save what is to be read as CSV"
                }
                () if has("stops.txt") => "; it is GTFS: unpack it and give stops.txt",
                () if names.is_empty() => "",
                () => "; unpack it, and give the file that is to be read",
            };
            bail!(
                "the zip archive holds no Shapefile (.shp), but {}{way}",
                if names.is_empty() { "nothing".into() } else { names.join(", ") }
            );
        }
        let names = named(&shapes);
        let chosen = layers::choose("the zip archive", "Shapefiles", &names, &[], layer)?;
        let shape = shapes[chosen];
        let other = |ending: &str| -> Option<&Member> {
            let same = |member: &&&Member| {
                is(&member.name, ending)
                    && without_ending(&member.name).eq_ignore_ascii_case(without_ending(&shape.name))
            };
            // One that is written alike goes first.
            members
                .iter()
                .filter(same)
                .min_by_key(|member| without_ending(&member.name) != without_ending(&shape.name))
                .copied()
        };
        let large = |member: &Member, number: usize| {
            let spool = spool.map(|path| path.with_extension(format!("zip{number}")));
            archive.unpack(member, spool.as_deref())
        };
        let small = |member: &Member| Ok::<_, anyhow::Error>(text(archive.unpack(member, None)?.as_ref()));
        let [index, table, projection, letters] = ENDINGS.map(other);
        Ok(Self {
            shapes: large(shape, 0)?,
            index: index.map(|member| large(member, 1)).transpose()?,
            table: table.map(|member| large(member, 2)).transpose()?,
            projection: projection.map(small).transpose()?,
            letters: letters.map(small).transpose()?,
        })
    }
}

/// The other files of the Shapefile that a .shp file is of.
pub(in crate::source::points::read) fn beside(path: &Path) -> Vec<PathBuf> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let own = path.file_name().unwrap_or_default().to_string_lossy();
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|other| {
            let name = other.file_name().unwrap_or_default().to_string_lossy();
            ENDINGS.iter().any(|ending| is(&name, ending))
                && without_ending(&name).eq_ignore_ascii_case(without_ending(&own))
        })
        .collect();
    // One that is written alike goes first.
    found.sort_by_key(|other| (other.file_stem() != path.file_stem(), other.clone()));
    found
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned()
}

fn is(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(ending))
}

fn without_ending(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// What Shapefiles of an archive are called: by their folders too, where several have one name.
fn named<'m>(shapes: &[&'m Member]) -> Vec<&'m str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for member in shapes {
        *counts.entry(stem(&member.name)).or_default() += 1;
    }
    let name = |member: &&'m Member| Some(stem(&member.name)).filter(|stem| counts[stem] < 2);
    shapes.iter().map(|member| name(member).unwrap_or_else(|| without_ending(&member.name))).collect()
}

/// The name of a file in an archive, without folders and ending.
fn stem(name: &str) -> &str {
    without_ending(name.rsplit('/').next().unwrap_or(name))
}
