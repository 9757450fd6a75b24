//! Without `@process`, no other program can be run or become of this one.

use syscallset_tests::both::both;

#[test]
fn nothing_is_executed_without_process() {
    for way in [
        "execve",
        "execveat",
        "exec",
        "exec-missing",
        "spawn",
        "thread",
    ] {
        for program in both("exec") {
            let ended = program.arg(way).run();
            ended.dies_of_sigsys().prints("hello\n");
        }
    }
    for program in both("exec") {
        program.run().exits(0).prints("hello\n");
    }
}
