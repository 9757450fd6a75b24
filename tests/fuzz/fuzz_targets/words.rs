//! Texts of words that the language knows, which get further into the compiler: the first byte is the
//! architecture, every later pair of bytes is a word.

#![no_main]

use libfuzzer_sys::fuzz_target;
use syscallset_fuzz::{arch, check_filter};
use syscallset_tables::{CALLS, SETS};

/// What stands between names.
const MARKS: &[&str] = &[
    " ", " ", " ", " ~", " ~", "~", "(", ")", ")", ",", "=", "!=", "<", "<=", ">", ">=", "&", "|",
    ":", "#", "\n",
];

/// Calls that conditions are most often about, their parameters, values and actions.
const WORDS: &[&str] = &[
    "socket",
    "ioctl",
    "prctl",
    "mmap",
    "mprotect",
    "clone",
    "fcntl",
    "openat",
    "kill",
    "lseek",
    "domain",
    "type",
    "protocol",
    "cmd",
    "option",
    "prot",
    "flags",
    "pid",
    "sig",
    "whence",
    "offset",
    "AF_UNIX",
    "AF_INET",
    "SOCK_STREAM",
    "PROT_EXEC",
    "F_GETFD",
    "SIGTERM",
    "PR_SET_NAME",
    "CLONE_NEWUSER",
    "EPERM",
    "EACCES",
    "ENOSYS",
    "trap",
    "log",
    "trace",
    "notify",
    "kill-thread",
    "0",
    "1",
    "5",
    "6",
    "-1",
    "0xffffffff",
    "0x100000000",
    "0xffffffffffffffff",
    "0o777",
];

fuzz_target!(|data: &[u8]| {
    let Some((&byte, pairs)) = data.split_first() else {
        return;
    };
    let mut source = String::new();
    for pair in pairs.chunks_exact(2) {
        let index = usize::from(pair[1]);
        source.push_str(match pair[0] % 8 {
            0..=2 => MARKS[index % MARKS.len()],
            3..=5 => WORDS[index % WORDS.len()],
            6 => SETS[index % SETS.len()].name,
            _ => CALLS[(usize::from(pair[0] / 8) * 256 + index) % CALLS.len()],
        });
    }
    check_filter(&source, arch(byte));
});
