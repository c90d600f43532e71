//! Addresses as people type them: what may not stand in the first line of a request as it is (`"`, `<` and `>`) is written as it
//! must be, before it is read. Filters are full of them, curl sends them as they are typed, and hyper ends a connection for them
//! without a word.
//!
//! What enters is the bytes of a connection; what leaves is the same bytes, but for those three in the first line of a `GET` or
//! `HEAD` that comes while nothing is being answered, and for the rest of an address that is too long: hyper would refuse it without
//! a word, too, and so it is cut to what the application refuses with one.

use super::{MAX_URI, pulse::Pulse};
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The methods whose addresses people type.
const METHODS: [&[u8]; 2] = [b"GET ", b"HEAD "];

/// Bytes of an address that are handed on, and those of one of which the rest is left out: who sends more is not heard out.
const HANDED_ON: usize = MAX_URI + 64;
const LONGEST: usize = 1 << 20;

/// A connection whose requests are read so.
#[derive(Debug)]
pub(super) struct Typed<I> {
    inner: I,
    pulse: Arc<Pulse>,
    /// Whether the first line of a request goes on.
    in_line: bool,
    /// Blanks of that line so far, behind the first of which the address stands, and bytes of that.
    blanks: usize,
    length: usize,
    /// Bytes that were read and had no room, last first.
    waiting: Vec<u8>,
}

impl<I> Typed<I> {
    /// As it is so far.
    pub const fn new(inner: I, pulse: Arc<Pulse>) -> Self {
        Self { inner, pulse, in_line: false, blanks: 0, length: 0, waiting: Vec::new() }
    }
}

/// The byte as it must be written.
const fn escaped(byte: u8) -> Option<&'static [u8; 3]> {
    match byte {
        b'"' => Some(b"%22"),
        b'<' => Some(b"%3C"),
        b'>' => Some(b"%3E"),
        _ => None,
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Typed<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.waiting.is_empty() {
            while buf.remaining() > 0
                && let Some(byte) = self.waiting.pop()
            {
                buf.put_slice(&[byte]);
            }
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        // Where all that was read is left out, nothing would be taken for the end.
        loop {
            ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
            let ended = buf.filled().len() == before;
            self.write(buf, before);
            if ended || buf.filled().len() > before {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<I> Typed<I> {
    /// Writes what was read as it must be.
    fn write(&mut self, buf: &mut ReadBuf<'_>, before: usize) {
        let new = &buf.filled()[before..];
        let begins =
            !self.in_line && METHODS.iter().any(|method| new.starts_with(method)) && self.pulse.idle().is_some();
        if !self.in_line && !begins {
            return;
        }
        if begins {
            (self.blanks, self.length) = (0, 0);
        }
        let end = new.iter().position(|&byte| byte == b'\n');
        self.in_line = end.is_none() && !new.is_empty();
        let line = &new[..end.unwrap_or(new.len())];
        let mut bytes = Vec::with_capacity(new.len() + 64);
        for &byte in line {
            self.blanks += usize::from(byte == b' ');
            if self.blanks == 1 {
                self.length += escaped(byte).map_or(1, |three| three.len());
                if (HANDED_ON..LONGEST).contains(&self.length) {
                    continue;
                }
            }
            match escaped(byte) {
                Some(three) => bytes.extend_from_slice(three),
                None => bytes.push(byte),
            }
        }
        bytes.extend_from_slice(&new[line.len()..]);
        buf.set_filled(before);
        let fits = bytes.len().min(buf.remaining());
        buf.put_slice(&bytes[..fits]);
        self.waiting = bytes.split_off(fits);
        self.waiting.reverse();
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Typed<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    /// Gives its pieces one by one.
    struct Pieces(Vec<&'static [u8]>);

    impl AsyncRead for Pieces {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            if !self.0.is_empty() {
                buf.put_slice(self.0.remove(0));
            }
            Poll::Ready(Ok(()))
        }
    }

    fn read(pieces: &[&'static [u8]], room: usize) -> String {
        let mut typed = Typed::new(Pieces(pieces.to_vec()), Arc::new(Pulse::default()));
        let mut cx = Context::from_waker(Waker::noop());
        let mut all = Vec::new();
        loop {
            let mut bytes = vec![0; room];
            let mut buf = ReadBuf::new(&mut bytes);
            assert!(Pin::new(&mut typed).poll_read(&mut cx, &mut buf).is_ready());
            if buf.filled().is_empty() {
                return String::from_utf8(all).expect("a text");
            }
            all.extend_from_slice(buf.filled());
        }
    }

    #[test]
    fn what_is_typed_is_written_as_it_must_be_in_the_first_line_alone() {
        let head = "GET /rows?filter=%22a%22%3E1%20AND%20b%3C2 HTTP/1.1\r\nx-a: <b>\r\n\r\n";
        let typed: &[u8] = b"GET /rows?filter=\"a\">1%20AND%20b<2 HTTP/1.1\r\nx-a: <b>\r\n\r\n";
        assert_eq!(read(&[typed], 200), head);
        for cut in 5..typed.len() {
            assert_eq!(read(&[&typed[..cut], &typed[cut..]], 200), head, "{cut}");
        }
        // Bytes for which there is no room come with the next.
        assert_eq!(read(&[typed], typed.len()), head);
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "<a".repeat(100_000)).into_bytes().leak();
        for pieces in [vec![&*long], long.chunks(3000).collect::<Vec<_>>()] {
            let cut = read(&pieces, 300_000);
            assert!(cut.starts_with("GET /%3Ca%3C") && cut.ends_with(" HTTP/1.1\r\n\r\n"), "{} bytes", cut.len());
            assert!((MAX_URI..MAX_URI + 128).contains(&cut.len()), "{} bytes", cut.len());
        }
        assert_eq!(read(&[b"POST /x?<a> HTTP/1.1\r\n\r\n<b>"], 200), "POST /x?<a> HTTP/1.1\r\n\r\n<b>");
    }
}
