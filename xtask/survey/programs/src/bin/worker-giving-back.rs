//! A thread restricts itself, and frees two megabytes after that.
//@ stdout: done

use std::thread;

static WORKER: syscallset::Filter = syscallset::filter!("@basic-io");

fn main() {
    let thread = thread::spawn(|| {
        WORKER.load().expect("the kernel has seccomp filters");
        let blocks: Vec<Vec<u8>> = (0..20).map(|_| vec![1; 100_000]).collect();
        drop(std::hint::black_box(blocks));
    });
    thread.join().unwrap();
    println!("done");
}
