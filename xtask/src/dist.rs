//! `cargo xtask dist`: the command as packagers take it, with its manual pages and completions.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{cargo, run};

const USAGE: &str = "\
usage: cargo xtask dist [--manuals]

Builds the `syscallset` command small and puts it together with its manual pages, completions for bash,
zsh and fish, and licences under target/dist/tree, laid out as under /usr. With --manuals, only the manual
pages and completions are written.
";

/// Bytes that the command may have.
const LARGEST: u64 = 4_000_000;

/// The programs, and what lies beside them.
const PROGRAMS: [&str; 2] = ["syscallset", "cargo-syscallset"];
const PAPERS: [&str; 4] = [
    "README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "syscallset/cli/JSON.md",
];

pub(crate) fn main(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut manuals_only = false;
    for argument in arguments {
        match argument.as_str() {
            "--manuals" => manuals_only = true,
            "--help" | "-h" => {
                print!("{USAGE}");
                return Ok(());
            }
            other => return Err(format!("unknown option `{other}`\n{USAGE}")),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize().map_err(|error| error.to_string())?;
    let built = root.join("target/dist");
    let tree = built.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree).map_err(|error| fault(&tree, &error))?;
    }
    let manual = [
        "run",
        "--quiet",
        "--package",
        "syscallset-cli",
        "--example",
        "manual",
        "--",
    ];
    run(cargo()
        .current_dir(&root)
        .args(manual)
        .arg(tree.join("share")))?;
    if !manuals_only {
        let arguments = ["build", "--profile", "dist", "--package", "syscallset-cli"];
        run(cargo().current_dir(&root).args(arguments))?;
        for program in PROGRAMS {
            copy(&built.join(program), &tree.join("bin").join(program))?;
        }
        check_size(&tree.join("bin").join(PROGRAMS[0]))?;
        for paper in PAPERS {
            let from = root.join(paper);
            let name = from.file_name().unwrap_or_default().to_owned();
            copy(&from, &tree.join("share/doc/syscallset").join(name))?;
        }
    }
    println!("{}", tree.display());
    Ok(())
}

fn copy(from: &PathBuf, to: &Path) -> Result<(), String> {
    if let Some(directory) = to.parent() {
        fs::create_dir_all(directory).map_err(|error| fault(directory, &error))?;
    }
    fs::copy(from, to).map_err(|error| fault(from, &error))?;
    Ok(())
}

fn check_size(program: &Path) -> Result<(), String> {
    let size = fs::metadata(program).map_err(|error| fault(program, &error))?;
    if size.len() > LARGEST {
        return Err(format!(
            "{} has {} bytes, {LARGEST} at most were promised",
            program.display(),
            size.len()
        ));
    }
    Ok(())
}

fn fault(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
