//! Soundness, measured: everything that a trace sees must have been found.

use std::path::{Path, PathBuf};

use syscallset_profile::{From, Options, Profile};

use crate::build::{RECIPES, build, build_go, go_roots};
use crate::trace::{self, trace};

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

/// What one program came to.
struct Outcome {
    name: String,
    missed: Vec<String>,
}

/// At least this many programs have to be looked at where the means to do so are there.
const LEAST: usize = 40;

#[test]
fn every_traced_call_is_found() {
    if !trace::works() {
        println!("skipped: strace is not installed, or not allowed to trace");
        return;
    }
    let scratch = tempfile();
    let mut outcomes = Vec::new();
    println!("program                          traced from entry from main naive unresolved");
    for (program, arguments) in SYSTEM {
        match find(program) {
            Ok(path) => outcomes.push(examine(&path, arguments, &scratch, false)),
            Err(reason) => println!("skipped: {program}: {reason}"),
        }
    }
    for recipe in &RECIPES {
        match build(recipe, &scratch) {
            Ok(path) => outcomes.push(examine(&path, &[], &scratch, true)),
            Err(reason) => println!("skipped: {}: {reason}", recipe.name),
        }
    }
    let roots = go_roots();
    if roots.len() < 2 {
        println!("skipped: {} of two toolchains for Go", 2 - roots.len());
    }
    for root in roots {
        for name in ["hello", "work"] {
            for arguments in [&[][..], &["-ldflags", "-s -w"]] {
                match build_go(&root, name, arguments, &scratch) {
                    Ok(path) => outcomes.push(examine(&path, &[], &scratch, false)),
                    Err(reason) => println!("skipped: {name} of {}: {reason}", root.display()),
                }
            }
        }
    }
    std::fs::remove_dir_all(&scratch).expect("the scratch directory was made above");
    let missed: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.missed.is_empty())
        .map(|outcome| format!("{}: {}", outcome.name, outcome.missed.join(" ")))
        .collect();
    println!("{} programs", outcomes.len());
    assert!(
        missed.is_empty(),
        "calls that were traced and not found:\n{}",
        missed.join("\n")
    );
    assert!(
        outcomes.len() >= LEAST,
        "only {} programs could be looked at",
        outcomes.len()
    );
}

/// Traces and analyses one program; `marked` ones call getppid where `main` begins.
fn examine(program: &Path, arguments: &[&str], scratch: &Path, marked: bool) -> Outcome {
    let traced = trace(program, arguments, scratch);
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
        assert!(traced.marked.len() > 2, "{name}: the marker was not traced");
        let found = main.calls();
        let late = traced
            .marked
            .iter()
            .filter(|call| !found.contains(&call.as_str()));
        missed.extend(
            late.filter(|call| *call != "restart_syscall")
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
    println!(
        "{name:32} {:6} {:10} {:>9} {naive:5} {:10}",
        traced.calls.len(),
        found.len(),
        main.map_or_else(|| "-".to_owned(), |main| main.calls().len().to_string()),
        profile.unresolved().len(),
    );
    assert!(
        found.len() <= naive,
        "{name}: more calls are reachable than there are"
    );
    Outcome { name, missed }
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

fn tempfile() -> PathBuf {
    let path = std::env::temp_dir().join(format!("syscallset-corpus-{}", std::process::id()));
    std::fs::create_dir_all(&path).expect("the directory for temporary files can be written to");
    path
}
