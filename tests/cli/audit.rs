//! What is said about weak programs, and about what the kernel would not take.

use serde_json::Value;

use crate::bpf::{Insn, encode};
use crate::command::{Scratch, prints, refuses};
use crate::foreign::{X86_64, allowed, codes, findings};

const fn insn(code: u16, jt: u8, jf: u8, k: u32) -> Insn {
    Insn { code, jt, jf, k }
}

const ALLOW: Insn = insn(0x06, 0, 0, 0x7fff_0000);
const KILL: Insn = insn(0x06, 0, 0, 0x8000_0000);

#[test]
fn weak_programs_are_found_out() {
    let arch = [insn(0x20, 0, 0, 4), insn(0x15, 1, 0, X86_64), KILL];
    let no_check = vec![insn(0x20, 0, 0, 0), insn(0x15, 0, 1, 0), ALLOW, KILL];
    // Looks at an argument first, and only then at the number.
    let late = [
        &arch[..],
        &[
            insn(0x20, 0, 0, 16),
            insn(0x20, 0, 0, 0),
            insn(0x15, 0, 1, 0),
            ALLOW,
            KILL,
        ],
    ]
    .concat();
    let success = [
        &arch[..],
        &[
            insn(0x20, 0, 0, 0),
            insn(0x15, 0, 1, 0),
            ALLOW,
            insn(0x06, 0, 0, 0x0005_0000),
        ],
    ]
    .concat();
    let unreached = [&arch[..], &[KILL, ALLOW]].concat();
    let others = vec![insn(0x20, 0, 0, 4), insn(0x15, 0, 1, X86_64), KILL, ALLOW];
    let x32 = [
        &arch[..],
        &[insn(0x20, 0, 0, 0), insn(0x15, 0, 1, 101), KILL, ALLOW],
    ]
    .concat();
    // Adds one to an argument before it is looked at.
    let computed = [
        &arch[..],
        &[
            insn(0x20, 0, 0, 16),
            insn(0x04, 0, 0, 1),
            insn(0x15, 0, 1, 1),
            ALLOW,
            KILL,
        ],
    ]
    .concat();
    let unknown = [&arch[..], &[insn(0x06, 0, 0, 0x1234_0000)]].concat();
    for (program, code) in [
        (&no_check, "no-architecture-check"),
        (&late, "uncacheable"),
        (&success, "pretended-success"),
        (&unreached, "unreached"),
        (&others, "foreign-architecture"),
        (&x32, "no-x32-guard"),
        (&x32, "permissive-default"),
        (&computed, "unclear"),
        (&unknown, "unknown-action"),
    ] {
        let scratch = Scratch::new();
        let file = scratch.write("program", encode(program));
        let found = findings(&file);
        let codes = codes(&found);
        assert!(codes.contains(&code), "{code}: {codes:?}");
        let text = prints(["explain", "--arch", "x86_64", "--program", &file]);
        assert!(
            text.contains("\nwarning: ") && text.contains("\n  help: "),
            "{text}"
        );
    }
}

#[test]
fn what_we_make_passes_the_audit() {
    let scratch = Scratch::new();
    for filter in [
        "@basic-io",
        "@system-service ~@network-io:EPERM ~@aio openat2",
    ] {
        let bytes = crate::command::bytes(["dump", filter, "--arch", "x86_64", "--format", "raw"]);
        let file = scratch.write("program", bytes);
        let found = findings(&file);
        for code in codes(&found) {
            assert!(
                ["exec", "takeover", "sibling"].contains(&code),
                "{filter}: {code}"
            );
        }
        // The symbolic answer is what the string says.
        let explained = prints(["--json", "explain", "--arch", "x86_64", filter]);
        let explained: Value = serde_json::from_str(&explained).unwrap();
        assert_eq!(allowed(&found), allowed(&explained), "{filter}");
    }
}

#[test]
fn a_power_that_is_left_is_found_in_programs_too() {
    let scratch = Scratch::new();
    let filter = "@basic-io ~mmap(prot&PROT_EXEC!=0)";
    let bytes = crate::command::bytes(["dump", filter, "--arch", "x86_64", "--format", "raw"]);
    let file = scratch.write("program", bytes);
    let text = prints(["explain", "--arch", "x86_64", "--program", &file]);
    assert!(
        text.contains("`mprotect` may make memory executable"),
        "{text}"
    );
}

#[test]
fn what_the_kernel_would_not_take_is_refused() {
    let scratch = Scratch::new();
    let long = vec![ALLOW; 4097];
    for (program, fault) in [
        (vec![insn(0x20, 0, 0, 0)], "the last one and not a return"),
        (vec![insn(0x20, 0, 0, 3), ALLOW], "instruction 0"),
        (vec![insn(0x20, 0, 0, 64), ALLOW], "instruction 0"),
        (vec![insn(0x15, 5, 0, 0), ALLOW], "instruction 0"),
        (vec![insn(0xffff, 0, 0, 0), ALLOW], "instruction 0"),
        (long, "4097"),
    ] {
        let file = scratch.write("program", encode(&program));
        for command in ["dump", "explain"] {
            let said = refuses([command, "--program", &file]);
            assert!(
                said.contains("the kernel would not take") && said.contains(fault),
                "{said}"
            );
        }
        refuses(["simulate", "--program", &file, "read"]);
    }
    for bytes in [&b""[..], b"1234567", b"123456789"] {
        let file = scratch.write("bytes", bytes);
        assert!(refuses(["dump", "--program", &file]).contains("multiple of 8"));
    }
    assert!(refuses(["dump", "--program", "/no/such/file"]).contains("/no/such/file"));
}
