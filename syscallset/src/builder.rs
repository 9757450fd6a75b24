//! Filters put together by a program.

use std::collections::HashMap;
use std::panic::Location;
use std::sync::{LazyLock, Mutex, PoisonError};

use syscallset_compiler::Arch;
use syscallset_compiler::action::{Action as Compiled, MAX_ERRNO};
use syscallset_compiler::compile::{OnViolation, Program, compile_debug_filter, compile_filter};
use syscallset_compiler::error::{Error as Fault, ErrorKind};
use syscallset_compiler::filter::{Filter as Parsed, Item};
use syscallset_compiler::parse::parse;
use syscallset_compiler::span::Span;

use crate::action::Action;
use crate::error::Error;
use crate::fault::FilterError;
use crate::filter::{Filter, Parts};
use crate::instruction::Instruction;
use crate::load::Options;
use crate::report::{self, Report, register};

/// A filter under construction: filter strings, groups of calls with an action of their own, and
/// what happens to all other calls.
///
/// ```
/// # #[cfg(target_os = "linux")] {
/// use syscallset::{Action, FilterBuilder};
///
/// let filter = FilterBuilder::new()
///     .filter("@system-service")
///     .group(Action::Errno(libc::EPERM as u16), "@network-io ptrace")
///     .on_violation(Action::Log)
///     .build()?;
/// assert_eq!(filter.evaluate(libc::SYS_socket, [0; 6]), Action::Errno(1));
/// # }
/// # Ok::<(), syscallset::Error>(())
/// ```
///
/// The strings and groups are read in the order in which they were added; the last item that
/// matches a call decides. All begin with `@default` and `@rust-runtime`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use = "a builder does nothing until `build`"]
pub struct FilterBuilder {
    /// All strings, each on lines of its own.
    source: String,
    /// Where a group begins in `source`, and its action; `None` for a filter string.
    parts: Vec<(usize, Option<Action>)>,
    on_violation: Option<Action>,
    options: Options,
    file: Option<String>,
}

impl FilterBuilder {
    /// A filter that allows `@default` and `@rust-runtime` alone.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// # use syscallset::{Action, FilterBuilder};
    /// let nothing = FilterBuilder::new().build()?;
    /// assert_eq!(nothing.evaluate(libc::SYS_exit_group, [0; 6]), Action::Allow);
    /// assert_ne!(nothing.evaluate(libc::SYS_read, [0; 6]), Action::Allow);
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the items of a filter string.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// # use syscallset::{Action, FilterBuilder};
    /// let descriptor = 7;   // known at run time only
    /// let filter = FilterBuilder::new().filter("close").filter(&format!("read(fd={descriptor})")).build()?;
    /// assert_eq!(filter.evaluate(libc::SYS_read, [7, 0, 0, 0, 0, 0]), Action::Allow);
    /// assert_ne!(filter.evaluate(libc::SYS_read, [8, 0, 0, 0, 0, 0]), Action::Allow);
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn filter(self, filter: &str) -> Self {
        self.push(None, filter)
    }

    /// Adds calls and sets, all of which get `action`. The items are written as in a filter string,
    /// with conditions where they apply, but without `~` and `:`.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// # use syscallset::{Action, FilterBuilder};
    /// let filter = FilterBuilder::new()
    ///     .filter("@system-service")
    ///     .group(Action::Errno(libc::EACCES as u16), "@network-io")
    ///     .build()?;
    /// assert_eq!(filter.evaluate(libc::SYS_connect, [0; 6]), Action::Errno(13));
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn group(self, action: Action, items: &str) -> Self {
        self.push(Some(action), items)
    }

    fn push(mut self, action: Option<Action>, items: &str) -> Self {
        if !self.parts.is_empty() {
            self.source.push('\n');
        }
        self.parts.push((self.source.len(), action));
        self.source.push_str(items);
        self
    }

