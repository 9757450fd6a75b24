//! Why the command could not do what it was asked to.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;

use crate::report::{Report, write_line};

/// Exit status for arguments that make no sense, faults of a filter string among them.
pub(crate) const USAGE: u8 = 2;
/// Exit status for everything else.
pub(crate) const FAILED: u8 = 1;

/// Why the command could not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A message that is complete as it stands, several lines long: faults of a filter string.
    Rendered {
        /// The message.
        message: String,
        /// What it says, taken apart.
        faults: Vec<Fault>,
        /// What to do about all of them.
        help: Option<String>,
        /// The exit status.
        status: u8,
    },
    /// A sentence to put behind `error:`.
    Message {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: Option<String>,
        /// The exit status.
        status: u8,
    },
    /// Whoever read the output has had enough of it.
    ClosedPipe,
}

impl Failure {
    /// Arguments that make no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::with_status(message, USAGE)
    }

    /// Everything else.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::with_status(message, FAILED)
    }

    /// A message and a status of its own.
    pub(crate) fn with_status(message: impl Into<String>, status: u8) -> Self {
        Self::Message {
            message: message.into(),
            help: None,
            status,
        }
    }

    /// Adds a remedy.
    pub(crate) fn with_help(mut self, text: impl Into<String>) -> Self {
        match &mut self {
            Self::Message { help, .. } | Self::Rendered { help, .. } => *help = Some(text.into()),
            Self::ClosedPipe => {}
        }
        self
    }

    /// Adds the message of another failure.
    pub(crate) fn with(mut self, other: Self) -> Self {
        if let (Self::Message { message, .. }, Self::Message { message: more, .. }) =
            (&mut self, other)
        {
            *message = format!("{message}; {more}");
        }
        self
    }

    /// Changes the exit status.
    pub(crate) fn map_status(mut self, change: impl Fn(u8) -> u8) -> Self {
        if let Self::Rendered { status, .. } | Self::Message { status, .. } = &mut self {
            *status = change(*status);
        }
        self
    }

    /// Says on standard error what is wrong, as a JSON object if that is wanted.
    pub(crate) fn report(self, json: bool) -> ExitCode {
        let mut stderr = anstream::stderr().lock();
        if json {
            let Some(object) = ErrorObject::new(&self) else {
                return ExitCode::SUCCESS;
            };
            let _ = write_line(&object, &mut stderr);
            return ExitCode::from(object.status);
        }
        // There is nowhere left to report a failure of standard error to.
        let status = match self {
            Self::Rendered {
                message,
                help,
                status,
                ..
            } => {
                let _ = writeln!(stderr, "{message}");
                if let Some(help) = help {
                    let _ = writeln!(stderr, "\nhelp: {help}");
                }
                status
            }
            Self::Message {
                message,
                help,
                status,
            } => {
                let style = crate::style::BAD.bold();
                let _ = writeln!(stderr, "{style}error{style:#}: {message}");
                if let Some(help) = help {
                    let _ = writeln!(stderr, "help: {help}");
                }
                status
            }
            Self::ClosedPipe => 0,
        };
        ExitCode::from(status)
    }
}

/// A fault of a filter string.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Fault {
    pub(crate) message: String,
    /// What stands under the carets.
    pub(crate) label: Option<String>,
    pub(crate) help: Option<String>,
    /// The file or option that the text comes from; `null` for the command line.
    pub(crate) file: Option<String>,
    /// Where the fault is in that text, in bytes.
    pub(crate) span: (usize, usize),
}

/// A failure as a JSON object.
#[derive(Serialize)]
struct ErrorObject<'f> {
    message: &'f str,
    help: Option<&'f str>,
    faults: &'f [Fault],
    status: u8,
}

impl<'f> ErrorObject<'f> {
    fn new(failure: &'f Failure) -> Option<Self> {
        match failure {
            Failure::Rendered {
                faults,
                help,
                status,
                ..
            } => Some(Self {
                message: "the filter string has faults",
                help: help.as_deref(),
                faults,
                status: *status,
            }),
            Failure::Message {
                message,
                help,
                status,
            } => Some(Self {
                message,
                help: help.as_deref(),
                faults: &[],
                status: *status,
            }),
            Failure::ClosedPipe => None,
        }
    }
}

impl Report for ErrorObject<'_> {
    const NAME: &'static str = "error";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.message)
    }
}

/// For standard output; files say which one they are.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::failed(format!("cannot write to standard output: {error}"))
    }
}
