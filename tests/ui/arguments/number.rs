#[syscallset::restrict(1)]
fn main() {}
