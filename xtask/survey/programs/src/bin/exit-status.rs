//! `process::exit`.
//@ exit: 3

#[syscallset::restrict("@basic-io")]
fn main() {
    println!("leaving");
    std::process::exit(3);
}
