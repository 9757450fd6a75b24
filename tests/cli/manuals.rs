//! Manual pages, completions, and the examples of the help.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::command::{SYSCALLSET, installed, prints};

/// The manual pages and completions, written once.
fn tree() -> &'static Path {
    static TREE: OnceLock<std::path::PathBuf> = OnceLock::new();
    TREE.get_or_init(|| {
        let share = Path::new(env!("CARGO_TARGET_TMPDIR")).join("share");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let written = Command::new(cargo)
            .args([
                "run",
                "--quiet",
                "--package",
                "syscallset-cli",
                "--example",
                "manual",
                "--",
            ])
            .arg(&share)
            .status();
        assert!(written.unwrap().success());
        share
    })
}

#[test]
fn manual_pages_are_whole() {
    let pages = tree().join("man/man1");
    for name in [
        "run", "sets", "explain", "diff", "dump", "simulate", "trace", "profile", "export",
        "import", "inspect",
    ] {
        let page = fs::read_to_string(pages.join(format!("syscallset-{name}.1"))).unwrap();
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"] {
            assert!(
                page.contains(&format!(".SH {section}")),
                "{name}: {section}"
            );
        }
    }
    let Some(man) = installed("man") else {
        return;
    };
    for entry in fs::read_dir(&pages).unwrap() {
        let page = entry.unwrap().path();
        if page.ends_with("cargo-syscallset.1") {
            continue;
        }
        let output = Command::new(&man)
            .args(["--warnings", "--encoding=UTF-8", "--local-file"])
            .arg(&page)
            .env("MANWIDTH", "80")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && errors.is_empty(),
            "{}: {errors}",
            page.display()
        );
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("SYNOPSIS"), "{text}");
    }
}

#[test]
fn shells_complete_subcommands_and_options() {
    let Some(bash) = installed("bash") else {
        return;
    };
    let script = tree().join("bash-completion/completions/syscallset");
    let complete = |words: &str| {
        let count = words.split(' ').count();
        let program = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD={}; \
             _syscallset syscallset \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
             echo \"${{COMPREPLY[@]}}\"",
            script.display(),
            count - 1
        );
        let output = Command::new(&bash).args(["-c", &program]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(complete("syscallset expl"), "explain\n");
    assert_eq!(complete("syscallset export --t"), "--to\n");
    assert!(complete("syscallset export --to sys").contains("systemd"));
    assert!(!complete("syscallset s").contains("supervise"));
}

#[test]
fn examples_of_the_help_work() {
    // Those that need no file.
    let mut tried = 0;
    for name in [
        "", "run", "sets", "explain", "diff", "dump", "simulate", "export", "import", "inspect",
    ] {
        let help = if name.is_empty() {
            vec!["--help"]
        } else {
            vec![name, "--help"]
        };
        let help = prints(help);
        for line in help
            .lines()
            .filter_map(|line| line.strip_prefix("  syscallset "))
        {
            let placeholder =
                line.contains("FILE") || line.contains("ADDRESS") || line.contains("config.json");
            if placeholder || line.starts_with("trace") || !line.contains(' ') && line != "sets" {
                continue;
            }
            tried += 1;
            let status = Command::new("sh")
                .args(["-c", &format!("{SYSCALLSET} {line}")])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            // Differences are told by 1.
            let expected = i32::from(line.starts_with("diff"));
            assert_eq!(status.code(), Some(expected), "{line}");
        }
    }
    assert!(tried >= 12, "{tried}");
}
