//! A panic that ends the program.
//@ exit: 101
//@ env: RUST_BACKTRACE=0
//@ stderr: panicked at

#[syscallset::restrict("@basic-io")]
fn main() {
    panic!("on purpose");
}
