//! Asks how many threads to start, and reads the limits of its control group for that.
//@ stdout: processors

#[syscallset::restrict("@basic-io @file-system @rust-threads")]
fn main() {
    let processors = std::thread::available_parallelism().unwrap();
    let thread = std::thread::spawn(|| ());
    thread.join().unwrap();
    println!("{processors} processors");
}
