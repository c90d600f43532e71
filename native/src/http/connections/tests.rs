//! Clients that do what they should not, on streams in memory, under limits of a moment. Only what happens is asserted,
//! never when.

use super::*;
use crate::http::outgoing::Outgoing;
use axum::{middleware, routing::get};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
    net::TcpStream,
};

const LARGE: usize = 8 << 20;
const HOURS: Duration = Duration::from_hours(10);
const ASK: &[u8] = b"GET /small HTTP/1.1\r\nHost: a\r\n\r\n";

fn limits() -> Limits {
    let moment = Duration::from_millis(60);
    Limits { most: 1, idle: moment, stall: moment, idle_in_crowd: Duration::ZERO, stall_in_crowd: HOURS }
}

fn app(outgoing: &Arc<Outgoing>) -> Router {
    let outgoing = outgoing.clone();
    Router::new()
        .route("/small", get(|| async { "small" }))
        .route("/large", get(|| async { vec![7u8; LARGE] }))
        .route(
            "/late",
            get(|| async {
                tokio::time::sleep(limits().idle * 5).await;
                "late"
            }),
        )
        .route("/halting", get(|| async { axum::response::Response::new(axum::body::Body::new(Halting::default())) }))
        .layer(middleware::map_response(move |response| std::future::ready(outgoing.admit(response))))
}

/// A body in three pieces, of which each takes longer to make than a client may take to take it.
#[derive(Default)]
struct Halting(usize, Option<std::pin::Pin<Box<tokio::time::Sleep>>>);

impl hyper::body::Body for Halting {
    type Data = axum::body::Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Infallible>>> {
        use std::task::Poll;
        if self.0 == 3 {
            return Poll::Ready(None);
        }
        let sleep = self.1.get_or_insert_with(|| Box::pin(tokio::time::sleep(limits().stall * 4)));
        if sleep.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.1 = None;
        self.0 += 1;
        Poll::Ready(Some(Ok(hyper::body::Frame::data(axum::body::Bytes::from_static(b"piece")))))
    }
}

/// A client's end of a connection; the seats, which are empty when the server has ended it; what tells it to stop.
fn open(outgoing: &Arc<Outgoing>, limits: Limits) -> (DuplexStream, Arc<Seats>, watch::Sender<bool>) {
    let (client, server) = duplex(4096);
    let (tell, stop) = watch::channel(false);
    let seats = Seats::new(limits);
    let seat = seats.free.clone().try_acquire_owned().expect("free");
    seats.begin(seat, server, app(outgoing), stop);
    (client, seats, tell)
}

fn outgoing() -> Arc<Outgoing> {
    Outgoing::new(u64::MAX)
}

