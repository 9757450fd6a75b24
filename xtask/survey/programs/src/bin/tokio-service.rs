//! A TCP service on tokio with a worker thread for each processor, and files.
//@ stdout: ping

use std::error::Error;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[syscallset::restrict("@basic-io @file-system @network-io @tokio")]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let mut word = [0; 4];
        stream.read_exact(&mut word).await?;
        stream.write_all(&word).await
    });
    let mut client = TcpStream::connect(address).await?;
    client.write_all(b"ping").await?;
    let mut echoed = String::new();
    client.read_to_string(&mut echoed).await?;
    server.await??;
    assert!(!tokio::fs::read("/etc/passwd").await?.is_empty());
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    println!("{echoed}");
    Ok(())
}
