//! Reports a refused call before the process dies of it.
//!
//! Everything here that the handler calls is async-signal-safe: it allocates nothing, takes no lock,
//! and needs no call but write(2), and gettid(2), getpid(2) and prctl(2) in the forms that the filter's
//! own rules allow (see `report` in `syscallset-compiler`). It has to do with the stack that std gives
//! the handlers of each thread, which is why it looks for what it needs byte by byte: in a debug build
//! each iterator adaptor costs some hundred bytes.
//!
//! Builds without debug assertions inline it: most of them have no report, and then need not compile it.

mod text;

use std::sync::OnceLock;

use crate::instruction::Instruction;
use crate::sys::{self, signal};
use text::Text;

/// What the handler has to know of a filter.
#[derive(Debug)]
pub struct Report {
    /// What the signal of a call that this filter refuses brings along; see [`tag`].
    pub tag: u16,
    /// Whether the filter is loaded at the start of `main`, before there are threads.
    pub at_start: bool,
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
    /// That of the filter; see [`tag`].
    pub(crate) tag: u16,
    /// Address behind the instruction that made the call.
    pub(crate) address: usize,
    /// The argument registers, where this architecture's are known.
    pub(crate) arguments: Option<[u64; 6]>,
}

/// What the handler has to do about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing: none of our filters refuses it.
    Foreign,
    /// End the process: it is refused, and was reported.
    Refused,
    /// Make it: the filter sends it for the report's own sake.
    Instrumented,
}

/// The filters in force that report, oldest first. More than this many cannot be loaded: the handler
/// would take their refusals for somebody else's.
static LOADED: [OnceLock<&'static Report>; 512] = [const { OnceLock::new() }; 512];

/// Makes the handler for `SIGSYS` report the refusals of a filter; called before the filter is loaded.
/// The result is the error number of sigaction(2), or 0.
#[doc(hidden)]
#[cfg_attr(not(debug_assertions), inline)]
pub fn register(report: &'static Report) -> i32 {
    let known = |slot: &OnceLock<&Report>| slot.get().is_some_and(|old| std::ptr::eq(*old, report));
    let mut slots = LOADED.iter();
    if !LOADED.iter().any(known) && !slots.any(|slot| slot.set(report).is_ok()) {
        return sys::ENOSPC;
    }
    let error = signal::install(handle);
    if error != 0 {
        return error;
    }
    if report.at_start {
        // Later a filter may be in force that refuses this, and masks are not left to the handler.
        signal::unblock();
    }
    signal::enlarge_alternate_stack();
    if !report.at_start || report.find(sys::CLONE).is_none() {
        // There are threads, or may be, whose stacks std has made smaller.
        signal::block_while_handling_faults();
    }
    0
}

/// A number by which the handler tells filters apart, as different threads may be under different ones.
/// Never 0, which other programs' filters send.
///
/// Only 16 bits reach the handler. Should two filters of a program share a number, the older one is
/// named for both.
#[doc(hidden)]
#[cfg_attr(not(debug_assertions), inline)]
pub const fn tag(source: &str, file: &str, line: u32) -> u16 {
    // FNV-1a, folded.
    let mut hash = 0x811c_9dc5_u32 ^ line;
    let texts = [source.as_bytes(), file.as_bytes()];
    let mut text = 0;
    while text < texts.len() {
        let mut at = 0;
        while at < texts[text].len() {
            hash = (hash ^ texts[text][at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        text += 1;
    }
    let folded = (hash ^ (hash >> 16)) & 0xffff;
    if folded == 0 { 1 } else { folded as u16 }
}

/// A program whose traps bring a filter's number along.
#[doc(hidden)]
#[cfg_attr(not(debug_assertions), inline)]
pub const fn tagged<const LENGTH: usize>(
    mut program: [Instruction; LENGTH],
    tag: u16,
) -> [Instruction; LENGTH] {
    let mut at = 0;
    while at < LENGTH {
        program[at] = program[at].tagged(tag);
        at += 1;
    }
    program
}

/// Prints the report of a call that one of our filters refuses.
#[cfg_attr(not(debug_assertions), inline)]
fn handle(call: &RefusedCall) -> Verdict {
    for slot in &LOADED {
        // Filled from the front.
        let Some(report) = slot.get() else { break };
        if report.tag == call.tag {
            let Some(line) = report.find(call.number) else {
                return Verdict::Instrumented;
            };
            let mut text = Text::new();
            report.describe(call, &line, &mut text);
            sys::write_to_stderr(text.bytes());
            return Verdict::Refused;
        }
    }
    Verdict::Foreign
}

impl Report {
    /// The table's line for a call.
    #[cfg_attr(not(debug_assertions), inline)]
    fn find(&self, number: i32) -> Option<Line> {
        let mut table = Fields(self.refused_calls);
        loop {
            let found = table.next(b' ');
            if found.is_empty() {
                return None;
            }
            let line = Line {
                name: table.next(b' '),
                set: table.next(b' '),
                parameters: table.next(b'\n'),
            };
            if parse(found) == Some(number) {
                return Some(line);
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline)]
    fn describe(&self, call: &RefusedCall, line: &Line, text: &mut Text) {
        text.push("syscallset: `");
        text.push(line.name);
        if let Some(arguments) = &call.arguments {
            line.push_arguments(arguments, text);
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
            text.push("the arguments decide: allow ");
            if let Some(arguments) = &call.arguments {
                text.push("these with `");
                text.push(line.name);
                line.push_arguments(arguments, text);
                text.push("`, or ");
            }
            text.push("all");
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

/// What is left of a text of fields.
struct Fields(&'static str);

impl Fields {
    /// The next field, up to a byte that ends it; empty behind the last one.
    #[cfg_attr(not(debug_assertions), inline)]
    fn next(&mut self, end: u8) -> &'static str {
        let bytes = self.0.as_bytes();
        let mut length = 0;
        while length < bytes.len() && bytes[length] != end {
            length += 1;
        }
        let (field, rest) = self.0.split_at(length);
        self.0 = if rest.is_empty() { rest } else { &rest[1..] };
        field
    }
}

/// A number without a sign.
#[cfg_attr(not(debug_assertions), inline)]
fn parse(digits: &str) -> Option<i32> {
    let mut number = 0_i32;
    for digit in digits.as_bytes() {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number
            .wrapping_mul(10)
            .wrapping_add(i32::from(digit - b'0'));
    }
    Some(number)
}

/// A line of the table.
struct Line {
    name: &'static str,
    set: &'static str,
    parameters: &'static str,
}

impl Line {
    /// The arguments that the filter looks at, as the kernel reads them: `(domain=2)`.
    #[cfg_attr(not(debug_assertions), inline)]
    fn push_arguments(&self, arguments: &[u64; 6], text: &mut Text) {
        if self.parameters == "-" {
            return;
        }
        let mut separator = "(";
        let mut parameters = Fields(self.parameters);
        loop {
            let index = parse(parameters.next(b':')).and_then(|index| usize::try_from(index).ok());
            // Negative where they have a sign.
            let bits = parameters.next(b':');
            let signed = bits.starts_with('-');
            let bits = parse(if signed { &bits[1..] } else { bits });
            let name = parameters.next(b',');
            let Some(value) = index.and_then(|index| arguments.get(index)) else {
                break;
            };
            if name.is_empty() {
                break;
            }
            text.push(separator);
            text.push(name);
            text.push("=");
            text.push_argument(*value, bits.unwrap_or(64).unsigned_abs(), signed);
            separator = ",";
        }
        text.push(")");
    }
}
