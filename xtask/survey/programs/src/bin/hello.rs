//! A program that prints.
//@ stdout: hello restricted world

#[syscallset::restrict("@basic-io")]
fn main() {
    println!("hello restricted world");
    eprintln!("and to standard error");
    print!("without a line feed");
}
