//! `syscallset run`: programs of Debian under the strings that the manual gives for them, and how the
//! command ends.

use std::process::Command;

use crate::command::{SYSCALLSET, Scratch, installed, syscallset};
use syscallset_tests::ended::Ended;

/// For programs that need no network and no privileges.
pub(crate) const QUIET: &str = "@system-service ~@network-io ~@privileged";

/// For Python, which reads and writes files.
const PYTHON: &str = "@basic-io @rust-fs ioctl(cmd=FIOCLEX) ioctl(cmd=TCGETS) sysinfo";

/// Runs a shell command under the jail.
fn shell(options: &[&str], filter: &str, script: &str) -> Ended {
    let words = options.iter().copied();
    syscallset(
        ["run"]
            .into_iter()
            .chain(words)
            .chain([filter, "sh", "-c", script]),
    )
    .run()
}

#[test]
fn cowsay_speaks() {
    let Some(cowsay) = installed("cowsay") else {
        return;
    };
    let ended = syscallset(["run", QUIET, cowsay.to_str().unwrap(), "moo"]).run();
    let ended = ended.exits(0).complains_of_nothing();
    assert!(ended.stdout.contains("< moo >"), "{ended}");
}

#[test]
fn python_works_on_files() {
    let Some(python) = installed("python3") else {
        return;
    };
    let scratch = Scratch::new();
    let work = "\
import json, os, pathlib, shutil, sys
d = pathlib.Path(sys.argv[1]) / 'work'
d.mkdir()
(d / 'a').write_text('hello\\n' * 1000)
os.rename(d / 'a', d / 'b')
shutil.copy(d / 'b', d / 'c')
os.symlink('c', d / 'l')
with open(d / 'j', 'w') as f: json.dump({'a': 1}, f)
print(sorted(p.name for p in d.iterdir()), (d / 'l').stat().st_size)
shutil.rmtree(d)
";
    let directory = scratch.path("");
    for filter in [QUIET, PYTHON] {
        syscallset(["run", filter, python.to_str().unwrap(), "-c", work])
            .arg(directory.to_str().unwrap())
            .run()
            .exits(0)
            .complains_of_nothing()
            .prints("['b', 'c', 'j', 'l'] 6000\n");
    }
    let connect = "import socket; socket.socket()";
    syscallset(["run", PYTHON, python.to_str().unwrap(), "-c", connect])
        .run()
        .dies_of_sigsys();
}

#[test]
fn curl_is_refused_the_network() {
    let Some(curl) = installed("curl") else {
        return;
    };
    let curl = curl.to_str().unwrap();
    let address = "http://127.0.0.1:9/";
    // The port is closed: curl's own status 7 shows that it came as far as that.
    syscallset(["run", "@system-service", curl, "-s", address])
        .run()
        .exits(7);
    let refused = "@system-service ~@network-io";
    syscallset(["run", refused, curl, "-s", address])
        .run()
        .dies_of_sigsys()
        .prints("");
    syscallset([
        "run",
        "--on-violation",
        "report",
        refused,
        curl,
        "-s",
        address,
    ])
    .run()
    .dies_of_sigsys()
    .complains("syscallset: `socket(domain=1, ")
    .complains("is not allowed by \"@system-service ~@network-io\"")
    .complains("process `curl`")
    .complains("help: refused by `~@network-io`: allow just this call, behind it, with `socket`");
    syscallset([
        "run",
        "--on-violation",
        "EACCES",
        refused,
        curl,
        "-s",
        address,
    ])
    .run()
    .exits(7);
}

