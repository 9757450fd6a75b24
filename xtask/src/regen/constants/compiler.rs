//! Asking a C compiler: which names the headers define, and what their values are.

use super::Result;
use super::abis::Abi;
use super::output::{self, Candidate};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The compiler for one ABI, with the directories that its headers come from.
pub(super) struct Compiler<'a> {
    pub(super) abi: &'a Abi,
    pub(super) include: Vec<PathBuf>,
    /// Where files for the compiler are put.
    pub(super) scratch: PathBuf,
}

/// Types that a few requests have the size of; the C library has them, the kernel's exported headers do not. `time_t`
/// is not among them: on 32-bit architectures it has the width that the program was compiled for.
const PRELUDE: &str = "#include <linux/posix_types.h>\n#include <linux/types.h>\n\
                       typedef __kernel_size_t size_t;\ntypedef __kernel_loff_t loff_t;\n\
                       typedef __kernel_pid_t pid_t;\n\
                       struct sockaddr { unsigned short family; char data[14]; };\n";

impl Compiler<'_> {
    /// Every object-like macro and every enumerator in the headers.
    pub(super) fn candidates(&self, headers: &str) -> Result<BTreeSet<Candidate>> {
        let output = self.run("names.c", headers, &["-E", "-dD"])?;
        if !output.status.success() {
            return Err(self.explain(&output));
        }
        Ok(output::candidates(&String::from_utf8_lossy(&output.stdout)))
    }

    /// The values of those names that are integer constants.
    pub(super) fn values(
        &self,
        headers: &str,
        names: &BTreeSet<&str>,
    ) -> Result<BTreeMap<String, i128>> {
        let mut names = names.clone();
        loop {
            let mut source = headers.to_owned();
            for name in &names {
                // `|` takes integers only, and the comparison tells -1 from the greatest unsigned number.
                let _ = write!(
                    source,
                    "\n#line 1 \"={name}\"\nconst long long value_{name} = ({name}) | 0; const char negative_{name} = ({name}) < 0;"
                );
            }
            let output = self.run(
                "values.c",
                &source,
                &["-S", "-o", "-", "-fno-zero-initialized-in-bss"],
            )?;
            if output.status.success() {
                return output::values(&String::from_utf8_lossy(&output.stdout));
            }
            let said = String::from_utf8_lossy(&output.stderr);
            let faulty = output::faulty_names(&said);
            let before = names.len();
            names.retain(|name| !faulty.contains(name));
            if names.len() == before {
                return Err(self.explain(&output));
            }
        }
    }

    fn run(&self, file: &str, text: &str, arguments: &[&str]) -> Result<Output> {
        let path = self.scratch.join(file);
        fs::write(&path, format!("{PRELUDE}{text}\n"))
            .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
        let mut command = Command::new("gcc");
        command
            .args([
                "-std=gnu11",
                "-w",
                "-O0",
                "-undef",
                "-nostdinc",
                "-ffreestanding",
            ])
            .args([
                "-fmax-errors=0",
                "-ftrack-macro-expansion=0",
                "-fno-diagnostics-show-caret",
            ])
            .args(self.abi.layout.options)
            .args(
                ["__SIZEOF_LONG__", "__SIZEOF_POINTER__"]
                    .map(|name| format!("-D{name}={}", self.abi.layout.long)),
            )
            .arg("-D__CHAR_BIT__=8")
            .args(self.abi.defines.iter().map(|define| format!("-D{define}")))
            .args(
                self.include
                    .iter()
                    .map(|place| format!("-I{}", place.display())),
            )
            .args(arguments)
            .arg(path)
            .env("LC_ALL", "C");
        command.output().map_err(|error| {
            format!(
                "cannot run `gcc`: {error}; the constants need gcc for x86-64, `apt install gcc`"
            )
        })
    }

    fn explain(&self, output: &Output) -> String {
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<_> = said.lines().take(10).collect();
        format!(
            "the headers of {} do not compile:\n{}",
            self.abi.name,
            lines.join("\n")
        )
    }
}

/// A directory for the compiler's files, made anew.
pub(super) fn scratch(name: &str) -> Result<PathBuf> {
    let directory = crate::debian::build_directory()
        .join("constants")
        .join(name);
    if directory.exists() {
        fs::remove_dir_all(&directory)
            .map_err(|error| format!("cannot remove `{}`: {error}", directory.display()))?;
    }
    fs::create_dir_all(&directory)
        .map_err(|error| format!("cannot create `{}`: {error}", directory.display()))?;
    Ok(directory)
}

/// Gives an architecture a header below `asm/` for every generic one, as the kernel's build does where it has none of
/// its own.
pub(super) fn generic_headers(include: &Path, scratch: &Path) -> Result<PathBuf> {
    let fault = |path: &Path, error| format!("cannot use `{}`: {error}", path.display());
    let directory = scratch.join("generic");
    let asm = directory.join("asm");
    fs::create_dir_all(&asm).map_err(|error| fault(&asm, error))?;
    let generic = include.join("asm-generic");
    for entry in fs::read_dir(&generic).map_err(|error| fault(&generic, error))? {
        let name = entry.map_err(|error| fault(&generic, error))?.file_name();
        let text = format!("#include <asm-generic/{}>\n", name.to_string_lossy());
        let path = asm.join(name);
        fs::write(&path, text).map_err(|error| fault(&path, error))?;
    }
    Ok(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Elsewhere gcc has no such layouts.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn gcc_agrees_with_its_own_arithmetic() {
        let scratch = scratch("test").unwrap();
        let include = scratch.join("linux");
        fs::create_dir_all(&include).unwrap();
        fs::write(include.join("types.h"), "").unwrap();
        fs::write(
            include.join("posix_types.h"),
            "typedef unsigned long __kernel_size_t;\ntypedef long long __kernel_loff_t;\ntypedef int __kernel_pid_t;\n",
        )
        .unwrap();
        let text = "#define NEGATIVE (-2)\n#define GREATEST (~0ULL)\n#define TEXT \"text\"\n\
                    #define BROKEN (1 +\n#define SIZE sizeof(struct s)\nstruct s { char c; long long l; };\n\
                    enum e { MEMBER = 1UL << 31 };\n";
        for (abi, size) in [("x86_64", 16), ("x86", 12), ("arm", 16), ("m68k", 10)] {
            let compiler = Compiler {
                abi: super::super::abis::ABIS
                    .iter()
                    .find(|other| other.name == abi)
                    .unwrap(),
                include: vec![scratch.clone()],
                scratch: scratch.clone(),
            };
            let candidates = compiler.candidates(text).unwrap();
            let names: BTreeSet<_> = candidates
                .iter()
                .map(|candidate| candidate.name.as_str())
                .filter(|name| !name.starts_with('_'))
                .collect();
            assert!(names.contains("MEMBER") && names.contains("BROKEN"));
            let values = compiler.values(text, &names).unwrap();
            let expected = [
                ("GREATEST", i128::from(u64::MAX)),
                ("MEMBER", 1 << 31),
                ("NEGATIVE", -2),
                ("SIZE", size),
            ];
            let expected = expected.map(|(name, value)| (name.to_owned(), value));
            assert_eq!(values, BTreeMap::from(expected), "{abi}");
        }
    }
}
