//! The HTTP server serves, and with one word less in its filter it does not.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::example;

const HELLO: &str = "hello from behind a filter";
const NOTHING: &str = "there is nothing else";

/// What is sent, and part of the answer. One request is no text: the server says so on its standard
/// output, and goes on.
const REQUESTS: [(&[u8], &str); 4] = [
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", HELLO),
    (b"GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n", NOTHING),
    (b"\xff\xff\xff\xff\r\n\r\n", ""),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", HELLO),
];

struct Server {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
    address: String,
}

impl Server {
    fn start(program: &Path) -> Self {
        let mut process = Command::new(program)
            .arg(REQUESTS.len().to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut output = BufReader::new(process.stdout.take().expect("its output is a pipe"));
        let mut line = String::new();
        output
            .read_line(&mut line)
            .expect("the server says where it listens");
        let address = line.trim_end().strip_prefix("listening on ");
        Self {
            process,
            output,
            address: address.expect("an address").to_owned(),
        }
    }

    fn ask(&self, request: &[u8]) -> io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.write_all(request)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// How it ends, and what it has said since it listens. Killed if it does not end.
    fn end(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.process.try_wait().expect("it is a child").is_none() {
            if Instant::now() > deadline {
                self.process.kill().expect("a child can be killed");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let status = self.process.wait().expect("it has ended");
        let mut said = String::new();
        self.output
            .read_to_string(&mut said)
            .expect("its output is text");
        (status, said)
    }
}

#[test]
fn the_http_server_serves() {
    let server = Server::start(&example("http_server"));
    for (request, expected) in REQUESTS {
        let answer = server.ask(request).expect("the server answers");
        let right = answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains(expected);
        assert_eq!(right, !expected.is_empty(), "{answer}");
    }
    let (status, said) = server.end();
    assert!(status.success(), "{status}");
    let failure = "a connection failed: stream did not contain valid UTF-8\n";
    assert_eq!(said, failure);
}

const SOURCE: &str = include_str!("../../syscallset/examples/http_server.rs");

const MANIFEST: &str = r#"
[package]
name = "tightest"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
syscallset = { path = "SYSCALLSET" }
"#;

/// The filter under which it serves, as written, and its items.
fn filter() -> (&'static str, Vec<&'static str>) {
    let (_, after) = SOURCE
        .split_once("static SERVE: Filter = filter!(")
        .expect("it is there");
    let (filter, _) = after.split_once(");\n").expect("it ends");
    let mut items = Vec::new();
    for literal in filter.lines().filter_map(|line| line.split('"').nth(1)) {
        let literal = literal.split('#').next().unwrap_or_default();
        let mut depth = 0;
        let words = literal.split(|c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c.is_whitespace() && depth == 0
        });
        items.extend(words.filter(|word| !word.is_empty()));
    }
    (filter, items)
}

/// Builds the server once for each item, without it.
fn without_each(items: &[&str], filter: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tightest");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let workspace = workspace.canonicalize().expect("the workspace exists");
    let library = workspace.join("syscallset");
    let manifest = MANIFEST.replace("SYSCALLSET", library.to_str().expect("a plain path"));
    let programs = directory.join("src/bin");
    // What was left by an older filter is none of this one's.
    let _ = fs::remove_dir_all(&programs);
    fs::create_dir_all(&programs).expect("the target directory can be written to");
    let write = |path: PathBuf, text: &str| {
        fs::write(path, text).expect("the target directory can be written to");
    };
    write(directory.join("Cargo.toml"), &manifest);
    let lock = "Cargo.lock";
    fs::copy(workspace.join(lock), directory.join(lock)).expect("the workspace has a lock file");
    for (index, item) in items.iter().enumerate() {
        let less = SOURCE.replace(filter, &filter.replacen(item, "", 1));
        assert_ne!(less, SOURCE);
        write(programs.join(format!("without_{index}.rs")), &less);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--offline", "--bins"])
        .env("CARGO_TARGET_DIR", directory.join("target"))
        .env_remove("CARGO_BUILD_TARGET")
        .current_dir(&directory)
        .status()
        .expect("cargo can be started");
    assert!(status.success());
    let built = |index| directory.join(format!("target/debug/without_{index}"));
    (0..items.len()).map(built).collect()
}

#[test]
fn the_http_server_needs_every_word() {
    let (filter, items) = filter();
    assert_eq!(items.len(), 6, "{items:?}");
    for (program, item) in without_each(&items, filter).iter().zip(&items) {
        let server = Server::start(program);
        for (request, _) in REQUESTS {
            // It may be gone by now.
            let _ = server.ask(request);
        }
        let (status, _) = server.end();
        assert_eq!(
            status.signal(),
            Some(libc::SIGSYS),
            "without {item}: {status}"
        );
    }
}
