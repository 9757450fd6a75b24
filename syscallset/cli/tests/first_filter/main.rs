//! Follows `FIRST-FILTER.md` step by step: writes its program, runs its commands, and looks for every line of
//! output that the page shows.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

const PAGE: &str = include_str!("../../FIRST-FILTER.md");

/// The page's port, in the place of which a free one is used.
const PORT: &str = ":8080";

#[test]
fn the_page_is_true() {
    let mut steps = Steps::new();
    for (language, text) in blocks(PAGE) {
        match language {
            "rust" => steps.rust(text),
            "console" => steps.console(text),
            other => panic!("nobody knows what to do with {other}"),
        }
    }
    assert_eq!(steps.commands, 24, "all commands were run");
}

/// The code blocks of a page: language and text.
fn blocks(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.split("\n```").skip(1).step_by(2).map(|block| {
        let (language, text) = block.split_once('\n').expect("a block has lines");
        (language, text)
    })
}

struct Steps {
    directory: PathBuf,
    address: String,
    commands: usize,
}

/// A command that goes on while others are run, and where its output goes.
struct Running {
    child: Child,
    output: PathBuf,
}

impl Steps {
    fn new() -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("first-filter");
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let workspace = workspace.canonicalize().expect("it is there");
        fs::create_dir_all(directory.join("src")).expect("the directory can be written to");
        let manifest = format!(
            "[package]\nname = \"server\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             syscallset = {{ path = \"{}\" }}\n\n[workspace]\n",
            workspace.join("syscallset").display()
        );
        fs::write(directory.join("Cargo.toml"), manifest).expect("as above");
        // Of the versions that are there already.
        fs::copy(workspace.join("Cargo.lock"), directory.join("Cargo.lock")).expect("as above");
        fs::write(directory.join("news.txt"), "no news is good news\n").expect("as above");
        let free = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = free.local_addr().expect("it has one").to_string();
        Self {
            directory,
            address,
            commands: 0,
        }
    }

    /// The program, or an attribute to put in front of its `main`.
    fn rust(&mut self, text: &str) {
        let path = self.directory.join("src/main.rs");
        if !text.starts_with("#[") {
            fs::write(path, text).expect("the directory is there");
            return;
        }
        let program = fs::read_to_string(&path).expect("the page begins with the program");
        let main = program.find("fn main").expect("it has one");
        let before = program[..main].find("#[").unwrap_or(main);
        let program = format!("{}{text}\n{}", &program[..before], &program[main..]);
        fs::write(path, program).expect("the directory is there");
    }

    fn console(&mut self, text: &str) {
        let mut running = None;
        let mut output = String::new();
        for line in text.lines() {
            let Some(command) = line.strip_prefix("$ ") else {
                continue;
            };
            self.commands += 1;
            if let Some(command) = command.strip_suffix(" &") {
                running = Some(self.start(command));
            } else if let Some(page) = command.strip_prefix("curl -s http://127.0.0.1:8080") {
                let server = running.as_mut().expect("a server was started");
                output.push_str(&self.ask(page, server));
            } else {
                let mut other = self.start(command);
                output.push_str(&other.end());
            }
        }
        if let Some(mut server) = running {
            output.push_str(&server.end());
        }
        for line in text.lines().filter(|line| !line.starts_with("$ ")) {
            let expected = line.trim();
            let shows = |other: &str| match expected.strip_suffix('…') {
                Some(begin) => other.starts_with(begin),
                None => other == expected,
            };
            assert!(
                output.lines().map(str::trim).any(shows),
                "`{line}` is not in what was printed:\n{output}"
            );
        }
    }

    fn start(&self, command: &str) -> Running {
        let mut words = command
            .split(' ')
            .map(|word| word.replace("127.0.0.1:8080", &self.address));
        assert!(!command.contains(PORT) || command.contains("127.0.0.1:8080"));
        let first = words.next().expect("a command has a first word");
        let rest: Vec<_> = words.collect();
        let program = match (first.as_str(), rest[0].as_str()) {
            ("cargo", "syscallset") => env!("CARGO_BIN_EXE_cargo-syscallset"),
            ("cargo", _) => env!("CARGO"),
            ("syscallset", _) => env!("CARGO_BIN_EXE_syscallset"),
            other => panic!("{other:?}"),
        };
        let output = self.directory.join("output");
        let file = File::create(&output).expect("the directory is there");
        let child = Command::new(program)
            .args(&rest)
            .current_dir(&self.directory)
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TARGET_DIR", self.directory.join("target"))
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("it is open"))
            .stderr(file)
            .spawn()
            .expect("it starts");
        Running { child, output }
    }

    /// Asks for a page once the server listens; what it answers, but for the headers. None if it dies.
    fn ask(&self, page: &str, server: &mut Running) -> String {
        let mut stream = loop {
            match TcpStream::connect(&self.address) {
                Ok(stream) => break stream,
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
            let ended = server.child.try_wait().expect("it was started");
            assert!(ended.is_none(), "{}", server.said());
        };
        write!(stream, "GET {page} HTTP/1.1\r\n\r\n").expect("the server reads");
        let mut answer = String::new();
        // A server that dies may close the connection in either way.
        let _ = stream.read_to_string(&mut answer);
        let body = answer.split_once("\r\n\r\n");
        body.map_or_else(String::new, |(_, body)| body.to_owned())
    }
}

impl Running {
    fn said(&self) -> String {
        fs::read_to_string(&self.output).expect("it is text")
    }

    /// Everything that it has said, and how a shell would say that it died.
    fn end(&mut self) -> String {
        let status = self.child.wait().expect("it was started");
        let mut said = self.said();
        if died_of_sigsys(status) {
            said.push_str("\nBad system call\n");
        }
        said
    }
}

/// Whether a process, or cargo on behalf of one, died of SIGSYS.
fn died_of_sigsys(status: ExitStatus) -> bool {
    const SIGSYS: i32 = 31;
    status.signal() == Some(SIGSYS) || status.code() == Some(128 + SIGSYS)
}
