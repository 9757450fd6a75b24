//! `cargo xtask pictures`: what a terminal shows, for the README, from real programs.

mod ansi;
mod svg;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::cargo;
use crate::debian::build_directory;
use ansi::Line;

const USAGE: &str = "\
usage: cargo xtask pictures [--check]

Compiles and runs the programs of the README's pictures, and draws what the terminal shows in
syscallset/docs/. Numbers of calls are those of x86-64: it runs there alone.

  --check   write nothing; fail if a picture shows something else than is printed today
";

/// One picture.
struct Scene {
    /// Its file, without `.svg`.
    name: &'static str,
    program: &'static str,
    /// What the terminal shows of the program's end.
    end: End,
}

enum End {
    /// It does not compile.
    Error,
    /// The kernel stops it.
    Killed,
}

const SCENES: [Scene; 2] = [
    Scene {
        name: "compile-error",
        program: "\
#[syscallset::restrict(\"@basic-io ~@io-evnet\")]
fn main() {
    println!(\"hello restricted world\");
}
",
        end: End::Error,
    },
    Scene {
        name: "violation",
        program: "\
#[syscallset::restrict(\"@basic-io\")]
fn main() -> std::io::Result<()> {
    println!(\"hello restricted world\");
    let name = std::fs::read_to_string(\"/etc/hostname\")?;
    println!(\"this is {name}\");
    Ok(())
}
",
        end: End::Killed,
    },
];

/// What the programs are called.
const PROGRAM: &str = "hello";

/// Addresses differ from run to run; the pictures show this one.
const ADDRESS: &str = "0x7f1c2b527011";

pub(crate) fn main(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut check = false;
    for argument in arguments {
        match argument.as_str() {
            "--check" => check = true,
            "--help" | "-h" => {
                print!("{USAGE}");
                return Ok(());
            }
            _ => return Err(format!("no option `{argument}`\n{USAGE}")),
        }
    }
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return if check {
            println!("skipped: the pictures are those of x86-64 Linux");
            Ok(())
        } else {
            Err("the pictures are those of x86-64 Linux".into())
        };
    }
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../syscallset/docs");
    for scene in &SCENES {
        let picture = svg::draw(&scene.lines()?);
        let file = directory.join(scene.name).with_extension("svg");
        if !check {
            fs::write(&file, picture)
                .map_err(|error| format!("cannot write `{}`: {error}", file.display()))?;
            println!("syscallset/docs/{}.svg is written", scene.name);
        } else if fs::read_to_string(&file).ok().as_deref() != Some(&picture) {
            return Err(format!(
                "syscallset/docs/{}.svg does not show what is printed today\n\
                 help: run `cargo xtask pictures`, look at the picture, and commit it",
                scene.name
            ));
        }
    }
    Ok(())
}

impl Scene {
    /// What the terminal shows, from the first prompt to the last.
    fn lines(&self) -> Result<Vec<Line>, String> {
        let package = self.package()?;
        let mut lines = vec![ansi::prompt("cat src/main.rs")];
        lines.extend(ansi::lines(self.program));
        lines.push(ansi::prompt("cargo run --quiet"));
        let built = run(cargo_in(&package).args(["build", "--quiet", "--color", "always"]))?;
        let said = String::from_utf8_lossy(&built.stderr).into_owned();
        match self.end {
            End::Error if built.status.success() => {
                return Err(format!("the program of `{}` compiles", self.name));
            }
            End::Error => lines.extend(ansi::lines(&said)),
            End::Killed if !built.status.success() => return Err(said),
            End::Killed => {
                let program = target().join("debug").join(PROGRAM);
                let output = run(&mut Command::new(program))?;
                // SIGSYS, which a shell calls so.
                if output.status.signal() != Some(31) {
                    return Err(format!("`{}` ends by {}", self.name, output.status));
                }
                let said = String::from_utf8_lossy(&output.stderr);
                lines.extend(ansi::lines(&String::from_utf8_lossy(&output.stdout)));
                lines.extend(ansi::lines(&same_address(&said)));
                lines.extend(ansi::lines("Bad system call"));
            }
        }
        lines.push(ansi::prompt(""));
        Ok(lines)
    }

    /// A package of its own, with the dependencies that the workspace has chosen.
    fn package(&self) -> Result<PathBuf, String> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let package = build_directory().join("pictures").join(self.name);
        let manifest = format!(
            "[package]\nname = \"{PROGRAM}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nsyscallset = {{ path = '{}' }}\n",
            workspace.join("syscallset").display()
        );
        fs::create_dir_all(package.join("src"))
            .and_then(|()| fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock")))
            .and_then(|_| fs::write(package.join("Cargo.toml"), manifest))
            .and_then(|()| fs::write(package.join("src/main.rs"), self.program))
            .map_err(|error| format!("cannot write to `{}`: {error}", package.display()))?;
        Ok(package)
    }
}

fn cargo_in(package: &Path) -> Command {
    let mut cargo = cargo();
    cargo
        .current_dir(package)
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_TERM_HYPERLINKS", "false")
        .env("COLUMNS", "100")
        .env_remove("RUSTFLAGS");
    cargo
}

fn target() -> PathBuf {
    build_directory().join("pictures").join("target")
}

fn run(command: &mut Command) -> Result<Output, String> {
    command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))
}

/// Puts the same address in the place of each one.
fn same_address(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|digit: char| digit.is_ascii_hexdigit());
        result += ADDRESS;
        result += rest;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::same_address;

    #[test]
    fn addresses_are_replaced() {
        assert_eq!(
            same_address("from 0xabc09\nand 0x1."),
            "from 0x7f1c2b527011\nand 0x7f1c2b527011."
        );
        assert_eq!(same_address("none"), "none");
    }
}
