//! All threads come under a filter in two steps, the second without files; then one of them frees two
//! megabytes.
//@ stdout: done

use std::sync::mpsc;
use std::thread;

static FIRST: syscallset::Filter = syscallset::filter!("@basic-io @file-system");
static SECOND: syscallset::Filter = syscallset::filter!("@basic-io");

fn main() {
    let (sender, receiver) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        receiver.recv().unwrap();
        let blocks: Vec<Vec<u8>> = (0..20).map(|_| vec![1; 100_000]).collect();
        drop(std::hint::black_box(blocks));
    });
    FIRST
        .load_all_threads()
        .expect("the kernel has seccomp filters");
    SECOND.load_all_threads().expect("and takes a second one");
    sender.send(()).unwrap();
    thread.join().unwrap();
    println!("done");
}
