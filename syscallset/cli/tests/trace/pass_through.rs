//! What a traced program and its surroundings must not notice.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::fixture::{Linked, acts, scratch, syscallset};

const WAYS: [&[&str]; 2] = [&[], &["--from", "main"]];

#[test]
fn the_exit_status_is_the_commands() {
    for options in WAYS {
        let ends = |words: &[&str]| {
            let mut command = syscallset(&["trace"]);
            command.args(options).arg("--").args(words);
            command.output().expect("it starts").status
        };
        for code in ["0", "1", "125", "255"] {
            let status = ends(&[acts(Linked::Dynamically), "exit", code]);
            assert_eq!(
                status.code().map(|code| code.to_string()).as_deref(),
                Some(code)
            );
        }
        for signal in ["1", "6", "9", "11", "15", "31"] {
            let status = ends(&[acts(Linked::Dynamically), "raise", signal]);
            let died = status.signal().map(|signal| signal.to_string());
            assert_eq!(died.as_deref(), Some(signal), "{options:?}");
        }
        assert_eq!(ends(&["/"]).code(), Some(126));
        assert_eq!(ends(&["/nowhere"]).code(), Some(127));
        assert_eq!(ends(&[]).code(), Some(2));
    }
}

#[test]
fn standard_streams_are_the_commands() {
    let lines: Vec<_> = (0..20_000).map(|number: i32| number.to_string()).collect();
    let text = lines.join("\n");
    for options in WAYS {
        let mut command = syscallset(&["trace", "-q", "-o", "/dev/null"]);
        command
            .args(options)
            .args(["--", acts(Linked::Dynamically), "copies"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut stdin = child.stdin.take().unwrap();
        let written = text.clone();
        let writer = std::thread::spawn(move || stdin.write_all(written.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(output.status.success());
        assert!(output.stdout == text.as_bytes(), "nothing is lost or added");
    }
}

/// Starts the trace of a command that says when it is ready for signals.
fn waits_for_signals(options: &[&str]) -> Child {
    let mut command = syscallset(&["trace", "-q", "-o", "/dev/null"]);
    command
        .args(options)
        .args(["--", acts(Linked::Dynamically), "signals"]);
    command.stdout(Stdio::piped()).spawn().expect("it starts")
}

#[test]
fn signals_reach_the_command() {
    for options in WAYS {
        let mut child = waits_for_signals(options);
        let tracer = Pid::from_child(&child);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        assert_eq!(line(), "ready");
        for _ in 0..3 {
            kill_process(tracer, Signal::USR1).unwrap();
            assert_eq!(line(), "caught 10");
        }
        kill_process(tracer, Signal::TERM).unwrap();
        assert_eq!(line(), "caught 15");
        assert_eq!(child.wait().unwrap().code(), Some(9));
    }
}

#[test]
fn a_stopped_command_goes_on() {
    for options in WAYS {
        let mut child = waits_for_signals(options);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "ready");
        let id = child.id();
        let children = format!("/proc/{id}/task/{id}/children");
        let children = std::fs::read_to_string(children).unwrap();
        let signaller: i32 = children.trim().parse().expect("one child");
        let signaller = Pid::from_raw(signaller).unwrap();
        let state = || {
            let stat = format!("/proc/{}/stat", signaller.as_raw_nonzero());
            let status = std::fs::read_to_string(stat);
            status
                .unwrap()
                .rsplit(')')
                .next()
                .unwrap()
                .trim_start()
                .chars()
                .next()
        };
        kill_process(signaller, Signal::STOP).unwrap();
        while !matches!(state(), Some('T' | 't')) {
            std::thread::yield_now();
        }
        kill_process(signaller, Signal::CONT).unwrap();
        kill_process(signaller, Signal::TERM).unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), "caught 15");
        assert_eq!(child.wait().unwrap().code(), Some(9));
    }
}

/// A shell's pipeline, job control and `Ctrl-C` rest on the terminal's foreground process group.
#[test]
fn the_terminal_is_the_commands() {
    for options in WAYS {
        let terminal =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("there are terminals");
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let size = Winsize {
            ws_row: 20,
            ws_col: 77,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&terminal, size).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let open = || {
            let path = name.to_str().unwrap();
            OpenOptions::new()
                .read(true)
                .write(true)
                .open(path)
                .unwrap()
        };
        // Makes the terminal its own, as a shell has it. Who runs the tests in the background may ignore Ctrl-C.
        let mut command = Command::new("env");
        command
            .args([
                "--default-signal=INT,QUIT",
                "setsid",
                "--ctty",
                "--wait",
                env!("CARGO_BIN_EXE_syscallset"),
                "trace",
                "-q",
            ])
            .args(["-o", "/dev/null"])
            .args(options)
            .args(["--", acts(Linked::Dynamically), "terminal"])
            .stdin(open())
            .stdout(open())
            .stderr(open());
        let mut child = command.spawn().expect("util-linux is there");
        // The terminal hangs up once nobody has it open.
        drop(command);
        let mut terminal = File::from(terminal);
        let mut shown = String::new();
        let mut wait_for = |terminal: &mut File, what: &str| {
            let mut bytes = [0; 256];
            while !shown.contains(what) {
                let length = terminal.read(&mut bytes).expect(what);
                shown.push_str(&String::from_utf8_lossy(&bytes[..length]));
            }
        };
        wait_for(&mut terminal, "tty 1 1 1, foreground 1, 77 columns");
        terminal.write_all(b"a line\n").unwrap();
        wait_for(&mut terminal, "read a line");
        // Ctrl-C
        terminal.write_all(&[3]).unwrap();
        let status = child.wait().unwrap();
        // setsid says 128 and the signal.
        assert_eq!(
            status.code().or(status.signal().map(|n| 128 + n)),
            Some(130)
        );
    }
}

#[test]
fn machine_code_for_another_machine_is_not_given_to_a_shell() {
    let file = scratch().join(format!("foreign-{}", std::process::id()));
    std::fs::write(&file, b"\x7fELF for no machine at all\necho by a shell\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = syscallset(&["trace"])
        .arg(&file)
        .output()
        .expect("it starts");
    std::fs::remove_file(&file).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(126), "{said}");
    assert!(
        said.contains("help: it is a program for another machine, or damaged"),
        "{said}"
    );
    assert!(output.stdout.is_empty());
}
