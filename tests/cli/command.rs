//! What the tests of the command share.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use syscallset_tests::program::Program;

/// The command under test.
pub(crate) const SYSCALLSET: &str = env!("CARGO_BIN_EXE_syscallset");

/// The command with these arguments.
pub(crate) fn syscallset<A: Into<String>>(arguments: impl IntoIterator<Item = A>) -> Program {
    arguments
        .into_iter()
        .fold(Program::new(SYSCALLSET).env("NO_COLOR", "1"), Program::arg)
}

/// What the command prints with these arguments. It has to succeed.
pub(crate) fn prints<A: Into<String>>(arguments: impl IntoIterator<Item = A>) -> String {
    syscallset(arguments).run().exits(0).stdout
}

/// What the command says with these arguments, of which it makes no sense.
pub(crate) fn refuses<A: Into<String>>(arguments: impl IntoIterator<Item = A>) -> String {
    let ended = syscallset(arguments).run();
    assert!(
        matches!(ended.status.code(), Some(1 | 2)) && ended.stdout.is_empty(),
        "expected an error\n{ended}"
    );
    ended.stderr
}

/// The bytes that the command prints with these arguments. It has to succeed.
pub(crate) fn bytes<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Vec<u8> {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(SYSCALLSET)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the command starts");
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    stdout
}

/// A program of the system. Where it is missing, the test is skipped and says so.
pub(crate) fn installed(name: &str) -> Option<PathBuf> {
    // Not `PATH`, where version managers put scripts of their own.
    let directories = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/games"];
    let found = directories
        .iter()
        .map(|directory| Path::new(directory).join(name))
        .find(|path| path.exists());
    if found.is_none() {
        skip(&format!("there is no `{name}`"));
    }
    found
}

/// Says that a test, or a part of it, did not run.
pub(crate) fn skip(reason: &str) {
    let test = std::thread::current();
    let test = test.name().unwrap_or("a test");
    eprintln!("skipped: {test}: {reason}");
}

/// A directory of one test, removed at its end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("cli-{}-{count}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("a directory can be made");
        Self(path)
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file, and says its path.
    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, contents).expect("a file can be written");
        path.to_str().expect("the path is text").to_owned()
    }

    /// Writes a file that can be executed, and says its path.
    pub(crate) fn executable(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        let path = self.write(name, contents);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It lies in the target directory: whatever is left does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}
