//! Starts the command as a child that is under a filter with a listener, or waits to be watched.

use std::ffi::OsString;
use std::io::{self, IoSliceMut, Read as _, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use nix::unistd::Pid;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use syscallset_compiler::action::Action;
use syscallset_compiler::insn::{Insn, RET_K};
use syscallset_tables::Arch;

use super::sys;
use crate::jail::execution;
use crate::jail::start::{Loading, Stopped, start};

/// The command, and what executes it.
pub(super) struct Launch {
    /// The file.
    pub(super) path: PathBuf,
    /// The command's name as it was given, and its arguments.
    pub(super) words: Vec<OsString>,
    /// The architecture.
    pub(super) arch: Arch,
}

/// A child that has not executed the command yet.
pub(super) struct Child {
    /// Its process.
    pub(super) process: Pid,
    stream: UnixStream,
}

/// How the child is going to tell of its calls.
pub(super) enum Telling {
    /// By notifications to this listener.
    Listener(OwnedFd),
    /// Not at all, for this reason.
    Not(String),
}

/// The longest thing that the child says.
const LONGEST: usize = 1024;

impl Launch {
    /// Starts the child. It waits.
    ///
    /// # Errors
    ///
    /// Those of fork(2).
    pub(super) fn start(self) -> io::Result<Child> {
        let (ours, theirs) = UnixStream::pair()?;
        if let Some(process) = sys::fork()? {
            return Ok(Child {
                process,
                stream: ours,
            });
        }
        // The child's end alone is to be open there, or the parent's death would go unnoticed.
        drop(ours);
        std::process::exit(self.become_command(theirs))
    }

    /// Executes the command; the result is the exit status where that failed.
    fn become_command(&self, stream: UnixStream) -> i32 {
        self.try_to_become(stream)
            .unwrap_or(i32::from(crate::failure::FAILED))
    }

    fn try_to_become(&self, mut stream: UnixStream) -> io::Result<i32> {
        stream.read_exact(&mut [0])?;
        let notify = Insn {
            code: RET_K,
            jt: 0,
            jf: 0,
            k: Action::Notify.to_ret(),
        };
        let loading = Loading {
            program: vec![notify],
            arch: self.arch,
            log: false,
            supervisor: Some(stream.try_clone()?),
            signals_wait: true,
        };
        let executed = execution::Execution::new(&self.path, &self.words)?;
        let error = match start(executed, loading) {
            Stopped::Execution(error) => error,
            Stopped::Supervisor(error) => return Err(error),
            Stopped::Loading(reason) => {
                stream.write_all(reason.as_bytes())?;
                stream.read_exact(&mut [0])?;
                execution::Execution::new(&self.path, &self.words)?
                    .prepare()
                    .execute()
            }
        };
        let errno = error.raw_os_error().unwrap_or_default();
        stream.write_all(&errno.to_ne_bytes())?;
        Ok(i32::from(crate::failure::FAILED))
    }
}

impl Child {
    /// Lets the child go on, up to where it says how it is going to tell of its calls.
    ///
    /// # Errors
    ///
    /// Where the child is gone.
    pub(super) fn go(&mut self) -> io::Result<Telling> {
        self.stream.write_all(&[0])?;
        let mut text = [0; LONGEST];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut rights = RecvAncillaryBuffer::new(&mut space);
        let length = recvmsg(
            &self.stream,
            &mut [IoSliceMut::new(&mut text)],
            &mut rights,
            RecvFlags::CMSG_CLOEXEC,
        )?
        .bytes;
        let listener = rights.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        match listener {
            Some(listener) => Ok(Telling::Listener(listener)),
            None if length > 0 => Ok(Telling::Not(
                String::from_utf8_lossy(&text[..length]).into_owned(),
            )),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Lets the child execute the command.
    ///
    /// # Errors
    ///
    /// Where the child is gone.
    pub(super) fn execute(mut self) -> io::Result<Execution> {
        self.stream.write_all(&[0])?;
        Ok(Execution(self.stream))
    }
}

/// What comes of the execution of the command.
pub(super) struct Execution(UnixStream);

impl Execution {
    /// Readable once something has.
    pub(super) fn outcome(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    /// Waits for it.
    ///
    /// # Errors
    ///
    /// Why the command could not be executed.
    pub(super) fn wait(mut self) -> io::Result<()> {
        let mut errno = [0; size_of::<i32>()];
        match self.0.read_exact(&mut errno) {
            Ok(()) => Err(io::Error::from_raw_os_error(i32::from_ne_bytes(errno))),
            // Closed by execve(2).
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
            Err(error) => Err(error),
        }
    }
}
