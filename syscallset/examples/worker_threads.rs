//! Gives worker threads less than the main thread: they parse what it has read, and can do nothing
//! but compute, allocate and answer.
//!
//! A filter that a thread loads stays with that thread. In a pool, whose threads go on to other work,
//! it holds for that work as well: give restricted work threads of its own.

use std::sync::mpsc;
use std::thread;

use syscallset::{Filter, filter};

/// For untrusted input: no files, no network, no new threads.
static PARSE: Filter = filter!("@basic-io");

#[syscallset::restrict("@basic-io @file-system @rust-threads")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let lines: Vec<_> = text.lines().collect();
    let (sender, words) = mpsc::channel();
    thread::scope(|scope| {
        for part in lines.chunks(16) {
            let sender = sender.clone();
            scope.spawn(move || {
                PARSE.load().expect("a worker restricts itself");
                let words = part.iter().map(|line| line.split_whitespace().count());
                sender
                    .send(words.sum::<usize>())
                    .expect("the main thread listens");
            });
        }
    });
    drop(sender);
    println!(
        "/proc/self/status has words: {}",
        words.iter().sum::<usize>() > 0
    );
    // The main thread has kept its files.
    println!(
        "and can still be read: {}",
        std::fs::read("/proc/self/status").is_ok()
    );
    Ok(())
}
