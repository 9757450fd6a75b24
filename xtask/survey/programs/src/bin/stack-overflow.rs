//! Recursion without an end: std's handler tells so.
//@ signal: ABRT
//@ stderr: has overflowed its stack

#[syscallset::restrict("@basic-io @rust-abort")]
fn main() {
    println!("{}", deeper(0));
}

fn deeper(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 64]);
    if std::hint::black_box(depth) == u64::MAX {
        return 0;
    }
    deeper(depth + 1) + frame[7]
}
