//! TCP without names: listen, connect, talk, time out.
//@ stdout: 4 bytes

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

#[syscallset::restrict("@basic-io @network-io")]
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    assert!(client.peer_addr()?.ip().is_loopback());
    client.set_nodelay(true)?;
    client.set_read_timeout(Some(Duration::from_secs(60)))?;
    client.write_all(b"ping")?;
    client.shutdown(Shutdown::Write)?;
    let mut received = Vec::new();
    server.read_to_end(&mut received)?;
    server.write_all(&received)?;
    drop(server);
    let mut echoed = Vec::new();
    client.read_to_end(&mut echoed)?;
    println!("{} bytes", echoed.len());
    Ok(())
}
