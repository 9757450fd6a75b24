//! Soundness, measured: everything that a trace sees must have been found.

use std::path::{Path, PathBuf};

use syscallset_profile::{From, Options, Profile};

use crate::build::{CROSS, RECIPES, build, build_go, build_survey, go_roots};
use crate::record::{Row, record};
use crate::trace::{self, Traced, emulate, trace};

/// Programs of the system, each with arguments that make it do something.
const SYSTEM: [(&str, &[&str]); 44] = [
    (
        "bash",
        &[
            "-c",
            "echo $(ls /) | wc -c; read line < /etc/passwd; sleep 0.01 & wait",
        ],
    ),
    ("cat", &["/etc/passwd"]),
    ("cp", &["/etc/passwd", "copy"]),
    ("curl", &["-s", "http://127.0.0.1:1/"]),
    ("cut", &["-d:", "-f1", "/etc/passwd"]),
    ("dash", &["-c", "echo hello | cat"]),
    ("date", &[]),
    ("dd", &["if=/dev/zero", "of=/dev/null", "count=3"]),
    ("df", &[]),
    ("diff", &["/etc/passwd", "/etc/group"]),
    ("dpkg", &["-l", "bash"]),
    ("du", &["-s", "/etc"]),
    ("env", &["true"]),
    ("find", &["/etc", "-name", "*.conf"]),
    ("free", &[]),
    ("git", &["--version"]),
    ("grep", &["-r", "root", "/etc/pam.d"]),
    ("gzip", &["-c", "/etc/passwd"]),
    ("head", &["-1", "/etc/passwd"]),
    ("id", &[]),
    ("jq", &["-n", "1"]),
    ("ln", &["-s", "target", "link"]),
    ("ls", &["-la", "/etc"]),
    ("make", &["--version"]),
    ("mawk", &["BEGIN { \"date\" | getline line; print line }"]),
    ("mkdir", &["-p", "one/two"]),
    ("mount", &[]),
    ("mv", &["copy", "moved"]),
    ("openssl", &["genrsa", "512"]),
    (
        "perl",
        &[
            "-e",
            "use Socket; socket(S, PF_INET, SOCK_STREAM, 0); print `ls`",
        ],
    ),
    ("ps", &["aux"]),
    (
        "python3",
        &[
            "-c",
            "import threading, socket, subprocess; subprocess.run(['true'])",
        ],
    ),
    ("rm", &["-f", "moved"]),
    ("sed", &["-n", "1p", "/etc/passwd"]),
    ("sha256sum", &["/etc/passwd"]),
    ("sort", &["--parallel=4", "/etc/services"]),
    ("sqlite3", &[":memory:", "select 1"]),
    ("ssh-keygen", &["-t", "ed25519", "-N", "", "-f", "key"]),
    ("stat", &["/etc/passwd"]),
    ("tail", &["-1", "/etc/passwd"]),
    ("tar", &["-czf", "archive.tgz", "/etc/pam.d"]),
    ("timeout", &["1", "sleep", "0.01"]),
    ("uname", &["-a"]),
    ("xz", &["-T2", "-c", "/etc/passwd"]),
];

/// Programs of the survey: tokio, sockets, files, names, children, panics. Each is under a filter of its own.
const SURVEY: [&str; 12] = [
    "command",
    "files-all",
    "files-write",
    "main-error",
    "net-all",
    "panic-backtrace",
    "resolve",
    "tcp",
    "threads",
    "tokio-one-thread",
    "tokio-service",
    "tokio-workers",
];

