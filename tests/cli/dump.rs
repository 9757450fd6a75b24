//! `syscallset dump`: all notations are the same program.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bpf::{Insn, decode};
use crate::command::{Scratch, bytes, installed, prints, skip};

/// Filters with trees, chains, sets of bits, conditions, and several actions.
pub(crate) const FILTERS: &[&str] = &[
    "",
    "@basic-io ~@io-event openat(flags&O_ACCMODE=O_RDONLY) socket(domain=AF_UNIX)",
    "@system-service ~@network-io:EACCES ~mount:trap ~ptrace:log ~kill kill(sig>=0)",
    "@known",
];

const ARCHES: &[&str] = &["x86_64", "x86", "aarch64", "s390x", "mips"];

pub(crate) fn raw(filter: &str, arch: &str) -> Vec<u8> {
    bytes(["dump", filter, "--arch", arch, "--format", "raw"])
}

#[test]
fn c_gives_the_same_bytes() {
    let Some(gcc) = installed("gcc") else {
        return;
    };
    let scratch = Scratch::new();
    for filter in FILTERS {
        let mut source = prints(["dump", filter, "--format", "c"]);
        // What a user of the listing writes.
        source.push_str(
            "\n#include <unistd.h>\nint main(void) {\n\
             \treturn write(1, program.filter, program.len * sizeof(struct sock_filter)) < 0;\n}\n",
        );
        let file = scratch.write("dump.c", source);
        let program = scratch.path("dump");
        let built = Command::new(&gcc)
            .args(["-Wall", "-Werror", "-o", program.to_str().unwrap(), &file])
            .status()
            .unwrap();
        assert!(built.success());
        let output = Command::new(&program).output().unwrap();
        assert_eq!(output.stdout, raw(filter, "native"), "{filter}");
    }
}

#[test]
fn rust_gives_the_same_bytes() {
    let scratch = Scratch::new();
    for (index, filter) in FILTERS.iter().enumerate() {
        let listing = prints(["dump", filter, "--format", "rust"]);
        let source = format!(
            "{listing}\n\
             /// What the program takes of the crate of this name.\n\
             mod libc {{\n    pub struct sock_filter {{ pub code: u16, pub jt: u8, pub jf: u8, pub k: u32 }}\n}}\n\
             fn main() {{\n    use std::io::Write as _;\n    for insn in &FILTER {{\n        \
             let mut bytes = insn.code.to_ne_bytes().to_vec();\n        \
             bytes.extend([insn.jt, insn.jf]);\n        bytes.extend(insn.k.to_ne_bytes());\n        \
             std::io::stdout().write_all(&bytes).unwrap();\n    }}\n}}\n"
        );
        let file = scratch.write(&format!("dump{index}.rs"), source);
        let program = scratch.path(&format!("dump{index}"));
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let built = Command::new(rustc)
            .args([
                "--edition",
                "2024",
                "-Anon_camel_case_types",
                "-Dwarnings",
                &file,
                "-o",
            ])
            .arg(&program)
            .status()
            .unwrap();
        assert!(built.success());
        let output = Command::new(&program).output().unwrap();
        assert_eq!(output.stdout, raw(filter, "native"), "{filter}");
    }
}

/// Reads a listing as the kernel's `bpf_asm` does.
fn assemble(listing: &str) -> Vec<Insn> {
    let lines = listing.lines().filter_map(|line| line.split_once(": "));
    let lines: Vec<_> = lines
        .filter(|(label, _)| label.starts_with('l'))
        .map(|(label, rest)| (label, rest.split(';').next().unwrap_or_default().trim()))
        .collect();
    let constant = |word: &str| {
        let word = word.trim_start_matches('#').trim_end_matches(',');
        match word.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).unwrap(),
            None => word.parse().unwrap(),
        }
    };
    lines
        .iter()
        .enumerate()
        .map(|(at, (_, text))| {
            let skip = |label: &str| {
                let label = label.trim_end_matches(',');
                let to = lines.iter().position(|(other, _)| *other == label).unwrap();
                u8::try_from(to - at - 1).unwrap()
            };
            match text.split_whitespace().collect::<Vec<_>>()[..] {
                ["ld", place] => Insn {
                    code: 0x20,
                    jt: 0,
                    jf: 0,
                    k: constant(place.trim_matches(['[', ']'])),
                },
                ["ret", value] => Insn {
                    code: 0x06,
                    jt: 0,
                    jf: 0,
                    k: constant(value),
                },
                ["and", value] => Insn {
                    code: 0x54,
                    jt: 0,
                    jf: 0,
                    k: constant(value),
                },
                ["ja" | "jmp", label] => Insn {
                    code: 0x05,
                    jt: 0,
                    jf: 0,
                    k: skip(label).into(),
                },
                [jump, value, yes, no] => Insn {
                    code: match jump {
                        "jeq" => 0x15,
                        "jgt" => 0x25,
                        "jge" => 0x35,
                        "jset" => 0x45,
                        _ => panic!("{text}"),
                    },
                    jt: skip(yes),
                    jf: skip(no),
                    k: constant(value),
                },
                _ => panic!("{text}"),
            }
        })
        .collect()
}

