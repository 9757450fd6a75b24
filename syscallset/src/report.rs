//! Reports a refused call before the process dies of it.
//!
//! Everything here that the handler calls is async-signal-safe: it allocates nothing, takes no lock,
//! and needs no call but write(2), and gettid(2), getpid(2) and prctl(2) in the forms that the filter's
//! own rules allow (see `report` in `syscallset-compiler`). It has to do with the stack that std gives
//! the handlers of each thread, which is why it looks for what it needs byte by byte: in a debug build
//! each iterator adaptor costs some hundred bytes.
//!
//! Builds without debug assertions inline it: most of them have no report, and then need not compile it.

mod table;
mod text;

use std::sync::OnceLock;

use crate::instruction::Instruction;
use crate::sys::{self, signal};
use table::{Fields, Line, parse};
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
    /// A line `number name remedy parameters` for each call that may be refused.
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
                remedy: table.next(b' '),
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
        self.push_help(call, line, text);
        text.push("`\n");
    }

    /// What to write, but for the last back-tick: all of it ends with the call, and some with its arguments.
    #[cfg_attr(not(debug_assertions), inline)]
    fn push_help(&self, call: &RefusedCall, line: &Line, text: &mut Text) {
        if let Some(index) = line.remedy.strip_prefix('#').and_then(parse) {
            let item = self.item(index);
            text.push("refused by `");
            text.push_cut(item, 240);
            text.push(if item.starts_with("~@") {
                "`: allow just this call, behind it, with `"
            } else if item.ends_with(')') {
                "`: leave it out, or narrow it, to allow `"
            } else {
                "`: write in its place `"
            });
        } else if line.remedy == "*" {
            text.push(
                "the arguments decide, by several items: `syscallset simulate` says by which, of `",
            );
        } else if line.parameters == "-" {
            if line.remedy == "-" {
                text.push("allow it with `");
            } else {
                text.push("it is in ");
                text.push(line.remedy);
                text.push("; or allow just this call with `");
            }
        } else {
            text.push("the arguments decide: allow ");
            if line.remedy == "+" || call.arguments.is_some() {
                text.push("these with `");
                text.push(line.name);
                match &call.arguments {
                    Some(arguments) => line.push_arguments(arguments, text),
                    None => text.push("(…)"),
                }
                if line.remedy == "+" {
                    return;
                }
                text.push("`, or ");
            }
            text.push(if line.remedy == "?" {
                "all, instead of its conditions, with `"
            } else {
                "all with `"
            });
        }
        text.push(line.name);
    }

    /// An item of the filter string; items have no spaces within.
    #[cfg_attr(not(debug_assertions), inline)]
    fn item(&self, index: i32) -> &'static str {
        let mut items = Fields(self.source);
        for _ in 0..index {
            items.next(b' ');
        }
        items.next(b' ')
    }
}
