//! Runs a command and hears what it did.

use std::ffi::OsString;

use super::launch::Launch;
use super::record::{Begin, End, Record, Run};
use super::tracer::{Options, Stopped, Tracer, failed};
use crate::failure::Failure;
use crate::jail::lookup::find;
use crate::jail::unexecuted::unexecuted;

/// What was seen.
pub(crate) struct Traced {
    /// The calls.
    pub(crate) record: Record,
    /// How the command ended.
    pub(crate) end: End,
    /// What else there is to say.
    pub(crate) notes: Vec<String>,
}

/// Runs a command to its end, and until everybody that it has started has ended.
///
/// # Errors
///
/// No such command, one that cannot be executed, and a system that does not let us see it.
pub(crate) fn trace(words: Vec<OsString>, options: Options) -> Result<Traced, Failure> {
    let command: Vec<_> = words
        .iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let path = find(
        &words[0],
        "`trace` finds a filter string and takes none: write the command alone",
    )?;
    let executed = path.clone();
    let launch = Launch {
        path,
        words,
        arch: options.arch,
    };
    let child = launch
        .start()
        .map_err(|error| failed("start a process", &error))?;
    let mut tracer =
        Tracer::new(child.process, options).map_err(|error| failed("trace", &error))?;
    let execution = tracer.prepare(child)?;
    let end = tracer.follow(execution).map_err(|stopped| match stopped {
        Stopped::Execution(error) => unexecuted(&executed, &error),
        Stopped::Tracing(error) => failed("trace", &error),
    })?;
    let begin = if options.from_main {
        Begin::Main
    } else {
        Begin::Exec
    };
    let (mut record, from, notes) = tracer.record(begin);
    record.runs.push(Run { command, from, end });
    Ok(Traced { record, end, notes })
}
