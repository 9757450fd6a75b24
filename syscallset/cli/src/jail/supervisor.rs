//! The process that tells about refused calls of programs that are not ours, and kills for them.
//!
//! It is nobody's child and waits for nothing but the listener, so that the program has the process id,
//! the parent and the children that it would have without. It ends when the last process under the filter
//! has. Should it be killed before, refused calls fail with `ENOSYS`.

use std::io::{self, IoSliceMut, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::{env, fs};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::process::{Pid, Signal, kill_process};
use syscallset_compiler::filter::Filter;
use syscallset_compiler::policy::Policy;

use super::refusal::{Process, Refusal};
use super::sys;
use crate::report::{Report as _, write_line};

/// The word by which this program calls itself for it. It is no subcommand, so that nobody is offered it.
pub(crate) const NAME: &str = "supervise";

/// Starts the supervisor; the listener is to be sent to the stream returned.
///
/// # Errors
///
/// Where this program cannot be started again.
pub(crate) fn spawn(filter: &str, json: bool) -> io::Result<UnixStream> {
    let (ours, theirs) = UnixStream::pair()?;
    // One process that ends at once lies between: what it starts is not our child.
    let status = again(filter, json, &["--detach"], theirs.into())?.status()?;
    if status.success() {
        Ok(ours)
    } else {
        Err(io::Error::other(status.to_string()))
    }
}

/// Starts the supervisor proper and leaves it alone.
///
/// # Errors
///
/// Where this program cannot be started again.
pub(crate) fn detach(filter: &str, json: bool) -> io::Result<()> {
    let stream = io::stdin().as_fd().try_clone_to_owned()?;
    // What the terminal sends to the program's group is not for the supervisor.
    again(filter, json, &[], stream)?.process_group(0).spawn()?;
    Ok(())
}

fn again(filter: &str, json: bool, options: &[&str], stream: OwnedFd) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command
        .args([NAME])
        .args(json.then_some("--json"))
        .args(options)
        .args(["--", filter])
        .stdin(Stdio::from(stream))
        .stdout(Stdio::null());
    Ok(command)
}

/// Takes the listener from standard input, and reports until no process is left. `policy` is what `filter` means.
///
/// # Errors
///
/// Where the listener fails.
pub(crate) fn supervise(filter: &Filter<'_>, policy: &Policy, json: bool) -> io::Result<()> {
    let mut stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let listener = match take(&stream) {
        Ok(listener) => listener,
        // The filter could not be loaded, as the one who tried says.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
        Err(error) => return Err(error),
    };
    stream.write_all(&[0])?;
    drop(stream);
    // Keeps no file system from being unmounted.
    env::set_current_dir("/")?;
    loop {
        let mut polled = [PollFd::new(&listener, PollFlags::IN)];
        match poll(&mut polled, None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let events = polled[0].revents();
        if events.contains(PollFlags::IN) {
            match sys::receive(listener.as_fd()) {
                Ok(notification) => refuse(listener.as_fd(), &notification, filter, policy, json),
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error),
            }
        } else if events.intersects(PollFlags::HUP | PollFlags::ERR) {
            return Ok(());
        }
    }
}

/// Whether the thread ceased to wait meanwhile, or a signal came.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::ENOENT | libc::EINTR | libc::EAGAIN)
    )
}

/// Receives the one descriptor that is sent.
fn take(stream: &UnixStream) -> io::Result<OwnedFd> {
    let mut byte = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut rights = RecvAncillaryBuffer::new(&mut space);
    recvmsg(
        stream,
        &mut [IoSliceMut::new(&mut byte)],
        &mut rights,
        RecvFlags::CMSG_CLOEXEC,
    )?;
    let mut descriptors = rights.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    descriptors
        .find_map(|mut descriptors| descriptors.next())
        .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Reports a call and kills the process that made it.
fn refuse(
    listener: BorrowedFd<'_>,
    notification: &sys::Notification,
    filter: &Filter<'_>,
    policy: &Policy,
    json: bool,
) {
    let thread = notification.thread;
    let status = Status::read(thread);
    let process = status.id.unwrap_or(thread);
    let refusal = Refusal {
        policy,
        number: notification.number,
        args: notification.args,
        address: notification.address,
        filter,
        process: Process {
            id: process,
            name: name(process),
            thread,
            thread_name: name(thread),
        },
    };
    if !sys::is_pending(listener, notification.id) {
        return;
    }
    // Nobody may be left to read it.
    let _ = if json {
        write_line(&refusal, &mut io::stderr())
    } else {
        refusal.write_text(&mut io::stderr())
    };
    // The signal that a refused call raises, if the process dies of it, or else one that it dies of.
    let signal = if status.survives_sigsys {
        Signal::KILL
    } else {
        Signal::SYS
    };
    if let Some(process) = Pid::from_raw(process) {
        let _ = kill_process(process, signal);
    }
}

/// What `/proc/THREAD/status` says (`proc_pid_status(5)`).
struct Status {
    id: Option<i32>,
    survives_sigsys: bool,
}

impl Status {
    fn read(thread: i32) -> Self {
        let text = fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default();
        let field = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                .map(str::trim)
        };
        let has_sigsys = |name| {
            let signals = field(name).and_then(|mask| u128::from_str_radix(mask, 16).ok());
            signals.is_none_or(|signals| signals & 1 << (libc::SIGSYS - 1) != 0)
        };
        Self {
            id: field("Tgid").and_then(|id| id.parse().ok()),
            survives_sigsys: ["SigBlk", "SigIgn", "SigCgt"].into_iter().any(has_sigsys),
        }
    }
}

fn name(id: i32) -> String {
    let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
    // A process chooses its name, and the report goes to a terminal.
    name.trim_end()
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
