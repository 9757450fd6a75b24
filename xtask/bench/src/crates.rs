//! The same small program with each library, as crates of their own: built, run and weighed as a user
//! would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::candidates::{EXTRASAFE, SECCOMPILER, SYSCALLSET};
use crate::lists::list;
use crate::measure::Bench;
use crate::run::run;

/// The row of the program without a library.
pub const PLAIN: &str = "no filter";
/// The row of the program with libseccomp.
pub const LIBSECCOMP: &str = "libseccomp";
/// The row of the program with an attribute that does nothing.
pub const ATTRIBUTE: &str = "limit: attribute with syn";

/// A crate in the scratch directory.
#[derive(Clone, Debug)]
pub struct Crate {
    /// What tables call it.
    pub name: &'static str,
    directory: PathBuf,
}

/// How cargo builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Without optimisation.
    Debug,
    /// With it.
    Release,
}

impl Profile {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Debug, Self::Release];

    /// The directory below the target directory.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// Lays out the hello world of each library, the first one without a library.
///
/// # Errors
///
/// Files that cannot be written.
pub fn hellos(bench: &Bench) -> Result<Vec<Crate>, String> {
    let syscallset = path_dependency(bench, "syscallset", "syscallset");
    let mut hellos = vec![
        Crate::lay_out(bench, PLAIN, "plain", include_str!("../hello/plain.rs"), "")?,
        Crate::lay_out(
            bench,
            SYSCALLSET,
            "with-syscallset",
            include_str!("../hello/syscallset.rs"),
            &syscallset,
        )?,
        Crate::lay_out(
            bench,
            SECCOMPILER,
            "with-seccompiler",
            include_str!("../hello/seccompiler.rs"),
            "seccompiler = \"0.5\"",
        )?,
        Crate::lay_out(
            bench,
            EXTRASAFE,
            "with-extrasafe",
            include_str!("../hello/extrasafe.rs"),
            "extrasafe = { version = \"0.5\", default-features = false }",
        )?,
    ];
    if bench.libseccomp.is_some() {
        hellos.push(Crate::lay_out(
            bench,
            LIBSECCOMP,
            "with-libseccomp",
            include_str!("../hello/libseccomp.rs"),
            "",
        )?);
    }
    Ok(hellos)
}

/// Lays out a hello world with an attribute macro that uses what those of syscallset use, and does
/// nothing: what having a macro costs a build.
///
/// # Errors
///
/// Files that cannot be written.
pub fn attribute(bench: &Bench) -> Result<Crate, String> {
    let macros = Crate::lay_out(
        bench,
        ATTRIBUTE,
        "attribute",
        "",
        "proc-macro2 = \"1\"\nquote = \"1\"\n\
         syn = { version = \"2\", default-features = false, features = [\"parsing\", \"proc-macro\"] }\n\
         [lib]\nproc-macro = true",
    )?;
    remove(&macros.source("main.rs"))?;
    write(
        &macros.source("lib.rs"),
        include_str!("../hello/attribute_macro.rs"),
    )?;
    Crate::lay_out(
        bench,
        ATTRIBUTE,
        "with-attribute",
        include_str!("../hello/attribute.rs"),
        &format!("attribute = {{ path = '{}' }}", macros.directory.display()),
    )
}

/// The line of a manifest that depends on a crate of this workspace.
pub fn path_dependency(bench: &Bench, name: &str, path: &str) -> String {
    format!(
        "{name} = {{ path = '{}' }}",
        bench.root.join(path).display()
    )
}

impl Crate {
    /// Writes a program and its manifest; the versions of dependencies are those of this workspace.
    ///
    /// # Errors
    ///
    /// Files that cannot be written.
    pub fn lay_out(
        bench: &Bench,
        name: &'static str,
        package: &str,
        main: &str,
        dependencies: &str,
    ) -> Result<Self, String> {
        let laid_out = Self {
            name,
            directory: bench.scratch.join(package),
        };
        let manifest = format!(
            "[package]\nname = {package:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [profile.release]\nstrip = true\n\n\
             [profile.dev.package.\"*\"]\nincremental = false\n\n[dependencies]\n{dependencies}\n"
        );
        // Of crates from the registry cargo keeps no state for the next build, of those in directories
        // it would.
        let numbers = list("d")
            .map(|list| list.policy_numbers())
            .unwrap_or_default();
        let source = laid_out.directory.join("src");
        fs::create_dir_all(&source).map_err(|error| format!("{}: {error}", source.display()))?;
        write(&laid_out.directory.join("Cargo.toml"), &manifest)?;
        let lock = bench.root.join("Cargo.lock");
        let lock =
            fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
        write(&laid_out.directory.join("Cargo.lock"), &lock)?;
        write(
            &source.join("numbers.rs"),
            &format!(
                "pub const NUMBERS: &[u32] = &{:?};\n",
                Vec::from_iter(numbers)
            ),
        )?;
        write(&source.join("main.rs"), main)?;
        Ok(laid_out)
    }

    /// Builds it.
    ///
    /// # Errors
    ///
    /// What cargo says.
    pub fn build(&self, profile: Profile) -> Result<(), String> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["build", "--quiet", "--offline", "--target-dir", "target"])
            .current_dir(&self.directory)
            // Of crates from the registry rustc's lints are off, of those in directories they would not be.
            .env("RUSTFLAGS", "--cap-lints=allow")
            // What the user's shell sets would change what is compared.
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("CARGO_INCREMENTAL");
        if profile == Profile::Release {
            cargo.arg("--release");
        }
        run(&mut cargo)
    }

    /// Takes away all that was built.
    ///
    /// # Errors
    ///
    /// Files that cannot be removed.
    pub fn clean(&self) -> Result<(), String> {
        let target = self.directory.join("target");
        match fs::remove_dir_all(&target) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(format!("{}: {error}", target.display()))
            }
            _ => Ok(()),
        }
    }

    /// Changes a string in the program.
    ///
    /// # Errors
    ///
    /// Files that cannot be written.
    pub fn edit(&self, count: usize) -> Result<(), String> {
        let main = self.source("main.rs");
        let text =
            fs::read_to_string(&main).map_err(|error| format!("{}: {error}", main.display()))?;
        let kept = text.split("\n// Edit").next().unwrap_or_default();
        let text = format!("{kept}\n// Edit\n#[used]\nstatic EDIT: [usize; 1] = [{count}];\n");
        write(&main, &text)
    }

    /// The program.
    pub fn executable(&self, profile: Profile) -> PathBuf {
        let package = self.directory.file_name().unwrap_or_default();
        self.directory
            .join("target")
            .join(profile.name())
            .join(package)
    }

    fn source(&self, file: &str) -> PathBuf {
        self.directory.join("src").join(file)
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn remove(path: &Path) -> Result<(), String> {
    fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))
}
