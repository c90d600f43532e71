//! Where a server listens: the addresses of `--host`, and the port that was said or the first that is free.

use anyhow::{Result, anyhow};
use std::{
    io::{ErrorKind, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};
use tokio::net::TcpListener;

/// The port unless said.
const PORT: u16 = 8080;
/// How many ports are tried after it.
const TRIES: u16 = 100;

/// The addresses of `--host`.
pub(super) fn addresses(host: Option<&str>) -> Result<Vec<IpAddr>> {
    match host {
        None | Some("localhost") => Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]),
        Some(text) => {
            let address = text.trim_matches(['[', ']']).parse();
            Ok(vec![address.map_err(|_| anyhow!("--host is \"{text}\", expected an address such as 0.0.0.0"))?])
        }
    }
}

/// Listens at all addresses on one port: the one that was said, else the first that is free.
pub(super) async fn listen(addresses: &[IpAddr], port: Option<u16>) -> Result<(Vec<TcpListener>, u16)> {
    let ports = port.map_or(PORT..=PORT + TRIES, |port| port..=port);
    for candidate in ports {
        match bind(addresses, candidate).await {
            Ok((listeners, bound)) => {
                if port.is_none() && bound != PORT {
                    let _ = writeln!(std::io::stderr(), "port {PORT} is taken, {bound} is free");
                }
                return Ok((listeners, bound));
            }
            Err((_, error)) if port.is_none() && error.kind() == ErrorKind::AddrInUse => {}
            Err((address, error)) => return Err(anyhow!("cannot listen at {address}: {}", reason(&error))),
        }
    }
    Err(anyhow!("ports {PORT} to {} are all taken; --port names another", PORT + TRIES))
}

async fn bind(addresses: &[IpAddr], port: u16) -> Result<(Vec<TcpListener>, u16), (SocketAddr, std::io::Error)> {
    let (mut listeners, mut bound) = (Vec::new(), port);
    for &address in addresses {
        let address = SocketAddr::new(address, bound);
        match TcpListener::bind(address).await {
            Ok(listener) => {
                bound = listener.local_addr().map_or(bound, |address| address.port());
                listeners.push(listener);
            }
            // A machine without IPv6, or a free port for IPv4 that IPv6 has not: one of two is enough.
            Err(error) if !listeners.is_empty() && (error.kind() != ErrorKind::AddrInUse || port == 0) => {}
            Err(error) => return Err((address, error)),
        }
    }
    Ok((listeners, bound))
}

/// What is wrong with an address, for the person who said it.
pub(super) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => "the port is taken by another program".into(),
        ErrorKind::PermissionDenied => "this user may not listen there".into(),
        ErrorKind::AddrNotAvailable => "this machine has no such address".into(),
        _ => error.to_string(),
    }
}
