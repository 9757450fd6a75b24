//! A container under the profile that `syscallset export --to oci` wrote.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use syscallset_tests::program::is_root;

use crate::command::{Scratch, bytes, installed, skip};

/// What the runtime needs, with errors, a condition, and a call that kills.
const FILTER: &str =
    "@system-service ~mkdir:EROFS ~socket:EACCES socket(domain=AF_UNIX) ~getpriority";

/// Makes calls and says their errors.
const PROGRAM: &str = "\
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
static void say(const char *name, long result) {
    printf(\"%s %d\\n\", name, result < 0 ? errno : 0);
    fflush(stdout);
}
int main(void) {
    say(\"mkdir\", syscall(SYS_mkdir, \"/tmp/x\", 0));
    say(\"inet\", socket(AF_INET, SOCK_STREAM, 0));
    say(\"unix\", socket(AF_UNIX, SOCK_STREAM, 0));
    say(\"new\", syscall(1000));
    say(\"killed\", syscall(SYS_getpriority, 0, 0));
    return 0;
}
";

/// A bundle of the OCI runtime specification.
fn bundle(scratch: &Scratch, seccomp: Option<Value>) -> bool {
    let Some(gcc) = installed("gcc") else {
        return false;
    };
    let root = scratch.path("rootfs");
    fs::create_dir_all(root.join("proc")).unwrap();
    let source = scratch.write("program.c", PROGRAM);
    let built = Command::new(gcc)
        .args(["-static", &source, "-o"])
        .arg(root.join("program"))
        .status();
    assert!(built.unwrap().success());
    let mut configuration = json!({
        "ociVersion": "1.0.2",
        "process": {
            "user": { "uid": 0, "gid": 0 },
            "args": ["/program"],
            "env": [],
            "cwd": "/",
            "noNewPrivileges": true,
        },
        "root": { "path": "rootfs", "readonly": true },
        "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
        "linux": { "namespaces": [{ "type": "pid" }, { "type": "mount" }, { "type": "ipc" }] },
    });
    if let Some(seccomp) = seccomp {
        configuration["linux"]["seccomp"] = seccomp;
    }
    scratch.write("config.json", configuration.to_string());
    true
}

/// Runs the bundle: what the program printed, and how it ended.
fn run(runtime: &Path, scratch: &Scratch) -> (String, Option<i32>, String) {
    // Where both versions of control groups are mounted, crun gives up; in a namespace of its own, the
    // directory can be an empty one.
    let script = "mount -t tmpfs tmpfs /sys/fs/cgroup; exec \"$@\"";
    let name = format!("syscallset-{}", std::process::id());
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-c", script, "sh"])
        .arg(runtime);
    let is_crun = runtime.file_name().is_some_and(|name| name == "crun");
    if is_crun {
        command.arg("--cgroup-manager=disabled");
    } else {
        command = Command::new(runtime);
    }
    let state = scratch.path(if is_crun { "crun" } else { "runc" });
    command.arg("--root").arg(state);
    let bundle = scratch.path("");
    let output = command
        .args(["run", "--bundle"])
        .arg(bundle)
        .arg(name)
        .output()
        .unwrap();
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn runtimes_apply_the_exported_profile() {
    if !cfg!(target_arch = "x86_64") {
        return skip("the program is for x86_64");
    }
    if !is_root() {
        return skip("containers are started as root");
    }
    for runtime in ["crun", "runc"] {
        let Some(runtime) = installed(runtime) else {
            continue;
        };
        let scratch = Scratch::new();
        if !bundle(&scratch, None) {
            return;
        }
        let (output, status, errors) = run(&runtime, &scratch);
        if status != Some(0) || !output.ends_with("killed 0\n") {
            skip(&format!(
                "{} runs no containers here: {errors}",
                runtime.display()
            ));
            continue;
        }
        let profile = bytes(["export", FILTER, "--to", "oci"]);
        let profile: Value = serde_json::from_slice(&profile).unwrap();
        bundle(&scratch, Some(profile));
        let (output, status, errors) = run(&runtime, &scratch);
        // EROFS, EACCES, success, ENOSYS, and death.
        assert_eq!(
            (output.as_str(), status),
            ("mkdir 30\ninet 13\nunix 0\nnew 38\n", Some(128 + 31)),
            "{}: {errors}",
            runtime.display()
        );
    }
}