/// Programs for aarch64 below `SYSCALLSET_AARCH64_ROOT`, where Debian's packages for it were unpacked.
const FOREIGN: [(&str, &[&str]); 26] = [
    (
        "bin/bash",
        &[
            "-c",
            "for n in 1 2; do echo $n; done; read line < /etc/passwd",
        ],
    ),
    ("bin/cat", &["/etc/passwd"]),
    ("bin/cp", &["/etc/passwd", "copy"]),
    ("bin/dash", &["-c", "read line < /etc/passwd; echo $line"]),
    ("bin/date", &[]),
    ("bin/dd", &["if=/dev/zero", "of=/dev/null", "count=3"]),
    ("bin/df", &[]),
    ("bin/grep", &["-r", "root", "/etc/pam.d"]),
    ("bin/gzip", &["-c", "/etc/passwd"]),
    ("bin/ls", &["-la", "/etc"]),
    ("bin/mkdir", &["-p", "one/two"]),
    ("bin/sed", &["-n", "1p", "/etc/passwd"]),
    ("bin/tar", &["-cf", "archive.tar", "/etc/pam.d"]),
    ("bin/uname", &["-a"]),
    ("usr/bin/diff", &["/etc/passwd", "/etc/group"]),
    ("usr/bin/hyperfine", &["--version"]),
    ("usr/bin/fdfind", &[".", "/etc"]),
    ("usr/bin/find", &["/etc", "-name", "*.conf"]),
    ("usr/bin/jq", &["-n", "1"]),
    ("usr/bin/mawk", &["BEGIN { print 1 }"]),
    ("usr/bin/openssl", &["dgst", "-sha256", "/etc/passwd"]),
    (
        "usr/bin/perl",
        &["-e", "opendir D, '/etc'; print readdir D"],
    ),
    ("usr/bin/rg", &["root", "/etc/pam.d"]),
    ("usr/bin/sort", &["--parallel=4", "/etc/services"]),
    ("usr/bin/sqlite3", &[":memory:", "select 1"]),
    ("usr/bin/xz", &["-T2", "-c", "/etc/passwd"]),
];

/// At least this many programs have to be looked at where the means to do so are there.
const LEAST: usize = 40;

#[test]
fn every_traced_call_is_found() {
    if !trace::works() {
        println!("skipped: strace is not installed, or not allowed to trace");
        return;
    }
    let scratch = tempfile("native");
    let mut rows = Vec::new();
    let mut native = |path: &Path, arguments: &[&str], marked| {
        let traced = trace(path, arguments, &scratch);
        rows.push(examine(path, &traced, None, marked));
    };
    for (program, arguments) in SYSTEM {
        match find(program) {
            Ok(path) => native(&path, arguments, false),
            Err(reason) => println!("skipped: {program}: {reason}"),
        }
    }
    for recipe in &RECIPES {
        match build(recipe, &scratch) {
            Ok(path) => native(&path, &[], true),
            Err(reason) => println!("skipped: {}: {reason}", recipe.name),
        }
    }
    match build_survey() {
        Ok(directory) => {
            for name in SURVEY {
                native(&directory.join(name), &[], true);
            }
        }
        Err(reason) => println!("skipped: the programs of the survey: {reason}"),
    }
    for (root, name, flags) in go_programs() {
        match build_go(&root, name, flags, "amd64", &scratch) {
            Ok(path) => native(&path, &[], false),
            Err(reason) => println!("skipped: {name} of {}: {reason}", root.display()),
        }
    }
    std::fs::remove_dir_all(&scratch).expect("the scratch directory was made above");
    judge("x86-64", &rows, LEAST);
}

#[test]
fn every_call_that_an_emulator_sees_is_found() {
    if !trace::emulates() {
        println!("skipped: qemu-user is not installed");
        return;
    }
    let scratch = tempfile("aarch64");
    let mut rows = Vec::new();
    let mut foreign = |path: &Path, arguments: &[&str], root: &Path, marked| {
        let traced = emulate(path, arguments, root, &scratch);
        rows.push(examine(path, &traced, Some(root), marked));
    };
    for recipe in &CROSS {
        match build(recipe, &scratch) {
            Ok(path) => foreign(&path, &[], Path::new("/usr/aarch64-linux-gnu"), true),
            Err(reason) => println!("skipped: {}: {reason}", recipe.name),
        }
    }
    for (root, name, flags) in go_programs() {
        match build_go(&root, name, flags, "arm64", &scratch) {
            Ok(path) => foreign(&path, &[], &scratch, false),
            Err(reason) => println!("skipped: {name} of {}: {reason}", root.display()),
        }
    }
    match std::env::var_os("SYSCALLSET_AARCH64_ROOT").map(PathBuf::from) {
        Some(root) => {
            for (program, arguments) in FOREIGN {
                foreign(&root.join(program), arguments, &root, false);
            }
        }
        None => println!("skipped: no `SYSCALLSET_AARCH64_ROOT` with Debian's packages for arm64"),
    }
    std::fs::remove_dir_all(&scratch).expect("the scratch directory was made above");
    judge("AArch64", &rows, 0);
}

