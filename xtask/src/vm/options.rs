//! What the command line asks for.

use super::machine::{CONTINUOUS, MACHINES, Machine};

/// The command line.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// Whether to run those machines that every change is tested on.
    continuous: bool,
    /// The machines, by architecture or exactly; all of them if empty.
    machines: Vec<String>,
}

impl Options {
    /// Reads the command line; `None` if it asks for help.
    ///
    /// # Errors
    /// A word that means no machine.
    pub(super) fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--help" | "-h" => return Ok(None),
                "--ci" => options.continuous = true,
                word if MACHINES.iter().any(|machine| machine.is(word)) => {
                    options.machines.push(argument);
                }
                word => return Err(format!("no machine `{word}`\n{}", usage())),
            }
        }
        Ok(Some(options))
    }

    pub(super) fn selects(&self, machine: &Machine) -> bool {
        if self.continuous && CONTINUOUS.contains(&machine.name().as_str()) {
            return true;
        }
        let all = self.machines.is_empty() && !self.continuous;
        all || self.machines.iter().any(|word| machine.is(word))
    }
}

/// The help, with the names of all machines.
pub(super) fn usage() -> String {
    let names: Vec<_> = MACHINES
        .iter()
        .map(|machine| format!("  {}\n", machine.name()))
        .collect();
    format!(
        "usage: cargo xtask vm [--ci] [ARCHITECTURE | MACHINE]…\n\n\
         Boots kernels of Debian's under QEMU, and runs the tests that ask the kernel on them. What is missing is\n\
         fetched, and installed where that needs root; a machine whose packages cannot be had is skipped. The consoles\n\
         are kept below `target/vm`.\n\n\
         options:\n  \
           --ci   the machines that every change is tested on\n\n\
         machines, each an architecture and a kernel:\n{}",
        names.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::{CONTINUOUS, MACHINES, Options};

    fn selected(words: &[&str]) -> usize {
        let words = words.iter().map(|word| (*word).to_owned());
        let options = Options::parse(words).unwrap().unwrap();
        let machines = MACHINES.iter();
        machines.filter(|machine| options.selects(machine)).count()
    }

    #[test]
    fn words_select_machines() {
        assert_eq!(selected(&[]), MACHINES.len());
        assert_eq!(selected(&["--ci"]), CONTINUOUS.len());
        assert_eq!(selected(&["--ci", "arm"]), CONTINUOUS.len() + 1);
        assert_eq!(selected(&["x86_64"]), 4);
        assert_eq!(selected(&["x86_64-5.10", "s390x"]), 2);
        assert!(Options::parse(["vax".to_owned()].into_iter()).is_err());
        assert!(
            Options::parse(["--help".to_owned()].into_iter())
                .unwrap()
                .is_none()
        );
    }
}
