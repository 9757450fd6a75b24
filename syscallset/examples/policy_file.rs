//! Takes its filter from a file, which is checked and compiled with the program.

#[syscallset::restrict(file = "examples/policy.filter")]
fn main() {
    println!("restricted as examples/policy.filter says");
}
