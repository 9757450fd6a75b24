//! Our program and libseccomp's, its list as well as its tree: they say the same about every call
//! number, interpreted for three architectures and loaded into the kernel.
//!
//! Needs a C compiler and libseccomp's header (Debian: `gcc libc6-dev libseccomp-dev`); skipped with a
//! line where they are missing.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::insn::Insn;
use syscallset_tables::SETS;
use syscallset_tests::sys::sample::{ALLOWED, NOT_SAMPLED, sample};

use crate::arithmetic::{Verdict, verdicts};
use crate::{ALLOW, ERRNO, KILL, interpreted, numbers::numbers, run};

/// The lists that the size of programs is measured with.
const LISTS: [&str; 5] = [
    "@basic-io",
    "@basic-io @file-system @io-event",
    "@system-service ~@process ~@setuid",
    "@system-service",
    "@known ~@clock ~@module ~@mount ~@reboot ~@swap ~@raw-io ~@debug",
];

/// libseccomp's two layouts: one call after the other, and a binary tree.
const LAYOUTS: [u32; 2] = [1, 2];

/// The architectures, which libseccomp calls what we call them.
const ARCHITECTURES: [Arch; 3] = [Arch::X86_64, Arch::Aarch64, Arch::Riscv64];

/// What a refused call fails with under the programs that the kernel is asked about.
const REFUSED: u16 = 4001;

