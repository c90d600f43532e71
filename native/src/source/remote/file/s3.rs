//! Objects of S3 and of what speaks as it does: `s3://bucket/key?region=eu-central-1`. Each question has an address of its own, which is
//! signed for a while.

use super::{Secret, link::Link};
use anyhow::{Context as _, Result, anyhow, ensure};
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use std::{env, time::Duration};
use url::Url;

/// How long an address is good for, from when it is signed: until a question has an answer.
const GOOD: Duration = Duration::from_mins(15);
/// Where a bucket is unless said.
const REGION: &str = "us-east-1";

/// An object, and where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Object {
    pub bucket: String,
    pub key: String,
    /// What was said, or else stands in the environment.
    pub region: Option<String>,
    pub endpoint: Option<Url>,
    /// Whether nothing is signed, whatever keys there are.
    pub anonymous: bool,
}

impl Object {
    /// An object by an address.
    ///
    /// # Errors
    /// When it names none, or one that no address can name.
    pub fn of(url: &Url, key: String) -> Result<Self> {
        let bucket =
            url.host_str().filter(|bucket| !bucket.is_empty()).context("s3:///…: it names no bucket")?.to_owned();
        let odd = key.is_empty() || key.split('/').any(|part| matches!(part, "." | ".."));
        ensure!(!odd, "s3://{bucket}/{key} names no file");
        Ok(Self { bucket, key, ..Self::default() })
    }

    /// The address of the object for a question that is asked now.
    ///
    /// # Errors
    /// When what stands in the environment makes none.
    pub fn url(&self, link: &Link) -> Result<Url> {
        let said = |names: &[&str]| names.iter().find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        let region = self.region.clone().or_else(|| said(&["AWS_REGION", "AWS_DEFAULT_REGION"]));
        let region = region.unwrap_or_else(|| REGION.into());
        let endpoint = match (&self.endpoint, said(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(text)) => Some(Url::parse(&text).map_err(|error| anyhow!("AWS_ENDPOINT_URL: {error}"))?),
            (None, None) => None,
        };
        let (endpoint, style) = match endpoint {
            // Others have no name for each bucket.
            Some(url) => (url, UrlStyle::Path),
            // A certificate for one more name before the point is none for two.
            None if self.bucket.contains('.') => (amazon(&region)?, UrlStyle::Path),
            None => (amazon(&region)?, UrlStyle::VirtualHost),
        };
        link.allows(&endpoint).context("its endpoint")?;
        let bucket = Bucket::new(endpoint, style, self.bucket.clone(), region);
        let bucket = bucket.map_err(|error| anyhow!("\"{}\" cannot be the name of a bucket: {error}", self.bucket))?;
        let keys = if self.anonymous { None } else { keys(link)? };
        Ok(bucket.get_object(keys.as_ref(), &self.key).sign(GOOD))
    }
}

fn amazon(region: &str) -> Result<Url> {
    Url::parse(&format!("https://s3.{region}.amazonaws.com")).map_err(|_| anyhow!("\"{region}\" cannot be a region"))
}

/// Who asks: by the address, or by the environment; nobody where neither says.
fn keys(link: &Link) -> Result<Option<Credentials>> {
    match (&link.user, &link.password) {
        (Some(user), Some(Secret(secret))) => Ok(Some(Credentials::new(user.clone(), secret.clone()))),
        (Some(_), None) => {
            Err(anyhow!("there is a key and no secret: DUOTILE_SOURCE_<NAME>_PASSWORD, or both by AWS_ACCESS_KEY_ID …"))
        }
        (None, _) => Ok(Credentials::from_env()),
    }
}
