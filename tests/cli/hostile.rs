//! Input that may be anything ends in an answer or an error, soon.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};

use crate::bpf::{Insn, encode};
use crate::command::{SYSCALLSET, Scratch, bytes, syscallset};

/// Seconds of processor time that any input may take. The promise is one on an idle machine and in a release
/// build; this one is neither optimised nor alone.
const SECONDS: u32 = 10;

/// A source of numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[3]).collect()
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// Every way to read a file.
const READERS: &[&[&str]] = &[
    &["import", "--from", "oci"],
    &["import", "--from", "systemd"],
    &["import", "--from", "strace"],
    &["import", "--from", "audit"],
    &["import", "--from", "seccompiler-json"],
    &["import", "--from", "names"],
    &["inspect"],
    &["explain", "--program"],
    &["dump", "--program"],
    &["explain", "--policy"],
    &["diff", "@basic-io", "--sets"],
    &["diff", "@basic-io", "--to-policy"],
];

/// Runs a reader on a file: it ends by itself, with a status of its own, within its time, and does not panic.
fn survives(reader: &[&str], file: &str, what: &str) {
    // The shell's limit is on processor time, which other programs do not take away.
    let limited = format!("ulimit -t {SECONDS}; exec \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &limited, "sh", SYSCALLSET])
        .args(reader)
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let status = output.status;
    assert!(
        matches!(status.code(), Some(0..=2)) && !errors.contains("panicked"),
        "{reader:?} on {what}: {status}\n{}",
        errors.chars().take(2000).collect::<String>()
    );
    // An error says something short enough to be read.
    if status.code() == Some(2) || reader[0] == "import" && !status.success() {
        assert!(errors.contains("error"), "{reader:?} on {what}: {errors}");
    }
}

fn survived_by_all(contents: &[u8], what: &str) {
    let scratch = Scratch::new();
    let file = scratch.write("input", contents);
    for reader in READERS {
        survives(reader, &file, what);
    }
}

#[test]
fn random_bytes() {
    let mut dice = Dice(1);
    for length in [0, 1, 7, 8, 64, 1000, 4096, 32768, 32776] {
        survived_by_all(&dice.bytes(length), &format!("{length} random bytes"));
    }
    // An ELF file up to its header.
    for class in [1, 2] {
        let mut elf = dice.bytes(5000);
        elf[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, 1, 1]);
        survived_by_all(&elf, "a random ELF file");
    }
}

#[test]
fn deep_json() {
    for (open, close) in [
        ("[", "]"),
        ("{\"a\":", "}"),
        ("{\"syscalls\":[{\"args\":[", "]}]}"),
    ] {
        let deep = open.repeat(100_000);
        survived_by_all(deep.as_bytes(), "deep JSON without an end");
        let whole = format!("{deep}0{}", close.repeat(100_000));
        survived_by_all(whole.as_bytes(), "deep JSON");
    }
}

#[test]
fn large_files() {
    let line = "openat(AT_FDCWD, \"x\", O_RDONLY) = 3\n";
    survived_by_all(line.repeat(100_000).as_bytes(), "a log of 3 MB");
    survived_by_all("read ".repeat(400_000).as_bytes(), "one line of 2 MB");
    survived_by_all(&vec![b' '; 4 << 20], "4 MiB of spaces");
    survived_by_all(&vec![0; 4 << 20], "4 MiB of zeroes");
    // Different words that mean nothing.
    let mut words = String::new();
    for index in 0..200_000 {
        let _ = writeln!(words, "call_{index}");
    }
    survived_by_all(words.as_bytes(), "200,000 unknown names");
}

