//! Threads: spawned, named, scoped, parked, panicking, and talking to each other.
//@ env: RUST_BACKTRACE=0
//@ stdout: done

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Condvar, Mutex, RwLock, mpsc};
use std::thread;
use std::time::Duration;

#[syscallset::restrict("@basic-io @rust-threads")]
fn main() {
    assert_eq!(thread::spawn(|| 1 + 1).join().unwrap(), 2);

    let named = thread::Builder::new().name("worker".into());
    let named = named.spawn(|| {
        thread::sleep(Duration::from_millis(1));
        thread::current().name().map(str::to_owned)
    });
    assert_eq!(named.unwrap().join().unwrap().as_deref(), Some("worker"));

    let parked = thread::spawn(|| thread::park_timeout(Duration::from_secs(60)));
    parked.thread().unpark();
    parked.join().unwrap();

    assert!(thread::spawn(|| panic!("on purpose")).join().is_err());

    let counter = AtomicUsize::new(0);
    let (mutex, condvar) = (Mutex::new(false), Condvar::new());
    let (lock, barrier) = (RwLock::new(0), Barrier::new(4));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                barrier.wait();
                *lock.write().unwrap() += 1;
                if counter.fetch_add(1, Ordering::SeqCst) == 3 {
                    *mutex.lock().unwrap() = true;
                    condvar.notify_all();
                }
            });
        }
        let mut ready = mutex.lock().unwrap();
        while !*ready {
            ready = condvar.wait(ready).unwrap();
        }
    });
    assert_eq!(*lock.read().unwrap(), 4);

    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || (0..1000).for_each(|number| sender.send(number).unwrap()));
    assert_eq!(receiver.iter().sum::<i32>(), 499_500);
    println!("done");
}
