//! libseccomp, by way of a small C program, if the machine can compile it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use syscallset_compiler::insn::Insn;

use crate::encoding::instructions;
use crate::run::{compile_c, output, output_given};

const SOURCE: &str = include_str!("../../c/libseccomp.c");

/// The attribute `SCMP_FLTATR_CTL_OPTIMIZE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optimize {
    /// 1, the default: one test after the other.
    List,
    /// 2: a binary tree.
    Tree,
}

impl Optimize {
    /// The value.
    pub fn value(self) -> &'static str {
        match self {
            Self::List => "1",
            Self::Tree => "2",
        }
    }
}

/// The compiled C program.
#[derive(Clone, Debug)]
pub struct Libseccomp {
    program: PathBuf,
    /// The library's version.
    pub version: String,
}

impl Libseccomp {
    /// Compiles the C program in a directory.
    ///
    /// # Errors
    ///
    /// Why the machine cannot.
    pub fn build(directory: &Path) -> Result<Self, String> {
        let program = directory.join("libseccomp");
        compile_c(SOURCE, &program, &["-O2", "-lseccomp"])
            .map_err(|error| format!("{error}\nhelp: `apt-get install gcc libseccomp-dev`"))?;
        let version = output("pkg-config", &["--modversion", "libseccomp"])
            .map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned());
        Ok(Self { program, version })
    }

    /// The program for a list; calls that it lacks are killed, or fail with the error if there is one.
    ///
    /// # Errors
    ///
    /// Those of the library, as text.
    pub fn compile(
        &self,
        numbers: &BTreeSet<u32>,
        optimize: Optimize,
        errno: Option<u16>,
    ) -> Result<Vec<Insn>, String> {
        let errno = errno.unwrap_or(0).to_string();
        let arguments = ["export", optimize.value(), &errno];
        let bytes = output_given(&self.program, &arguments, lines(numbers).as_bytes())?;
        Ok(instructions(&bytes))
    }

    /// What to run for the time of building and loading a list: path, arguments, input.
    pub fn loading(
        &self,
        numbers: &BTreeSet<u32>,
        optimize: Optimize,
    ) -> (PathBuf, Vec<String>, Vec<u8>) {
        let arguments = ["load", optimize.value(), "0"].map(str::to_owned);
        (
            self.program.clone(),
            arguments.to_vec(),
            lines(numbers).into_bytes(),
        )
    }
}

fn lines(numbers: &BTreeSet<u32>) -> String {
    numbers.iter().fold(String::new(), |mut lines, number| {
        let _ = writeln!(lines, "{number}");
        lines
    })
}