    /// Sets what happens to calls that are refused without an action of their own, and to those that
    /// nothing names. [`Action::Allow`] makes a list of refused calls: they come in groups, or with an
    /// action as in `~ptrace:EPERM`, while a bare `~ptrace` would refuse nothing and is an error. Calls
    /// that are newer than this crate fail with `ENOSYS` nevertheless.
    ///
    /// Without it, such a call kills the process; where this crate is built with debug assertions,
    /// the process reports the call first.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// # use syscallset::{Action, FilterBuilder};
    /// let filter = FilterBuilder::new().on_violation(Action::Errno(libc::EPERM as u16)).build()?;
    /// assert_eq!(filter.evaluate(libc::SYS_openat, [0; 6]), Action::Errno(1));
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn on_violation(mut self, action: Action) -> Self {
        self.on_violation = Some(action);
        self
    }

    /// Sets whether the kernel logs what the filter refuses, as far as
    /// `/proc/sys/kernel/seccomp/actions_logged` says (`SECCOMP_FILTER_FLAG_LOG`, Linux 4.14). Not
    /// set, it does not.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// # use syscallset::{Action, FilterBuilder};
    /// let filter = FilterBuilder::new().filter("@basic-io").log(true).build()?;
    /// filter.load()?;
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn log(mut self, log: bool) -> Self {
        self.options.log = log;
        self
    }

    /// Sets whether loading gives up gaining privileges by execve(2) first (`PR_SET_NO_NEW_PRIVS`,
    /// prctl(2)). Not set, it does. Without it, loading takes `CAP_SYS_ADMIN`, and a program that is
    /// executed under the filter may gain privileges while it misses calls that it counts on.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// # use syscallset::{Action, FilterBuilder};
    /// let filter = FilterBuilder::new().filter("@system-service").no_new_privs(false).build()?;
    /// match filter.load() {
    ///     Ok(()) => println!("sudo still works"),
    ///     Err(error) => println!("this takes privileges: {error}"),
    /// }
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    pub fn no_new_privs(mut self, no_new_privs: bool) -> Self {
        self.options.no_new_privs = no_new_privs;
        self
    }

    /// Compiles the filter for the running architecture.
    ///
    /// The program is proven to do what the strings say before it is returned. It is kept until the
    /// process ends; building the same filter again takes no further memory.
    ///
    /// ```
    /// # #[cfg(target_os = "linux")] {
    /// # use syscallset::{Action, FilterBuilder};
    /// # use syscallset::Error;
    /// let filter = FilterBuilder::new().filter("@basic-io").build()?;
    /// assert_eq!(filter.source(), "@basic-io");
    ///
    /// let error = FilterBuilder::new().group(Action::Log, "~openat").build().unwrap_err();
    /// assert!(matches!(error, Error::Filter(_)));
    /// # }
    /// # Ok::<(), syscallset::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Filter`] with all faults of the strings, among them error numbers over 4095, `~` or
    /// `:` in a group, and a parenthesis that is closed in another string or group. [`Error::Unsupported`] on other systems than Linux.
    #[track_caller]
    pub fn build(self) -> Result<Filter, Error> {
        let place = Location::caller();
        let arch = native().ok_or(Error::Unsupported)?;
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (self, *place);
        if let Some(filter) = built.get(&key) {
            return Ok(*filter);
        }
        let filter = key
            .0
            .compile(arch, place)
            .map_err(|faults| FilterError::new(&key.0.source, key.0.file.as_deref(), &faults))?;
        built.insert(key, filter);
        Ok(filter)
    }

    /// Names the file that the string comes from, for messages.
    pub(crate) fn in_file(mut self, file: String) -> Self {
        self.file = Some(file);
        self
    }

    fn compile(&self, arch: Arch, place: &'static Location<'static>) -> Result<Filter, Vec<Fault>> {
        let mut parsed = parse(&self.source)?;
        self.give_actions(&mut parsed)?;
        let violation = self.violation(&parsed)?;
        check_refusals(&parsed, violation)?;
        // As the macros decide it, which ask the user's crate.
        let program = if cfg!(debug_assertions) {
            compile_debug_filter(&parsed, arch, violation)?
        } else {
            compile_filter(&parsed, arch, violation)?
        };
        let (file, line) = match &self.file {
            Some(file) => (leak(file), 1),
            None => (place.file(), place.line()),
        };
        let source = leak(&self.source);
        let tag = report::tag(source, file, line);
        let instructions = instructions(&program, tag);
        let report = program.refused_calls.as_deref().map(|refused_calls| {
            let report = Report {
                tag,
                at_start: false,
                source: leak(&parsed.to_string()),
                file,
                line,
                refused_calls: leak(refused_calls),
                register,
            };
            &*Box::leak(Box::new(report))
        });
        let parts = Parts {
            program: instructions,
            source,
            file,
            line,
            arch: arch.name(),
            audit_arch: arch.audit_arch(),
            log: self.options.log,
            failure: c"",
            report,
        };
        Ok(Filter::from_parts(parts).with_options(self.options))
    }