/// What comes until the server ends the connection.
async fn rest(client: &mut (impl AsyncRead + Unpin)) -> String {
    let mut all = Vec::new();
    let _ = client.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn a_client_that_says_nothing_is_left() {
    let (mut client, seats, _stop) = open(&outgoing(), limits());
    assert_eq!(rest(&mut client).await, "");
    seats.emptied().await;
}

#[tokio::test]
async fn a_client_whose_headers_come_drop_by_drop_is_left() {
    for start in [&b"GET /small HTTP/1.1\r\nX-Long: "[..], b"PRI * HTTP/2"] {
        let (mut client, seats, _stop) = open(&outgoing(), limits());
        client.write_all(start).await.expect("it listens");
        while client.write_all(b"x").await.is_ok() && seats.open() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        seats.emptied().await;
    }
}

#[tokio::test]
async fn a_client_may_ask_again_and_is_left_when_it_does_not() {
    let (mut client, seats, _stop) = open(&outgoing(), limits());
    client.write_all(&[ASK, ASK].concat()).await.expect("it listens");
    assert_eq!(rest(&mut client).await.matches("200 OK").count(), 2);
    seats.emptied().await;
}

#[tokio::test]
async fn an_answer_that_takes_long_to_make_is_waited_for() {
    let (mut client, seats, _stop) = open(&outgoing(), limits());
    client.write_all(b"GET /late HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it listens");
    assert!(rest(&mut client).await.ends_with("late"));
    seats.emptied().await;
}

#[tokio::test]
async fn an_answer_whose_pieces_take_long_to_make_is_waited_for() {
    let (mut client, seats, _stop) = open(&outgoing(), limits());
    client.write_all(b"GET /halting HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it listens");
    let all = rest(&mut client).await;
    assert_eq!(all.matches("piece").count(), 3);
    assert!(all.ends_with("0\r\n\r\n"), "{all}");
    seats.emptied().await;
}

#[tokio::test]
async fn a_client_that_takes_no_more_of_an_answer_is_left_and_its_bytes_are_freed() {
    let all = outgoing();
    let (mut client, seats, _stop) = open(&all, Limits { idle: Duration::from_mins(10), ..limits() });
    client.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it listens");
    let mut some = [0; 1000];
    client.read_exact(&mut some).await.expect("it begins");
    assert_eq!(all.held(), LARGE as u64);
    seats.emptied().await;
    assert_eq!(all.held(), 0);
    assert!(rest(&mut client).await.len() < LARGE / 2);
}

#[tokio::test]
async fn a_client_that_is_slow_but_goes_on_gets_all_of_it() {
    // Longer than a busy machine may keep this thread waiting.
    let (mut client, _seats, _stop) = open(&outgoing(), Limits { stall: limits().stall * 5, ..limits() });
    client.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.expect("it listens");
    let (mut got, mut buffer) = (0, vec![0; 64 << 10]);
    loop {
        match client.read(&mut buffer).await.expect("it goes on") {
            0 => break,
            some => got += some,
        }
        // Slower with all of it than the stall time, much faster with what is taken of it at once.
        if (got / 4096) % 6 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    assert!(got > LARGE, "{got}");
}

#[tokio::test]
async fn told_to_stop_it_finishes_what_it_is_at() {
    let (mut client, seats, stop) = open(&outgoing(), Limits { idle: Duration::from_mins(10), ..limits() });
    client.write_all(b"GET /late HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it listens");
    tokio::task::yield_now().await;
    stop.send(true).expect("it runs");
    assert!(rest(&mut client).await.ends_with("late"));
    seats.emptied().await;
}

#[tokio::test]
async fn http_2_is_answered_in_its_own_way() {
    let (mut client, _seats, _stop) = open(&outgoing(), limits());
    client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.expect("it listens");
    let mut frame = [0; 9];
    client.read_exact(&mut frame).await.expect("a frame");
    assert_eq!(frame[3..], [4, 0, 0, 0, 0, 0], "settings of the whole connection");
}

#[tokio::test]
async fn headers_too_large_are_refused() {
    let (mut client, _seats, _stop) = open(&outgoing(), limits());
    client.write_all(b"GET /small HTTP/1.1\r\nHost: a\r\nX-Long: ").await.expect("it listens");
    let header = vec![b'x'; 2 * BUFFER];
    let _ = client.write_all(&header).await;
    assert!(rest(&mut client).await.starts_with("HTTP/1.1 431 "));
}

#[tokio::test]
async fn where_all_seats_are_taken_who_does_nothing_gives_way() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let seats = Seats::new(Limits { idle: Duration::from_mins(10), ..limits() });
    let (tell, stop) = watch::channel(false);
    let server = tokio::spawn(serve(listener, app(&outgoing()), seats.clone(), stop));
    let mut idle = TcpStream::connect(address).await.expect("it listens");
    idle.write_all(ASK).await.expect("taken");
    let mut start = [0; 12];
    idle.read_exact(&mut start).await.expect("an answer");
    assert_eq!((&start[..], seats.open()), (&b"HTTP/1.1 200"[..], 1));
    for _ in 0..3 {
        let mut other = TcpStream::connect(address).await.expect("it listens");
        other.write_all(ASK).await.expect("taken");
        other.read_exact(&mut start).await.expect("an answer");
        assert_eq!((&start[..], seats.open()), (&b"HTTP/1.1 200"[..], 1));
    }
    assert!(rest(&mut idle).await.ends_with("small"));
    tell.send(true).expect("it runs");
    server.await.expect("it ends");
    seats.emptied().await;
    assert_eq!(seats.open(), 0);
}

#[tokio::test]
async fn clients_that_take_nothing_of_their_answers_do_not_keep_others_out() {
    // Each of the two limits alone: those who stall are found by who looks over them all, and by who wants a seat.
    for (stall, stall_in_crowd) in [(limits().stall, HOURS), (HOURS, limits().stall)] {
        let limits = Limits { most: 4, idle: HOURS, stall, idle_in_crowd: HOURS, stall_in_crowd };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seats = Seats::new(limits);
        let (tell, stop) = watch::channel(false);
        let all = outgoing();
        let server = tokio::spawn(serve(listener, app(&all), seats.clone(), stop));
        let mut stalled = Vec::new();
        for _ in 0..limits.most {
            let mut client = TcpStream::connect(address).await.expect("it listens");
            client.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("taken");
            let mut start = [0; 12];
            client.read_exact(&mut start).await.expect("an answer");
            assert_eq!(&start, b"HTTP/1.1 200");
            stalled.push(client);
        }
        let mut other = TcpStream::connect(address).await.expect("it listens");
        other.write_all(b"GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.expect("taken");
        // A test that waits for good would not say why.
        let answer = tokio::time::timeout(Duration::from_mins(1), rest(&mut other)).await;
        assert!(answer.expect("the stalled are ended").ends_with("small"));
        tell.send(true).expect("it runs");
        server.await.expect("it ends");
        drop(stalled);
        seats.emptied().await;
        assert_eq!(all.held(), 0);
    }
}
