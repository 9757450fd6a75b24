//! A panic with a backtrace.
//@ exit: 101
//@ env: RUST_BACKTRACE=1
//@ stderr: panicked at
//@ stderr: stack backtrace:
//@ symbol: panic_backtrace::main

#[syscallset::restrict("@basic-io @rust-backtrace")]
fn main() {
    panic!("on purpose");
}
