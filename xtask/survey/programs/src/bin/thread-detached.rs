//! The program ends while a thread is still asleep.

use std::thread;
use std::time::Duration;

#[syscallset::restrict("@basic-io @rust-threads")]
fn main() {
    thread::spawn(|| thread::sleep(Duration::from_secs(60)));
    thread::sleep(Duration::from_millis(1));
}