/// What the report of a call says to write, by how the filter refuses it.
#[test]
fn the_report_says_what_to_write() {
    let Some(curl) = installed("curl") else {
        return;
    };
    let report = |options: &[&'static str], filter| {
        let words = [
            "run",
            "--on-violation",
            "report",
            filter,
            curl.to_str().unwrap(),
        ];
        let words = options.iter().copied().chain(words);
        syscallset(words.chain(["-s", "http://127.0.0.1:9/"]))
            .run()
            .dies_of_sigsys()
    };
    for (filter, help, item) in [
        (
            "@system-service ~@network-io @rust-runtime",
            "refused by `~@network-io`: allow just this call, behind it, with `socket`",
            "~@network-io",
        ),
        (
            "@system-service ~socket",
            "refused by `~socket`: write in its place `socket`",
            "~socket",
        ),
        (
            "@system-service # but not the Internet\n ~socket(domain=AF_INET)",
            "refused by `~socket(domain=AF_INET)`: leave it out, or narrow it, to allow `socket`",
            "~socket(domain=AF_INET)",
        ),
        (
            "@system-service ~socket socket(domain=AF_UNIX)",
            "the arguments decide: allow these with `socket(domain=AF_INET)`, or all, instead of its conditions, with `socket`",
            "",
        ),
    ] {
        report(&[], filter).complains(&format!("      help: {help}\n"));
        let told = report(&["--json"], filter);
        let refused: serde_json::Value = serde_json::from_str(&told.stderr).expect("an object");
        assert_eq!(refused["item"].as_str().unwrap_or_default(), item);
        let allow = match item {
            "" => Some("socket(domain=AF_INET)"),
            "~@network-io" => Some("socket"),
            _ => None,
        };
        assert_eq!(refused["allow"].as_str(), allow, "{refused}");
        assert!(refused["set"].is_null(), "{refused}");
    }
}

#[test]
fn the_exit_status_is_the_commands_own() {
    for status in [0, 1, 2, 3, 125, 126, 127, 255] {
        shell(&[], QUIET, &format!("exit {status}")).exits(status);
    }
    shell(&[], QUIET, "kill -TERM $$").dies_of(15);
    // A shell shows the death by SIGSYS as 159.
    let inner = format!("{SYSCALLSET} run '' id; exit $?");
    let ended = Command::new("sh").args(["-c", &inner]).output().unwrap();
    assert_eq!(ended.status.code(), Some(159));
}

#[test]
fn failures_have_statuses_of_their_own() {
    let scratch = Scratch::new();
    let plain = scratch.write("plain", "no program\n");
    let directory = scratch.path("").to_str().unwrap().to_owned();
    syscallset(["run", QUIET, "no-such-command"])
        .run()
        .exits(127)
        .complains("`no-such-command`: no such command");
    syscallset(["run", QUIET, "/no/such/command"])
        .run()
        .exits(127);
    for path in [&plain, &directory] {
        syscallset(["run", QUIET, path])
            .run()
            .exits(126)
            .complains("cannot be executed");
    }
    syscallset(["run", "@basic-io ~openat", "true"])
        .run()
        .exits(125)
        .complains("`~openat` refuses openat")
        .complains("help: allow it behind that, with `openat`");
    // What another call does instead may be refused.
    syscallset(["run", "@basic-io ~open ~statx ~faccessat", "true"])
        .run()
        .exits(0);
    syscallset(["run", "@basic-io ~fstat ~newfstatat ~statx", "true"])
        .run()
        .exits(125)
        .complains("fstat newfstatat statx");
    syscallset(["run", "@basic-oi", "true"])
        .run()
        .exits(2)
        .complains("help: did you mean `@basic-io`?");
    for words in [
        &["run"][..],
        &["run", QUIET],
        &["run", "--nonsense", QUIET, "true"],
    ] {
        syscallset(words.iter().copied()).run().exits(2);
    }
}

