//! The calls without which a program cannot start at all.
//!
//! Under a filter that is in force already, a process executes the program, and then the program's own
//! loader opens the libraries. Nothing else is given on top of what the user asks for: what the program
//! does from `main` on has to be in the filter.

use std::fs::File;
use std::io::Read as _;
use std::iter;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use object::elf;
use object::read::ReadCache;
use object::read::elf::{ElfFile32, ElfFile64, FileHeader, ProgramHeader as _};
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::lowered::Decision;
use syscallset_compiler::policy::{Policy, Verdict};

/// Calls of which a program needs one, and all if nobody knows which one.
type Alternatives = &'static [&'static str];

/// What replaces the process by the program.
const EXECUTE: &[Alternatives] = &[&["execve"]];

/// What the dynamic loader of glibc does to find, read and map libraries, apart from `@default`. Which call
/// it takes to look at a file has changed over time; `open` was replaced by `openat` in 2.26.
const GLIBC: &[Alternatives] = &[
    &["access", "faccessat"],
    &["close"],
    &["fstat", "newfstatat", "statx"],
    &["open", "openat"],
    &["openat"],
    &["pread64"],
    &["read"],
];

/// What the dynamic loader of musl does for that.
const MUSL: &[Alternatives] = &[
    &["close"],
    &["fcntl"],
    &["fstat", "newfstatat", "statx"],
    &["open", "openat"],
    &["pread64"],
    &["read"],
];

/// What programs that are linked statically do to find out their own path, before `main` (glibc).
const STATIC: &[Alternatives] = &[&["readlink", "readlinkat"]];

/// What runs a script without a `#!` line.
pub(super) const SHELL: &str = "/bin/sh";

/// How many `#!` lines the kernel follows (`BINPRM_BUF_SIZE` and `exec_binprm`, `fs/exec.c`).
const MAX_INTERPRETERS: usize = 5;

/// Length of a `#!` line (`BINPRM_BUF_SIZE`).
const LINE: usize = 256;

/// The calls that starting a program takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needs {
    /// The calls, those of the architecture.
    pub(crate) calls: Vec<Vec<&'static str>>,
    /// What the kernel executes: the program, or the interpreter of its `#!` line.
    pub(crate) image: PathBuf,
    /// The dynamic loader, if the image has one.
    pub(crate) loader: Option<String>,
}

/// Finds out what starting a program takes. Of a file that cannot be read, only that it has to be executed:
/// the kernel will say what is wrong with it.
///
/// # Errors
///
/// A program for another architecture, whose every call would be refused.
pub(crate) fn needs(path: &Path, arch: Arch) -> Result<Needs, String> {
    let mut image = images(path).last().unwrap_or_else(|| path.to_owned());
    let mut calls = EXECUTE.to_vec();
    let mut header = header_of(&image);
    if header.is_none() && open(&image).is_some() {
        // What the kernel does not execute, execvp(3) gives to the shell.
        image = PathBuf::from(SHELL);
        header = header_of(&image);
    }
    let mut loader = None;
    if let Some(header) = header {
        if !header.runs_on(arch) {
            return Err(format!(
                "`{}` is a program for another architecture than {}, all of whose calls are refused",
                image.display(),
                arch.name()
            ));
        }
        calls.extend(match &header.loader {
            Some(loader) if loader.contains("musl") => MUSL,
            Some(_) => GLIBC,
            None => STATIC,
        });
        loader = header.loader;
    }
    let here = |call: &&str| arch.number(call).is_some();
    let calls = calls
        .into_iter()
        .map(|alternatives| alternatives.iter().copied().filter(here).collect())
        .collect();
    Ok(Needs {
        calls,
        image,
        loader,
    })
}

/// What a policy lacks of these calls, after which it allows them. Those that an item of the filter refuses
/// stay refused where another one does instead.
///
/// # Errors
///
/// The calls that items of the filter refuse whatever their arguments, with the index of the item: the
/// program cannot start under that filter. A condition is left as it is: it may suit the loader.
pub(crate) fn add(
    policy: &mut Policy,
    needs: &[Vec<&'static str>],
) -> Result<Vec<&'static str>, Vec<(usize, &'static str)>> {
    let mut added = Vec::new();
    let mut impossible = Vec::new();
    for alternatives in needs {
        let mut refused = Vec::new();
        for &call in alternatives {
            if !policy.decision(call).is_refused() {
                continue;
            }
            if let Some(item) = policy.calls.get(call).and_then(|verdict| verdict.item) {
                refused.push((item, call));
                continue;
            }
            let decision = Decision::constant(Action::Allow);
            let item = None;
            policy.calls.insert(call, Verdict { decision, item });
            added.push(call);
        }
        if refused.len() == alternatives.len() {
            impossible.extend(refused);
        }
    }
    if impossible.is_empty() {
        Ok(added)
    } else {
        Err(impossible)
    }
}