/// Every toolchain for Go, a program to build with it, and how.
fn go_programs() -> Vec<(PathBuf, &'static str, &'static [&'static str])> {
    let roots = go_roots();
    if roots.len() < 2 {
        println!("skipped: {} of two toolchains for Go", 2 - roots.len());
    }
    let mut programs = Vec::new();
    for root in roots {
        for name in ["hello", "work"] {
            programs.push((root.clone(), name, &[][..]));
            programs.push((root.clone(), name, &["-ldflags", "-s -w"]));
        }
    }
    programs
}

/// Prints and records what the programs came to; misses are failures.
fn judge(arch: &str, rows: &[Row], least: usize) {
    print!("{}", record(arch, rows));
    let missed: Vec<String> = rows
        .iter()
        .filter(|row| !row.missed.is_empty())
        .map(|row| format!("{}: {}", row.name, row.missed.join(" ")))
        .collect();
    assert!(
        missed.is_empty(),
        "calls that were traced and not found:\n{}",
        missed.join("\n")
    );
    assert!(
        rows.len() >= least,
        "only {} programs could be looked at",
        rows.len()
    );
}

/// Analyses one program and holds it against its trace.
fn examine(program: &Path, traced: &Traced, root: Option<&Path>, marked: bool) -> Row {
    let name = program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let analyse = |options: &Options| {
        Profile::new(program, options).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let mut options = Options {
        from: From::Entry,
        root: root.map(Path::to_path_buf),
        ..Options::default()
    };
    let mut profile = analyse(&options);
    // Libraries whose names the program makes up are for the user to name.
    let known: Vec<PathBuf> = profile
        .modules()
        .filter_map(|(path, _)| path.canonicalize().ok())
        .collect();
    let opened = traced
        .libraries
        .iter()
        .filter_map(|path| path.canonicalize().ok());
    options.with = opened.filter(|path| !known.contains(path)).collect();
    if !options.with.is_empty() {
        profile = analyse(&options);
    }
    let found = profile.calls();
    let by_kernel = profile.by_kernel();
    let is_found = |call: &&String| {
        found.contains(&call.as_str())
            || by_kernel.contains(&call.as_str())
            // An unknown number may be any.
            || !profile.unresolved().is_empty() && profile.arch().number(call).is_none()
    };
    let mut missed: Vec<String> = traced
        .calls
        .iter()
        .filter(|call| !is_found(call))
        .cloned()
        .collect();
    options.from = From::Main;
    let main = marked.then(|| analyse(&options));
    if let Some(main) = &main {
        assert!(traced.marked.len() > 1, "{name}: the marker was not traced");
        let found = main.calls();
        let late = traced
            .marked
            .iter()
            .filter(|call| !found.contains(&call.as_str()));
        missed.extend(
            late.filter(|call| !main.by_kernel().contains(&call.as_str()))
                .map(|call| format!("{call} (after main)")),
        );
        assert!(
            found.len() <= profile.calls().len(),
            "{name}: more calls from main than from the entry"
        );
    }
    options = Options {
        everything: true,
        from: From::Entry,
        ..options
    };
    let naive = analyse(&options).calls().len();
    assert!(
        found.len() <= naive,
        "{name}: more calls are reachable than there are"
    );
    Row {
        traced: traced.calls.len(),
        entry: found.len(),
        main: main.map(|main| main.calls().len()),
        naive,
        unresolved: profile.unresolved().len(),
        name,
        missed,
    }
}

/// Finds a program; a script is none.
fn find(program: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|path| path.is_file());
    let path = found.ok_or("it is not installed")?;
    let path = path.canonicalize().map_err(|error| error.to_string())?;
    let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
    bytes
        .starts_with(b"\x7fELF")
        .then_some(path)
        .ok_or_else(|| "it is a script".to_owned())
}

fn tempfile(what: &str) -> PathBuf {
    let name = format!("syscallset-corpus-{what}-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&path).expect("the directory for temporary files can be written to");
    path
}
