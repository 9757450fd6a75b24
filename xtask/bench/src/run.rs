//! Other programs: compilers, cargo, and the processes that are measured.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a program prints.
///
/// # Errors
///
/// A program that cannot be started or fails, with what it says.
pub fn output<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: &[A],
) -> Result<String, String> {
    let bytes = output_given(program, arguments, &[])?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// What a program prints when it is given something on its standard input.
///
/// # Errors
///
/// A program that cannot be started or fails, with what it says.
pub fn output_given<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: &[A],
    input: &[u8],
) -> Result<Vec<u8>, String> {
    let program = Path::new(program.as_ref());
    let fault = |error: &dyn std::fmt::Display| format!("{}: {error}", program.display());
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| fault(&error))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read all of it says so by its status.
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().map_err(|error| fault(&error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(fault(&format_args!("{}: {}", output.status, said.trim())))
}

/// Runs a program to its end; what it says is shown only if it fails.
///
/// # Errors
///
/// A program that cannot be started or fails, with what it says.
pub fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}: {}\n{}", output.status, said.trim()))
}

/// Compiles C to `target`; `arguments` go behind the source, as libraries must.
///
/// # Errors
///
/// A machine without a C compiler, header or library; with the first line of what the compiler says.
pub fn compile_c(source: &str, target: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut all: Vec<&OsStr> = vec![
        "-x".as_ref(),
        "c".as_ref(),
        "-".as_ref(),
        "-x".as_ref(),
        "none".as_ref(),
        "-o".as_ref(),
        target.as_ref(),
    ];
    all.extend(arguments.iter().map(OsStr::new));
    output_given("cc", &all, source.as_bytes())
        .map(drop)
        .map_err(|error| error.lines().next().unwrap_or_default().to_owned())
}
