//! What std can do with sockets beyond systemd's `@network-io`: connecting within a time, and not
//! waiting.
//@ stdout: done

use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
use std::time::Duration;

#[syscallset::restrict("@basic-io @rust-net")]
fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    assert!(
        listener
            .accept()
            .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    );
    let stream = TcpStream::connect_timeout(&listener.local_addr()?, Duration::from_secs(60))?;
    stream.set_nonblocking(true)?;
    stream.peek(&mut [0]).unwrap_err();
    drop(stream.try_clone()?);

    let udp = UdpSocket::bind("127.0.0.1:0")?;
    udp.send_to(b"ping", udp.local_addr()?)?;
    udp.peek_from(&mut [0; 4])?;
    assert_eq!(udp.recv_from(&mut [0; 4])?.0, 4);
    udp.connect(udp.local_addr()?)?;
    udp.send(b"ping")?;
    udp.recv(&mut [0; 4])?;

    let name = format!("survey-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(name)?;
    let listener = UnixListener::bind_addr(&address)?;
    let client = UnixStream::connect_addr(&address)?;
    listener.accept()?;
    drop(client);
    let (one, two) = UnixDatagram::pair()?;
    one.send(b"ping")?;
    two.recv(&mut [0; 4])?;
    println!("done");
    Ok(())
}
