//! Where the signal of an abort is refused by an error, the C library ends the program by an
//! instruction that it may not execute; std's handler must then get out of the way.
//@ signal: SEGV

#[syscallset::restrict("@basic-io", on_violation = "EPERM")]
fn main() {
    std::process::abort();
}
