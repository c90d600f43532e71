//! Where the server is for its clients: what the operator says of it, and the names that are this machine's own.

use std::net::{Ipv4Addr, Ipv6Addr};

/// How the public address is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// `--base-url`, without a slash at its end.
    pub base: Option<String>,
    /// `--trust-proxy`: forwarded headers are believed.
    pub trust_proxy: bool,
    /// Whether clients know it by names of this machine only, see [`is_local`]: it listens to no other, and nothing is said
    /// of a proxy before it.
    pub local: bool,
}

/// Reads `--base-url`.
///
/// # Errors
/// One line when it is not an absolute http or https URL without query.
pub fn parse_base(text: &str) -> Result<String, String> {
    let trimmed = text.trim().trim_end_matches('/');
    let rest = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    match rest.map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
        Some((host, path)) if is_host(host) && (path.is_empty() || is_prefix(&format!("/{path}"))) => {
            Ok(trimmed.into())
        }
        _ => Err(format!("\"{text}\" is no base URL; expected something like https://example.org/maps")),
    }
}

/// A host with or without port, in the few characters that those have.
#[must_use]
pub fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 255
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

/// The start of a path before all paths, as a proxy may put it.
#[must_use]
pub fn is_prefix(prefix: &str) -> bool {
    prefix.starts_with('/')
        && !prefix.starts_with("//")
        && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/.-_~".contains(&byte))
}

/// Whether a host, with or without port, is a name of this machine that nobody else can have: `localhost` and names under
/// it, `127.0.0.0/8`, `[::1]`.
#[must_use]
pub fn is_local(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        let Some((name, port)) = rest.split_once(']') else { return false };
        return is_port(port) && name.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
    }
    let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let known = name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    is_port(port) && known
}

fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_checked() {
        assert_eq!(parse_base("https://example.org/maps/"), Ok("https://example.org/maps".into()));
        assert_eq!(parse_base("http://[::1]:80"), Ok("http://[::1]:80".into()));
        for odd in ["example.org", "ftp://a", "https://", "https://a?b", "https://a b"] {
            assert!(parse_base(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn names_of_this_machine_are_told_from_those_that_only_begin_like_them() {
        let ours = ["localhost", "LocalHost:8080", "localhost.", "a.localhost:1", "127.0.0.1", "127.8.9.1:80", "[::1]"];
        for host in ours {
            assert!(is_local(host), "{host}");
        }
        let others = [
            "",
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "127.0.0.1.nip.io:8080",
            "notlocalhost",
            "128.0.0.1",
            "127.1",
            "localhost:80:evil",
            "localhost:evil",
            "[::2]:80",
            "[::1].example.org",
            "[::1",
            "user@localhost",
        ];
        for host in others {
            assert!(!is_local(host), "{host}");
        }
    }
}
