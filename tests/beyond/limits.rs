//! `limit_to`, `limit_and_log`, `Filter::from_file` and `FilterBuilder`, as the kernel sees them.

use syscallset_tests::both::both;
use syscallset_tests::program::Program;

fn limit(how: &str, filter: &str) -> [Program; 2] {
    both("limits").map(|program| program.arg(how).arg(filter))
}

#[test]
fn limit_to_kills() {
    for program in limit("to", "@basic-io ~umask:EXFULL") {
        let ended = program.run().dies_of_sigsys();
        ended.prints(&format!("supported: true\numask: Some({})\n", libc::EXFULL));
    }
}

#[test]
fn limit_and_log_lets_through() {
    for program in limit("log", "@basic-io") {
        program
            .run()
            .exits(0)
            .prints("supported: true\numask: None\nsocket: Ok(())\n");
    }
}

#[test]
fn a_list_of_refused_calls() {
    for program in limit("deny", "umask @network-io") {
        let expected = format!(
            "supported: true\numask: Some({0})\nsocket: Err(Some({0}))\n",
            libc::EXFULL
        );
        program.run().exits(0).prints(&expected);
    }
}

#[test]
fn privileges_can_be_kept_by_who_has_them() {
    for program in limit("privileged", "@system-service ~umask:EXFULL") {
        let ended = program.unprivileged().run().exits(0);
        assert!(
            ended.stdout.contains("Permission denied (os error 13)"),
            "{ended}"
        );
    }
}

#[test]
fn a_file_is_read() {
    let path = std::env::temp_dir().join(format!("syscallset-{}.filter", std::process::id()));
    let file = "# a policy\n@basic-io  # reading and writing\n\n~umask:EXDEV socket close\n";
    std::fs::write(&path, file).expect("the file can be written");
    for program in limit("file", path.to_str().expect("a path in UTF-8")) {
        let expected = format!(
            "supported: true\numask: Some({})\nsocket: Ok(())\n",
            libc::EXDEV
        );
        program.run().exits(0).prints(&expected);
    }
    std::fs::remove_file(&path).expect("the file can be removed");
}

#[test]
fn a_faulty_string_restricts_nothing_and_tells_all_faults() {
    for program in limit("to", "@basic-io reed ~@netwrk-io") {
        let ended = program.run().exits(0);
        for part in [
            "unknown system call `reed`",
            "unknown system call set `@netwrk-io`",
        ] {
            assert!(ended.stdout.contains(part), "{ended}");
        }
    }
}
