//! Runs a program to its end, within a time.

use std::ffi::OsStr;
use std::io::{Read, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::ended::Ended;

/// A program that has not ended by then hangs. Nothing is measured; the limit is far from what any
/// program here takes.
const LIMIT: Duration = Duration::from_secs(120);

/// The user and group `nobody` of Debian and most other systems.
const NOBODY: u32 = 65534;

/// A program to run, with its arguments and input.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    input: Vec<u8>,
    unprivileged: bool,
}

impl Program {
    /// The program at a path.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            input: Vec::new(),
            unprivileged: false,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives the program this on its standard input, through a pipe.
    #[must_use]
    pub fn input(mut self, input: &[u8]) -> Self {
        input.clone_into(&mut self.input);
        self
    }

    /// Runs the program as `nobody` if the test runs as root: root may load filters without giving
    /// up privileges, which hides faults.
    #[must_use]
    pub fn unprivileged(mut self) -> Self {
        self.unprivileged = true;
        self
    }

    /// Runs the program to its end.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or hangs.
    pub fn run(self) -> Ended {
        let mut child = self.start();
        let command = self.to_string();
        if let Some(mut pipe) = child.stdin.take() {
            let input = self.input;
            // A program that dies early does not read all of it.
            thread::spawn(move || pipe.write_all(&input));
        }
        let stdout = child.stdout.take().map(read_all);
        let stderr = child.stderr.take().map(read_all);

        let deadline = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                break Some(status);
            }
            if Instant::now() > deadline {
                child.kill().expect("a child can be killed");
                child.wait().expect("a killed child ends");
                break None;
            }
            thread::sleep(Duration::from_millis(1));
        };
        let stdout = collect(stdout, deadline);
        let stderr = collect(stderr, deadline);
        match (status, stdout, stderr) {
            (Some(status), Ok(stdout), Ok(stderr)) => Ended {
                command,
                status,
                stdout,
                stderr,
            },
            (status, stdout, stderr) => panic!(
                "`{command}` hangs, or left a process behind that keeps its output open\n\
                 status: {status:?}\nstandard output: {stdout:?}\nstandard error: {stderr:?}"
            ),
        }
    }

    fn start(&self) -> Child {
        let as_nobody = self.unprivileged && is_root();
        let mut command = if as_nobody {
            // The way to the program need not be open to `nobody`; an open file is.
            let mut command = Command::new("/proc/self/fd/0");
            let program = std::fs::File::open(&self.path)
                .unwrap_or_else(|error| panic!("cannot open {}: {error}", self.path.display()));
            assert!(self.input.is_empty(), "standard input is the program");
            command.stdin(program).uid(NOBODY).gid(NOBODY);
            command.arg0(&self.path);
            command
        } else {
            let mut command = Command::new(&self.path);
            command.stdin(Stdio::piped());
            command
        };
        command
            .args(&self.arguments)
            // Where a test runner's own settings would show.
            .env_remove("RUST_BACKTRACE")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start `{self}`: {error}"))
    }
}

impl std::fmt::Display for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path.display())?;
        self.arguments
            .iter()
            .try_for_each(|argument| write!(f, " {argument}"))
    }
}

/// Whether this process is root's.
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn read_all(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before a fault is still worth showing.
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

fn collect(
    output: Option<Receiver<String>>,
    deadline: Instant,
) -> Result<String, RecvTimeoutError> {
    let Some(output) = output else {
        return Ok(String::new());
    };
    // At least a moment, so that a killed program's last words are shown.
    let left = deadline
        .saturating_duration_since(Instant::now())
        .max(Duration::from_millis(200));
    output.recv_timeout(left)
}

/// The directory of the programs where they were built elsewhere, with `debug/` and `release/` inside:
/// `SYSCALLSET_PROGRAMS`. Virtual machines have neither cargo nor its directories.
pub fn given() -> Option<PathBuf> {
    std::env::var_os("SYSCALLSET_PROGRAMS").map(PathBuf::from)
}

/// The program of this name that was built along with the running test: beside its directory, or where
/// [`given`] says.
///
/// # Panics
///
/// If the running program has no path.
pub fn sibling(name: impl AsRef<OsStr>) -> PathBuf {
    if let Some(programs) = given() {
        let build = if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        };
        return programs.join(build).join(name.as_ref());
    }
    let test = std::env::current_exe().expect("a test has a path");
    let directory = test.parent().and_then(Path::parent);
    directory
        .expect("cargo puts tests into a directory of their own")
        .join(name.as_ref())
}
