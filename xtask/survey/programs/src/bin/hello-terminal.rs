//! A program that prints to a terminal.
//@ terminal
//@ stdout: hello restricted world

#[syscallset::restrict("@basic-io")]
fn main() {
    println!("hello restricted world");
}