/// The program `libseccomp.c`, if it can be built here.
fn helper() -> Option<&'static Path> {
    static HELPER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let helper = HELPER.get_or_init(|| {
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let header = Command::new(&compiler)
            .args(["-E", "-include", "seccomp.h", "-x", "c", "/dev/null"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        match header {
            Err(error) => {
                println!("skipped: no C compiler ({error})");
                return None;
            }
            Ok(status) if !status.success() => {
                println!("skipped: the C compiler finds no <seccomp.h>");
                return None;
            }
            Ok(_) => {}
        }
        // Tests may run at the same time.
        let name = format!("libseccomp-{}", std::process::id());
        let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/libseccomp.c");
        let built = Command::new(compiler)
            .args([
                "-O1",
                "-Wall",
                "-Wextra",
                "-Werror",
                source,
                "-lseccomp",
                "-o",
            ])
            .arg(&program)
            .status();
        // What is there must work.
        assert!(built.expect("the compiler has just run").success());
        Some(program)
    });
    helper.as_deref()
}

/// What libseccomp makes of a policy.
struct Theirs {
    program: Vec<Insn>,
    /// Calls that it does not know, by number.
    unknown: Vec<u32>,
}

fn theirs(
    helper: &Path,
    policy: &BTreeMap<u32, Verdict>,
    arch: Arch,
    layout: u32,
    otherwise: u32,
) -> Theirs {
    let mut child = Command::new(helper)
        .args([arch.name(), &layout.to_string(), &otherwise.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was just built");
    let mut input = child.stdin.take().expect("a pipe was asked for");
    for call in arch.calls() {
        let action = match policy[&call.number] {
            Verdict::Allowed => ALLOW,
            Verdict::Errno(errno) => ERRNO | u32::from(errno),
            Verdict::Violation | Verdict::Unknown => continue,
        };
        writeln!(input, "{} {} {action}", call.name, call.number).expect("it reads the list");
    }
    drop(input);
    let output = child.wait_with_output().expect("it is our child");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", arch.name());
    let unknown = said.lines().map(|line| {
        // Calls that have another number in libseccomp's table would be a fault of one of the two.
        let name = line.strip_prefix("unknown ");
        let name = name.unwrap_or_else(|| panic!("{}: {line}", arch.name()));
        arch.number(name).expect("it is one of ours")
    });
    let unknown = unknown.collect();
    let instructions = output.stdout.chunks_exact(8).map(|bytes| Insn {
        code: u16::from_ne_bytes([bytes[0], bytes[1]]),
        jt: bytes[2],
        jf: bytes[3],
        k: u32::from_ne_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
    });
    let program: Vec<Insn> = instructions.collect();
    assert!(program.len() > 10, "{} instructions", program.len());
    Theirs { program, unknown }
}

fn sources() -> impl Iterator<Item = String> {
    let sets = SETS.iter().map(|set| set.name.to_owned());
    let errnos = [
        "@system-service ~@privileged:EPERM @default @rust-runtime",
        "@basic-io ~openat:ENOENT ~@network-io:EACCES",
    ];
    sets.chain(LISTS.map(str::to_owned))
        .chain(errnos.map(str::to_owned))
}

#[test]
fn every_number() {
    let Some(helper) = helper() else { return };
    let (mut compared, mut programs) = (0_u64, 0_u64);
    for source in sources() {
        for arch in ARCHITECTURES {
            let policy = verdicts(&source, arch);
            let ours =
                compile(&source, arch, Action::KillProcess).expect("a set of its own is one");
            for layout in LAYOUTS {
                let theirs = theirs(helper, &policy, arch, layout, KILL);
                programs += 1;
                for nr in numbers(arch) {
                    let at = || format!("\"{source}\", {} call {nr:#x}", arch.name());
                    let (mine, other) = (
                        interpreted(&ours.instructions, arch.audit_arch(), nr),
                        run(&theirs.program, arch.audit_arch(), nr),
                    );
                    compared += 1;
                    match policy.get(&nr) {
                        // Deliberate: a number that no call has fails with `ENOSYS`. libseccomp refuses it
                        // as it refuses calls, x32's included.
                        None => {
                            let enosys = arch.errno("ENOSYS").expect("every architecture has it");
                            assert_eq!(mine, ERRNO | u32::from(enosys), "{}", at());
                            assert_eq!(other, KILL, "{}", at());
                        }
                        // A library older than our tables cannot be told about another machine's call.
                        Some(_) if theirs.unknown.contains(&nr) && other == KILL => {
                            assert_ne!(arch.name(), std::env::consts::ARCH, "{}", at());
                        }
                        Some(_) => assert_eq!(mine, other, "{}", at()),
                    }
                }
                for foreign in [0, 0x4000_0003, arch.audit_arch() ^ 0x8000_0000] {
                    for nr in [0, 1, 59, 60, 221, 231] {
                        assert_eq!(interpreted(&ours.instructions, foreign, nr), KILL);
                        assert_eq!(run(&theirs.program, foreign, nr), KILL);
                    }
                }
            }
        }
    }
    println!("libseccomp: {programs} programs, {compared} verdicts, 0 differences");
    assert!(programs >= 6 * SETS.len() as u64);
}

/// Both programs, loaded, say the same of every number. No call is made, see [`sample`].
#[test]
fn every_number_in_the_kernel() {
    let Some(helper) = helper() else { return };
    let native = ARCHITECTURES
        .into_iter()
        .find(|arch| arch.name() == std::env::consts::ARCH);
    let Some(arch) = native else {
        println!("skipped: not one of the three architectures");
        return;
    };
    // libseccomp's programs for x86-64 kill on x32's numbers, so these cannot be asked about; nor can
    // the two that newer kernels exempt from filters.
    let mut numbers = numbers(arch);
    numbers.retain(|&number| {
        let exempt = matches!(arch.name_of(number), Some("uretprobe" | "uprobe"));
        !exempt && number < 0x4000_0000 && !NOT_SAMPLED.contains(&i64::from(number))
    });
    let calls: Vec<(i32, [u64; 6])> = numbers
        .iter()
        .map(|&number| (i32::try_from(number).expect("they are below 2^30"), [0; 6]))
        .collect();
    let mut compared = 0;
    for source in sources() {
        let policy = verdicts(&source, arch);
        let ours = compile(&source, arch, Action::Errno(REFUSED)).expect("as above");
        let ours = sample(&loadable(&ours.instructions), &calls);
        for layout in LAYOUTS {
            let refused = ERRNO | u32::from(REFUSED);
            let theirs = theirs(helper, &policy, arch, layout, refused);
            let theirs = sample(&loadable(&theirs.program), &calls);
            for ((nr, mine), other) in numbers.iter().zip(&ours).zip(theirs) {
                let at = || format!("\"{source}\", call {nr:#x}");
                compared += 1;
                let (expected, expected_other) = match policy.get(nr) {
                    Some(Verdict::Allowed) => (ALLOWED.into(), ALLOWED.into()),
                    Some(Verdict::Errno(errno)) => ((*errno).into(), (*errno).into()),
                    Some(_) => (REFUSED.into(), REFUSED.into()),
                    None => (libc::ENOSYS, i32::from(REFUSED)),
                };
                assert_eq!(*mine, expected, "ours: {}", at());
                assert_eq!(other, expected_other, "theirs: {}", at());
            }
        }
    }
    println!("libseccomp in the kernel: {compared} verdicts of each, 0 differences");
    assert!(compared > 10_000);
}

fn loadable(program: &[Insn]) -> Vec<syscallset::Instruction> {
    program
        .iter()
        .map(|insn| syscallset::Instruction::new(insn.code, insn.jt, insn.jf, insn.k))
        .collect()
}
