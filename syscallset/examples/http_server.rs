//! A small HTTP server on std alone. While it serves, it can do six things: accept a connection, read
//! from it, write to it, set a time limit, close it, and write to standard output. Each of them as std
//! does it, with these flags and no others: a socket of another kind, or another option, is out of
//! reach. No word can be left out; a test tries.
//!
//! The argument is the number of requests after which it ends; without one it serves for ever.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use syscallset::{Filter, filter};

static SERVE: Filter = filter!(
    "accept4(flags=SOCK_CLOEXEC) recvfrom(flags=0) sendto(flags=MSG_NOSIGNAL) close",
    "setsockopt(level=SOL_SOCKET, optname=SO_RCVTIMEO)  # the time limit",
    "write(fd=1)  # standard output",
);

#[syscallset::restrict("@basic-io @network-io")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let requests = std::env::args()
        .nth(1)
        .map(|count| count.parse())
        .transpose()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on {}", listener.local_addr()?);

    SERVE.load_all_threads()?;
    for stream in listener.incoming().take(requests.unwrap_or(usize::MAX)) {
        // A client that goes away early is no reason to end.
        if let Err(error) = stream.and_then(|stream| answer(&stream)) {
            println!("a connection failed: {error}");
        }
    }
    Ok(())
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut request = BufReader::new(stream).lines();
    let first = request.next().transpose()?.unwrap_or_default();
    while request
        .next()
        .transpose()?
        .is_some_and(|header| !header.is_empty())
    {}

    let body = match first.split(' ').nth(1) {
        Some("/") => "hello from behind a filter\n",
        _ => "there is nothing else\n",
    };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}
