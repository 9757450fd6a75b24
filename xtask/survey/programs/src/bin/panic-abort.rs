//! A panic in a program built with `panic = "abort"`.
//@ profile: abort
//@ signal: ABRT
//@ env: RUST_BACKTRACE=0
//@ stderr: panicked at

#[syscallset::restrict("@basic-io @rust-abort")]
fn main() {
    panic!("on purpose");
}
