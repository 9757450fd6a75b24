//! The processes that are measured: fresh ones, as a filter cannot be taken away, and as a program is
//! restricted once in its life, soon after it was started.

use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::time::Instant;

use syscallset::{Filter, filter};
use syscallset_compiler::insn::{Insn, LD_ABS, OFFSET_ARGS};

use crate::encoding::{instructions, sock_filters};
use crate::lists::{LISTS, list};
use crate::peers;
use crate::sys;

/// The filter strings of [`LISTS`], compiled into this program.
static FILTERS: [Filter; LISTS.len()] = [
    filter!("@basic-io", on_violation = "kill"),
    filter!("@basic-io @file-system @io-event", on_violation = "kill"),
    filter!("@system-service ~@process ~@setuid", on_violation = "kill"),
    filter!("@system-service", on_violation = "kill"),
    filter!(
        "@known ~@clock ~@module ~@mount ~@reboot ~@swap ~@raw-io ~@debug",
        on_violation = "kill"
    ),
];

/// Measures as its arguments say, writes figures to the standard output, and ends the process.
///
/// # Errors
///
/// Unknown arguments, and filters that cannot be loaded.
pub fn main(arguments: &[String]) -> Result<(), String> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let figures = match arguments[..] {
        ["install"] => vec![install()?],
        ["calls", call, depth, count] => {
            let number = |text: &str| text.parse().map_err(|_| format!("no number: `{text}`"));
            calls(call.parse()?, number(depth)?, number(count)?)?.to_vec()
        }
        ["path", library, id] => vec![path(library, id)?],
        _ => return Err(format!("no sample {arguments:?}")),
    };
    let bytes: Vec<u8> = figures.into_iter().flat_map(u64::to_le_bytes).collect();
    // Every list allows write(2).
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&bytes).map_err(text)?;
    stdout.flush().map_err(text)?;
    sys::exit_now()
}

/// Nanoseconds that seccomp(2) takes for the program on the standard input.
fn install() -> Result<u64, String> {
    let program = sock_filters(&read_program()?);
    sys::set_no_new_privs().map_err(text)?;
    let start = Instant::now();
    sys::install(&program).map_err(text)?;
    Ok(nanoseconds(start))
}

/// Which call is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// One that the filter allows, and that the kernel remembers to be allowed.
    Allowed,
    /// The same, but the filter looks at an argument first, so that the kernel runs the program each
    /// time, as kernels before 5.11 always do.
    AllowedNotRemembered,
    /// One that the filter refuses.
    Refused,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Allowed, Self::AllowedNotRemembered, Self::Refused];

    /// What arguments and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::AllowedNotRemembered => "allowed, always run",
            Self::Refused => "refused",
        }
    }
}

impl std::str::FromStr for Call {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let call = Self::ALL.into_iter().find(|call| call.name() == text);
        call.ok_or_else(|| format!("no call `{text}`"))
    }
}

/// Picoseconds for a getppid(2) without a filter, and for the call under a stack of `depth` equal
/// filters, in this order.
fn calls(call: Call, depth: u32, count: u32) -> Result<[u64; 2], String> {
    let mut program = read_program()?;
    if call == Call::AllowedNotRemembered {
        program.insert(
            0,
            Insn {
                code: LD_ABS,
                jt: 0,
                jf: 0,
                k: OFFSET_ARGS,
            },
        );
    }
    let program = sock_filters(&program);
    let unfiltered = repeat(count, sys::allowed_call);
    sys::set_no_new_privs().map_err(text)?;
    for _ in 0..depth {
        sys::install(&program).map_err(text)?;
    }
    let filtered = match call {
        Call::Allowed | Call::AllowedNotRemembered => repeat(count, sys::allowed_call),
        Call::Refused => repeat(count, sys::refused_call),
    };
    Ok([unfiltered, filtered])
}

/// Picoseconds for a call: the median of some batches.
fn repeat(count: u32, call: fn() -> std::ffi::c_long) -> u64 {
    const BATCHES: u32 = 9;
    let batch = (count / BATCHES).max(1);
    let mut times: Vec<u64> = (0..BATCHES)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..batch {
                black_box(call());
            }
            nanoseconds(start) * 1000 / u64::from(batch)
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// Nanoseconds for all that it takes to bring this process under a filter string.
fn path(library: &str, id: &str) -> Result<u64, String> {
    let list = list(id).ok_or_else(|| format!("no list `{id}`"))?;
    let index = LISTS.iter().position(|other| *other == list);
    let filter = &FILTERS[index.unwrap_or_default()];
    let numbers = if library == "syscallset" {
        std::collections::BTreeSet::new()
    } else {
        list.policy_numbers()
    };
    let start = Instant::now();
    match library {
        // What the attribute puts in front of `main`.
        "syscallset" => syscallset::__private::restrict(filter),
        "seccompiler" => peers::seccompiler::restrict(&numbers)?,
        "extrasafe" => peers::extrasafe::restrict(&numbers)?,
        _ => return Err(format!("no library `{library}`")),
    }
    Ok(nanoseconds(start))
}

fn read_program() -> Result<Vec<Insn>, String> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(text)?;
    Ok(instructions(&bytes))
}

fn nanoseconds(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_those_of_the_lists() {
        let sources = FILTERS.each_ref().map(Filter::source);
        assert_eq!(sources, LISTS.map(|list| list.filter));
    }
}
