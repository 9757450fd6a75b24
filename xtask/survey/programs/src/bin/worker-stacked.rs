//! A thread restricts itself in two steps, the second without files, and frees two megabytes.
//@ stdout: done

use std::thread;

static FIRST: syscallset::Filter = syscallset::filter!("@basic-io @file-system");
static SECOND: syscallset::Filter = syscallset::filter!("@basic-io");

fn main() {
    let thread = thread::spawn(|| {
        FIRST.load().expect("the kernel has seccomp filters");
        SECOND.load().expect("and takes a second one");
        let blocks: Vec<Vec<u8>> = (0..20).map(|_| vec![1; 100_000]).collect();
        drop(std::hint::black_box(blocks));
    });
    thread.join().unwrap();
    println!("done");
}
