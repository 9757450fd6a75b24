//! Starts a machine, and returns what its console shows.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::build::{Artifact, Built, TESTS};
use super::initrd::Initrd;
use super::machine::Machine;
use crate::debian::{build_directory, run as run_to_its_end};

/// Far from what a machine takes; one that hangs must not keep others waiting for ever.
const LIMIT: Duration = Duration::from_secs(900);

/// Boots a machine that runs the tests, and waits for its end. Returns the text of its console.
///
/// # Errors
/// No emulator, or a machine that does not end.
pub(super) fn boot(machine: &Machine, kernel: &Path, built: &Built) -> Result<String, String> {
    let directory = build_directory().join("vm").join(machine.platform.name);
    let initrd = directory.join(format!("{}.cpio", machine.name()));
    fs::write(&initrd, pack(machine, built)?)
        .map_err(|error| format!("cannot write `{}`: {error}", initrd.display()))?;
    let (suffix, options) = machine
        .platform
        .qemu
        .split_first()
        .ok_or("a machine without an emulator")?;
    let append = format!(
        "console={} panic=-1 quiet loglevel=1 {}",
        machine.platform.console, machine.append
    );
    let mut command = Command::new(format!("qemu-system-{suffix}"));
    command
        .args(options)
        .args(["-accel", "tcg", "-smp", "1", "-m", "1024"])
        .args(["-nodefaults", "-nographic", "-no-reboot"])
        .args(["-serial", "stdio", "-monitor", "none"])
        .arg("-kernel")
        .arg(kernel)
        .arg("-initrd")
        .arg(&initrd)
        .args(["-append", append.trim()]);
    let console = run(&mut command)?;
    let log = directory.join(format!("{}.log", machine.name()));
    fs::write(&log, &console)
        .map_err(|error| format!("cannot write `{}`: {error}", log.display()))?;
    // The programs are large, and packed anew each time.
    let _ = fs::remove_file(&initrd);
    Ok(console)
}

/// The machine's files.
fn pack(machine: &Machine, built: &Built) -> Result<Vec<u8>, String> {
    let mut initrd = Initrd::default();
    for directory in ["dev", "proc", "sys", "tmp", "programs/foreign"] {
        initrd.directory(directory);
    }
    // A file that everybody can read, and nobody execute.
    initrd.text("etc/passwd", "root:x:0:0:root:/:/init\n");
    initrd.text("programs/foreign/must-run", &machine.runs.join("\n"));
    initrd.program("init", &built.init)?;
    initrd.program("bin/true", &built.init)?;
    let platform = machine.platform;
    let stripped = build_directory().join("vm").join(platform.name);
    let stripped = stripped.join(format!("{}.stripped", machine.name()));
    let mut add = |directory: &str, programs: &[Artifact]| {
        programs.iter().try_for_each(|program| {
            // RISC-V's linker keeps a symbol for each place of the debugging information that it leaves out: together
            // they are larger than the machine's memory.
            run_to_its_end(
                Command::new(format!("{}strip", platform.gnu))
                    .arg("-o")
                    .args([&stripped, &program.path]),
            )?;
            initrd.program(&format!("{directory}/{}", program.name), &stripped)
        })
    };
    add("tests", &built.tests)?;
    add("programs/debug", &built.debug)?;
    add("programs/release", &built.release)?;
    add("programs/foreign", &built.foreign)?;
    let suite =
        TESTS.map(|test| format!("/tests/{test} --test-threads=1 --show-output --color=never"));
    initrd.text("suite", &(suite.join("\n") + "\n"));
    Ok(initrd.finish())
}

/// Runs an emulator to its end.
fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|error| format!("cannot run `{name}`: {error}"))?;
    let mut pipe = child.stdout.take().ok_or("no pipe")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before a fault is still worth showing.
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    let ended = receiver.recv_timeout(LIMIT);
    let killed = ended.is_err();
    if killed {
        let _ = child.kill();
    }
    let bytes = ended
        .or_else(|_| receiver.recv_timeout(Duration::from_secs(10)))
        .unwrap_or_default();
    child
        .wait()
        .map_err(|error| format!("cannot wait for `{name}`: {error}"))?;
    let mut console = String::from_utf8_lossy(&bytes).replace('\r', "");
    if killed {
        console.push_str("\n(the machine was stopped: it hung)\n");
    }
    Ok(console)
}
