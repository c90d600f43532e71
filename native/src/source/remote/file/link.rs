//! Where a file lies: `https://host/trips.parquet`, `s3://bucket/trips.parquet`. What is said of it and is not its server's stands behind
//! `#`, and behind `?` for S3: `#poll=1h`.

use super::{
    super::{Place, Remote, address::is_near, secret},
    Secret,
    s3::Object,
};
use crate::{percent, settings::units::Span};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use duotile_core::nearest;
use std::fmt;
use url::Url;

/// A file by its address.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it is, without who asks for it.
    pub(super) url: Url,
    name: String,
    /// Who asks.
    pub(super) user: Option<String>,
    /// The password that stands in the address, or is known for its dataset.
    pub(super) password: Option<Secret>,
    /// Whether it may be fetched where others can read along.
    insecure: bool,
    /// Where it lies in S3, if it does.
    object: Option<Object>,
}

impl fmt::Display for Link {
    /// Without users, passwords and what stands behind a question mark, which may be a signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.url))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({self})")
    }
}

/// An address as it may be printed.
pub(super) fn shown(url: &Url) -> String {
    let mut plain = url.clone();
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    plain.set_query(None);
    plain.set_fragment(None);
    format!("{plain}{}", if url.query().is_some() { "?…" } else { "" })
}

/// Whether a text is the address of a file.
pub(in super::super) fn is_link(text: &str) -> bool {
    let known = |scheme: &str| ["http", "https", "s3"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    text.split_once("://").is_some_and(|(scheme, _)| known(scheme))
}

/// What may be said of a file, and what of an object of S3 as well.
const SAID: [&str; 5] = ["poll", "insecure", "region", "endpoint", "anonymous"];

/// Reads an address.
pub(in super::super) fn parse(text: &str) -> Result<Remote> {
    let mut url =
        Url::parse(text).map_err(|error| anyhow!("{error}, expected https://host/file or s3://bucket/file"))?;
    let is_object = url.scheme() == "s3";
    // What stands behind a question mark is a server's, and S3 has no use for it.
    let said = if is_object { url.query() } else { url.fragment() }.unwrap_or_default().to_owned();
    url.set_fragment(None);
    let decoded = |part: &str| {
        let decoded = percent::decode(part).context("an address with a percent sign that stands for nothing");
        decoded.map(std::borrow::Cow::into_owned)
    };
    let user = Some(decoded(url.username())?).filter(|user| !user.is_empty());
    let password = url.password().map(decoded).transpose()?.map(Secret);
    let _ = (url.set_username(""), url.set_password(None));
    let path = decoded(url.path())?;
    let mut object = None;
    if is_object {
        url.set_query(None);
        object = Some(Object::of(&url, path.trim_start_matches('/').to_owned())?);
    }
    let (mut poll, mut insecure) = (None, false);
    for pair in said.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (value, yes) = (decoded(value)?, matches!(value, "" | "1" | "true"));
        match (key, &mut object) {
            ("poll", _) => poll = Some(value.parse::<Span>().map_err(|error| anyhow!("poll: {error}"))?.0),
            ("insecure", _) if yes => insecure = true,
            ("anonymous", Some(object)) if yes => object.anonymous = true,
            ("region", Some(object)) => object.region = Some(value),
            ("endpoint", Some(object)) => {
                let endpoint = Url::parse(&value).map_err(|error| anyhow!("endpoint={value}: {error}"))?;
                object.endpoint = Some(endpoint);
            }
            _ => {
                let known = if is_object { &SAID[..] } else { &SAID[..2] };
                let near = nearest(key, known.iter().copied())
                    .map_or(String::new(), |near| format!(" (did you mean {near}?)"));
                let mark = if is_object { '?' } else { '#' };
                bail!("\"{pair}\" behind {mark} is not known{near}, expected {}", known.join(", "));
            }
        }
    }
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    ensure!(!name.is_empty(), "{} names no file", shown(&url));
    ensure!(
        !name.to_ascii_lowercase().ends_with(".mbtiles"),
        "{}: MBTiles are read where they lie on a disk; PMTiles are read from elsewhere",
        shown(&url)
    );
    ensure!(!name.contains('*'), "{}: patterns are for files of this machine, expected one file", shown(&url));
    ensure!(
        !name.to_ascii_lowercase().ends_with(".shp"),
        "{}: a Shapefile is several files, expected a .zip of them",
        shown(&url)
    );
    let link = Link { url, name, user, password, insecure, object };
    link.object
        .as_ref()
        .map_or(Some(&link.url), |object| object.endpoint.as_ref())
        .map_or(Ok(()), |url| link.allows(url))?;
    Ok(Remote { place: Place::File(link), version: None, poll })
}

impl Link {
    /// What the file is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is an archive of tiles.
    #[must_use]
    pub fn is_archive(&self) -> bool {
        self.name.to_ascii_lowercase().ends_with(".pmtiles")
    }

    /// The same with the password that is known for a dataset.
    ///
    /// # Errors
    /// When a file that is named for it cannot be read.
    pub(in super::super) fn with_secret(&self, dataset: &str) -> Result<Self> {
        let known = if self.user.is_some() && self.password.is_none() { secret::of(dataset)? } else { None };
        Ok(Self { password: self.password.clone().or(known), ..self.clone() })
    }

    /// What is asked now, and whether its server is told who asks.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub(super) fn asked(&self) -> Result<(Url, bool)> {
        match &self.object {
            Some(object) => Ok((object.url(self)?, false)),
            None => Ok((self.url.clone(), self.user.is_some())),
        }
    }

    /// Whether something may be asked of an address: by TLS, or on this machine, or where somebody said so.
    ///
    /// # Errors
    /// When it may not.
    pub(super) fn allows(&self, url: &Url) -> Result<()> {
        let near = || url.host_str().is_some_and(|host| is_near(host.trim_matches(['[', ']'])));
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.insecure || near() => Ok(()),
            "http" => bail!(
                "{}: others on the way could read and change it, expected https://, or \"insecure\" behind the address",
                shown(url)
            ),
            _ => bail!("{}: expected https://", shown(url)),
        }
    }
}
