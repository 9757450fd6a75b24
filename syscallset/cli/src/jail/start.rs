//! Brings the filter into force and executes the program.
//!
//! A thread of its own does both; at execve(2) it takes over the process, and the others end. Where the
//! program cannot be executed after all, the main thread is there, under no filter, to say so. A listener
//! gets to the supervisor by way of the main thread for the same reason: under the filter, the thread may
//! not be allowed to send anything.

use std::io::{self, IoSlice, Read as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use syscallset::__private::Parts;
use syscallset::{Filter, Instruction};
use syscallset_compiler::Arch;
use syscallset_compiler::insn::Insn;

use super::execution::Execution;
use super::sys;

/// How the filter comes into force.
pub(crate) struct Loading {
    pub(crate) program: Vec<Insn>,
    /// The architecture that the program is for.
    pub(crate) arch: Arch,
    /// Whether the kernel logs refused calls.
    pub(crate) log: bool,
    /// Where the listener goes, if refused calls are reported.
    pub(crate) supervisor: Option<UnixStream>,
    /// Whether signals wait while the supervisor makes up its mind about a call.
    pub(crate) signals_wait: bool,
}

/// Why the program does not run.
pub(crate) enum Stopped {
    /// The filter could not be loaded.
    Loading(String),
    /// The supervisor did not take the listener.
    Supervisor(io::Error),
    /// The program could not be executed.
    Execution(io::Error),
}

/// What the thread that is to become the program says.
enum Stage {
    Listening(OwnedFd),
    Failed(Stopped),
}

/// What both threads see. No system call is made about it: under the filter, none may be allowed.
#[derive(Default)]
struct Shared {
    stage: Mutex<Option<Stage>>,
    /// The supervisor has the listener, or there is none.
    go: AtomicBool,
}

impl Shared {
    fn say(&self, stage: Stage) {
        loop {
            if let Ok(mut slot) = self.stage.try_lock() {
                *slot = Some(stage);
                return;
            }
            std::hint::spin_loop();
        }
    }

    fn hear(&self) -> Stage {
        loop {
            if let Some(stage) = self.stage.try_lock().ok().and_then(|mut slot| slot.take()) {
                return stage;
            }
            thread::sleep(Duration::from_micros(50));
        }
    }
}

/// Executes the program under the filter. Returns only if that failed.
pub(crate) fn start(execution: Execution, loading: Loading) -> Stopped {
    let shared = Arc::new(Shared::default());
    let heard = Arc::clone(&shared);
    let Loading {
        program,
        arch,
        log,
        mut supervisor,
        signals_wait,
    } = loading;
    let listening = supervisor.is_some();
    let spawned = thread::Builder::new().spawn(move || {
        let stopped = if listening {
            become_reported(&execution, &program, (log, signals_wait), &shared)
        } else {
            become_program(&execution, program, arch, log)
        };
        shared.say(Stage::Failed(stopped));
        // The end of the thread would make calls; the main thread ends the process.
        loop {
            std::hint::spin_loop();
        }
    });
    if let Err(error) = spawned {
        return Stopped::Loading(error.to_string());
    }
    loop {
        let listener = match heard.hear() {
            Stage::Failed(stopped) => return stopped,
            Stage::Listening(listener) => listener,
        };
        let handed = supervisor
            .take()
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected))
            .and_then(|stream| hand_over(&listener, stream));
        if let Err(error) = handed {
            return Stopped::Supervisor(error);
        }
        heard.go.store(true, Ordering::Release);
    }
}

fn become_program(execution: &Execution, program: Vec<Insn>, arch: Arch, log: bool) -> Stopped {
    let prepared = execution.prepare();
    match filter(program, arch, log).load() {
        Ok(()) => Stopped::Execution(prepared.execute()),
        Err(error) => Stopped::Loading(error.to_string()),
    }
}

fn become_reported(
    execution: &Execution,
    program: &[Insn],
    (log, signals_wait): (bool, bool),
    shared: &Shared,
) -> Stopped {
    let prepared = execution.prepare();
    match sys::load_with_listener(program, log, signals_wait) {
        Ok(listener) => shared.say(Stage::Listening(listener)),
        Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {
            return Stopped::Loading(
                "refused calls are reported to another process already, and there can be one only"
                    .to_owned(),
            );
        }
        Err(error) => return Stopped::Loading(error.to_string()),
    }
    while !shared.go.load(Ordering::Acquire) {
        std::hint::spin_loop();
    }
    Stopped::Execution(prepared.execute())
}

fn filter(program: Vec<Insn>, arch: Arch, log: bool) -> Filter {
    let instructions: Vec<_> = program
        .into_iter()
        .map(|Insn { code, jt, jf, k }| Instruction::new(code, jt, jf, k))
        .collect();
    Filter::from_parts(Parts {
        // One program for the life of the process.
        program: Vec::leak(instructions),
        source: "",
        file: "",
        line: 0,
        arch: arch.name(),
        audit_arch: arch.audit_arch(),
        log,
        report: None,
        failure: c"",
    })
}

/// Gives the supervisor the listener, and waits until it has it.
fn hand_over(listener: &OwnedFd, mut supervisor: UnixStream) -> io::Result<()> {
    let descriptors = [listener.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut rights = SendAncillaryBuffer::new(&mut space);
    rights.push(SendAncillaryMessage::ScmRights(&descriptors));
    sendmsg(
        &supervisor,
        &[IoSlice::new(&[0])],
        &mut rights,
        SendFlags::NOSIGNAL,
    )?;
    supervisor.read_exact(&mut [0])
}
