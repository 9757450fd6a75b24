//! What a Rust program may do: threads, files, sockets, a hash map, a panic that is caught.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};

unsafe extern "C" {
    fn getppid() -> i32;
}

fn main() {
    // What follows this call is what `--from main` is about.
    // SAFETY: it has no requirements.
    unsafe { getppid() };
    let threads: Vec<_> = (0..4).map(|n| std::thread::spawn(move || n * 2)).collect();
    let sum: i32 = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .sum();
    let mut map = HashMap::new();
    map.insert("sum", sum);
    let directory = std::env::temp_dir().join(format!("syscallset-profile-{}", std::process::id()));
    std::fs::create_dir(&directory).unwrap();
    let file = directory.join("file");
    std::fs::write(&file, "text").unwrap();
    std::fs::copy(&file, directory.join("copy")).unwrap();
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 2);
    std::fs::remove_dir_all(&directory).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    client.write_all(b"ping").unwrap();
    drop(client);
    let mut text = String::new();
    server.read_to_string(&mut text).unwrap();
    UdpSocket::bind("127.0.0.1:0").unwrap();
    let caught = std::panic::catch_unwind(|| panic!("on purpose"));
    assert!(caught.is_err());
    std::process::Command::new("true").status().unwrap();
    println!("{text} {map:?} {:?}", std::time::SystemTime::now());
}
