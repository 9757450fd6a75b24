#[syscallset::restrict]
fn main() {}
