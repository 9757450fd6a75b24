//! A panic that the program outlives.
//@ env: RUST_BACKTRACE=0
//@ stdout: caught

#[syscallset::restrict("@basic-io")]
fn main() {
    assert!(std::panic::catch_unwind(|| panic!("on purpose")).is_err());
    println!("caught");
}
