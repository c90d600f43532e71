//! Which pages of other origins may read.

use super::origin;

/// Which origins may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cors {
    /// Any.
    Any,
    /// Pages on this machine, and kepler.gl.
    Local,
    /// These, exactly as browsers write them, such as `https://maps.example.org`.
    Only(Vec<String>),
    /// None: no header is sent.
    Off,
}

/// Pages that `local` names beside those of this machine.
const KEPLER: [&str; 2] = ["https://kepler.gl", "https://www.kepler.gl"];

impl Cors {
    /// Whether it names an origin, as browsers write it. `any` names none.
    #[must_use]
    pub fn names(&self, asked: &str) -> bool {
        match self {
            Self::Any | Self::Off => false,
            Self::Local => KEPLER.contains(&asked) || is_local(asked),
            Self::Only(origins) => origins.iter().any(|origin| origin.eq_ignore_ascii_case(asked)),
        }
    }
}

impl std::str::FromStr for Cors {
    type Err = String;

    /// `any` or `*`, `local`, `off`, or origins with commas between them.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "any" | "*" => return Ok(Self::Any),
            "local" => return Ok(Self::Local),
            "off" | "none" => return Ok(Self::Off),
            _ => {}
        }
        let origins: Vec<String> =
            text.split(',').map(|origin| origin.trim().trim_end_matches('/').to_ascii_lowercase()).collect();
        match origins.iter().find(|origin| !is_origin(origin)) {
            Some(odd) => Err(format!(
                "\"{odd}\" is no origin; expected any, local, off, or a list such as https://a.example,https://b.example"
            )),
            None => Ok(Self::Only(origins)),
        }
    }
}

fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, host)| {
        matches!(scheme, "http" | "https") && !host.is_empty() && !host.contains(['/', ' ', '?', '#', '@'])
    })
}

/// Whether an origin is a page on this machine, on any port.
fn is_local(asked: &str) -> bool {
    asked.split_once("://").is_some_and(|(scheme, host)| matches!(scheme, "http" | "https") && origin::is_local(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_means_this_machine_and_kepler() {
        let named = [
            "http://localhost:3000",
            "https://localhost",
            "http://127.0.0.1:8080",
            "http://[::1]:5173",
            "http://a.localhost",
            "https://kepler.gl",
        ];
        for origin in named {
            assert!(Cors::Local.names(origin), "{origin}");
            assert!(!Cors::Any.names(origin) && !Cors::Off.names(origin), "{origin}");
        }
        for origin in [
            "https://example.org",
            "http://localhost.example.org",
            "https://kepler.gl.example.org",
            "http://127.0.0.1.example.org",
            "null",
            "file://localhost",
        ] {
            assert!(!Cors::Local.names(origin), "{origin}");
        }
    }

    #[test]
    fn lists_are_read_and_odd_ones_refused() {
        assert_eq!("*".parse(), Ok(Cors::Any));
        let two = "https://a.example, https://B.example/".parse();
        assert_eq!(two, Ok(Cors::Only(vec!["https://a.example".into(), "https://b.example".into()])));
        assert!("a.example".parse::<Cors>().is_err());
        assert!("https://a.example/path".parse::<Cors>().is_err());
    }
}