    /// Gives the items of groups the group's action.
    fn give_actions(&self, parsed: &mut Parsed<'_>) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        for item in &mut parsed.items {
            let part = |at| self.parts.partition_point(|(start, _)| *start <= at) - 1;
            if part(item.span.start) != part(item.span.end - 1) {
                // It would take words out of the next group, and leave them without its action.
                let open = Span::new(item.name_span.end, item.name_span.end + 1);
                faults.push(Fault::new(ErrorKind::UnclosedParenthesis, open));
            }
            let Some(action) = self.parts[part(item.span.start)].1 else {
                continue;
            };
            if item.refused || item.action.is_some() {
                faults.push(Fault::new(ErrorKind::ActionInGroup, item.span));
            }
            match compiled(action) {
                Ok(action) => item.given = Some(action),
                Err(kind) => faults.push(Fault::new(kind, item.span)),
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    fn violation(&self, parsed: &Parsed<'_>) -> Result<OnViolation, Vec<Fault>> {
        if let Some(action) = self.on_violation {
            return compiled(action)
                .map(OnViolation::Action)
                .map_err(|kind| vec![Fault::new(kind, Span::new(0, 0))]);
        }
        // As the macros decide it; who asks for `SIGSYS` wants to handle it.
        Ok(if cfg!(debug_assertions) && !parsed.traps() {
            OnViolation::Report
        } else {
            OnViolation::Action(Compiled::KillProcess)
        })
    }
}

/// Finds the `~` that would refuse nothing, as what is refused is allowed.
fn check_refusals(parsed: &Parsed<'_>, violation: OnViolation) -> Result<(), Vec<Fault>> {
    if violation != OnViolation::Action(Compiled::Allow) {
        return Ok(());
    }
    let bare = |item: &&Item<'_>| item.refused && item.action.is_none() && item.given.is_none();
    let faults: Vec<Fault> = parsed
        .items
        .iter()
        .filter(bare)
        .map(|item| Fault::new(ErrorKind::RefusalAllows, item.span))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// Filters built so far, with the place that built them: their parts are kept for ever, and building
/// one in a loop must not use up memory.
static BUILT: LazyLock<Mutex<HashMap<(FilterBuilder, Location<'static>), Filter>>> =
    LazyLock::new(Mutex::default);

/// The running architecture, where it has a kernel with filters and tables here.
pub(crate) fn native() -> Option<Arch> {
    const NATIVE: &str = crate::filter!("", on_violation = "kill", note = false).arch();
    Arch::from_name(NATIVE)
}

/// The instructions of a program, tagged if it reports.
fn instructions(program: &Program, tag: u16) -> &'static [Instruction] {
    let reports = program.refused_calls.is_some();
    let instructions = program.instructions.iter().map(|insn| {
        let instruction = Instruction::new(insn.code, insn.jt, insn.jf, insn.k);
        if reports {
            instruction.tagged(tag)
        } else {
            instruction
        }
    });
    Vec::leak(instructions.collect())
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.into())
}

/// The compiler's word for an action.
fn compiled(action: Action) -> Result<Compiled, ErrorKind> {
    Ok(match action {
        Action::KillProcess => Compiled::KillProcess,
        Action::KillThread => Compiled::KillThread,
        Action::Trap => Compiled::Trap,
        Action::Errno(number) if number == 0 || number > MAX_ERRNO => {
            return Err(ErrorKind::ErrnoOutOfRange { number });
        }
        Action::Errno(number) => Compiled::Errno(number),
        Action::Notify => Compiled::Notify,
        Action::Trace(data) => Compiled::Trace(data),
        Action::Log => Compiled::Log,
        Action::Allow => Compiled::Allow,
    })
}