#[test]
fn the_missing_interpreter_is_named() {
    let scratch = Scratch::new();
    let missing = scratch.executable("missing", "#!/no/such/interpreter -x\n");
    let behind = scratch.executable("behind", format!("#!{missing}\n"));
    let returned = scratch.executable("returned", "#!/bin/sh\r\necho a\r\n");
    let mut faults = vec![
        (&missing, "there is no `/no/such/interpreter`"),
        (&behind, "there is no `/no/such/interpreter`"),
        (&returned, "there is no `/bin/sh\\r`"),
    ];
    let loader = scratch.path("loader").to_str().unwrap().to_owned();
    if let Some(gcc) = installed("gcc") {
        let source = scratch.write("main.c", "int main(void){}\n");
        let built = Command::new(&gcc)
            .args(["-o", &loader, &source, "-Wl,--dynamic-linker=/no/loader.so"])
            .status()
            .unwrap();
        assert!(built.success());
        faults.push((&loader, "there is no `/no/loader.so`"));
    }
    for (path, fault) in faults {
        // As a shell has it.
        let shell = Command::new("sh").args(["-c", path]).output().unwrap();
        assert_eq!(shell.status.code(), Some(127));
        for words in [
            &["run", QUIET][..],
            &["run", "--on-violation", "report", QUIET],
            &["trace"],
            &["trace", "--from", "main"],
        ] {
            let words = words.iter().copied().chain([path.as_str()]);
            syscallset(words)
                .run()
                .exits(127)
                .complains(&format!("`{path}` cannot be executed: {fault}"));
        }
    }
    syscallset(["trace", &returned])
        .run()
        .complains("help: end the lines with a line feed alone");
}

#[test]
fn nobody_listens_to_notifications() {
    for words in [
        &["--on-violation", "notify", QUIET][..],
        &["@known ~getpid:notify"],
        &["@known ~kill ~kill:notify kill(sig=0)"],
    ] {
        let words = ["run"].into_iter().chain(words.iter().copied());
        syscallset(words.chain(["true"]))
            .run()
            .exits(2)
            .complains("`notify` has no listener under `run`")
            .complains("help: `--on-violation report`");
    }
    // The one of `report` hears of these as well.
    let report = ["run", "--on-violation", "report"];
    let kill = ["@known ~getppid:notify", "python3", "-c"];
    if installed("python3").is_some() {
        let words = report.into_iter().chain(kill);
        syscallset(words.chain(["import os; os.getppid()"]))
            .run()
            .dies_of_sigsys()
            .complains("`getppid(");
    }
    // A tracer may be there; without one it is as the manual has it.
    let mkdir = "@system-service ~mkdir ~mkdirat";
    let ended = shell(&["--on-violation", "trace"], mkdir, "mkdir /nowhere/x");
    assert!(ended.stderr.contains("not implemented"), "{ended}");
    let manual = syscallset(["run", "--help"]).run().exits(0);
    let words: Vec<_> = manual.stdout.split_whitespace().collect();
    assert!(
        words.join(" ").contains("`trace`, which asks a tracer"),
        "{manual}"
    );
}

#[test]
fn failing_under_an_outer_filter_is_our_failure() {
    // The kernel refuses the second filter: the outer one refuses seccomp(2) and prctl(2).
    let outer = "@known ~seccomp:EPERM ~prctl:EPERM";
    syscallset(["run", outer, SYSCALLSET, "run", "@basic-io", "true"])
        .run()
        .exits(125)
        .complains("cannot load the filter");
}

#[test]
fn a_policy_file_is_read_with_its_comments() {
    let scratch = Scratch::new();
    let file = scratch.write(
        "policy",
        "@basic-io  # reads and writes\n# files\n@file-system fadvise64 # done",
    );
    let policy = ["run", "--policy", &file];
    syscallset(policy.into_iter().chain(["cat", "/proc/self/comm"]))
        .run()
        .exits(0)
        .prints("cat\n");
    // What follows goes on where the file ends.
    let more = ["~openat:EACCES openat", "--", "cat", "/proc/self/comm"];
    syscallset(policy.into_iter().chain(more)).run().exits(0);
    syscallset(policy.into_iter().chain(["@io-event", "true"]))
        .run()
        .exits(2)
        .complains("write `--` between the filter string and the command");
    let faulty = scratch.write("faulty", "@basic-io\n  @file-sytem\n");
    syscallset(["run", "--policy", &faulty, "true"])
        .run()
        .exits(2)
        .complains("faulty:2:3")
        .complains("did you mean `@file-system`?");
    syscallset(["run", "--policy", "/no/such/file", "true"])
        .run()
        .exits(125)
        .complains("/no/such/file");
}

