//! Connections: TCP, and TLS over it where an address asks for it.

use anyhow::{Context as _, Result, anyhow, bail};
use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

/// How long a host may take to be there.
pub(super) const CONNECT: Duration = Duration::from_secs(10);

/// Bytes to a host and from it.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection to a host by TCP, or to a socket in a folder, before anything is said.
///
/// # Errors
/// One clear line when nobody answers there.
pub(super) async fn plain(host: &str, port: u16) -> Result<Box<dyn Stream>> {
    #[cfg(unix)]
    if host.starts_with('/') {
        let path = std::path::Path::new(host).join(format!(".s.PGSQL.{port}"));
        let stream = tokio::net::UnixStream::connect(&path).await;
        return Ok(Box::new(stream.map_err(|error| anyhow!("cannot connect to {}: {error}", path.display()))?));
    }
    let stream = tokio::time::timeout(CONNECT, TcpStream::connect((host, port)))
        .await
        .map_err(|_| anyhow!("no answer within {} s", CONNECT.as_secs()))?
        .map_err(|error| no_way(&error))?;
    let _ = stream.set_nodelay(true);
    Ok(Box::new(stream))
}

/// The same, by TLS where that is asked for.
///
/// # Errors
/// When it does not prove who it is, too.
pub(super) async fn connect(host: &str, port: u16, tls: bool) -> Result<Box<dyn Stream>> {
    let stream = plain(host, port).await?;
    if !tls {
        return Ok(stream);
    }
    let secured = connector()?.connect(server(host)?, stream).await;
    Ok(Box::new(secured.map_err(|error| not_secured(&error))?))
}

/// What keeps a connection from being made.
fn no_way(error: &io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => anyhow!("the connection is refused: nothing listens there"),
        io::ErrorKind::TimedOut => anyhow!("no answer"),
        _ if error.to_string().contains("lookup") => anyhow!("there is no host of that name"),
        _ => anyhow!("cannot connect: {error}"),
    }
}

/// What keeps TLS from beginning.
pub(super) fn not_secured(error: &(dyn std::error::Error + 'static)) -> anyhow::Error {
    let text = error.to_string();
    if text.contains("InvalidContentType") || text.contains("corrupt message") || text.contains("eof") {
        anyhow!("what answers there does not speak TLS ({text}): another port, or an address without TLS")
    } else {
        anyhow!("its certificate is not accepted: {text}; SSL_CERT_FILE may name that of an authority of one's own")
    }
}

/// What makes TLS of a connection, with the authorities that the system trusts.
fn connector() -> Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        bail!("no authority for certificates is known to the system; Debian has them in ca-certificates");
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn server(host: &str) -> Result<ServerName<'static>> {
    ServerName::try_from(host.to_owned())
        .with_context(|| format!("\"{host}\" is no name that a certificate could be for"))
}

/// TLS for the client of `PostgreSQL`, which asks for it on a connection before it begins.
pub(super) struct Secured(TlsConnector, ServerName<'static>);

impl Secured {
    /// For a host.
    pub fn of(host: &str) -> Result<Self> {
        Ok(Self(connector()?, server(host)?))
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> TlsConnect<S> for Secured {
    type Stream = Tunnel<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Tunnel<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move { Ok(Tunnel(self.0.connect(self.1, stream).await?)) })
    }
}

/// A connection that is encrypted.
pub(super) struct Tunnel<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Tunnel<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Tunnel<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Tunnel<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
