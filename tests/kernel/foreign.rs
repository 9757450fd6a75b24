//! Programs of another ABI that the kernel runs, too. A filter is for the calls of one ABI: no other
//! one's get through, whatever its numbers mean.

use std::path::PathBuf;
use std::process::Command;

use syscallset_tests::both::both;
use syscallset_tests::program::{given, sibling};

/// The compilers for foreign programs of this architecture.
const COMPILERS: &[(&str, &[&str])] = if cfg!(target_arch = "x86_64") {
    &[("i386", &["gcc", "-m32"]), ("x32", &["gcc", "-mx32"])]
} else if cfg!(target_arch = "aarch64") {
    &[("arm", &["arm-linux-gnueabihf-gcc"])]
} else {
    &[]
};

/// The path of a foreign program: it comes with the others, or is compiled here.
fn program(name: &str) -> Result<PathBuf, String> {
    if let Some(programs) = given() {
        let path = programs.join("foreign").join(name);
        return if path.exists() {
            Ok(path)
        } else {
            Err(format!("this machine has no program for {name}"))
        };
    }
    let (_, words) = COMPILERS
        .iter()
        .find(|(other, _)| *other == name)
        .ok_or_else(|| format!("{name} is no other ABI of this architecture"))?;
    let path = sibling(format!("foreign-{name}-{}", std::process::id()));
    let source = format!("{}/foreign/{name}.S", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(words[0])
        .args(&words[1..])
        .args(["-nostdlib", "-static", "-no-pie", "-o"])
        .arg(&path)
        .arg(source)
        .output();
    match output {
        Ok(output) if output.status.success() => Ok(path),
        other => Err(format!("no program for {name}: {other:?}")),
    }
}

/// Whether a program that this machine was given has to run without a filter.
fn must_run(name: &str) -> bool {
    let list = given().map(|programs| programs.join("foreign/must-run"));
    let list = list.and_then(|list| std::fs::read_to_string(list).ok());
    list.is_some_and(|list| list.lines().any(|line| line == name))
}

/// Nothing that the program does gets through filters that allow each call there is, or log what they
/// refuse. `signal` is what it dies of then.
fn assert_kept_out(name: &str, signal: i32) {
    let path = match program(name) {
        Ok(path) => path,
        Err(reason) => {
            assert!(!must_run(name), "{reason}");
            println!("skipped: {reason}");
            return;
        }
    };
    let unrestricted = Command::new(&path).output();
    let runs = unrestricted
        .as_ref()
        .is_ok_and(|output| output.status.success() && output.stdout == b"through\n");
    if runs {
        for filter in ["nothing", "log"] {
            for outer in both("outer") {
                let outer = outer.arg(filter).arg(path.to_str().expect("UTF-8"));
                outer.run().dies_of(signal).prints("");
            }
        }
    } else {
        assert!(!must_run(name), "{name} does not run: {unrestricted:?}");
        println!("skipped: this kernel runs no programs of {name}");
    }
    if given().is_none() {
        std::fs::remove_file(path).expect("the program can be removed");
    }
}

/// R12: another architecture's word.
#[test]
fn i386_under_a_filter_for_x86_64() {
    assert_kept_out("i386", libc::SIGSYS);
}

/// R11: the same architecture's word, and numbers that are none here. They fail as such, so that the
/// program runs into the instruction behind its last call.
#[test]
fn x32_under_a_filter_for_x86_64() {
    assert_kept_out("x32", libc::SIGILL);
}

#[test]
fn arm_under_a_filter_for_aarch64() {
    assert_kept_out("arm", libc::SIGSYS);
}