#[test]
fn listings_and_objects_give_the_same_bytes() {
    for filter in FILTERS {
        for arch in ARCHES {
            let big = matches!(*arch, "s390x" | "mips");
            let expected = decode(&raw(filter, arch), big);
            let listing = prints(["dump", filter, "--arch", arch]);
            assert_eq!(assemble(&listing), expected, "{filter} on {arch}");
            let object = prints(["dump", filter, "--arch", arch, "--format", "json"]);
            let object: Value = serde_json::from_str(&object).unwrap();
            let field = |insn: &Value, name: &str| u32::try_from(insn[name].as_u64().unwrap());
            let instructions = object["instructions"].as_array().unwrap().iter();
            let found: Vec<_> = instructions
                .map(|insn| Insn {
                    code: u16::try_from(field(insn, "code").unwrap()).unwrap(),
                    jt: u8::try_from(field(insn, "jt").unwrap()).unwrap(),
                    jf: u8::try_from(field(insn, "jf").unwrap()).unwrap(),
                    k: field(insn, "k").unwrap(),
                })
                .collect();
            assert_eq!(found, expected, "{filter} on {arch}");
        }
    }
}

#[test]
fn graphs_are_whole() {
    for filter in FILTERS {
        let graph = prints(["dump", filter, "--format", "dot"]);
        let mut nodes = Vec::new();
        let mut ends = Vec::new();
        for line in graph.lines().map(str::trim) {
            if let Some((from, to)) = line.split_once(" -> ") {
                ends.push(from.to_owned());
                ends.push(
                    to.trim_end_matches(';')
                        .split(' ')
                        .next()
                        .unwrap()
                        .to_owned(),
                );
            } else if let Some((node, _)) = line.split_once(" [label=") {
                nodes.push(node.to_owned());
            }
        }
        assert!(
            !nodes.is_empty() && ends.iter().all(|end| nodes.contains(end)),
            "{graph}"
        );
        // Every instruction stands in it once.
        let count = decode(&raw(filter, "native"), false).len();
        assert_eq!(graph.matches("\\l").count(), count, "{graph}");
        let Some(dot) = installed("dot") else {
            continue;
        };
        let mut child = Command::new(dot)
            .args(["-Tplain", "-o", "/dev/null"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), graph.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn names_stand_in_the_listing() {
    let listing = prints(["dump", "@basic-io ~openat:EPERM socket(domain=AF_UNIX)"]);
    for word in [
        "; arch", "x86_64", "; nr", "; socket", "args[0]", "; allow", "; EPERM", "; ENOSYS",
        "; kill",
    ] {
        assert!(listing.contains(word), "{word}\n{listing}");
    }
}

#[test]
fn the_kernel_takes_what_is_dumped() {
    let Some(gcc) = installed("gcc") else {
        return;
    };
    if !cfg!(target_arch = "x86_64") {
        return skip("the program is for x86_64");
    }
    let scratch = Scratch::new();
    let mut source = prints([
        "dump",
        "write ~getppid:EXDEV",
        "--arch",
        "x86_64",
        "--format",
        "c",
    ]);
    source.push_str(
        "\n#include <errno.h>\n#include <linux/seccomp.h>\n#include <sys/prctl.h>\n#include <sys/syscall.h>\n#include <unistd.h>\n\
         int main(void) {\n\
         \tif (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return 1;\n\
         \tif (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 2;\n\
         \tif (syscall(SYS_getppid) != -1 || errno != EXDEV) return 3;\n\
         \twrite(1, \"alive\", 5);\n\tclose(1);\n\treturn 4;\n}\n",
    );
    let file = scratch.write("load.c", source);
    let program = scratch.path("load");
    let built = Command::new(gcc).args([&file, "-o"]).arg(&program).status();
    assert!(built.unwrap().success());
    syscallset_tests::program::Program::new(&program)
        .run()
        .dies_of_sigsys()
        .prints("alive");
    drop(fs::remove_file(program));
}
