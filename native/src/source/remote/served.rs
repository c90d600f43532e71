//! For tests: a server of one file, on this machine, that does as it is told. It cuts answers, changes the file, and lies.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
};

/// What it does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Served {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it tells of it.
    pub etag: Option<String>,
    pub modified: Option<String>,
    pub kind: Option<String>,
    /// Whether it knows parts, and by what a part is of the same file is looked at.
    pub parts: bool,
    /// After how many bytes the next answers are cut, the first of them last.
    pub cuts: Vec<usize>,
    /// Answered in place of the file: a status, more headers, a body.
    pub instead: Option<(u16, String, String)>,
    /// What is told in place of where a part begins.
    pub lie: Option<String>,
    /// What is made of the file once an answer was sent.
    pub then: Option<(Vec<u8>, String)>,
    /// What was asked: the path, and the headers that matter here.
    pub asked: Vec<String>,
    /// Bytes of the file that were sent.
    pub sent: usize,
    /// Connections that were made.
    pub connections: usize,
}

/// A server for as long as it is held.
pub(crate) struct Server {
    pub port: u16,
    served: Arc<Mutex<Served>>,
}

impl Server {
    /// Serves.
    pub fn new(served: Served) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let served = Arc::new(Mutex::new(served));
        let shared = Arc::downgrade(&served);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), Some(shared)) = (stream, shared.upgrade()) else { return };
                std::thread::spawn(move || answer(&stream, &shared));
            }
        });
        Self { port, served }
    }

    /// Of a file that does not change, with a tag.
    pub fn of(bytes: &[u8]) -> Self {
        Self::new(Served { bytes: bytes.to_vec(), etag: Some("\"1\"".into()), parts: true, ..Served::default() })
    }

    /// The address of a file of this name.
    pub fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }

    /// What it does, to be looked at and changed.
    pub fn now(&self) -> MutexGuard<'_, Served> {
        self.served.lock().expect("nobody panicked")
    }

    /// Does nothing more but refuse.
    pub fn fails(&self) {
        self.now().instead = Some((503, String::new(), String::new()));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It waits for somebody.
        self.now().instead = Some((410, String::new(), String::new()));
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Answers what is asked on a connection, one after the other.
fn answer(stream: &TcpStream, served: &Mutex<Served>) {
    let mut out = stream;
    served.lock().expect("nobody panicked").connections += 1;
    let mut lines = BufReader::new(stream).lines();
    loop {
        let head: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let Some(first) = head.first() else { return };
        let header = |name: &str| {
            let named = |line: &String| {
                Some(line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name))?.1.to_owned())
            };
            head.iter().find_map(named)
        };
        let mut served = served.lock().expect("nobody panicked");
        let told = ["range", "if-range", "if-match", "authorization", "host"];
        let told = told.iter().filter_map(|name| header(name).map(|value| format!(" {name}={value}")));
        let path = first.split(' ').nth(1).unwrap_or_default();
        let asked = format!("{path}{}", told.collect::<String>());
        served.asked.push(asked);
        if let Some((status, more, body)) = &served.instead {
            let _ = write!(out, "HTTP/1.1 {status} X\r\n{more}content-length: {}\r\n\r\n{body}", body.len());
            continue;
        }
        let fits = |tag: Option<String>| tag.is_none() || tag == served.etag || tag == served.modified;
        let range = header("range").filter(|_| served.parts && fits(header("if-range")));
        let size = served.bytes.len();
        let bounds = range.and_then(|range| {
            let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
            if start.is_empty() {
                return Some((size.saturating_sub(end.parse().ok()?), size));
            }
            let end = end.parse::<usize>().map_or(size, |end| (end + 1).min(size));
            Some((start.parse().ok()?, end))
        });
        let mut more = String::new();
        for (name, value) in
            [("etag", &served.etag), ("last-modified", &served.modified), ("content-type", &served.kind)]
        {
            value.iter().for_each(|value| more += &[name, ": ", value, "\r\n"].concat());
        }
        let (status, start, end) = match bounds {
            _ if !fits(header("if-match")) => (412, 0, 0),
            Some((start, _)) if start >= size => (416, 0, 0),
            Some((start, end)) => (206, start, end),
            None => (200, 0, size),
        };
        if status == 206 {
            let told = served.lie.clone().unwrap_or_else(|| format!("bytes {start}-{}/{size}", end - 1));
            more += &["content-range: ", &told, "\r\n"].concat();
        }
        let cut = served.cuts.pop().unwrap_or(usize::MAX);
        let body = &served.bytes[start..end];
        let sent = &body[..body.len().min(cut)];
        let whole = sent.len() == body.len();
        let head = format!("HTTP/1.1 {status} X\r\n{more}content-length: {}\r\n\r\n", body.len());
        let done = out.write_all(&[head.as_bytes(), sent].concat());
        served.sent += sent.len();
        if let Some((bytes, etag)) = served.then.take() {
            (served.bytes, served.etag) = (bytes, Some(etag));
        }
        if !whole || done.is_err() {
            let _ = stream.shutdown(Shutdown::Both);
            return;
        }
    }
}