#[test]
fn what_never_ends_is_given_up() {
    for reader in READERS {
        if reader.first() == Some(&"import") && reader.last() != Some(&"oci") {
            continue;
        }
        // Directories, devices and pipes.
        survives(reader, "/", "a directory");
        survives(reader, "/dev/null", "an empty device");
    }
    for reader in [&["import", "--from", "names"][..], &["inspect"]] {
        let ended = Command::new(SYSCALLSET)
            .args(reader)
            .arg("/dev/zero")
            .output()
            .unwrap();
        assert_eq!(ended.status.code(), Some(1));
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(
            errors.contains("more than 256 MiB") || errors.contains("no regular file"),
            "{errors}"
        );
    }
    // A pipe that nobody writes to: there is no end to waiting for it.
    let scratch = Scratch::new();
    let pipe = scratch.path("pipe");
    let mut made = Command::new("mkfifo");
    made.args(["-m", "755"]).arg(&pipe);
    assert!(made.status().unwrap().success());
    let pipe = pipe.to_str().unwrap();
    for (arguments, status) in [
        (&["inspect", pipe][..], 1),
        (&["profile", pipe], 1),
        (&["run", "@basic-io", pipe], 126),
        (&["trace", pipe], 126),
    ] {
        syscallset(arguments.iter().copied())
            .run()
            .exits(status)
            .complains("regular file");
    }
    let script = scratch.executable("script", format!("#!{pipe}\n"));
    syscallset(["run", "@basic-io", &script]).run().exits(126);
    // Standard input.
    let mut child = Command::new(SYSCALLSET)
        .args(["import", "--from", "names", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"read, write\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "read write\n");
}

#[test]
fn damaged_documents() {
    let filter = "@basic-io ~mount:EACCES openat(flags&O_ACCMODE=O_RDONLY) socket(domain=AF_UNIX)";
    let plain = "@system-service ~@network-io";
    let strace = include_bytes!("strace/Cr.txt").to_vec();
    let unit = bytes(["export", plain, "--to", "systemd"]);
    let documents = [
        (
            &["import", "--from", "oci"][..],
            bytes(["export", filter, "--to", "oci"]),
        ),
        (
            &["import", "--from", "seccompiler-json"],
            bytes(["export", plain, "--to", "seccompiler-json"]),
        ),
        (&["import", "--from", "systemd"], unit),
        (&["import", "--from", "strace"], strace),
        (
            &["explain", "--program"],
            bytes(["dump", filter, "--format", "raw"]),
        ),
        (&["inspect"], fs::read(SYSCALLSET).unwrap()),
    ];
    let mut dice = Dice(2);
    let scratch = Scratch::new();
    for (reader, document) in documents {
        for round in 0..12 {
            let mut document = document.clone();
            if round % 2 == 0 {
                document.truncate(dice.below(document.len()));
            } else {
                // The headers of a large file are where it hurts.
                let reach = document.len().min(20_000);
                for _ in 0..=dice.below(40) {
                    let place = dice.below(reach);
                    document[place] = dice.bytes(1)[0];
                }
            }
            let file = scratch.write("input", &document);
            survives(reader, &file, &format!("damaged document {round}"));
        }
    }
}

#[test]
fn programs_that_are_hard_to_follow() {
    let insn = |code, jt, jf, k| Insn { code, jt, jf, k };
    let ret = [insn(0x06, 0, 0, 0x7fff_0000), insn(0x06, 0, 0, 0)];
    let scratch = Scratch::new();
    // Tests of one bit after another: the ways double with each.
    let mut doubling = Vec::new();
    for argument in 0..12 {
        for bit in 0..32 {
            doubling.push(insn(0x20, 0, 0, 16 + argument * 4));
            doubling.push(insn(0x45, 1, 0, 1 << bit));
            doubling.push(insn(0x07, 0, 0, 0));
        }
    }
    // The longest there is, of comparisons of the number.
    let mut longest = vec![insn(0x20, 0, 0, 0)];
    longest.extend((0..4093).map(|k| insn(0x15, 0, 0, k)));
    // Arithmetic on arguments, remembered and compared.
    let mut computed = Vec::new();
    for round in 0..300 {
        computed.push(insn(0x20, 0, 0, 16 + round % 12 * 4));
        computed.push(insn(0x04, 0, 0, round));
        computed.push(insn(0x02, 0, 0, round % 16));
        computed.push(insn(0x61, 0, 0, (round + 7) % 16));
        computed.push(insn(0x1d, u8::from(round % 2 == 0), 0, 0));
        computed.push(insn(0xac, 0, 0, 0));
    }
    for (program, what) in [
        (doubling, "doubling"),
        (longest, "longest"),
        (computed, "computed"),
    ] {
        let program = [&program[..], &ret].concat();
        let file = scratch.write("program", encode(&program));
        for reader in [
            &["explain", "--program"][..],
            &["dump", "--program"],
            &["dump", "--format", "dot", "--program"],
        ] {
            survives(reader, &file, what);
        }
        survives(&["simulate", "read", "mount", "--program"], &file, what);
    }
}

#[test]
fn hostile_arguments() {
    for words in [
        &["explain", "@"][..],
        &["explain", "((((((((((("],
        &["simulate", "@basic-io", "openat(((((("],
        &["simulate", "@basic-io", "openat(99999999999999999999999)"],
        &["simulate", "@basic-io", "99999999999999999999999"],
        &["simulate", "@basic-io", ""],
        &["diff", "--arch", "..", "@basic-io"],
        &["diff", "--arch", "....", "@basic-io"],
        &[
            "import",
            "--from",
            "names",
            "--allow-extra",
            "18446744073709551615",
            "/dev/null",
        ],
    ] {
        let output = Command::new(SYSCALLSET).args(words).output().unwrap();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{words:?}");
        assert!(!output.stderr.is_empty(), "{words:?}");
    }
    let long = "@basic-io ".repeat(10_000);
    let output = Command::new(SYSCALLSET)
        .args(["explain", &long])
        .output()
        .unwrap();
    assert!(output.status.code().is_some());
    // What is not UTF-8 is refused where text is wanted.
    let odd = std::ffi::OsStr::from_bytes(b"@basic-io \xff");
    let output = Command::new(SYSCALLSET)
        .arg("explain")
        .arg(odd)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let output = Command::new(SYSCALLSET)
        .arg("run")
        .arg(odd)
        .arg("true")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}
