//! With files refused by an error instead of the program's death, a panic does without names.
//@ exit: 101
//@ env: RUST_BACKTRACE=1
//@ stderr: panicked at
//@ stderr: stack backtrace:

#[syscallset::restrict("@basic-io ~@rust-backtrace:EACCES @basic-io")]
fn main() {
    panic!("on purpose");
}