#[test]
fn what_is_added_is_told() {
    let ended = syscallset(["run", "--verbose", "write", "/bin/true"])
        .run()
        .exits(0);
    for call in ["execve", "openat", "read", "close", "pread64"] {
        assert!(ended.stderr.contains(call), "{call}\n{ended}");
    }
    // Exactly what is told is allowed, and nothing else.
    let line = ended.stderr.lines().last().unwrap_or_default();
    let (_, added) = line.rsplit_once(": ").expect("a list");
    let whole = format!("write {added}");
    syscallset(["run", "--verbose", &whole, "/bin/true"])
        .run()
        .exits(0)
        .complains("the filter allows all that starting /bin/true takes");
}

#[test]
fn other_actions_are_taken() {
    let refused = "@system-service ~mkdir ~mkdirat ~mknodat";
    let script = "mkdir /nowhere/x";
    for (action, message) in [
        ("EROFS", "Read-only file system"),
        ("ENOSYS", "not implemented"),
    ] {
        let ended = shell(&["--on-violation", action], refused, script);
        assert!(ended.stderr.contains(message), "{ended}");
    }
    let logged = shell(&["--on-violation", "log", "--log"], refused, script);
    assert!(logged.stderr.contains("No such file"), "{logged}");
    shell(&["--on-violation", "trap"], refused, script).exits(128 + 31);
    syscallset(["run", "--on-violation", "nonsense", QUIET, "true"])
        .run()
        .exits(2)
        .complains("nonsense");
}

#[test]
fn static_programs_and_scripts_start() {
    let scratch = Scratch::new();
    // Without its first line, a script is for the shell, as everywhere.
    for line in ["#!/bin/sh\n", "# a script\n"] {
        let script = scratch.executable("script", format!("{line}echo from a script\n"));
        syscallset(["run", "write fcntl getcwd", &script])
            .run()
            .exits(0)
            .prints("from a script\n");
    }
    let Some(gcc) = installed("gcc") else {
        return;
    };
    let source = scratch.write(
        "hello.c",
        "#include <stdio.h>\nint main(void){puts(\"static\");}\n",
    );
    for (name, flag) in [
        ("static", "-static"),
        ("static-pie", "-static-pie"),
        ("dynamic", "-pie"),
    ] {
        let program = scratch.path(name);
        let built = Command::new(&gcc)
            .args(["-o", program.to_str().unwrap(), flag, &source])
            .status()
            .unwrap();
        assert!(built.success());
        // `write` and `fstat` are what puts does; all else is what starting takes.
        syscallset(["run", "write fstat newfstatat", program.to_str().unwrap()])
            .run()
            .exits(0)
            .prints("static\n");
    }
    if installed("musl-gcc").is_some() {
        let program = scratch.path("musl");
        let built = Command::new("musl-gcc")
            .args(["-o", program.to_str().unwrap(), &source])
            .status()
            .unwrap();
        assert!(built.success());
        syscallset([
            "run",
            "writev ioctl(cmd=TIOCGWINSZ)",
            program.to_str().unwrap(),
        ])
        .run()
        .exits(0)
        .prints("static\n");
    }
}

#[test]
fn nothing_but_the_execution_happens_under_the_filter() {
    // All of std's needs taken away: what the command does after loading must not need them.
    let filter = "read openat close newfstatat fstat pread64 access write ~@rust-runtime";
    syscallset(["run", filter, "/bin/true"])
        .run()
        .exits(0)
        .complains_of_nothing();
    // Signals are as if the command had been started without us: SIGPIPE is not ignored.
    let script = "grep SigIgn /proc/self/status";
    let ended = shell(&[], QUIET, script).exits(0);
    let mask = ended.stdout.split_whitespace().nth(1).unwrap().to_owned();
    let mask = u64::from_str_radix(&mask, 16).unwrap();
    assert_eq!(mask & 1 << (libc::SIGPIPE - 1), 0, "{ended}");
}

#[test]
fn the_readme_gives_the_strings_that_are_tried() {
    let readme = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    for filter in [QUIET, PYTHON, &crate::servers::NGINX.join(" ")] {
        assert!(readme.contains(&format!("| `{filter}` |")), "{filter}");
    }
}
