//! Where a server listens: the addresses of `--host`, and the port that was said or the first that is free.

use anyhow::{Result, anyhow};
use std::{
    io::{ErrorKind, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};
use tokio::net::{TcpListener, TcpSocket};

/// The port unless said.
const PORT: u16 = 8080;
/// How many ports are tried after it.
const TRIES: u16 = 100;
/// Bytes of an answer that the system holds for a client, as they are asked for; Linux takes twice as many. A client that takes
/// a third of them in 30 s is not cut off, and at 100 ms from here one still gets 5 MB/s.
const SEND_BUFFER: u32 = 256 << 10;
/// Connections that may wait to be taken.
const BACKLOG: u32 = 1024;

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
pub(super) fn listen(addresses: &[IpAddr], port: Option<u16>) -> Result<(Vec<TcpListener>, u16)> {
    let ports = port.map_or(PORT..=PORT + TRIES, |port| port..=port);
    for candidate in ports {
        match bind(addresses, candidate) {
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

fn bind(addresses: &[IpAddr], port: u16) -> Result<(Vec<TcpListener>, u16), (SocketAddr, std::io::Error)> {
    let (mut listeners, mut bound) = (Vec::new(), port);
    for &address in addresses {
        let address = SocketAddr::new(address, bound);
        match open(address) {
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

/// Listens at an address.
fn open(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    // Connections have it from here. What the system holds for a slow client was not taken by it, but counts as taken.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
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
