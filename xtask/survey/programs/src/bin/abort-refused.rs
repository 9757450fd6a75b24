//! Without `@rust-abort`, an abort still ends the program, by the signal of a refused call.
//@ signal: SYS

#[syscallset::restrict("@basic-io", on_violation = "kill")]
fn main() {
    std::process::abort();
}