/// The program, the interpreter of its `#!` line, the one of that file, and so on: the kernel executes the last.
pub(super) fn images(path: &Path) -> impl Iterator<Item = PathBuf> {
    iter::successors(Some(path.to_owned()), |image| script_interpreter(image))
        .take(1 + MAX_INTERPRETERS)
}

/// The dynamic loader of a program, if it has one.
pub(super) fn loader_of(image: &Path) -> Option<String> {
    header_of(image)?.loader
}

/// The interpreter of a `#!` line. A carriage return is a part of the name, as for the kernel.
fn script_interpreter(path: &Path) -> Option<PathBuf> {
    let mut line = Vec::new();
    open(path)?.take(LINE as u64).read_to_end(&mut line).ok()?;
    let line = line.strip_prefix(b"#!")?;
    let line = line.split(|byte| *byte == b'\n').next()?;
    let mut words = line
        .split(|byte| matches!(byte, b' ' | b'\t' | 0))
        .filter(|word| !word.is_empty());
    words
        .next()
        .map(|word| PathBuf::from(std::ffi::OsStr::from_bytes(word)))
}

/// What an ELF header says.
struct Header {
    machine: elf::Machine,
    wide: bool,
    big_endian: bool,
    loader: Option<String>,
}

fn header_of(image: &Path) -> Option<Header> {
    read_header(&ReadCache::new(open(image)?))
}

/// A regular file. Others are not executed, and to open a pipe is to wait for its writer.
fn open(path: &Path) -> Option<File> {
    path.is_file().then(|| File::open(path).ok())?
}

fn read_header(data: &ReadCache<File>) -> Option<Header> {
    if let Ok(file) = ElfFile64::<object::Endianness, _>::parse(data) {
        return Some(header(file.elf_header(), file.endian(), data, true));
    }
    let file = ElfFile32::<object::Endianness, _>::parse(data).ok()?;
    Some(header(file.elf_header(), file.endian(), data, false))
}

fn header<Elf: FileHeader>(
    elf: &Elf,
    endian: Elf::Endian,
    data: &ReadCache<File>,
    wide: bool,
) -> Header {
    let loader = elf.program_headers(endian, data).ok().and_then(|headers| {
        headers
            .iter()
            .find_map(|header| header.interpreter(endian, data).ok().flatten())
    });
    Header {
        machine: elf.e_machine(endian),
        wide,
        big_endian: elf.is_big_endian(),
        loader: loader.map(|name| String::from_utf8_lossy(name).into_owned()),
    }
}

impl Header {
    /// Whether the program makes calls of this architecture. Unknown machines are left to the kernel.
    fn runs_on(&self, arch: Arch) -> bool {
        let (machine, wide) = match arch {
            Arch::X86_64 => (elf::EM_X86_64, true),
            Arch::X32 => (elf::EM_X86_64, false),
            Arch::X86 => (elf::EM_386, false),
            Arch::Aarch64 | Arch::Aarch64Be => (elf::EM_AARCH64, true),
            Arch::Arm | Arch::Armeb => (elf::EM_ARM, false),
            Arch::Riscv64 => (elf::EM_RISCV, true),
            Arch::Riscv32 => (elf::EM_RISCV, false),
            Arch::Loongarch64 => (elf::EM_LOONGARCH, true),
            Arch::S390x => (elf::EM_S390, true),
            Arch::Powerpc64 | Arch::Powerpc64le => (elf::EM_PPC64, true),
            Arch::Powerpc => (elf::EM_PPC, false),
            Arch::Mips | Arch::Mipsel => (elf::EM_MIPS, false),
            Arch::Mips64 | Arch::Mips64el => (elf::EM_MIPS, true),
            Arch::M68k => (elf::EM_68K, false),
            Arch::Csky => (elf::EM_CSKY, false),
            _ => return true,
        };
        (self.machine, self.wide, self.big_endian) == (machine, wide, arch.big_endian())
    }
}
