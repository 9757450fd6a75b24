//! Becomes the program in its argument under a filter by which it can be told what the program does
//! first: starting a runtime kills it, loading a filter fails.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

static FILTER: syscallset::Filter = syscallset::filter!(
    "@known ~seccomp:EPERM",
    "~clone:kill ~clone3:kill       # threads",
    "~epoll_create:kill ~epoll_create1:kill ~eventfd2:kill       # what waits for events",
);

fn main() {
    let program = std::env::args_os().nth(1).expect("a program");
    FILTER.load_all_threads().expect("the filter loads");
    let error = Command::new(program).exec();
    panic!("cannot become the program: {error}");
}
