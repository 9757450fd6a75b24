//! The definitions of system calls in the kernel's source: `SYSCALL_DEFINE3(read, unsigned int, fd, …)`.
//!
//! The macro turns every argument register into the type named there, so that this, more than the prototypes in
//! `include/linux/syscalls.h` (which most architectures do not even compile), is what the kernel takes.

use super::Result;
use super::signature::{Parameter, Signature};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The directories that define system calls.
const DIRECTORIES: &[&str] = &[
    "arch", "block", "drivers", "fs", "io_uring", "ipc", "kernel", "mm", "net", "security",
];

/// Signatures by entry point, without its prefix `sys_`.
#[derive(Default)]
pub(super) struct Definitions {
    /// Those of all architectures.
    generic: Entries,
    /// Those below `arch/NAME`.
    own: BTreeMap<String, Entries>,
}

/// More than one signature for an entry point means that the kernel's configuration chooses.
type Entries = BTreeMap<String, BTreeSet<Signature>>;

impl Definitions {
    /// Reads the source tree.
    pub(super) fn read(source: &Path) -> Result<Self> {
        let mut definitions = Self::default();
        for directory in DIRECTORIES {
            definitions.walk(&source.join(directory), directory)?;
        }
        if definitions.generic.is_empty() {
            return Err(format!(
                "no system calls are defined in `{}`: is it the kernel's source?",
                source.display()
            ));
        }
        Ok(definitions)
    }

    fn walk(&mut self, directory: &Path, relative: &str) -> Result<()> {
        let fault = |error| format!("cannot read `{}`: {error}", directory.display());
        for entry in fs::read_dir(directory).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let relative = format!("{relative}/{name}");
            let kind = entry.file_type().map_err(fault)?;
            // User-mode Linux defines the calls of its host's architecture once more.
            if kind.is_dir() && name != "um" {
                self.walk(&entry.path(), &relative)?;
            } else if kind.is_file() && entry.path().extension().is_some_and(|end| end == "c") {
                let bytes = fs::read(entry.path()).map_err(fault)?;
                let text = String::from_utf8_lossy(&bytes);
                self.scan(&text, &relative)?;
            }
        }
        Ok(())
    }

    /// Takes the definitions in one file.
    pub(super) fn scan(&mut self, text: &str, path: &str) -> Result<()> {
        let entries = match path
            .strip_prefix("arch/")
            .and_then(|rest| rest.split('/').next())
        {
            Some(arch) => self.own.entry(arch.to_owned()).or_default(),
            None => &mut self.generic,
        };
        let mut rest = text;
        while let Some(at) = rest.find("SYSCALL_DEFINE") {
            let (before, here) = rest.split_at(at);
            rest = &here["SYSCALL_DEFINE".len()..];
            let prefix = word_at_end(before);
            let Some((macro_end, inside)) = rest.split_once('(') else {
                break;
            };
            let arity = macro_end.trim_end().parse::<usize>();
            let (Ok(arity), true) = (arity, matches!(prefix, "" | "COMPAT_")) else {
                continue;
            };
            // The line that defines the macro itself.
            if before.trim_end().ends_with("#define") {
                continue;
            }
            let arguments = inside
                .split_once(')')
                .map_or(inside, |(arguments, _)| arguments);
            // A helper macro that stands for the two halves of a 64-bit value: the calls that need it are described
            // in the corrections as a whole, since all architectures do it differently.
            if arguments.contains('(') {
                continue;
            }
            let arguments = without_comments(arguments);
            let mut words = arguments.split(',').map(str::trim);
            let entry = words.next().unwrap_or_default();
            let words: Vec<_> = words.collect();
            if words.len() != arity * 2 {
                return Err(format!(
                    "`{path}`: `{entry}` has {} types and names for {arity} parameters",
                    words.len()
                ));
            }
            let signature = words
                .chunks(2)
                .map(|pair| Parameter::new(pair[0], pair[1]))
                .collect::<Result<_>>()
                .map_err(|error| format!("`{path}`: `{entry}`: {error}"))?;
            let prefix = if prefix.is_empty() { "" } else { "compat_" };
            entries
                .entry(format!("{prefix}{entry}"))
                .or_default()
                .insert(Signature(signature));
        }
        Ok(())
    }

    /// The signature of an entry point in the kernel of one architecture; `None` if there is none or no single one.
    pub(super) fn signature(&self, arch: &str, entry: &str) -> Option<&Signature> {
        let own = self.own.get(arch).and_then(|entries| entries.get(entry));
        let signatures = own.or_else(|| self.generic.get(entry))?;
        match signatures.len() {
            1 => signatures.first(),
            _ => None,
        }
    }
}

/// The part of a macro's name before the place.
fn word_at_end(text: &str) -> &str {
    let start = text
        .rfind(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .map_or(0, |index| index + 1);
    text.get(start..).unwrap_or_default()
}

fn without_comments(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_of_the_architecture_come_first() {
        let mut definitions = Definitions::default();
        definitions
            .scan(
                "#define SYSCALL_DEFINE0(name) long name\nSYSCALL_DEFINE0(sync)\n{}\nSYSCALL_DEFINE2(dup2, unsigned int, oldfd /* here */,\n\tunsigned int, newfd)\n",
                "fs/file.c",
            )
            .unwrap();
        definitions
            .scan(
                "SYSCALL_DEFINE1(dup2, int, fd)\nCOMPAT_SYSCALL_DEFINE1(dup2, u32, fd)",
                "arch/x86/k.c",
            )
            .unwrap();
        let found = |arch, entry| definitions.signature(arch, entry).map(Signature::to_string);
        assert_eq!(
            found("arm", "dup2").as_deref(),
            Some("unsigned int oldfd, unsigned int newfd")
        );
        assert_eq!(found("x86", "dup2").as_deref(), Some("int fd"));
        assert_eq!(found("x86", "compat_dup2").as_deref(), Some("u32 fd"));
        assert_eq!(found("arm", "compat_dup2"), None);
        assert_eq!(found("x86", "sync").as_deref(), Some("void"));
    }

    #[test]
    fn what_the_configuration_chooses_is_nobodys_guess() {
        let mut definitions = Definitions::default();
        let text = "SYSCALL_DEFINE1(nice, int, a)\n#else\nSYSCALL_DEFINE1(nice, long, a)";
        definitions.scan(text, "kernel/sched.c").unwrap();
        assert_eq!(definitions.signature("x86", "nice"), None);
    }

    #[test]
    fn split_halves_are_left_to_the_corrections() {
        let mut definitions = Definitions::default();
        let text = "COMPAT_SYSCALL_DEFINE3(truncate64, const char __user *, p, arg_u64(length))";
        definitions.scan(text, "fs/open.c").unwrap();
        assert_eq!(definitions.signature("x86", "compat_truncate64"), None);
        assert!(
            definitions
                .scan("SYSCALL_DEFINE2(dup, int, fd)", "fs/file.c")
                .is_err()
        );
    }
}
