//! Sixteen threads that allocate and free at the same time: in some orders of events only, glibc's
//! malloc reads a file.
//@ runs: 2000

use std::sync::{Arc, Mutex, mpsc};
use std::thread;

#[syscallset::restrict("@basic-io @rust-threads")]
fn main() {
    let sum = Arc::new(Mutex::new(0));
    let (sender, receiver) = mpsc::channel::<Vec<u8>>();
    let threads: Vec<_> = (0..16)
        .map(|thread| {
            let (sum, sender) = (Arc::clone(&sum), sender.clone());
            thread::spawn(move || {
                for round in 0..200 {
                    let block = vec![1; (thread * 997 + round * 131) % 60_000 + 1];
                    *sum.lock().unwrap() += usize::from(block[0]);
                    if round % 50 == 0 {
                        sender.send(block).unwrap();
                    }
                    let strings: Vec<_> = (0..20).map(|x| format!("{x} {round}")).collect();
                    drop(std::hint::black_box(strings));
                }
            })
        })
        .collect();
    drop(sender);
    let bytes: usize = receiver.iter().map(|block| block.len()).sum();
    assert!(bytes > 16);
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(*sum.lock().unwrap(), 16 * 200);
}
