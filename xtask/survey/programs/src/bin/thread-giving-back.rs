//! A thread that frees two megabytes: here glibc's malloc reads a file in every run.

use std::thread;

#[syscallset::restrict("@basic-io @rust-threads")]
fn main() {
    let thread = thread::spawn(|| {
        let blocks: Vec<Vec<u8>> = (0..20).map(|_| vec![1; 100_000]).collect();
        drop(std::hint::black_box(blocks));
    });
    thread.join().unwrap();
}
