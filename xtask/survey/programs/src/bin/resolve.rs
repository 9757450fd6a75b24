//! Looks a host name up.
//@ stdout: loopback

use std::net::ToSocketAddrs as _;

#[syscallset::restrict("@basic-io @rust-resolve")]
fn main() -> std::io::Result<()> {
    let mut addresses = "localhost:80".to_socket_addrs()?;
    assert!(addresses.all(|address| address.ip().is_loopback()));
    // Nobody has this name (RFC 6761), so that every source is asked, servers too.
    assert!("survey.invalid:80".to_socket_addrs().is_err());
    println!("loopback");
    Ok(())
}
