//! Reports a refused call before the process dies of it.
//!
//! Everything here that the handler calls is async-signal-safe: it allocates nothing, takes no lock,
//! and needs no call but write(2), gettid(2), getpid(2) and the two prctl(2) calls that the filter's
//! own rules allow (see `report` in `syscallset-compiler`).

use std::sync::OnceLock;

use crate::action::Action;
use crate::instruction::{Instruction, run, seccomp_data};
use crate::sys::{self, signal};

/// What the handler has to know of a filter.
#[derive(Debug)]
pub struct Report {
    /// The program.
    pub program: &'static [Instruction],
    /// Its architecture.
    pub audit_arch: u32,
    /// The filter string on one line, without comments.
    pub source: &'static str,
    /// The file that holds the filter string.
    pub file: &'static str,
    /// The line of the filter string.
    pub line: u32,
    /// A line `number name set parameters` for each call that may be refused.
    pub refused_calls: &'static str,
    /// [`register`], named here so that a program without reports does not link it.
    pub register: fn(&'static Report) -> i32,
}

/// A refused call as the signal describes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefusedCall {
    pub(crate) number: i32,
    /// Address behind the instruction that made the call.
    pub(crate) address: usize,
    /// The argument registers, where this architecture's are known.
    pub(crate) arguments: Option<[u64; 6]>,
}

/// The filters in force that report, oldest first. More than this many cannot be loaded: the handler
/// would take their refusals for somebody else's.
static LOADED: [OnceLock<&'static Report>; 512] = [const { OnceLock::new() }; 512];

/// Makes the handler for `SIGSYS` report the refusals of a filter; called before the filter is loaded.
/// The result is the error number of sigaction(2), or 0.
#[doc(hidden)]
pub fn register(report: &'static Report) -> i32 {
    let known = |slot: &OnceLock<&Report>| slot.get().is_some_and(|old| std::ptr::eq(*old, report));
    let mut slots = LOADED.iter();
    if !LOADED.iter().any(known) && !slots.any(|slot| slot.set(report).is_ok()) {
        return sys::ENOSPC;
    }
    signal::install(handle)
}

/// Prints the report of a call that one of our filters refuses. Returns whether there is one.
fn handle(call: &RefusedCall) -> bool {
    let mut filters = LOADED.iter().rev().filter_map(OnceLock::get);
    let Some((report, line)) = filters.find_map(|report| Some((report, report.find(call)?))) else {
        return false;
    };
    let mut text = Text::new();
    report.describe(call, line, &mut text);
    sys::write_to_stderr(text.bytes());
    true
}

impl Report {
    /// The table's line for a call, if this filter refuses it.
    fn find(&self, call: &RefusedCall) -> Option<Line> {
        let line = self.refused_calls.lines().filter_map(Line::parse);
        let line = line.into_iter().find(|line| line.number == call.number)?;
        let refused = call.arguments.is_none_or(|arguments| {
            let data = seccomp_data(call.number.into(), self.audit_arch, arguments);
            run(self.program, &data) == Action::Trap
        });
        refused.then_some(line)
    }

    fn describe(&self, call: &RefusedCall, line: Line, text: &mut Text) {
        text.push("syscallset: `");
        text.push(line.name);
        if let Some(arguments) = call.arguments {
            line.push_arguments(&arguments, text);
        }
        text.push("` (");
        text.push_decimal(u64::from(call.number.unsigned_abs()));
        text.push(") is not allowed by \"");
        text.push_cut(self.source, 240);
        text.push("\" at ");
        text.push_cut(self.file, 240);
        text.push(":");
        text.push_decimal(self.line.into());
        text.push("\n            thread `");
        let mut name = [0; 16];
        text.push_bytes(signal::thread_name(&mut name));
        text.push("`, from 0x");
        text.push_hexadecimal(call.address as u64);
        text.push("\n      help: ");
        if line.parameters != "-" {
            text.push("the filter decides by the arguments shown; or allow it always");
        } else if line.set == "-" {
            text.push("allow it");
        } else {
            text.push("it is in ");
            text.push(line.set);
            text.push("; or allow just this call");
        }
        text.push(" with `");
        text.push(line.name);
        text.push("`\n");
    }
}

/// A line of the table.
#[derive(Clone, Copy)]
struct Line {
    number: i32,
    name: &'static str,
    set: &'static str,
    parameters: &'static str,
}

impl Line {
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split(' ');
        let number = fields.next()?.parse().ok()?;
        Some(Self {
            number,
            name: fields.next()?,
            set: fields.next()?,
            parameters: fields.next()?,
        })
    }

    /// The arguments that the filter looks at, as `(domain=2)`.
    fn push_arguments(&self, arguments: &[u64; 6], text: &mut Text) {
        if self.parameters == "-" {
            return;
        }
        let mut separator = "(";
        for parameter in self.parameters.split(',') {
            let Some((index, name)) = parameter.split_once(':') else {
                continue;
            };
            let Some(value) = index
                .parse()
                .ok()
                .and_then(|index: usize| arguments.get(index))
            else {
                continue;
            };
            text.push(separator);
            text.push(name);
            text.push("=");
            // Small numbers are domains, options and descriptors, large ones flags and addresses.
            if *value < 10_000 {
                text.push_decimal(*value);
            } else {
                text.push("0x");
                text.push_hexadecimal(*value);
            }
            separator = ",";
        }
        text.push(")");
    }
}

/// Text in a buffer on the stack; what does not fit is cut.
struct Text {
    buffer: [u8; 1024],
    length: usize,
}

impl Text {
    fn new() -> Self {
        Self {
            buffer: [0; 1024],
            length: 0,
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    fn push(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        let count = bytes.len().min(self.buffer.len() - self.length);
        self.buffer[self.length..self.length + count].copy_from_slice(&bytes[..count]);
        self.length += count;
    }

    /// Pushes at most `most` bytes, ending in `…` where something is missing.
    fn push_cut(&mut self, text: &str, most: usize) {
        if text.len() <= most {
            return self.push(text);
        }
        let end = (0..=most)
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or(0);
        self.push(&text[..end]);
        self.push("…");
    }

    fn push_decimal(&mut self, number: u64) {
        self.push_digits(number, 10);
    }

    fn push_hexadecimal(&mut self, number: u64) {
        self.push_digits(number, 16);
    }

    fn push_digits(&mut self, mut number: u64, radix: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            #[allow(clippy::cast_possible_truncation, reason = "less than the radix")]
            let digit = (number % radix) as u8;
            digits[at] = if digit < 10 {
                b'0' + digit
            } else {
                b'a' + digit - 10
            };
            number /= radix;
            if number == 0 {
                break;
            }
        }
        self.push_bytes(&digits[at..]);
    }
}
