//! Asks how many threads to start, as thread pools do. Refused the files that tell of a limit, std
//! asks the scheduler.
//@ stdout: processors

#[syscallset::restrict("@basic-io @rust-threads ~openat:EACCES ~open:EACCES")]
fn main() {
    let processors = std::thread::available_parallelism().unwrap();
    let sum: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..processors.get())
            .map(|number| scope.spawn(move || number))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    println!("{processors} processors, {sum}");
}
