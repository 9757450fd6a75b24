//! Files that reports are kept in: what is in their way is said before the command runs, and what a run has come to is
//! not lost.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::fixture::{scratch, syscallset};

/// An empty directory of a test's own.
fn directory(name: &str) -> PathBuf {
    let path = scratch().join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&path).unwrap();
    path
}

/// Traces a command that leaves a mark, and tells whether it has run.
fn marked(options: &[&str], directory: &Path) -> (Output, bool) {
    let mark = directory.join("mark");
    let mut command = syscallset(&["trace"]);
    command.args(options).arg("touch").arg(&mark);
    let output = command.current_dir(directory).output().expect("it starts");
    (output, fs::remove_file(&mark).is_ok())
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_record_of_another_architecture_is_told_before_the_command_runs() {
    let directory = directory("foreign");
    let record = r#"{"arch": "s390x", "runs": [], "calls": {}, "refused": []}"#;
    fs::write(directory.join("all.json"), record).unwrap();
    let (output, has_run) = marked(&["--merge", "all.json"], &directory);
    assert_eq!(output.status.code(), Some(125));
    assert!(
        said(&output).contains("it was made on s390x, and this is "),
        "{}",
        said(&output)
    );
    assert!(!has_run);
    assert_eq!(
        fs::read_to_string(directory.join("all.json")).unwrap(),
        record
    );
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn a_file_that_cannot_be_made_is_told_before_the_command_runs() {
    let directory = directory("unwritable");
    symlink("none/all.json", directory.join("leads-nowhere")).unwrap();
    symlink("all.json", directory.join("leads-here")).unwrap();
    for option in ["--merge", "-o"] {
        // Not even root makes files among the kernel's.
        for path in [
            "/proc/all.json",
            "new/",
            "none/all.json",
            "new/.",
            "none/..",
            "leads-nowhere",
            ".",
        ] {
            let (output, has_run) = marked(&[option, path], &directory);
            assert_eq!(output.status.code(), Some(125), "{option} {path}");
            let message = format!("error: cannot write `{path}`: ");
            assert!(said(&output).starts_with(&message), "{}", said(&output));
            assert!(!has_run, "{option} {path}");
        }
        let (output, has_run) = marked(&[option, "leads-here"], &directory);
        assert!(output.status.success() && has_run, "{}", said(&output));
        fs::remove_file(directory.join("all.json")).expect("it was made");
    }
    let mut left: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["leads-here", "leads-nowhere"],
        "nothing else was made"
    );
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn what_is_no_regular_file_is_not_merged_into() {
    let directory = directory("irregular");
    let (output, has_run) = marked(&["--merge", "/dev/null"], &directory);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("`/dev/null` is no regular file"),
        "{}",
        said(&output)
    );
    assert!(!has_run);
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn both_files_that_go_away_are_named() {
    let directory = directory("both-gone");
    fs::create_dir(directory.join("kept")).unwrap();
    let output = syscallset(&[
        "trace",
        "--merge",
        "kept/a.json",
        "-o",
        "kept/b.txt",
        "rmdir",
        "kept",
    ])
    .current_dir(&directory)
    .output()
    .expect("it starts");
    assert_eq!(output.status.code(), Some(125));
    let said = said(&output);
    let message = said
        .lines()
        .find(|line| line.starts_with("error: "))
        .expect(&said);
    assert!(
        message.contains("`kept/a.json`") && message.contains("`kept/b.txt`"),
        "{said}"
    );
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn a_report_whose_file_goes_away_is_printed() {
    for option in ["--merge", "-o"] {
        let directory = directory(&format!("gone{option}"));
        let kept = directory.join("kept");
        fs::create_dir(&kept).unwrap();
        let output = syscallset(&["trace", option])
            .arg(kept.join("all.json"))
            .arg("rmdir")
            .arg(&kept)
            .output()
            .expect("it starts");
        assert_eq!(output.status.code(), Some(125), "{option}");
        let said = said(&output);
        assert!(
            said.contains("error: cannot ") && said.contains("rmdir"),
            "{option}: {said}"
        );
        fs::remove_dir_all(&directory).unwrap();
    }
}
